import HydraNumerics

/// Lists what is odd about a folder of market data: everything that the importers find while they read, and what shows
/// only when a file is seen as a whole or beside others.
///
/// ```
/// stale_settlement    settlements a date late; whole daily rows that repeat; 23:00 rows beside hourly ones
/// bad_tick            prices off by a power of ten
/// duplicate           rows of one time; two prices within an hour
/// high_below_low, outside_range, unit_change, gap, out_of_order, bad_value, roll_without_price, sources_differ
/// reused_code         a contract's code that was another contract's before (contracts.csv)
/// restated_report, late_report, missing_report, scheduled_release
/// clock_change        release times and hours of the day an hour off around a change of the clocks
/// zero_volume_run, thin_volume, flat_range, copied_column, missing_values, missing_hours
/// identical_file      two files with one content
/// ```
/// Nothing is changed by a check. Findings say what the ``RepairRules`` would do.
///
///     for finding in try DataCheck(folder: MarketFolder(path: "market")).findings() { … }
public struct DataCheck: Sendable {
  public var folder: MarketFolder
  public var rules: RepairRules

  public init(folder: MarketFolder, rules: RepairRules = RepairRules()) {
    self.folder = folder
    self.rules = rules
  }

  /// The findings of these markets, or of every file of the folder.
  ///
  /// - Throws: ``MarketDataError`` or the CSV reader's error when a file is missing or malformed.
  /// - Complexity: O(n log n) in the size of the files.
  public func findings(markets names: [String]? = nil) throws -> [DataFinding] {
    let known = try folder.instruments()
    let markets = try names.map { try $0.map(folder.instrument) } ?? known.filter { folder.hasMarket($0.symbol) }
    var findings: [DataFinding] = []
    for market in markets { findings += try self.findings(of: market) }
    if names == nil {
      findings += try unlistedFiles(beside: Set(markets.map(\.symbol)))
      findings += try IdenticalFiles.findings(in: folder.path)
    }
    if folder.existing("contracts.csv") != nil {
      findings += try ContractCodes.findings(
        folder.table("contracts.csv"), symbols: names == nil ? nil : Set(markets.map(\.symbol)))
    }
    return folder.named(findings)
  }

  private func findings(of market: Instrument) throws -> [DataFinding] {
    let history = try folder.history(symbol: market.symbol, ingested: Self.ingested, repairs: rules)
    let carryTable = try folder.heldTable(market)
    var findings = history.findings
    findings += try HourlyNotes.findings(CarryFile(carryTable, rules: rules).rows, file: carryTable.file)
    if let table = try folder.dailyTable(market.symbol) {
      findings += try DailyNotes.findings(table, bars: history.daily, last: history.bars.last?.date)
    }
    if let table = try folder.reportTable(market.symbol) { findings += PositionsNotes.findings(table) }
    return findings
  }

  /// Daily and report files of markets that the folder has no held contracts for: informative, and checked too.
  private func unlistedFiles(beside symbols: Set<String>) throws -> [DataFinding] {
    var findings: [DataFinding] = []
    for symbol in try folder.symbols(in: "daily", ending: "") where !symbols.contains(symbol) {
      guard let table = try folder.dailyTable(symbol) else { continue }
      let daily = try DailyFile(table, symbol: symbol, ingested: Self.ingested, rules: rules)
      findings += daily.findings
      findings += try DailyNotes.findings(table, bars: daily.bars, last: nil)
    }
    for symbol in try folder.symbols(in: "cot", ending: "_commercials") where !symbols.contains(symbol) {
      guard let table = try folder.reportTable(symbol) else { continue }
      findings += try PositionsFile(
        table, symbol: symbol, oldUnitsPerContract: folder.oldReportUnits(symbol), ingested: Self.ingested, rules: rules
      ).findings
      findings += PositionsNotes.findings(table)
    }
    return findings
  }

  /// What is checked is not kept: its time of arrival does not matter.
  private static let ingested = Timestamp(nanoseconds: 0)
}
