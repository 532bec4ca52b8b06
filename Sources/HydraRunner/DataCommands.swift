import ArgumentParser
import Foundation
import HydraCore

/// `hydra data`: market data made, taken in, checked and shown.
struct DataCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Market data: generate, import, check, show.",
    subcommands: [
      DataSynthCommand.self, DataTemplateCommand.self, DataImportCommand.self, DataCheckCommand.self,
      DataShowCommand.self, DataStudyCommand.self,
    ])
}

/// `hydra data check`: what is odd in a folder of market data.
struct DataCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "List what is odd in a market-data folder, where it stands and what the rules do about it.",
    discussion: """
      Everything that the importers find, and what shows only when a file is seen as a whole or beside others. With \
      --repair the column action says what these rules would do, and after what would be read instead. Nothing is changed.
      """)

  @OptionGroup var source: DataOption

  @Option(help: "Symbol (ZO) or code (OATIES); default: every file of the folder.")
  var market: String?

  @OptionGroup var repair: RepairOption
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    let check = DataCheck(folder: try source.folder(), rules: try repair.rules())
    let findings = try check.findings(markets: market.map { [$0] })
    var table = RowTable(rows: findings.count)
    table.add(column: "kind", findings.map { $0.kind.rawValue })
    table.add(column: "file", findings.map { $0.file })
    table.add(column: "line", findings.map { $0.line.map(Double.init) })
    table.add(column: "column", findings.map { $0.column })
    table.add(column: "date", findings.map { $0.date?.description })
    table.add(column: "value", findings.map { $0.value })
    table.add(column: "message", findings.map { $0.message })
    table.add(column: "action", findings.map { $0.action.rawValue })
    table.add(column: "last_line", findings.map { $0.lastLine.map(Double.init) })
    table.add(column: "after", findings.map { $0.after })
    try output.write(rows: table)
    guard !common.quiet else { return }
    let repairs = findings.count { DataRepair($0) != nil }
    FileHandle.standardError.write(Data("\(findings.count) finding(s), \(repairs) of them dropped or converted\n".utf8))
  }
}

/// `hydra data show`: a market day by day, with all that was known.
struct DataShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print a market day by day: held contract, roll, second-nearby bar and newest positions report.")

  @OptionGroup var source: DataOption

  @Option(help: "Symbol (ZO) or code (OATIES).")
  var market: String

  @Option(help: "First trade date, as in 2014-01-01.", transform: civilDate)
  var from: CivilDate?

  @Option(help: "Last trade date.", transform: civilDate)
  var to: CivilDate?

  @Flag(help: "Print only the summary, as one object, instead of the rows.")
  var summary = false

  @OptionGroup var repair: RepairOption

  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    let history = try source.history(market, repairs: try repair.rules())
    let days = history.days(from: from, to: to)
    let facts = history.summary(of: days)
    if summary { return try output.write(summary: facts) }
    try output.write(rows: Self.table(days))
    guard !common.quiet else { return }
    FileHandle.standardError.write(Data("\(facts)\n".utf8))
  }

  private static func civilDate(_ text: String) throws -> CivilDate {
    guard let date = CivilDate(text) else { throw ValidationError("'\(text)' is not a date like 2014-01-01") }
    return date
  }

  private static func table(_ days: [MarketDay]) -> RowTable {
    var table = RowTable(rows: days.count)
    table.add(column: "date", days.map { $0.bar.date.description })
    table.add(column: "contract", days.map { $0.bar.contract.code })
    table.add(column: "close", days.map { $0.bar.close })
    table.add(column: "source", days.map { $0.bar.source.rawValue })
    table.add(column: "change", days.map { $0.change })
    table.add(column: "carry_contract", days.map { $0.bar.carryContract?.code })
    table.add(column: "carry_close", days.map { $0.bar.carryClose })
    table.add(column: "roll_to", days.map { $0.roll?.to.code })
    table.add(column: "roll_from_price", days.map { $0.roll?.fromPrice })
    table.add(column: "roll_to_price", days.map { $0.roll?.toPrice })
    table.add(column: "open", days.map { $0.daily?.open })
    table.add(column: "high", days.map { $0.daily?.high })
    table.add(column: "low", days.map { $0.daily?.low })
    table.add(column: "settle", days.map { $0.daily?.settle })
    table.add(column: "volume", days.map { $0.daily?.volume })
    table.add(column: "previous_open_interest", days.map { $0.daily?.previousOpenInterest })
    table.add(column: "report_as_of", days.map { $0.report?.asOf.description })
    table.add(column: "commercial_long", days.map { $0.report?.commercialLong })
    table.add(column: "commercial_short", days.map { $0.report?.commercialShort })
    return table
  }
}
