import ArgumentParser
import Foundation
import HydraCore

/// `hydra drift`: changes in streams.
struct DriftCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drift",
    abstract: "Find changes in streams of numbers.",
    subcommands: [DriftDetectCommand.self])
}

/// `hydra drift detect`: where a detector reports a change.
struct DriftDetectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detect",
    abstract: "Run a drift detector over a column; one row for each warning and drift.",
    discussion: """
      Detectors and their parameters:
        adwin         delta, clock, max_buckets, min_window_length, grace_period
        cusum         mu, sigma, k, h, fir; arl in place of h: mean run between false alarms on N(mu, sigma)
        page_hinkley  min_instances, delta, threshold, alpha, mode (up, down, both)
        monitor       false_alarms_per_year, values_per_year, warm_up, window: for streams of any scale and persistence
        ddm           warm_start, warning_threshold, drift_threshold      (this and all below: streams of 0 and 1)
        eddm          warm_start, alpha, beta
        fhddm         sliding_window_size, confidence_level, short_window_size
        hddm_a        drift_confidence, warning_confidence, two_sided_test
        hddm_w        drift_confidence, warning_confidence, lambda_val, two_sided_test
      """)

  @OptionGroup var input: InputOptions

  @Option(help: "adwin, cusum, page_hinkley, monitor, ddm, eddm, fhddm, hddm_a or hddm_w.")
  var detector: String

  @Option(name: .customLong("param"), parsing: .upToNextOption, help: "Parameters of the detector, as key=value.")
  var parameters: [String] = []

  @Option(help: "Column with the values.")
  var column = "value"

  @Option(help: "Column that names the stream of each row; default: all rows are one stream.")
  var stream: String?

  @Flag(help: "A row for every value, with the detector's internals.")
  var trace = false

  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    let table = try input.table()
    let values = try table.doubles(column)
    let streams = try stream.map { try table.strings($0) }
    let scan = try usage {
      try DriftScan(
        kind: DriftDetectorKind(name: detector), parameters: keyValues(parameters), values: values, streams: streams,
        name: column, everyStep: trace)
    }
    var rows = RowTable(rows: scan.reports.count)
    rows.add(column: "stream", scan.reports.map { $0.stream })
    rows.add(column: "index", scan.reports.map(\.index))
    rows.add(column: "detector", scan.reports.map { _ in detector.lowercased() })
    rows.add(column: "state", scan.reports.map { $0.state.rawValue })
    if trace {
      for (i, name) in scan.internalNames.enumerated() {
        rows.add(column: name, scan.reports.map { $0.internals[i] })
      }
    }
    try output.write(rows: rows)
    if scan.unusable > 0, !common.quiet {
      FileHandle.standardError.write(Data("hydra: \(scan.unusable) value(s) could not be used\n".utf8))
    }
  }

  /// Wrong names and parameters are the caller's mistakes, not the data's.
  private func usage<T>(_ body: () throws -> T) throws -> T {
    do { return try body() } catch let error as DriftDetectorError {
      throw RunnerError(.usage, error.description)
    }
  }

  private func keyValues(_ texts: [String]) throws -> [String: String] {
    var result: [String: String] = [:]
    for text in texts {
      guard let equals = text.firstIndex(of: "=") else {
        throw RunnerError(.usage, "--param '\(text)' is not key=value")
      }
      result[String(text[..<equals])] = String(text[text.index(after: equals)...])
    }
    return result
  }
}
