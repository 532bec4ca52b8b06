import HydraNumerics

/// Own orders in a recorded stream of best quotes and trades (L1).
///
/// 1. A limit order that waits is filled, at its own price, when a trade goes through it; a touch fills nothing. All of
///    ours together take at most the settings' share of that trade's lots.
/// 2. An order that takes pays the ``ReplayCost``: it trades what its limit allows at that price.
struct QuoteReplay: ~Copyable {
  var venue: ShadowVenue<QuoteBook>
  /// Largest share of a trade that is ours.
  let participation: Double

  init(_ settings: ReplaySettings = ReplaySettings(), cost: ReplayCost = ReplayCost(), participation: Double = 0.1) {
    venue = ShadowVenue(QuoteBook(cost), settings)
    self.participation = participation
  }

  /// The best of a side is told; nobody quotes when the lots are 0.
  mutating func quote(_ side: Side, price: Int, lots: Int, _ time: Int64) {
    venue.history.now = time
    let quote = lots > 0 ? QuoteBook.Quote(price: price, lots: lots) : nil
    if side == .buy { venue.history.bid = quote } else { venue.history.ask = quote }
  }

  /// A trade is told.
  mutating func trade(price: Int, lots: Int, _ time: Int64) {
    venue.history.now = time
    venue.history.meter.trade(time: time, price: price, lots: lots)
    if venue.phase == .open {
      var room = Int((participation * Double(lots)).rounded(.down))
      for side in Side.allCases {
        while room > 0, let first = venue.firstResting(side), first.price != price, !side.exceeds(price, first.price) {
          let taken = min(room, first.shown)
          _ = venue.fill(side, rank: 0, lots: taken, time)
          room -= taken
        }
      }
    }
    venue.runStops(price, time)
  }

  /// Nobody quotes.
  mutating func clear() { (venue.history.bid, venue.history.ask) = (nil, nil) }
}

extension QuoteReplay: ScenarioVenue {
  static var reportName: String { "fills" }

  mutating func submit(_ ticket: OrderTicket, owner: Int, time: Int64) -> Int {
    venue.history.now = time
    return venue.submit(ticket, time: time)
  }

  mutating func cancel(_ order: Int) -> Bool { venue.cancel(order) }

  mutating func modify(_ order: Int, _ change: Exchange.Change, time: Int64) -> Bool {
    venue.history.now = time
    return venue.modify(order, change, time: time)
  }

  mutating func apply(_ change: ScenarioEvent.RecordedChange, id: (String) -> Int, time: Int64) -> Bool {
    switch change {
    case .depth(let side, let price, let lots): quote(side, price: price, lots: lots, time)
    case .trade(_, let price, let lots): trade(price: price, lots: lots, time)
    case .clear: clear()
    case .add, .delete, .change, .execution: return false
    default: return venue.apply(change, time: time)
    }
    return true
  }

  func state(_ order: Int) -> OrderState { venue.orders[order].state }
  func ahead(_ order: Int) -> Double? { venue.queueAhead(order) }
  func ladder(_ side: Side, depth: Int) -> [BookLevel] { venue.history.ladder(side, depth: depth) }
  func reports(names: [String], scale: TickScale) -> [JSONValue] { venue.reports(names: names, scale: scale) }
}

extension QuoteReplay: ReplayMarket {
  @inline(__always) mutating func apply(_ event: ReplayEvent) {
    switch event.kind {
    case .quote:
      if let side = event.side { quote(side, price: Int(event.price), lots: Int(event.lots), event.time) }
    case .trade: trade(price: Int(event.price), lots: Int(event.lots), event.time)
    case .clear: clear()
    case .add, .delete, .change, .execute, .fill, .depth: break
    default: venue.applySession(event)
    }
  }

  @inline(__always) var hasExecutions: Bool { !venue.executions.isEmpty }
  mutating func takeExecutions() -> [Execution] { venue.takeExecutions() }
  func best(_ side: Side) -> Int? { venue.history.best(side) }
  func terms(_ order: Int) -> (side: Side, price: Int?) { (venue.orders[order].ticket.side, venue.orders[order].price) }
  var last: Int? { venue.last }
  var unknownOrders: Int { 0 }
}
