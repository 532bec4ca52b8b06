import HydraMarket

/// Executes one order on minute bars: waits half a spread inside of the last close, and crosses when waiting costs more.
///
/// Bars are no book: a waiting order is filled by what goes through its price, at most a share of each bar's lots. It
/// crosses with what is left when the market has moved away by a whole spread, or when its time is up; never against a
/// market that stands at its limit.
struct MinuteExecutor: ReplayStrategy {
  private let side: Side
  /// Half of the spread, in ticks.
  private let half: Int
  /// The price at which the market is locked against the order, in ticks; nil for none.
  private let limit: Int?
  private let begin: Int64
  private let patience: Int64
  private let log: WorkLog
  private var left: Int
  private var start: Int?
  private var waiting: (order: Int, price: Int)?

  init(
    _ side: Side, lots: Int, half: Int, limit: Int?, begin: Int64, patience: Int64, log: WorkLog
  ) {
    (self.side, left, self.half, self.limit) = (side, lots, half, limit)
    (self.begin, self.patience, self.log) = (begin, patience, log)
  }

  mutating func update(_ signal: ReplaySignal, _ desk: inout ReplayDesk) {
    guard case .bar(let bar) = signal, desk.now >= begin, left > abs(desk.position) else { return }
    let close = Int(bar.close)
    if start == nil { (start, log.arrival) = (close, Double(close)) }
    let open = left - abs(desk.position)
    let moved = side.sign * (close - (start ?? close))
    if moved > 2 * half || desk.now - begin >= patience {
      if let waiting {
        desk.cancel(waiting.order)
        self.waiting = nil
      }
      if let limit, side.sign * (close - limit) >= 0 { return }
      _ = desk.submit(OrderTicket(side, lots: open, kind: .market))
      log.requests.append(WorkedRequest(time: desk.now, kind: .cross, price: nil))
    } else {
      let price = close - side.sign * half
      if let waiting {
        guard waiting.price != price else { return }
        desk.modify(waiting.order, Exchange.Change(price: price))
        self.waiting = (waiting.order, price)
      } else {
        waiting = (desk.submit(OrderTicket(side, lots: open, limit: price)), price)
      }
      log.requests.append(WorkedRequest(time: desk.now, kind: .quote, price: price))
    }
  }
}
