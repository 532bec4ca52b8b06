import ArgumentParser
import Foundation
import HydraCore

/// `hydra drift`: changes in streams.
struct DriftCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drift",
    abstract: "Find changes in streams of numbers, and models that follow them.",
    subcommands: [DriftDetectCommand.self, DriftHealCommand.self, DriftCompareCommand.self])
}

/// `hydra drift detect`: where a detector reports a change.
struct DriftDetectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detect",
    abstract: "Run a drift detector over a column; one row for each warning and drift.",
    discussion: """
      arl is the mean number of values between false alarms that is wanted. Detectors and their parameters:

        For streams of any scale, distribution and persistence, which they learn:
        calibrated    arl, warm_up, capacity: shifts of the level
        bank          the same, aspects (of level, spread, skewness, tails, dependence, joined by +)
        monitor       false_alarms_per_year, values_per_year, warm_up, window
        conformal     arl, jump, window, seed: independent values of any distribution

        For streams whose level is known:
        cusum         mu, sigma, k, h, fir; arl in place of h
        ewma          mu, sigma, lambda, limit; arl in place of limit
        focus         mu, sigma, threshold; arl in place of threshold
        shiryaev_roberts  mu, sigma, shift, threshold (or arl)
        e_detector    mu, sigma (or low and high), arl, bets
        bocpd         mu, sigma, hazard, threshold, window, least, runs

        Others:
        adwin         delta, clock, max_buckets, min_window_length, grace_period
        page_hinkley  min_instances, delta, threshold, alpha, mode (up, down, both)
        kswin         alpha, window_size, stat_size

        For streams of 0 and 1 (errors of a classifier):
        ddm           warm_start, warning_threshold, drift_threshold
        eddm          warm_start, alpha, beta
        fhddm         sliding_window_size, confidence_level, short_window_size
        hddm_a        drift_confidence, warning_confidence, two_sided_test
        hddm_w        drift_confidence, warning_confidence, lambda_val, two_sided_test

      All but the last group take warning: the share of what raises drift from which a warning is reported.
      change_point is the estimated index of the first value after the change.
      """)

  @OptionGroup var input: InputOptions

  @Option(help: "One of the names below.")
  var detector: String

  @Option(name: .customLong("param"), parsing: .upToNextOption, help: "Parameters of the detector, as key=value.")
  var parameters: [String] = []

  @Option(help: "Column with the values.")
  var column = "value"

  @Option(help: "Column that names the stream of each row; default: all rows are one stream.")
  var stream: String?

  @Flag(help: "A row for every value, with the detector's internals.")
  var trace = false

  @Option(help: "Write a picture of stream, alarms and statistic to this file; for one stream.")
  var svg: String?

  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  mutating func validate() throws {
    if svg != nil, stream != nil { throw ValidationError("--svg draws one stream; --stream names several") }
  }

  func run() async throws {
    var input = input
    let parameters = try takeParameters(file: &input.file)
    let table = try input.table()
    let values = try table.doubles(column)
    let streams = try stream.map { try table.strings($0) }
    let scan = try DriftScan(
      kind: DriftDetectorKind(name: detector), parameters: parameters, values: values, streams: streams,
      name: column, everyStep: trace)
    var rows = RowTable(rows: scan.reports.count)
    rows.add(column: "stream", scan.reports.map { $0.stream })
    rows.add(column: "index", scan.reports.map(\.index))
    rows.add(column: "detector", scan.reports.map { _ in detector.lowercased() })
    rows.add(column: "state", scan.reports.map { $0.state.rawValue })
    rows.add(column: "change_point", scan.reports.map { $0.changePoint.map(Double.init) })
    if trace {
      for (i, name) in scan.internalNames.enumerated() {
        rows.add(column: name, scan.reports.map { $0.internals[i] })
      }
    }
    try output.write(rows: rows)
    if let svg {
      let kind = try DriftDetectorKind(name: detector)
      try OutputOptions.write(DriftPicture(kind: kind, parameters: parameters, values: values).svg, to: svg)
    }
    if scan.unusable > 0, !common.quiet {
      FileHandle.standardError.write(Data("hydra: \(scan.unusable) value(s) could not be used\n".utf8))
    }
  }

  /// The parameters by name. Several may follow one `--param`, and so may FILE: it is the one without an equals sign.
  private func takeParameters(file: inout String) throws -> [String: String] {
    var result: [String: String] = [:]
    for text in parameters {
      if let equals = text.firstIndex(of: "=") {
        result[String(text[..<equals])] = String(text[text.index(after: equals)...])
      } else if file == "-" {
        file = text
      } else {
        throw RunnerError(.usage, "--param '\(text)' is not key=value")
      }
    }
    return result
  }
}
