/// Everything that was read about one market, in time order, with what was odd about it.
public struct MarketHistory: Sendable {
  public var instrument: Instrument
  public var bars: [HeldBar]
  public var rolls: [Roll]
  public var daily: [DailyBar]
  public var reports: [PositionsReport]
  /// What options said, one reading a day; empty for a market without options.
  public var implied: [ImpliedReading]
  public var findings: [DataFinding]
  /// SHA-256 (hexadecimal) of each file that was read, by its path inside the folder.
  public var fileHashes: [String: String]
  /// What was recorded inside of days, at most one a trade date, ascending; empty for most markets.
  public var sessions: [MarketSession] = []

  public init(
    instrument: Instrument, bars: [HeldBar] = [], rolls: [Roll] = [], daily: [DailyBar] = [],
    reports: [PositionsReport] = [], implied: [ImpliedReading] = [], findings: [DataFinding] = [],
    fileHashes: [String: String] = [:]
  ) {
    self.instrument = instrument
    self.bars = bars
    self.rolls = rolls
    self.daily = daily
    self.reports = reports
    self.implied = implied
    self.findings = findings
    self.fileHashes = fileHashes
  }

  /// One stream of all that became known, in the order of ``MarketEvent/precedes(_:_:primary:)``.
  ///
  /// - Complexity: O(n log n).
  public static func events(primary: MarketHistory, related: [MarketHistory] = []) -> [MarketEvent] {
    var events: [MarketEvent] = []
    for history in [primary] + related {
      events += history.reports.map { .positions($0) }
      events += history.daily.map { .daily($0) }
      events += history.implied.map { .implied($0) }
      events += history.bars.map { .bar($0) }
      events += history.rolls.map { .roll($0) }
    }
    let symbol = primary.instrument.symbol
    return events.sorted { MarketEvent.precedes($0, $1, primary: symbol) }
  }
}
