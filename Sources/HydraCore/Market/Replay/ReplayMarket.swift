/// A recorded market that takes our orders: what the run drives.
protocol ReplayMarket: ScenarioVenue, ~Copyable {
  mutating func apply(_ event: ReplayEvent)
  /// Whether fills wait to be taken.
  var hasExecutions: Bool { get }
  /// Hands over the fills so far and forgets them.
  mutating func takeExecutions() -> [Execution]
  /// The best recorded price of a side.
  func best(_ side: Side) -> Int?
  /// The side and the limit of an order of ours, in ticks.
  func terms(_ order: Int) -> (side: Side, price: Int?)
  /// The last recorded trade, in ticks.
  var last: Int? { get }
  /// Recorded changes of orders that were not in the book.
  var unknownOrders: Int { get }
}

extension ShadowVenue where History: ~Copyable {
  /// Events of the session, which all histories have.
  mutating func applySession(_ event: ReplayEvent) {
    switch event.kind {
    case .sessionEnd: endSession(time: event.time)
    case .phase: if let phase = event.phase { enter(phase) }
    case .limitLow: limits.low = event.lots > 0 ? Int(event.price) : nil
    case .limitHigh: limits.high = event.lots > 0 ? Int(event.price) : nil
    case .expiry: endAll()
    default: break
    }
  }

  mutating func takeExecutions() -> [Execution] {
    defer { executions.removeAll(keepingCapacity: true) }
    return executions
  }
}

extension OrderReplay: ReplayMarket {
  @inline(__always) mutating func apply(_ event: ReplayEvent) {
    switch event.kind {
    case .add:
      if let side = event.side {
        add(id: event.id, side, price: Int(event.price), lots: Int(event.lots), event.time)
      }
    case .delete: delete(id: event.id, lots: event.lots == 0 ? nil : Int(event.lots), event.time)
    case .change: modify(id: event.id, price: Int(event.price), lots: Int(event.lots), event.time)
    case .execute: execute(id: event.id, lots: event.lots == 0 ? nil : Int(event.lots), event.time)
    case .fill: execute(id: event.id, lots: Int(event.lots), keepsBook: true, event.time)
    case .trade: venue.runStops(Int(event.price), event.time)
    case .clear: clear()
    case .depth, .quote: break
    default: venue.applySession(event)
    }
  }

  @inline(__always) var hasExecutions: Bool { !venue.executions.isEmpty }
  mutating func takeExecutions() -> [Execution] { venue.takeExecutions() }
  func best(_ side: Side) -> Int? { venue.history.best(side) }
  func terms(_ order: Int) -> (side: Side, price: Int?) { (venue.orders[order].ticket.side, venue.orders[order].price) }
  var last: Int? { venue.last }
  var unknownOrders: Int { venue.unknownOrders }
}

extension LevelReplay: ReplayMarket {
  @inline(__always) mutating func apply(_ event: ReplayEvent) {
    switch event.kind {
    case .depth:
      if let side = event.side { depth(side, price: Int(event.price), lots: Int(event.lots), event.time) }
    case .trade: trade(aggressor: event.side, price: Int(event.price), lots: Int(event.lots), event.time)
    case .clear: clear()
    case .add, .delete, .change, .execute, .fill, .quote: break
    default: venue.applySession(event)
    }
  }

  @inline(__always) var hasExecutions: Bool { !venue.executions.isEmpty }
  mutating func takeExecutions() -> [Execution] { venue.takeExecutions() }
  func best(_ side: Side) -> Int? { venue.history.best(side) }
  func terms(_ order: Int) -> (side: Side, price: Int?) { (venue.orders[order].ticket.side, venue.orders[order].price) }
  var last: Int? { venue.last }
  var unknownOrders: Int { venue.unknownOrders }
}
