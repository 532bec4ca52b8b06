import HydraNumerics

/// A day's prices, volume and open interest of the second-nearby contract month.
///
/// It informs; it is never traded: the series changes its contract when the front month expires, and returns
/// across that change are not earned by anyone.
public struct DailyBar: Hashable, Codable, Sendable {
  public var symbol: String
  public var date: CivilDate
  public var open: Double
  public var high: Double
  public var low: Double
  public var settle: Double
  /// Contracts traded in this month; nil where not recorded.
  public var volume: Double?
  /// Open contracts of this month at the end of the day before, published for this date.
  public var previousOpenInterest: Double?
  public var times: FactTimes

  public init(
    symbol: String, date: CivilDate, open: Double, high: Double, low: Double, settle: Double, volume: Double? = nil,
    previousOpenInterest: Double? = nil, times: FactTimes
  ) {
    self.symbol = symbol
    self.date = date
    self.open = open
    self.high = high
    self.low = low
    self.settle = settle
    self.volume = volume
    self.previousOpenInterest = previousOpenInterest
    self.times = times
  }
}
