/// Quotes both sides: every interval it takes both quotes back and offers anew at the best prices, post-only, as long as
/// the position allows.
public struct TwoSidedQuoter: ReplayStrategy, Sendable {
  /// Nanoseconds between quotes.
  public var interval: Int64 = 60_000_000_000
  /// Lots of each quote.
  public var lots = 1
  /// Buys below this position, sells above its negative.
  public var maximumPosition = 5
  private var quotes: [Int] = []

  public init() {}

  /// Quotes anew when its time has come.
  public mutating func update(_ signal: ReplaySignal, _ desk: inout ReplayDesk) {
    switch signal {
    case .start: desk.wake(at: desk.now + interval)
    case .timer:
      for quote in quotes { desk.cancel(quote) }
      quotes.removeAll(keepingCapacity: true)
      if let bid = desk.bid, desk.position < maximumPosition {
        quotes.append(desk.submit(OrderTicket(.buy, lots: lots, limit: bid.price, postOnly: true)))
      }
      if let ask = desk.ask, desk.position > -maximumPosition {
        quotes.append(desk.submit(OrderTicket(.sell, lots: lots, limit: ask.price, postOnly: true)))
      }
      desk.wake(at: desk.now + interval)
    case .filled, .ended, .bar, .expired, .rolled: break
    }
  }
}
