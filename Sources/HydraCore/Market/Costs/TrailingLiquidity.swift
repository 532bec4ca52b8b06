import HydraNumerics

/// A contract's average volume and volatility over the days that have ended: what was known when trading.
///
/// Days are those of UTC. Volatility is the root mean square of changes between the last prices of days.
///
/// - Complexity: O(1) a trade, O(days) a day.
public struct TrailingLiquidity: Hashable, Codable, Sendable {
  /// Days that count.
  public let days: Int
  private var day: Int64?
  private var volume = 0.0
  private var last: Int?
  private var close: Int?
  private var volumes: [Double] = []
  private var squares: [Double] = []

  public init(days: Int = 20) {
    precondition(days > 0, "an average of \(days) days")
    self.days = days
  }

  /// Contracts a day; nil before a day has ended.
  public var averageDailyVolume: Double? {
    volumes.isEmpty ? nil : volumes.reduce(0, +) / Double(volumes.count)
  }

  /// Standard deviation of a day's price change, in ticks; nil before two days have ended.
  public var dailyVolatility: Double? {
    squares.isEmpty ? nil : (squares.reduce(0, +) / Double(squares.count)).squareRoot()
  }

  /// Notes lots traded at a price, in time order.
  public mutating func add(time: Int64, price: Int, lots: Int) {
    let today = Int64(Timestamp(nanoseconds: time).date.dayNumber)
    if let day, today > day {
      volumes.append(volume)
      if volumes.count > days { volumes.removeFirst() }
      if let last, let close {
        squares.append(Double(last - close) * Double(last - close))
        if squares.count > days { squares.removeFirst() }
      }
      close = last
      volume = 0
    }
    day = today
    volume += Double(lots)
    last = price
  }
}
