import ArgumentParser
import HydraCore

/// `hydra features`: what was known about a market, as numbers for models.
struct FeaturesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features",
    abstract: "Point-in-time features: build a table, look at what was known at a moment, check for leaks.",
    subcommands: [FeaturesBuildCommand.self, FeaturesAsOfCommand.self, LookAheadCommand.self])
}

/// `hydra features build`: a row for each trade date.
struct FeaturesBuildCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Print a row of features for each trade date: date, when it was known, and the features.",
    discussion: """
      Every number was known at the row's time; rows before --from only warm up the windows. With --labels H two \
      columns follow: label, the volatility-scaled return over H dates of a position entered one bar later, and \
      label_known. A missing value is an empty field.
      """)

  @OptionGroup var source: DataOption

  @Option(help: "Symbol (ZO) or code (OATIES).")
  var market: String

  @Option(help: "First trade date, as in 1990-01-02.", transform: FeatureArguments.date)
  var from: CivilDate?

  @Option(help: "Last trade date.", transform: FeatureArguments.date)
  var to: CivilDate?

  @Option(help: "Add labels with this horizon in trade dates.")
  var labels: Int?

  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func validate() throws {
    if let labels, labels < 1 { throw ValidationError("--labels is \(labels); it must be at least 1") }
  }

  func run() async throws {
    let table = try source.folder().features(of: market, labelHorizon: labels)
    let rows = (0..<table.count).filter { row in
      let date = table.times[row].date
      return date >= from ?? date && date <= to ?? date
    }
    try output.write(rows: FeatureArguments.rows(table.selecting(rows: rows)))
  }
}

/// `hydra features asof`: the newest row known at a moment.
struct FeaturesAsOfCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "asof",
    abstract: "Print the newest row of features known at a moment; nothing that became known later is read.")

  @OptionGroup var source: DataOption

  @Option(help: "Symbol (ZO) or code (OATIES).")
  var market: String

  @Option(help: "The moment, as in 2012-06-04T23:00:00Z, or a date for its end.", transform: FeatureArguments.moment)
  var at: Timestamp

  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    let table = try source.folder().features(of: market, knownBy: at)
    guard !table.isEmpty else { throw RunnerError(.badData, "\(market): nothing was known at \(at)") }
    try output.write(rows: FeatureArguments.rows(table.selecting(rows: [table.count - 1])))
  }
}

/// Arguments and rows that both verbs share.
enum FeatureArguments {
  static func date(_ text: String) throws -> CivilDate {
    guard let date = CivilDate(text) else { throw ValidationError("'\(text)' is not a date like 2014-01-01") }
    return date
  }

  static func moment(_ text: String) throws -> Timestamp {
    if let moment = Timestamp(text) { return moment }
    if let date = CivilDate(text) { return date.adding(days: 1).timestamp().adding(nanoseconds: -1) }
    throw ValidationError("'\(text)' is not a time like 2012-06-04T23:00:00Z, nor a date")
  }

  /// `date`, `known`, a column a feature, and `label` with `label_known` where the table has targets.
  static func rows(_ table: FeatureTable) -> RowTable {
    var rows = RowTable(rows: table.count)
    rows.add(column: "date", table.times.map { $0.date.description })
    rows.add(column: "known", table.known.map(\.description))
    for (column, name) in table.names.enumerated() {
      rows.add(column: name, (0..<table.count).map { missing(table.values[$0 * table.columns + column]) })
    }
    if let targets = table.targets, let known = table.targetKnown {
      rows.add(column: "label", targets.map(missing))
      rows.add(column: "label_known", known.map { $0 == .distantFuture ? nil : $0.description })
    }
    return rows
  }

  private static func missing(_ value: Double) -> Double? { value.isNaN ? nil : value }
}
