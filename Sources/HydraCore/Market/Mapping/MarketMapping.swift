import HydraNumerics

/// What one's own files of market data are called, and how they write columns, dates and numbers.
///
/// With a mapping a ``MarketFolder`` reads files of any names and column orders as if they were in its own layout; errors
/// and findings name the file, line and column as they are in the user's files. It is decoded from JSON or, by the
/// runner, from YAML (`hydra data template` writes a commented one):
///
/// ```yaml
/// version: 1
/// markets:
///   - symbol: OAT
///     point_value: 50
///     tick: 0.25
///     commission: 1.5
///     half_spread: 0.98
///     prices:
///       file: oats.csv
///       date_format: dd.MM.yyyy
///       columns: {datetime: Day, price: Settlement, price_contract: Month, carry: Near, carry_contract: Near month}
/// ```
public struct MarketMapping: Hashable, Sendable {
  /// One market: what it is, and its tables.
  public struct Market: Hashable, Sendable {
    public var instrument: Instrument
    /// Old position reports are in another unit; divided by this they are contracts. Nil where they never were.
    public var oldReportUnits: Double?
    /// Held contracts: stands for `carry/<CODE>.csv`.
    public var prices: TableMapping
    /// Open, high, low, settlement, volume: stands for `daily/<SYM>.csv`.
    public var daily: TableMapping?
    /// Positions: stands for `cot/<SYM>_commercials.csv`.
    public var reports: TableMapping?
    /// Settlements of every contract: stands for `bars/<SYM>.csv`.
    public var bars: TableMapping?
  }

  /// The version of this form of mapping.
  public static let version = 1

  public var markets: [Market]

  /// The table that stands for a file of the standard layout.
  func table(_ file: String) -> TableMapping? {
    for market in markets {
      let symbol = market.instrument.symbol
      switch file {
      case "carry/\(market.instrument.carryCode).csv": return market.prices
      case "daily/\(symbol).csv": return market.daily
      case "cot/\(symbol)_commercials.csv": return market.reports
      case "bars/\(symbol).csv": return market.bars
      default: continue
      }
    }
    return nil
  }

  /// What a file calls one of the standard columns.
  func column(_ standard: String, of file: String) -> String {
    let tables = markets.flatMap { [$0.prices, $0.daily, $0.reports, $0.bars].compactMap { $0 } }
    return tables.first { $0.stands(for: file) }?.columns[standard] ?? standard
  }
}

/// How one file of one's own writes what a standard table holds.
public struct TableMapping: Hashable, Sendable {
  /// Path inside the folder.
  public var file: String
  /// The file's names of the standard columns: standard name → name in the header.
  public var columns: [String: String]
  /// Standard columns that the file does not have, with the text that every row has there.
  public var constants: [String: String]
  /// Between fields.
  public var delimiter: Character
  /// `.` or `,`.
  public var decimal: Character
  /// Dates and times, as in ``DatePattern``.
  public var dateFormat: DatePattern
  /// Columns that are written otherwise than the table's other dates, as release times often are.
  public var dateFormats: [String: DatePattern]
  /// In which zone times are written; dates without a time are trade dates and have no zone.
  public var zone: MappedZone
  /// Delivery months.
  public var contractFormat: ContractPattern
  /// Multiplies prices: 100 turns dollars into cents. A power of ten moves the decimal point and rounds nothing.
  public var priceFactor: Double

  /// Whether a finding's file is this one, compressed or not.
  func stands(for file: String) -> Bool { ["", ".gz", ".zst"].contains { self.file + $0 == file } }
}

/// The zones in which own files may write times.
public enum MappedZone: String, Hashable, Codable, Sendable, CaseIterable {
  case utc = "UTC"
  case newYork = "America/New_York"
  case chicago = "America/Chicago"

  /// The moment of a local time.
  func timestamp(_ date: CivilDate, secondsOfDay: Int64) -> Timestamp {
    let zone: ExchangeZone
    switch self {
    case .utc: return date.timestamp().adding(seconds: secondsOfDay)
    case .newYork: zone = .newYork
    case .chicago: zone = .chicago
    }
    let minutes = Int(secondsOfDay / 60)
    return zone.timestamp(date, hour: minutes / 60, minute: minutes % 60).adding(seconds: secondsOfDay % 60)
  }
}
