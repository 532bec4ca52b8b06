import ArgumentParser
import HydraCore

/// `hydra learn`: what models of any kind need around them.
struct LearnCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learn",
    abstract: "Metrics, calibration, scaling, and optimisers on known functions.",
    subcommands: [
      LearnMetricsCommand.self, LearnCalibrateCommand.self, LearnScaleCommand.self, LearnSearchTestCommand.self,
    ])
}

/// `hydra learn scale`: the numeric columns of a table brought to comparable sizes.
struct LearnScaleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scale",
    abstract: "Scale columns: standard (mean, deviation), robust (median, quartiles) or minmax.",
    discussion: "Center and scale come from the rows of FILE, or of --fit; missing values stay missing.")

  @Option(help: "standard, robust or minmax.")
  var method: FeatureScaler.Kind = .standard

  @Option(help: "Columns, separated by commas; default: all.")
  var columns: String?

  @Option(help: "A table with the same columns whose centers and scales are used.")
  var fit: String?

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    let table = try input.table()
    let names = columns.map { $0.split(separator: ",").map(String.init) } ?? table.header
    let values = try table.matrix(columns: names)
    let scaler = try FeatureScaler(method, fittedTo: fit.map { try readTable($0).matrix(columns: names) } ?? values)
    let scaled = scaler.scaled(values)
    var rows = RowTable(carrying: table)
    for (column, name) in names.enumerated() { rows.add(column: name, scaled.column(column)) }
    try output.write(rows: rows)
  }
}

extension FeatureScaler.Kind: ExpressibleByArgument {}

/// Runs a step on a table; what the table's values do not allow is an error that names file and line.
func blamingRows<Result>(of table: CSVTable, _ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as MetricError {
    guard case .badValue(let what, let row, let value, let allowed) = error else {
      throw RunnerError(.badData, "\(table.file): \(error)")
    }
    throw RunnerError(
      .badData, "\(table.file):\(table.line(of: row)): \(what) is \(NumberText.text(value)), not \(allowed)")
  }
}
