/// Quotes both sides: every interval it takes its quotes back and offers anew at the best prices, post-only, as long as
/// the position allows. A quote that could not be taken back, in a closed market say, is tried again the next time.
public struct TwoSidedQuoter: ReplayStrategy, Sendable {
  /// Nanoseconds between quotes.
  public var interval: Int64 = 60_000_000_000
  /// Lots of each quote.
  public var lots = 1
  /// Buys below this position, sells above its negative.
  public var maximumPosition = 5
  /// Those not known to have ended, with the lots left of them.
  private var quotes: [(order: Int, left: Int)] = []

  public init() {}

  /// Quotes anew when its time has come.
  public mutating func update(_ signal: ReplaySignal, _ desk: inout ReplayDesk) {
    switch signal {
    case .start: desk.wake(at: desk.now + interval)
    case .timer:
      for quote in quotes { desk.cancel(quote.order) }
      if let bid = desk.bid, desk.position < maximumPosition {
        quotes.append((desk.submit(OrderTicket(.buy, lots: lots, limit: bid.price, postOnly: true)), lots))
      }
      if let ask = desk.ask, desk.position > -maximumPosition {
        quotes.append((desk.submit(OrderTicket(.sell, lots: lots, limit: ask.price, postOnly: true)), lots))
      }
      desk.wake(at: desk.now + interval)
    case .filled(let order, let lots, _):
      guard let place = quotes.firstIndex(where: { $0.order == order }) else { break }
      quotes[place].left -= lots
      if quotes[place].left <= 0 { quotes.remove(at: place) }
    case .ended(let order, _): quotes.removeAll { $0.order == order }
    case .bar, .expired, .rolled: break
    }
  }
}
