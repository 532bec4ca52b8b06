import ArgumentParser
import Foundation
import HydraCore

/// `hydra drift compare`: whether two files hold the same distributions.
struct DriftCompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare the columns of two files, one by one.",
    discussion: """
      Tests: ks (Kolmogorov-Smirnov), cvm (Cramer-von Mises), ad (Anderson-Darling), mw (Mann-Whitney), welch,
      chi2 (ten quantile bins of A); c2st (classifier: area under the curve of held-out rows).
      Distances with p-values by relabelling: wasserstein, energy, mmd (Gaussian kernel).
      Distances without: psi, js, hellinger (the bins of chi2).
      p_value_holm and p_value_bh are corrected for the number of columns (any false rejection; share of false ones).
      joint: one test of all columns together for energy, mmd and c2st; otherwise the smallest p_value_holm.
      Parameters: permutations (199), kernel_variance (half of the median squared distance), rows (2000: most rows of
      a file in the joint energy and mmd tests and mmd by column).
      """)

  @Option(help: "ks, cvm, ad, mw, welch, chi2, psi, js, hellinger, wasserstein, energy, mmd or c2st.")
  var test: String

  @Argument(help: "File A, the reference.")
  var first: String

  @Argument(help: "File B.")
  var second: String

  @Option(help: "Columns to compare, separated by commas; default: those that both files have.")
  var columns: String?

  @Option(name: .customLong("param"), help: "A parameter of the test, as key=value.")
  var parameters: [String] = []

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
    let options = try options()
    let (columnsA, columnsB) = (try names.map { try a.doubles($0) }, try names.map { try b.doubles($0) })
    let results = try names.indices.map { try comparison.compare(columnsA[$0], columnsB[$0], options: options) }
    let tested = results.indices.filter { results[$0]?.pValue != nil }
    let holm = MultipleTesting.holm(tested.compactMap { results[$0]?.pValue })
    let discovery = MultipleTesting.benjaminiHochbergAdjusted(tested.compactMap { results[$0]?.pValue })
    var adjusted = [(holm: Double, discovery: Double)?](repeating: nil, count: names.count)
    for (place, i) in tested.enumerated() { adjusted[i] = (holm[place], discovery[place]) }
    let perColumn = names.indices.map { i -> (String, JSONValue) in
      let result: JSONValue = [
        "statistic": JSONValue(results[i]?.statistic), "p_value": JSONValue(results[i]?.pValue),
        "p_value_holm": JSONValue(adjusted[i]?.holm), "p_value_bh": JSONValue(adjusted[i]?.discovery),
      ]
      return (names[i], result)
    }
    var joint: JSONValue = ["p_value": JSONValue(holm.min())]
    if comparison.isMultivariate {
      let result = try comparison.compare(
        rows: Matrix(transposing: columnsA), Matrix(transposing: columnsB), options: options)
      joint = ["statistic": JSONValue(result?.statistic), "p_value": JSONValue(result?.pValue)]
    }
    try output.write(summary: [
      "test": .string(test), "columns": .object(perColumn.map { (key: $0.0, value: $0.1) }), "joint": joint,
    ])
  }

  private func options() throws -> SampleComparison.Options {
    var options = SampleComparison.Options()
    options.seed = common.seed
    options.threads = common.threads
    for text in parameters {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      let whole = parts.count == 2 ? Int(parts[1]) : nil
      switch parts[0] {
      case "permutations":
        guard let whole, whole >= 0 else { throw RunnerError(.usage, "--param '\(text)' is not permutations=NUMBER") }
        options.permutations = whole
      case "rows":
        guard let whole, whole > 1 else { throw RunnerError(.usage, "--param '\(text)' is not rows=NUMBER above 1") }
        options.mostRows = whole
      case "kernel_variance":
        guard parts.count == 2, let value = Double(parts[1]), value > 0, value.isFinite else {
          throw RunnerError(.usage, "--param '\(text)' is not kernel_variance=NUMBER above 0")
        }
        options.kernelVariance = value
      default: throw RunnerError(.usage, "unknown parameter '\(parts[0])'; known: permutations, kernel_variance, rows")
      }
    }
    return options
  }
}

extension Matrix {
  /// The matrix whose columns these are.
  fileprivate init(transposing columns: [[Double]]) {
    let rows = columns.first?.count ?? 0
    self.init(
      rows: rows, columns: columns.count,
      values: (0..<rows).flatMap { row in columns.map { $0[row] } })
  }
}
