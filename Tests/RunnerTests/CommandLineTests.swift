import Foundation
import HydraCore
import TestSupport
import Testing

@Suite struct CommandLineTests {
  @Test func versionNamesEverythingThatResultsDependOn() throws {
    let run = try RunnerProcess.run(["--version"])
    #expect(run.status == 0)
    for part in ["hydra ", "commit ", "Swift ", "BLAS ", "SQLite ", "curl "] { #expect(run.output.contains(part)) }
  }

  static let mistakes: [([String], Int32)] = [
    (["nonsense"], 64), (["run"], 64), (["run", "--data", "/nowhere"], 66),
    (["options", "price", "/nowhere.csv"], 66), (["status", "--store", "sqlite:/nowhere/x.sqlite"], 66),
    (["status", "--store", "postgresql://host/base"], 78), (["demo", "--years", "many"], 64),
    (["drift", "detect", "--detector", "nonsense"], 64),
    (["options", "price", "--threads", "0", "/dev/null"], 64),
  ]

  @Test(arguments: mistakes)
  func everyMistakeHasItsExitCodeAndOneLine(arguments: [String], status: Int32) throws {
    let run = try RunnerProcess.run(arguments, input: "value\n1\n")
    #expect(run.status == status, "\(arguments): \(run.errors)")
    #expect(run.errors.hasPrefix("hydra: error: "), "\(run.errors)")
    #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
    #expect(run.output.isEmpty)
  }

  @Test func aBadNumberIsNamedWithFileLineAndColumn() throws {
    try RunnerProcess.inScratch { folder in
      let file = folder.appendingPathComponent("rows.csv")
      try Data("type,forward,strike,expiry_years,rate,vol\ncall,100,abc,1,0,0.2\n".utf8).write(to: file)
      let run = try RunnerProcess.run(["options", "price", "--strict", file.path])
      #expect(run.errors.contains("rows.csv:2: column 'strike': 'abc' is not a number"), "\(run.errors)")
      #expect(run.status == 65)
    }
  }

  @Test func optionPricesComeOutOfAPipe() throws {
    let rows =
      "type,forward,strike,expiry_years,rate,vol,note\ncall,100,100,1,0,0.2,first\nput,100,100,0,0,0.2,second\n"
    let run = try RunnerProcess.run(["options", "price"], input: rows)
    #expect(run.status == 0, "\(run.errors)")
    let lines = run.output.split(separator: "\n")
    #expect(lines.first == "type,forward,strike,expiry_years,rate,vol,note,price,status")
    #expect(lines.dropFirst().first?.hasPrefix("call,100,100,1,0,0.2,first,7.96556745540") == true)
    #expect(lines.last == "put,100,100,0,0,0.2,second,0,ok")
  }

  @Test func aConfigurationFileStandsInForOptions() throws {
    try RunnerProcess.inScratch { folder in
      let file = folder.appendingPathComponent("hydra.yaml")
      try Data("data:\n  synth:\n    years: 1\n    seed: 5\n    no-options: true\n".utf8).write(to: file)
      let first = folder.appendingPathComponent("first").path
      let byFile = try RunnerProcess.run(["data", "synth", "--config", file.path, "--out", first])
      #expect(byFile.status == 0, "\(byFile.errors)")
      let second = folder.appendingPathComponent("second").path
      let byHand = try RunnerProcess.run([
        "data", "synth", "--years", "1", "--seed", "5", "--out", second, "--no-options",
      ])
      #expect(byHand.status == 0, "\(byHand.errors)")
      let bytes = try [first, second].map { try Data(contentsOf: URL(fileURLWithPath: $0 + "/carry/OATIES.csv")) }
      #expect(bytes[0] == bytes[1])

      try Data("sead: 5\n".utf8).write(to: file)
      let unknown = try RunnerProcess.run(["data", "synth", "--config", file.path, "--out", first])
      #expect(unknown.status == 78)
      #expect(unknown.errors.contains("unknown key 'sead'") && unknown.errors.contains("'seed'"), "\(unknown.errors)")
    }
  }

  @Test func adwinThroughTheRunnerAgreesWithTheVectors() throws {
    let streams = try JSONValue(parsing: Array(Data(contentsOf: TestSupport.vectors("drift/streams.json"))))["streams"]
    let cases = try JSONValue(parsing: Array(Data(contentsOf: TestSupport.vectors("drift/adwin.json"))))["cases"]?.array
    for index in [0, 25, 60] {
      let item = try #require(cases?[index])
      let values = try #require(streams?[item["stream"]?.string ?? ""]?.doubles)
      let configuration = item["config"]?.object ?? []
      let arguments = configuration.flatMap { ["--param", "\($0.key)=\($0.value.description)"] }
      let rows = "value\n" + values.map { "\($0)\n" }.joined()
      let run = try RunnerProcess.run(["drift", "detect", "--detector", "adwin"] + arguments, input: rows)
      #expect(run.status == 0, "\(run.errors)")
      let found = run.output.split(separator: "\n").dropFirst().filter { $0.contains(",drift,") }
        .compactMap { $0.split(separator: ",").compactMap { Double($0) }.first }
      #expect(found == (item["detections"]?.doubles ?? []), "case \(index)")
    }
  }
}
