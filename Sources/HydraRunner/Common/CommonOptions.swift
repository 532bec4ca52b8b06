import ArgumentParser
import Foundation
import HydraCore

/// How results are printed.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
  case table, csv, jsonl, json
}

/// The file that a verb reads: CSV or JSON Lines, plain, `.gz` or `.zst`; standard input when absent or `-`.
struct InputOptions: ParsableArguments {
  @Argument(help: "CSV or JSON Lines file (.gz and .zst as they are); '-' is standard input.")
  var file: String = "-"

  @Option(help: "csv or jsonl; default by the file's name.")
  var inputFormat: InputFormat?

  enum InputFormat: String, CaseIterable, ExpressibleByArgument { case csv, jsonl }

  /// Reads the whole input.
  func table() throws -> CSVTable { try readTable(file, format: inputFormat) }
}

/// Reads a table from a named file, or from standard input for `-`.
func readTable(_ file: String, format: InputOptions.InputFormat? = nil) throws -> CSVTable {
  if file != "-", !FileManager.default.fileExists(atPath: file) {
    throw RunnerError(.noInput, "\(file): no such file")
  }
  var name = file
  for suffix in [".gz", ".zst"] where name.hasSuffix(suffix) { name.removeLast(suffix.count) }
  let isJSONLines = format.map { $0 == .jsonl } ?? name.hasSuffix(".jsonl")
  return try isJSONLines ? CSVTable(jsonLinesPath: file) : CSVTable(path: file)
}

/// Where and how results are printed.
struct OutputOptions: ParsableArguments {
  @Option(help: "table, csv, jsonl or json; default: a table on a terminal, CSV (rows) or JSON (summaries) in a pipe.")
  var format: OutputFormat?

  @Option(help: "Write to this file instead of standard output.")
  var out: String?

  /// Whether results go to a person's screen.
  var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Prints the result of a row verb.
  func write(rows: RowTable) throws {
    let format = format ?? (out == nil && isTerminal ? .table : .csv)
    try emit(rows.text(format))
  }

  /// Prints the result of a summary verb.
  func write(summary: JSONValue) throws {
    let format = format ?? (out == nil && isTerminal ? .table : .json)
    switch format {
    case .json, .jsonl: try emit(summary.description + "\n")
    case .table, .csv: try emit(RowTable(summary: summary).text(format))
    }
  }

  /// Writes text to the chosen place.
  func emit(_ text: String) throws {
    guard let out else {
      try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
      return
    }
    try Self.write(text, to: out)
  }

  /// Writes text to a file.
  static func write(_ text: String, to path: String) throws {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    } catch {
      throw RunnerError(.cannotCreate, "\(path): cannot be written")
    }
  }
}

/// Options that every verb takes.
struct RunOptions: ParsableArguments {
  @Option(help: "Seed of all randomness.")
  var seed: UInt64 = 42

  @Option(help: "Threads; results do not depend on them. Default: all cores.")
  var threads: Int = ProcessInfo.processInfo.activeProcessorCount

  @Flag(help: "No progress on standard error.")
  var quiet = false

  @Option(help: "trace, debug, info, notice, warning, error or critical.")
  var logLevel: LogLevel = .notice

  @Option(help: "text, or json for one object a line; on standard error.")
  var logFormat: LogFormat = .text

  @Option(help: "YAML file with any of the options; the command line wins.")
  var config: String?

  mutating func validate() throws {
    guard threads >= 1 else { throw ValidationError("--threads is \(threads); it must be at least 1") }
  }
}

/// Row verbs with bad values go on and say so in `status`; strict ones end with exit code 65.
struct StrictOption: ParsableArguments {
  @Flag(help: "Exit with 65 when any row's status is not ok.")
  var strict = false
}

/// The database that a verb works on.
struct StoreOption: ParsableArguments {
  @Option(help: "sqlite:PATH")
  var store: String = "sqlite:hydra.sqlite"
}
