import HydraNumerics

/// One event of a scenario, in ticks and lots.
enum ScenarioEvent {
  /// An order of `owner`; "mkt" is the anonymous market.
  case new(id: String, owner: String, OrderTicket)
  case cancel(id: String, owner: String)
  case modify(id: String, owner: String, Exchange.Change)
  case recorded(RecordedChange)

  /// What happened in the market by itself.
  enum RecordedChange {
    case add(id: String, Side, price: Int, lots: Int)
    case delete(id: String, lots: Int?)
    case change(id: String, price: Int?, lots: Int)
    case execution(id: String, lots: Int?)
    case depth(Side, price: Int, lots: Int)
    case trade(aggressor: Side?, price: Int, lots: Int)
    case clear
    case phase(SessionPhase)
    /// A limit that is not told stays; told as nil it is lifted.
    case limits(low: Int??, high: Int??)
    case settle(Int)
    case sessionEnd
    /// The contract ends, with all its orders.
    case expiry
    /// Known, without effect on orders.
    case notice
  }
}

/// Reads events from JSON; errors name the scenario and the number of the event.
struct ScenarioEventReader {
  let json: JSONValue
  let scale: TickScale
  let place: String

  func event() throws(ScenarioError) -> ScenarioEvent {
    let type = try text("type")
    switch type {
    case "new": return .new(id: try text("id"), owner: owner, try ticket())
    case "cancel": return .cancel(id: try text("id"), owner: owner)
    case "modify": return .modify(id: try text("id"), owner: owner, try change())
    default: return .recorded(try recorded(type))
    }
  }

  private var owner: String { json["owner"]?.string ?? "own" }

  private func recorded(_ type: String) throws(ScenarioError) -> ScenarioEvent.RecordedChange {
    switch type {
    case "add": return .add(id: try text("id"), try side("side"), price: try price("price"), lots: try lots("qty"))
    case "del", "delete": return .delete(id: try text("id"), lots: json["qty"] == nil ? nil : try lots("qty"))
    case "mod":
      return .change(
        id: try text("id"), price: json["price"] == nil ? nil : try price("price"), lots: try lots("qty"))
    case "exec": return .execution(id: try text("id"), lots: json["qty"] == nil ? nil : try lots("qty"))
    case "depth": return .depth(try side("side"), price: try price("price"), lots: try lots("qty"))
    case "trade":
      return .trade(aggressor: optionalSide("aggressor"), price: try price("price"), lots: try lots("qty"))
    case "clear": return .clear
    case "phase":
      let name = try text("phase")
      guard let phase = SessionPhase(rawValue: name) else { throw fault("unknown phase '\(name)'") }
      return .phase(phase)
    case "limits": return .limits(low: try limit("low"), high: try limit("high"))
    case "settle": return .settle(try price("price"))
    case "session_end": return .sessionEnd
    case "expiry": return .expiry
    case "roll", "first_notice": return .notice
    default: throw fault("unknown event type '\(type)'")
    }
  }

  private func ticket() throws(ScenarioError) -> OrderTicket {
    let protection = json["protect"]?.double
    var kind = try named("ord", default: OrderTicket.Kind.limit, aliases: ["stop_with_protection": .stopProtected])
    if kind == .stop, protection != nil { kind = .stopProtected }
    var ticket = OrderTicket(try side("side"), lots: wholeLots("qty") ?? 0, kind: kind)
    ticket.timeInForce = try named(
      "tif", default: .day,
      aliases: [
        "fak": .immediate, "opg": .atTheOpen, "ato": .atTheOpen, "at_open": .atTheOpen, "at-the-open": .atTheOpen,
      ])
    if kind.hasLimit { ticket.price = tickets(try number("price"), &ticket) }
    if kind.isStop { ticket.stop = tickets(try number("stop"), &ticket) }
    if let protection { ticket.protection = scale.ticks(protection).map(abs) ?? tickets(protection, &ticket) }
    if let expiry = json["expire"]?.int { ticket.expiry = Int64(expiry) }
    ticket.postOnly = json["post_only"]?.bool ?? false
    if present("display") { ticket.display = wholeLots("display") ?? 0 }
    if present("min_qty") { ticket.minimum = wholeLots("min_qty") ?? .max }
    return ticket
  }

  /// Whole ticks; a price between two marks the ticket.
  private func tickets(_ price: Double, _ ticket: inout OrderTicket) -> Int? {
    let ticks = scale.ticks(price)
    if ticks == nil { ticket.isOnTick = false }
    return ticks
  }

  private func change() throws(ScenarioError) -> Exchange.Change {
    var change = Exchange.Change()
    if present("qty") {
      let value = try number("qty")
      change.lots = value.rounded() == value && value <= Double(OrderTicket.maximumLots) ? Int(max(value, 0)) : nil
      change.isValid = change.lots != nil
    }
    if present("price") {
      change.price = scale.ticks(try number("price"))
      change.isValid = change.isValid && change.price != nil
    }
    if present("stop") {
      change.stop = scale.ticks(try number("stop"))
      change.isValid = change.isValid && change.stop != nil
    }
    return change
  }

  // MARK: - Members

  private func fault(_ reason: String) -> ScenarioError { ScenarioError(place, reason) }

  private func present(_ name: String) -> Bool { json[name].map { !$0.isNull } ?? false }

  private func text(_ name: String) throws(ScenarioError) -> String {
    if let text = json[name]?.string { return text }
    if let number = json[name]?.int { return String(number) }
    throw fault("'\(name)' is missing or no text")
  }

  private func number(_ name: String) throws(ScenarioError) -> Double {
    guard let value = json[name]?.double, value.isFinite else { throw fault("'\(name)' is missing or no number") }
    return value
  }

  private func price(_ name: String) throws(ScenarioError) -> Int {
    let value = try number(name)
    guard let ticks = scale.ticks(value) else { throw fault("'\(name)' \(value) is no multiple of \(scale.tick)") }
    return ticks
  }

  private func limit(_ name: String) throws(ScenarioError) -> Int?? {
    if json[name] == nil { return .none }
    return .some(present(name) ? try price(name) : nil)
  }

  /// Nil unless it is a positive whole number.
  private func wholeLots(_ name: String) -> Int? { json[name]?.int.flatMap { $0 > 0 ? $0 : nil } }

  private func lots(_ name: String) throws(ScenarioError) -> Int {
    guard let lots = json[name]?.int, (0...OrderTicket.maximumLots).contains(lots) else {
      throw fault("'\(name)' is no whole number of lots")
    }
    return lots
  }

  private func optionalSide(_ name: String) -> Side? {
    switch json[name]?.string {
    case "buy", "bid", "B": .buy
    case "sell", "ask", "S", "A": .sell
    default: nil
    }
  }

  private func side(_ name: String) throws(ScenarioError) -> Side {
    guard let side = optionalSide(name) else { throw fault("'\(name)' is neither buy nor sell") }
    return side
  }

  private func named<T: RawRepresentable & CaseIterable>(
    _ name: String, default value: T, aliases: [String: T]
  ) throws(ScenarioError) -> T where T.RawValue == String {
    guard present(name) else { return value }
    let text = try text(name)
    guard let found = T(rawValue: text) ?? aliases[text] else {
      let known = T.allCases.map(\.rawValue).joined(separator: ", ")
      throw fault("unknown \(name) '\(text)'; known: \(known)")
    }
    return found
  }
}
