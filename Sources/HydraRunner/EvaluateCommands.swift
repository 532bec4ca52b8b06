import ArgumentParser
import HydraCore

/// `hydra evaluate`: the statistics of honest evaluation.
struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Compute a statistic of honest evaluation from a JSON object (or, for sharpe, a CSV of returns).",
    discussion: """
      KIND and the members of the object:
        sharpe                returns, bench          (CSV: the column 'return', 'returns', or --column)
        psr                   sr, bench, n, skew, kurtosis
        dsr                   sr, n, skew, kurtosis, trials, var_trials
        cscv                  returns (rows of strategies), blocks
        purged_kfold          t0, t1, k, embargo
        cpcv                  t0, t1, groups, k, embargo
        stationary_bootstrap  n, p, starts, u
        reality_check         performance (rows of strategies), indices
        diebold_mariano       e1, e2, h, loss (squared, absolute)
        multiple_testing      p, q
      """)

  @Argument(help: "sharpe, psr, dsr, cscv, purged_kfold, cpcv, stationary_bootstrap, reality_check, …")
  var kind: String

  @Argument(help: "JSON file with the input object; '-' is standard input.")
  var file: String = "-"

  @Option(help: "Column of returns, when FILE is a CSV.")
  var column: String?

  @Option(help: "Sharpe ratio per period to compare with, when FILE is a CSV.")
  var bench: Double = 0

  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    guard let statistic = EvaluationKind(rawValue: kind) else {
      let known = EvaluationKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw RunnerError(.usage, "unknown kind '\(kind)'; known: \(known)")
    }
    do {
      try output.write(summary: statistic.evaluate(readInput(statistic)))
    } catch let error as EvaluationError {
      throw RunnerError(.badData, "\(file): \(error.description)")
    }
  }

  private func readInput(_ statistic: EvaluationKind) throws -> JSONValue {
    if statistic == .sharpe, column != nil || isTable {
      let table = try readTable(file)
      let name = column ?? ["return", "returns"].first { table.hasColumn($0) } ?? "return"
      return ["returns": JSONValue(try table.doubles(name)), "bench": .number(bench)]
    }
    do {
      return try JSONValue(parsing: FileBytes.read(file))
    } catch let error as JSONError {
      throw RunnerError(.badData, "\(file): \(error.description)")
    }
  }

  private var isTable: Bool {
    [".csv", ".csv.gz", ".csv.zst", ".jsonl"].contains { file.hasSuffix($0) }
  }
}
