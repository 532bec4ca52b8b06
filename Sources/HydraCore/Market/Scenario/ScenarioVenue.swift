import HydraNumerics

/// What a scenario plays on: the exchange, or a recorded market of orders or levels.
protocol ScenarioVenue: ~Copyable {
  /// `trades` or `fills`.
  static var reportName: String { get }
  mutating func submit(_ ticket: OrderTicket, owner: Int, time: Int64) -> Int
  mutating func cancel(_ order: Int) -> Bool
  mutating func modify(_ order: Int, _ change: Exchange.Change, time: Int64) -> Bool
  /// False when this venue has no such event.
  mutating func apply(_ change: ScenarioEvent.RecordedChange, id: (String) -> Int, time: Int64) -> Bool
  func state(_ order: Int) -> OrderState
  func ahead(_ order: Int) -> Double?
  func ladder(_ side: Side, depth: Int) -> [BookLevel]
  /// Trades or fills as they are reported; `names` are those of the orders by number.
  func reports(names: [String], scale: TickScale) -> [JSONValue]
}

extension Exchange: ScenarioVenue {
  static var reportName: String { "trades" }

  mutating func apply(_ change: ScenarioEvent.RecordedChange, id: (String) -> Int, time: Int64) -> Bool {
    switch change {
    case .phase(let phase): enter(phase, time: time)
    case .limits(let low, let high):
      if let low { limits.low = low }
      if let high { limits.high = high }
    case .settle(let price): settle(price)
    case .sessionEnd: endSession(time: time)
    case .expiry: expire()
    case .notice: break
    default: return false
    }
    return true
  }

  func ahead(_ order: Int) -> Double? { queueAhead(order).map(Double.init) }

  func reports(names: [String], scale: TickScale) -> [JSONValue] {
    trades.map { trade in
      .object([
        ("ts", .integer(trade.time)), ("price", .number(scale.price(trade.price))), ("qty", JSONValue(trade.lots)),
        ("maker", .string(names[trade.maker])), ("taker", .string(names[trade.taker])),
      ])
    }
  }
}

extension ShadowVenue: ScenarioVenue where History: RecordedBook & ~Copyable {
  static var reportName: String { "fills" }

  mutating func submit(_ ticket: OrderTicket, owner: Int, time: Int64) -> Int {
    history.advance(to: time)
    return submit(ticket, time: time)
  }

  mutating func modify(_ order: Int, _ change: Exchange.Change, time: Int64) -> Bool {
    history.advance(to: time)
    return self.change(order, change, time: time)
  }

  mutating func apply(_ change: ScenarioEvent.RecordedChange, id: (String) -> Int, time: Int64) -> Bool {
    History.play(change, in: &self, id: id, time: time)
  }

  func state(_ order: Int) -> OrderState { orders[order].state }
  func ahead(_ order: Int) -> Double? { queueAhead(order) }
  func ladder(_ side: Side, depth: Int) -> [BookLevel] { history.ladder(side, depth: depth) }
}

extension ShadowVenue where History: ~Copyable {
  func reports(names: [String], scale: TickScale) -> [JSONValue] {
    executions.map { fill in
      .object([
        ("ts", .integer(fill.time)), ("id", .string(names[fill.order])), ("price", .number(scale.price(fill.price))),
        ("qty", JSONValue(fill.lots)), ("liquidity", fill.isMaker ? "maker" : "taker"),
      ])
    }
  }

  /// Events of the session, which all histories have.
  mutating func apply(_ change: ScenarioEvent.RecordedChange, time: Int64) -> Bool {
    switch change {
    case .phase(let phase): enter(phase, time: time)
    case .limits(let low, let high):
      if let low { limits.low = low }
      if let high { limits.high = high }
    case .settle(let price): reference = price
    case .notice: break
    case .sessionEnd: endSession(time: time)
    case .expiry:
      endAll()
      phase = .closed
    default: return false
    }
    return true
  }
}
