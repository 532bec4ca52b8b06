import HydraNumerics

/// The `config` of a scenario.
struct ScenarioSettings {
  var scale: TickScale
  var exchange = Exchange.Settings()
  var replay = ReplaySettings()
  /// Nanoseconds (or whatever the scenario counts in) from a request to its arrival.
  var entryLatency: Int64 = 0
  var cancelLatency: Int64 = 0
  var modifyLatency: Int64 = 0

  static let keys = [
    "tick", "phase", "reference", "last", "limit_low", "limit_high", "latency", "smp", "algorithm", "queue_model", "n",
  ]

  init(_ json: JSONValue, place: String) throws(ScenarioError) {
    for (key, _) in json.object ?? [] where !Self.keys.contains(key) {
      throw ScenarioError(place, "unknown member '\(key)' of config; known: \(Self.keys.joined(separator: ", "))")
    }
    guard let tick = json["tick"]?.double, let scale = TickScale(tick: tick) else {
      throw ScenarioError(place, "config has no positive 'tick'")
    }
    self.scale = scale
    func price(_ name: String) throws(ScenarioError) -> Int? {
      guard let value = json[name], !value.isNull else { return nil }
      guard let number = value.double, let ticks = scale.ticks(number) else {
        throw ScenarioError(place, "config '\(name)' \(value.text) is no multiple of \(tick)")
      }
      return ticks
    }
    if let name = json["phase"]?.string {
      guard let phase = SessionPhase(rawValue: name) else { throw ScenarioError(place, "unknown phase '\(name)'") }
      exchange.phase = phase
    }
    exchange.reference = try price("reference")
    exchange.last = try price("last")
    exchange.limits = PriceLimits(low: try price("limit_low"), high: try price("limit_high"))
    if let name = json["smp"]?.string {
      guard let rule = SelfMatchRule(rawValue: name) else { throw ScenarioError(place, "unknown smp '\(name)'") }
      exchange.selfMatch = rule
    }
    if let algorithm = json["algorithm"] { exchange.allocation = try Self.allocation(algorithm, place) }
    replay.phase = exchange.phase
    replay.reference = exchange.reference
    replay.last = exchange.last
    replay.limits = exchange.limits
    replay.selfMatch = exchange.selfMatch
    if let name = json["queue_model"]?.string {
      guard let model = QueueModel(name: name, exponent: json["n"]?.double) else {
        let known = QueueModel.names.joined(separator: ", ")
        throw ScenarioError(place, "unknown queue_model '\(name)' or n not positive; known: \(known)")
      }
      replay.queueModel = model
    }
    try readLatency(json["latency"], place)
  }

  private mutating func readLatency(_ json: JSONValue?, _ place: String) throws(ScenarioError) {
    guard let json, !json.isNull else { return }
    func time(_ name: String) throws(ScenarioError) -> Int64? {
      guard let value = json[name] else { return nil }
      guard let whole = value.int, whole >= 0 else { throw ScenarioError(place, "latency '\(name)' is \(value.text)") }
      return Int64(whole)
    }
    entryLatency = try time("entry") ?? 0
    cancelLatency = try time("cancel") ?? 0
    modifyLatency = try time("modify") ?? entryLatency
  }

  /// `fifo`, or an object with `fifo_pct` (percent, or a share below 1) and `min`.
  private static func allocation(_ json: JSONValue, _ place: String) throws(ScenarioError) -> Allocation {
    let name = json.string ?? json["type"]?.string ?? "split"
    switch name {
    case "fifo": return .fifo
    case "split", "fifo_pct", "pro_rata":
      let percent = json["fifo_pct"]?.double ?? (name == "pro_rata" ? 0 : 100)
      let minimum = json["min"]?.int ?? 1
      guard (0...100).contains(percent), minimum >= 0 else {
        throw ScenarioError(place, "algorithm \(json.text) is out of bounds")
      }
      return .split(percent: percent < 1 ? percent * 100 : percent, minimum: minimum)
    default: throw ScenarioError(place, "unknown algorithm '\(name)'")
    }
  }
}
