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
/// bars/<SYM>.csv               settlements of every contract: a second source to check the first against
/// options/<SYM>.csv            daily chains of American options on the futures
/// ```
/// Files of one's own, with other names and columns, are read through a ``MarketMapping``.
/// Every file may end in `.gz` or `.zst`. What was odd in a file is listed in `MarketHistory.findings`; a file that
/// cannot be read without guessing throws.
///
///     let folder = MarketFolder(path: "market")
///     let oats = try folder.history(symbol: "ZO", ingested: now)     // or "OATIES"
///     let related = try oats.instrument.related.map { try folder.history(symbol: $0, ingested: now) }
///     for event in MarketHistory.events(primary: oats, related: related) { … }
public struct MarketFolder: Sendable {
  public let path: String
  /// What the files and columns of the folder are called, where they have names of their own.
  public let mapping: MarketMapping?
  /// Nil, or the moment after which nothing is read.
  private var moment: Timestamp?

  /// - Parameter mapping: nil for a folder in the layout above.
  public init(path: String, mapping: MarketMapping? = nil) {
    self.path = path
    self.mapping = mapping
  }

  /// The folder as it was at a moment: rows that became known later are not even read.
  ///
  /// What is imported from it can be compared with what is imported from the whole: an importer that decides by rows that
  /// come later shows.
  public func known(by moment: Timestamp) -> MarketFolder {
    var folder = self
    folder.moment = min(moment, self.moment ?? moment)
    return folder
  }

  /// The markets listed in `carry/instruments.csv` or in the mapping, in their order.
  public func instruments() throws -> [Instrument] {
    try mapping.map { $0.markets.map(\.instrument) } ?? InstrumentFile.read(table("carry/instruments.csv"))
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

  /// Everything about one market, with `ingested` as the time at which it was taken in; `repairs` are the rules for
  /// what is odd.
  ///
  /// - Throws: ``MarketDataError``, or the CSV reader's error, when a file is missing or malformed.
  public func history(
    symbol name: String, ingested: Timestamp, repairs rules: RepairRules = RepairRules()
  ) throws -> MarketHistory {
    let instrument = try instrument(name)
    let symbol = instrument.symbol
    var history = MarketHistory(instrument: instrument)

    let carryTable = try heldTable(instrument)
    let carry = try CarryFile(carryTable, rules: rules)
    let held = HeldBarAssembly(rows: carry.rows, symbol: symbol, file: carryTable.file, ingested: ingested)
    var tables = [carryTable]
    var (bars, closingRows) = (held.bars, held.closingRows)
    let lines = closingRows.map { carry.rows[$0].line }
    let contractBars = try barsTable(symbol)
    var late: [LateSettlement] = []
    var dailyFindings: [DataFinding] = []
    if let table = try dailyTable(symbol) {
      let daily = try DailyFile(table, symbol: symbol, ingested: ingested, rules: rules)
      history.daily = daily.bars
      dailyFindings = daily.findings
      tables.append(table)
      if contractBars == nil {
        late = LaggedSettlement.findings(
          bars: bars, lines: lines, daily: daily.bars, tickSize: instrument.tickSize, file: carryTable.file,
          rules: rules)
      }
    }
    if let contractBars {
      late = try ContractBarsFile(contractBars).differences(bars, lines: lines, file: carryTable.file, rules: rules)
      tables.append(contractBars)
    }
    LateSettlement.apply(late, to: &bars, &closingRows)
    let rolls = RollPricing(bars: bars, closingRows: closingRows, rows: carry.rows, file: carryTable.file)
    history.bars = bars
    history.rolls = rolls.rolls
    history.findings = carry.findings + held.findings + rolls.findings + late.map(\.finding) + dailyFindings

    if let table = try reportTable(symbol) {
      let positions = try PositionsFile(
        table, symbol: symbol, oldUnitsPerContract: oldReportUnits(symbol), ingested: ingested, rules: rules)
      history.reports = positions.reports
      history.findings += positions.findings
      tables.append(table)
    }
    if let table = try optionTable(symbol) {
      let file = try ChainFile(table, symbol: symbol, ingested: ingested, rules: rules)
      history.implied = ImpliedReading.readings(of: file.chains)
      history.findings += file.findings
      tables.append(table)
    }
    for table in tables { history.fileHashes[table.file] = table.hash }
    history.findings = named(Self.ordered(history.findings, files: tables.map(\.file)))
    return history
  }

  /// The option chains of a market, by date and expiry; empty where the folder has none.
  public func chains(
    symbol name: String, ingested: Timestamp, repairs: RepairRules = RepairRules()
  ) throws -> [DailyOptionChain] {
    let symbol = try instrument(name).symbol
    guard let table = try optionTable(symbol) else { return [] }
    return try ChainFile(table, symbol: symbol, ingested: ingested, rules: repairs).chains
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

  func heldTable(_ instrument: Instrument) throws -> MarketTable { try table("carry/\(instrument.carryCode).csv") }
  func dailyTable(_ symbol: String) throws -> MarketTable? { try tableIfThere("daily/\(symbol).csv") }
  func barsTable(_ symbol: String) throws -> MarketTable? { try tableIfThere("bars/\(symbol).csv") }
  func optionTable(_ symbol: String) throws -> MarketTable? { try tableIfThere("options/\(symbol).csv") }
  func reportTable(_ symbol: String) throws -> MarketTable? { try tableIfThere("cot/\(symbol)_commercials.csv") }

  /// Divides old positions to contracts; nil where reports were always in contracts.
  func oldReportUnits(_ symbol: String) -> Double? {
    guard let mapping else { return MarketCodes.named(symbol)?.oldReportUnitsPerContract }
    return mapping.markets.first { $0.instrument.symbol == symbol }?.oldReportUnits
  }

  /// Findings with the columns as the files call them.
  func named(_ findings: [DataFinding]) -> [DataFinding] {
    guard let mapping else { return findings }
    return findings.map { finding in
      var finding = finding
      finding.column = finding.column.map { mapping.column($0, of: finding.file) }
      return finding
    }
  }

  /// The file's name with the ending under which it exists; in a mapped folder the file that stands for it.
  func existing(_ file: String) -> String? {
    guard let mapping else { return existingFile(file) }
    return mapping.table(file).flatMap { existingFile($0.file) }
  }

  /// The name with the ending under which a file of the folder exists, whatever it is to a mapping.
  func existingFile(_ file: String) -> String? {
    ["", ".gz", ".zst"].map { file + $0 }.first { access("\(path)/\($0)", F_OK) == 0 }
  }

  func table(_ file: String) throws -> MarketTable {
    let mapped = mapping?.table(file)
    guard let found = existing(file) else { throw MarketDataError.missingFile(path: "\(path)/\(mapped?.file ?? file)") }
    var table = try MarketTable(path: "\(path)/\(found)", file: found, mapping: mapped)
    if let moment { try table.keep { try Self.known($0, $1, of: file).map { $0 <= moment } ?? true } }
    return table
  }

  /// When a row of a file of the standard layout could be known; nil for files without dates.
  private static func known(
    _ table: MarketTable, _ row: Int, of file: String
  ) throws(MarketDataError) -> Timestamp? {
    switch file.split(separator: "/").first {
    case "carry" where table.has("datetime"):
      return CarryRow.known(try table.time(row, "datetime"))
    case "daily" where table.has("date"), "bars" where table.has("date"), "options" where table.has("date"):
      return try table.date(row, "date").timestamp(hour: 23)
    case "cot" where table.has("as_of_date"): return try PositionsFile.known(table, row)
    default: return nil
    }
  }

  private func tableIfThere(_ file: String) throws -> MarketTable? {
    // A file that a mapping names has to be there.
    try existing(file) != nil || mapping?.table(file) != nil ? table(file) : nil
  }

  /// Names of the files in a part of the folder, without their endings, in order; none in a mapped folder.
  func symbols(in part: String, ending: String) throws -> [String] {
    guard mapping == nil, let folder = opendir("\(path)/\(part)") else { return [] }
    defer { closedir(folder) }
    var names: Set<String> = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      for suffix in [".csv", ".csv.gz", ".csv.zst"] where name.hasSuffix(ending + suffix) {
        names.insert(String(name.dropLast((ending + suffix).count)))
      }
    }
    return names.sorted()
  }
}
