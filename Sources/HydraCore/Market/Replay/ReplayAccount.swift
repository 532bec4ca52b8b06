/// Position and money of a replay, checked after every fill.
///
/// Money is counted in ticks × lots, exactly; conversion to currency happens in the report. After each fill
/// ```
/// cash = realised + open, where cash = −Σ sign · price · lots + position · mark
/// ```
/// has to hold; fees are kept apart.
public struct ReplayAccount: Hashable, Codable, Sendable {
  /// Lots held, negative when sold.
  public private(set) var position = 0
  /// −Σ sign · price · lots, in ticks × lots.
  public private(set) var flow = 0
  /// Profit of closed lots against the average price, in ticks × lots.
  public private(set) var realised = 0.0
  /// Average entry price of the open lots, in ticks; nil without a position.
  public private(set) var average: Double?
  /// Lots traded, both sides.
  public private(set) var lots = 0

  public init() {}

  /// Profit of open lots at a price, in ticks × lots.
  public func open(at mark: Int) -> Double { average.map { (Double(mark) - $0) * Double(position) } ?? 0 }

  /// Value of everything at a price, in ticks × lots: exact.
  public func equity(at mark: Int) -> Int { flow + position * mark }

  /// Adds a fill.
  mutating func apply(_ side: Side, lots filled: Int, price: Int) {
    let change = side.sign * filled
    let closed = position * change < 0 ? min(abs(position), filled) : 0
    if closed > 0, let average {
      realised += (Double(price) - average) * Double(closed * position.signum())
    }
    let kept = closed > 0 ? 0 : abs(position)
    let opened = filled - closed
    if opened > 0 {
      average = (Double(kept) * (average ?? 0) + Double(opened) * Double(price)) / Double(kept + opened)
    }
    position += change
    if position == 0 { average = nil }
    flow -= change * price
    lots += filled
  }

  /// Closes what is held at a price, without a trade.
  mutating func settle(at price: Int) {
    realised += open(at: price)
    flow += position * price
    (position, average) = (0, nil)
  }

  /// How far cash and profit are apart at a price, in ticks × lots; rounding alone when all is well.
  public func discrepancy(at mark: Int) -> Double { Double(equity(at: mark)) - realised - open(at: mark) }
}
