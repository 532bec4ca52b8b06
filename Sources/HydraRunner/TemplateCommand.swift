import ArgumentParser
import Foundation
import HydraCore

/// `hydra data template`: a folder to begin with for own market data.
struct DataTemplateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "template",
    abstract: "Write a folder with a commented mapping and example files, to bring market data of your own.",
    discussion: "A file that is there already is never replaced.")

  @Option(help: "Folder to write; made when it is not there.")
  var out: String

  func run() async throws {
    let root = URL(fileURLWithPath: out, isDirectory: true)
    for (name, _) in MarketTemplate.files
    where FileManager.default.fileExists(atPath: root.appendingPathComponent(name).path) {
      throw RunnerError(.cannotCreate, "\(out)/\(name): is there already")
    }
    do {
      try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
      for (name, text) in MarketTemplate.files { try Data(text.utf8).write(to: root.appendingPathComponent(name)) }
    } catch {
      throw RunnerError(.cannotCreate, "\(out): \(error.localizedDescription)")
    }
    try OutputOptions.parse([]).write(summary: [
      "out": .string(out), "files": .array(MarketTemplate.files.map { .string($0.name) }),
      "next": .string("hydra data check --data \(out)"),
    ])
  }
}
