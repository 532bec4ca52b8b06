import HydraNumerics

/// Plays the events of one scenario on a venue and reports.
struct ScenarioPlay {
  struct Event {
    var time: Int64
    var number: Int
    var event: ScenarioEvent
  }

  let id: String
  let settings: ScenarioSettings
  /// In the order in which they act: by arrival, the market before own requests, then as they stand in the file.
  private let events: [Event]
  private let asks: [(time: Int64, id: String)]
  /// Orders of others that are reported too; nil reports all.
  var named: Set<String>?

  private var numbers: [String: Int] = [:]
  private var owners: [String: String] = [:]
  private var ownerNumbers: [String: Int] = [:]
  /// In the order of arrival.
  private var order: [String] = []
  private var recorded: [String: Int] = [:]
  private var notes: [JSONValue] = []

  init(id: String, events: [Event], settings: ScenarioSettings, asks: JSONValue?) {
    self.id = id
    self.settings = settings
    self.events = Self.sorted(events, settings)
    self.asks = (asks?.array ?? []).compactMap { ask in
      guard let time = ask["ts"]?.int, let id = ask["id"]?.string else { return nil }
      return (Int64(time), id)
    }
  }

  private static func sorted(_ events: [Event], _ settings: ScenarioSettings) -> [Event] {
    let arrivals = events.map { item -> (event: Event, isOwn: Bool) in
      var item = item
      let (owner, latency): (String, Int64) =
        switch item.event {
        case .new(_, let owner, _): (owner, settings.entryLatency)
        case .cancel(_, let owner): (owner, settings.cancelLatency)
        case .modify(_, let owner, _): (owner, settings.modifyLatency)
        case .recorded: (marketOwner, 0)
        }
      let isOwn = owner != marketOwner
      if isOwn { item.time = item.time.addingReportingOverflow(latency).partialValue }
      return (item, isOwn)
    }
    return arrivals.sorted { a, b in
      if a.event.time != b.event.time { return a.event.time < b.event.time }
      if a.isOwn != b.isOwn { return b.isOwn }
      return a.event.number < b.event.number
    }.map(\.event)
  }

  static let marketOwner = "mkt"

  mutating func run<Venue: ScenarioVenue & ~Copyable>(_ venue: consuming Venue) throws(ScenarioError) -> JSONValue {
    var answered = [JSONValue?](repeating: nil, count: asks.count)
    for item in events {
      answer(&answered, before: item.time, venue)
      try act(item, on: &venue)
    }
    answer(&answered, before: nil, venue)
    return .object([
      (Venue.reportName, .array(venue.reports(names: order, scale: settings.scale))), ("orders", orders(on: venue)),
      ("queue_ahead", .array(answered.compactMap { $0 })), ("book", book(of: venue)), ("notes", .array(notes)),
    ])
  }

  private mutating func act<Venue: ScenarioVenue & ~Copyable>(
    _ item: Event, on venue: inout Venue
  ) throws(ScenarioError) {
    let place = "\(id): event \(item.number + 1)"
    switch item.event {
    case .new(let id, let owner, let ticket):
      guard numbers[id] == nil else { throw ScenarioError(place, "the order '\(id)' is already there") }
      owners[id] = owner
      order.append(id)
      numbers[id] = venue.submit(ticket, owner: ownerNumber(owner), time: item.time)
    case .cancel(let id, _):
      if !(numbers[id].map { venue.cancel($0) } ?? false) { note("cancel_rejected", id, item.time) }
    case .modify(let id, _, let change):
      if !(numbers[id].map { venue.modify($0, change, time: item.time) } ?? false) {
        note("modify_rejected", id, item.time)
      }
    case .recorded(let change):
      var recorded = recorded
      let isKnown = venue.apply(
        change,
        id: { name in
          if let number = recorded[name] { return number }
          recorded[name] = recorded.count
          return recorded.count - 1
        }, time: item.time)
      self.recorded = recorded
      guard isKnown else { throw ScenarioError(place, "this mode has no such event") }
    }
  }

  /// 0 for the anonymous market, else a number of its own.
  private mutating func ownerNumber(_ owner: String) -> Int {
    if owner == Self.marketOwner { return 0 }
    if let number = ownerNumbers[owner] { return number }
    ownerNumbers[owner] = ownerNumbers.count + 1
    return ownerNumbers.count
  }

  private mutating func note(_ what: String, _ id: String, _ time: Int64) {
    notes.append(.object([("ts", .integer(time)), ("id", .string(id)), (what, .bool(true))]))
  }

  // MARK: - Reports

  private func answer<Venue: ScenarioVenue & ~Copyable>(
    _ answered: inout [JSONValue?], before time: Int64?, _ venue: borrowing Venue
  ) {
    for (index, ask) in asks.enumerated() where answered[index] == nil {
      if let time, ask.time >= time { continue }
      let ahead = numbers[ask.id].flatMap { venue.ahead($0) }
      answered[index] = .object([
        ("ts", .integer(ask.time)), ("id", .string(ask.id)), ("ahead", ahead.map { .number($0) } ?? .null),
      ])
    }
  }

  private func orders<Venue: ScenarioVenue & ~Copyable>(on venue: borrowing Venue) -> JSONValue {
    .object(
      order.compactMap { name in
        guard let number = numbers[name] else { return nil }
        if let named, owners[name] == Self.marketOwner, !named.contains(name) { return nil }
        let state = venue.state(number)
        var members: [(key: String, value: JSONValue)] = [
          ("status", .string(state.status.rawValue)), ("filled", JSONValue(state.filled)),
          ("leaves", JSONValue(state.leaves)),
        ]
        if let reason = state.reason { members.append(("reason", .string(reason.rawValue))) }
        return (name, .object(members))
      })
  }

  private func book<Venue: ScenarioVenue & ~Copyable>(of venue: borrowing Venue) -> JSONValue {
    func side(_ levels: [BookLevel]) -> JSONValue {
      .array(levels.map { [.number(settings.scale.price($0.price)), JSONValue($0.lots), JSONValue($0.orders)] })
    }
    return ["bids": side(venue.ladder(.buy, depth: .max)), "asks": side(venue.ladder(.sell, depth: .max))]
  }
}
