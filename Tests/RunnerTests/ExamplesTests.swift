import Foundation
import HydraCore
import Testing

/// Every program of Examples, run as its readers would run it.
@Suite struct ExamplesTests {
  private func run(_ name: String, _ arguments: [String] = [], input: String = "") throws -> RunnerProcess {
    let program = RunnerProcess.executable.deletingLastPathComponent().appendingPathComponent(name)
    return try RunnerProcess.run(program, arguments, input: input)
  }

  /// The first number after a word at the beginning of a line.
  private func number(after word: String, in run: RunnerProcess) -> Double? {
    let line = run.output.split(separator: "\n").first { $0.hasPrefix(word + " ") }
    return line?.dropFirst(word.count + 1).split(separator: " ").compactMap { Double($0) }.first
  }

  @Test func aShiftedStreamIsNoticedByBothDetectors() throws {
    var random = CounterRandom(seed: 3, stream: "example")
    let values = (0..<600).map { ($0 < 300 ? 0 : 3) + random.normal() }
    let shifted = try run("drift-watch", input: values.map { "\($0)\n" }.joined())
    #expect(shifted.status == 0, "\(shifted.errors)")
    let alarms = shifted.output.split(separator: "\n").filter { $0.hasPrefix("drift at ") }
      .compactMap { $0.split(separator: " ")[2].dropLast().split(separator: ":").first.flatMap { Int($0) } }
    #expect(alarms.contains { (300..<400).contains($0) }, "\(shifted.output)")
    #expect(shifted.output.contains("both detectors agree at 3"))
    #expect(try run("drift-watch", input: values.prefix(300).map { "\($0)\n" }.joined()).output == "")
  }

  @Test func theModelOfTheExampleFindsWhatMatters() throws {
    let made = try run("train-predict-explain")
    #expect(made.status == 0, "\(made.errors)")
    // The noise of the target is 0.2; a forecast of the mean alone would err by more than 1.
    #expect(try #require(number(after: "rmse", in: made)) < 0.5, "\(made.output)")
    let sum = try #require(number(after: "sum", in: made))
    let line = try #require(made.output.split(separator: "\n").first { $0.hasPrefix("sum ") })
    let prediction = try #require(line.split(separator: " ").last.flatMap { Double($0) })
    #expect(abs(sum - prediction) < 1e-9)
  }

  @Test func aSearchGoesOnFromItsBytesAndFindsWhatMatters() throws {
    let made = try run("search-parameters", [])
    #expect(made.status == 0, "\(made.errors)")
    #expect(made.output.hasPrefix("stored and never stopped agree: true\ntrials 24 pruned "), "\(made.output)")
    // The best loss is not far above the noise of the target, 0.04; that of the mean alone is above 1.
    let line = try #require(made.output.split(separator: "\n").first { $0.hasPrefix("best ") })
    #expect(try #require(line.split(separator: " ").last.flatMap { Double($0) }) < 0.2, "\(made.output)")
    let noise = try #require(number(after: "noise", in: made))
    #expect(try #require(number(after: "carry", in: made)) > 10 * abs(noise), "\(made.output)")
  }

  @Test func theDensityOfAThinChainIsProperAndDrawn() throws {
    try RunnerProcess.inScratch { folder in
      let file = folder.appendingPathComponent("density.svg")
      let made = try run("oat-density", [file.path])
      #expect(made.status == 0, "\(made.errors)")
      #expect(made.output.hasPrefix("forward 362.25, mean of the density 362.25, mass 1.0\n"), "\(made.output)")
      let below = try #require(number(after: "below 320:", in: made))
      #expect(below > 0.15 && below < 0.25, "\(made.output)")
      let picture = try String(contentsOf: file, encoding: .utf8)
      #expect(picture.hasPrefix("<svg") && picture.hasSuffix("</svg>\n"))
    }
  }

  @Test func aChainIsPricedAndSummed() throws {
    let made = try run("price-a-chain")
    #expect(made.status == 0, "\(made.errors)")
    let lines = made.output.split(separator: "\n")
    #expect(lines.count == 9 && lines.filter { $0.contains("early exercise") }.count == 6, "\(made.output)")
    // Every volatility of this chain lies around 30 %.
    let volatilities = lines.compactMap { line in
      line.range(of: "volatility ").flatMap { Double(line[$0.upperBound...].prefix { $0 != "," }) }
    }
    #expect(volatilities.count == 6 && volatilities.allSatisfy { $0 > 0.2 && $0 < 0.45 }, "\(made.output)")
    #expect(made.output.contains("SABR alpha ") && made.output.contains("dealers: gamma "))
    try RunnerProcess.inScratch { folder in
      let file = folder.appendingPathComponent("chain.csv")
      let rows = ["type,strike,bid,ask,open_interest", "call,100,1,2,10", "call,110,0.5,0.75,5", "put,90,900,950,1"]
      try Data(rows.joined(separator: "\n").utf8).write(to: file)
      let refused = try run("price-a-chain", [file.path, "100", "0.02", "0.25"])
      #expect(refused.output.contains("90.0 put the quote is above the bound by"), "\(refused.output)\(refused.errors)")
    }
  }

  @Test func aStrategyOfOnesOwnIsReplayed() throws {
    let made = try run("thin-market-quotes")
    #expect(made.status == 0, "\(made.errors)")
    #expect(made.output.hasPrefix("fills ") && !made.output.hasPrefix("fills 0,"), "\(made.output)")
    #expect(made.output.hasSuffix("decisions that hang on the future: 0\n"), "\(made.output)")
  }

  @Test func theExampleReadsATable() throws {
    try RunnerProcess.inScratch { folder in
      var random = CounterRandom(seed: 4, stream: "example")
      var text = "slope,noise,next\n"
      for _ in 0..<400 {
        let (x, y) = (random.normal(), random.normal())
        text += "\(x),\(y),\(x + 0.1 * random.normal())\n"
      }
      let file = folder.appendingPathComponent("rows.csv")
      try Data(text.utf8).write(to: file)
      let read = try run("train-predict-explain", [file.path, "next"])
      #expect(read.status == 0, "\(read.errors)")
      #expect(try #require(number(after: "rmse", in: read)) < 0.5, "\(read.output)")
      let lines = read.output.split(separator: "\n").map { $0.split(separator: " ")[0] }
      #expect(lines.contains("slope") && lines.contains("noise"))
    }
  }

  @Test func theAgentRunsOnAReplayWithAModelOfTheHouse() throws {
    let agent = try run("agent-on-a-folder")
    #expect(agent.status == 0, "\(agent.errors)")
    for arm in Arm.allCases {
      #expect(agent.output.contains("\(arm.rawValue) net profit "), "\(agent.output)")
    }
    #expect(agent.output.contains(" %\n"))
  }
}
