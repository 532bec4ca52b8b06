/// Executes one order: waits in the queue at the best price of its side, and crosses when waiting costs more.
///
/// Every interval it moves its quote to the best price. It crosses what is left with a protected market order when the
/// opposite price has moved away by more than the spread was at the start (waiting has cost more than crossing would
/// have), or when the time is up. It crosses only when its quote is known to be out of the market: never more than its
/// lots are filled.
public struct PatientExecutor: ReplayStrategy, Sendable {
  public var side: Side
  /// Lots to execute.
  public var lots: Int
  /// Nanoseconds between looks.
  public var interval: Int64 = 10_000_000_000
  /// Nanoseconds until what is left is crossed.
  public var patience: Int64 = 600_000_000_000
  /// Ticks beyond the best opposite price that crossing may cost.
  public var protection = 4
  private var left: Int
  private var begun: Int64?
  private var limit: Int?
  private var quote: (order: Int, price: Int)?
  /// The quote is being taken back, to cross instead.
  private var isLeaving = false
  /// Whether an order that crosses is on its way.
  public private(set) var isCrossing = false
  /// The price at which it waits, in ticks; nil when it does not.
  public var waitingPrice: Int? { left > 0 ? quote?.price : nil }

  public init(_ side: Side, lots: Int) {
    (self.side, self.lots, left) = (side, lots, lots)
  }

  /// Moves its quote, or crosses.
  public mutating func update(_ signal: ReplaySignal, _ desk: inout ReplayDesk) {
    switch signal {
    case .start: desk.wake(at: desk.now + interval)
    case .filled(_, let lots, _): left -= lots
    case .ended(let order, _):
      if quote?.order == order {
        quote = nil
        if isLeaving, left > 0 { cross(&desk) }
        isLeaving = false
      } else {
        isCrossing = false
      }
    case .timer:
      guard left > 0 else { return }
      work(&desk)
      desk.wake(at: desk.now + interval)
    case .bar, .expired, .rolled: break
    }
  }

  private mutating func work(_ desk: inout ReplayDesk) {
    guard let bid = desk.bid?.price, let ask = desk.ask?.price, !isCrossing, !isLeaving else { return }
    let (own, opposite) = side == .buy ? (bid, ask) : (ask, bid)
    if begun == nil {
      begun = desk.now
      limit = opposite + side.sign * (ask - bid)
    }
    let isTooDear = side.exceeds(opposite, limit)
    if isTooDear || desk.now - (begun ?? desk.now) >= patience {
      if let quote {
        isLeaving = true
        desk.cancel(quote.order)
      } else {
        cross(&desk)
      }
    } else if let quote, quote.price != own {
      desk.modify(quote.order, Exchange.Change(price: own))
      self.quote = (quote.order, own)
    } else if quote == nil {
      quote = (desk.submit(OrderTicket(side, lots: left, limit: own, postOnly: true)), own)
    }
  }

  private mutating func cross(_ desk: inout ReplayDesk) {
    isCrossing = true
    _ = desk.submit(
      OrderTicket(side, lots: left, kind: .marketProtected, protection: protection, timeInForce: .immediate))
  }
}
