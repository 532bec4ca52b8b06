/// A recorded market that takes our orders: what the run drives.
protocol ReplayMarket: ScenarioVenue, ~Copyable {
  mutating func apply(_ event: ReplayEvent)
  /// Whether fills wait to be taken, or stops have acted.
  var hasExecutions: Bool { get }
  /// Hands over the fills so far and forgets them.
  mutating func takeExecutions() -> [Execution]
  /// Gives the number of an order that has ended to a later one.
  mutating func forget(_ order: Int)
  /// The best recorded price of a side.
  func best(_ side: Side) -> Int?
  /// The side and the limit of an order of ours, in ticks.
  func terms(_ order: Int) -> (side: Side, price: Int?)
  /// The last recorded trade, in ticks.
  var last: Int? { get }
  /// Recorded changes of orders that were not in the book.
  var unknownOrders: Int { get }
}

/// A history that knows its own recorded events.
protocol RecordedBook: HistoryBook, ~Copyable {
  /// Plays an event of a file; one that such a history does not have is nothing.
  static func play(_ event: ReplayEvent, in venue: inout ShadowVenue<Self>)
  /// Plays an event of a scenario; false for one that such a history does not have.
  static func play(
    _ change: ScenarioEvent.RecordedChange, in venue: inout ShadowVenue<Self>, id: (String) -> Int, time: Int64
  ) -> Bool
  /// A request arrives at a time.
  mutating func advance(to time: Int64)
}

extension RecordedBook where Self: ~Copyable {
  @inline(__always) mutating func advance(to time: Int64) {}
}

extension ShadowVenue: ReplayMarket where History: RecordedBook & ~Copyable {
  @inline(__always) mutating func apply(_ event: ReplayEvent) { History.play(event, in: &self) }
  @inline(__always) var hasExecutions: Bool { !executions.isEmpty || hasStopped }
  func best(_ side: Side) -> Int? { history.best(side) }
  func terms(_ order: Int) -> (side: Side, price: Int?) { (orders[order].ticket.side, orders[order].price) }
}

extension ShadowVenue where History: ~Copyable {
  /// Events of the session, which all histories have.
  mutating func applySession(_ event: ReplayEvent) {
    switch event.kind {
    case .sessionEnd: endSession(time: event.time)
    case .phase: if let phase = event.phase { enter(phase, time: event.time) }
    case .limitLow: limits.low = event.lots > 0 ? Int(event.price) : nil
    case .limitHigh: limits.high = event.lots > 0 ? Int(event.price) : nil
    case .settle: reference = Int(event.price)
    case .expiry: endAll()
    default: break
    }
  }

  mutating func takeExecutions() -> [Execution] {
    hasStopped = false
    defer { executions.removeAll(keepingCapacity: true) }
    return executions
  }
}
