import ArgumentParser
import Foundation
import HydraCore

/// `hydra drift`: changes in streams.
struct DriftCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drift",
    abstract: "Find changes in streams of numbers.",
    subcommands: [DriftDetectCommand.self, DriftCompareCommand.self])
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

/// `hydra drift compare`: whether two files hold the same distributions.
struct DriftCompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare the columns of two files, one by one.",
    discussion: """
      Tests with a p-value: ks, cvm, mw (Mann-Whitney), welch, chi2 (ten quantile bins of A).
      Distances without: psi, js, hellinger (the same bins), wasserstein, energy.
      p_value_holm is corrected for the number of columns; the joint p_value is the smallest of them.
      """)

  @Option(help: "ks, cvm, mw, welch, chi2, psi, js, hellinger, wasserstein or energy.")
  var test: String

  @Argument(help: "File A, the reference.")
  var first: String

  @Argument(help: "File B.")
  var second: String

  @Option(help: "Columns to compare, separated by commas; default: those that both files have.")
  var columns: String?

  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    guard let comparison = SampleComparison(rawValue: test) else {
      let known = SampleComparison.allCases.map(\.rawValue).joined(separator: ", ")
      throw RunnerError(.usage, "unknown test '\(test)'; known: \(known)")
    }
    let (a, b) = (try readTable(first), try readTable(second))
    let names = columns.map { $0.split(separator: ",").map(String.init) } ?? a.header.filter { b.hasColumn($0) }
    guard !names.isEmpty else { throw RunnerError(.badData, "\(first) and \(second) have no column in common") }
    let results = try names.map { comparison.compare(try a.doubles($0), try b.doubles($0)) }
    let tested = results.indices.filter { results[$0]?.pValue != nil }
    let holm = MultipleTesting.holm(tested.compactMap { results[$0]?.pValue })
    var adjusted = [Double?](repeating: nil, count: names.count)
    for (place, i) in tested.enumerated() { adjusted[i] = holm[place] }
    let perColumn = names.indices.map { i -> (String, JSONValue) in
      let result: JSONValue = [
        "statistic": JSONValue(results[i]?.statistic), "p_value": JSONValue(results[i]?.pValue),
        "p_value_holm": JSONValue(adjusted[i]),
      ]
      return (names[i], result)
    }
    try output.write(summary: [
      "test": .string(test), "columns": .object(perColumn.map { (key: $0.0, value: $0.1) }),
      "joint": ["p_value": JSONValue(holm.min())],
    ])
  }
}
