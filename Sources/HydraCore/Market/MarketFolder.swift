import HydraNumerics

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A folder of market data files: real samples and generated worlds have the same layout.
///
/// ```
/// carry/<CODE>.csv             held contract with neighbours, daily or hourly (has to be there)
/// carry/instruments.csv        point value, commission, half-spread       (has to be there)
/// daily/<SYM>.csv              second-nearby open, high, low, settlement, volume
/// cot/<SYM>_commercials.csv    positions of commercial traders
/// daily/margins/<SYM>.csv      margins by date
/// ```
/// Every file may end in `.gz` or `.zst`. What was odd in a file is listed in `MarketHistory.findings`; a file that
/// cannot be read without guessing throws.
///
///     let folder = MarketFolder(path: "market")
///     let oats = try folder.history(symbol: "ZO", ingested: now)     // or "OATIES"
///     let related = try oats.instrument.related.map { try folder.history(symbol: $0, ingested: now) }
///     for event in MarketHistory.events(primary: oats, related: related) { … }
public struct MarketFolder: Sendable {
  public let path: String

  public init(path: String) { self.path = path }

  /// The markets listed in `carry/instruments.csv`, in its order.
  public func instruments() throws -> [Instrument] {
    try InstrumentFile.read(table("carry/instruments.csv"))
  }

  /// The market with this symbol or carry code.
  public func instrument(_ name: String) throws -> Instrument {
    let all = try instruments()
    if let found = all.first(where: { $0.symbol == name }) ?? all.first(where: { $0.carryCode == name }) {
      return found
    }
    throw MarketDataError.unknownMarket(name, known: all.map(\.symbol).sorted())
  }

  /// Whether the folder has the market's prices: related markets may be missing.
  public func hasMarket(_ name: String) -> Bool {
    guard let code = (try? instrument(name))?.carryCode else { return false }
    return existing("carry/\(code).csv") != nil
  }

  /// Everything about one market, with `ingested` as the time at which it was taken in.
  ///
  /// - Throws: ``MarketDataError``, or the CSV reader's error, when a file is missing or malformed.
  public func history(symbol name: String, ingested: Timestamp) throws -> MarketHistory {
    let instrument = try instrument(name)
    let symbol = instrument.symbol
    var history = MarketHistory(instrument: instrument)

    let carryTable = try table("carry/\(instrument.carryCode).csv")
    let carry = try CarryFile(carryTable)
    let held = HeldBarAssembly(rows: carry.rows, symbol: symbol, file: carryTable.file, ingested: ingested)
    let rolls = RollPricing(
      bars: held.bars, closingRows: held.closingRows, rows: carry.rows, file: carryTable.file)
    history.bars = held.bars
    history.rolls = rolls.rolls
    history.findings = carry.findings + held.findings + rolls.findings
    var tables = [carryTable]

    if existing("daily/\(symbol).csv") != nil {
      let dailyTable = try table("daily/\(symbol).csv")
      let daily = try DailyFile(dailyTable, symbol: symbol, ingested: ingested)
      history.daily = daily.bars
      history.findings += LaggedSettlement.findings(
        bars: held.bars, lines: held.closingRows.map { carry.rows[$0].line }, daily: daily.bars,
        tickSize: instrument.tickSize, file: carryTable.file)
      history.findings += daily.findings
      tables.append(dailyTable)
    }
    if existing("cot/\(symbol)_commercials.csv") != nil {
      let reportTable = try table("cot/\(symbol)_commercials.csv")
      let positions = try PositionsFile(
        reportTable, symbol: symbol,
        oldUnitsPerContract: MarketCodes.named(symbol)?.oldReportUnitsPerContract, ingested: ingested)
      history.reports = positions.reports
      history.findings += positions.findings
      tables.append(reportTable)
    }
    for table in tables { history.fileHashes[table.file] = table.hash }
    history.findings = Self.ordered(history.findings, files: tables.map(\.file))
    return history
  }

  /// Margins by the date from which they hold, oldest first; empty where the folder has none.
  public func margins(symbol name: String) throws -> [MarginRate] {
    let file = "daily/margins/\(try instrument(name).symbol).csv"
    return existing(file) == nil ? [] : try MarginFile.read(table(file))
  }

  /// By file in the order of reading, then by line, then as found.
  private static func ordered(_ findings: [DataFinding], files: [String]) -> [DataFinding] {
    findings.enumerated().sorted { a, b in
      let (fileA, fileB) = (files.firstIndex(of: a.element.file) ?? 0, files.firstIndex(of: b.element.file) ?? 0)
      if fileA != fileB { return fileA < fileB }
      let (lineA, lineB) = (a.element.line ?? 0, b.element.line ?? 0)
      return lineA != lineB ? lineA < lineB : a.offset < b.offset
    }.map(\.element)
  }

  // MARK: - Files

  /// The file's name with the ending under which it exists.
  private func existing(_ file: String) -> String? {
    ["", ".gz", ".zst"].map { file + $0 }.first { access("\(path)/\($0)", F_OK) == 0 }
  }

  private func table(_ file: String) throws -> MarketTable {
    guard let found = existing(file) else { throw MarketDataError.missingFile(path: "\(path)/\(file)") }
    return try MarketTable(path: "\(path)/\(found)", file: found)
  }
}
