import ArgumentParser
import Foundation
import HydraCore
import Logging

/// Least severe level that is printed.
enum LogLevel: String, CaseIterable, ExpressibleByArgument {
  case trace, debug, info, notice, warning, error, critical

  var level: Logger.Level { Logger.Level(rawValue: rawValue)! }
}

/// Shape of a line of the log.
enum LogFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json
}

extension RunOptions {
  /// A logger that writes to standard error as the options ask.
  func logger(_ label: String) -> Logger {
    Logger(label: label) { _ in LineLogHandler(format: logFormat, logLevel: logLevel.level) }
  }
}

/// Writes one line an entry to standard error.
struct LineLogHandler: LogHandler {
  var format: LogFormat
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]

  init(format: LogFormat, logLevel: Logger.Level) {
    self.format = format
    self.logLevel = logLevel
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
    let line: String
    switch format {
    case .text:
      let details = all.map { " \($0.key)=\($0.value)" }.joined()
      line = "hydra: \(event.level): \(event.message)\(details)\n"
    case .json:
      let members: [(String, JSONValue)] =
        [("level", .string(event.level.rawValue)), ("message", .string("\(event.message)"))]
        + all.map { ($0.key, .string("\($0.value)")) }
      line = JSONValue.object(members).description + "\n"
    }
    FileHandle.standardError.write(Data(line.utf8))
  }
}
