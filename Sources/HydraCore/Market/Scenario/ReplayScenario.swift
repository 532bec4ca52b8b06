import HydraNumerics

/// A small case of order handling with, where it has one, its expected outcome: the format of `vectors/replay`.
///
/// `mode` is `exchange` (all orders in one matching engine), `replay_l3` or `replay_l2` (own orders against recorded
/// orders or price levels). Own requests arrive after their latency; at one time the market goes first.
///
///     for scenario in try ReplayScenario.read(json: JSONValue(parsing: bytes)) {
///       let outcome = try scenario.run()
///       print(scenario.id, outcome.got, outcome.passes)
///     }
public struct ReplayScenario: Sendable {
  /// What playing a scenario gave.
  public struct Outcome: Sendable {
    /// Trades or fills, orders, queue positions asked for, book, notes: the members that `expected` has, or all.
    public var got: JSONValue
    /// Whether it is what was expected; nil when nothing was.
    public var passes: Bool?
  }

  public let id: String
  let json: JSONValue

  /// One scenario from its JSON object.
  public init(json: JSONValue) throws(ScenarioError) {
    guard json.object != nil else { throw ScenarioError("scenario", "is no object") }
    id = json["id"]?.string ?? json["id"]?.int.map(String.init) ?? "scenario"
    self.json = json
  }

  /// All scenarios of a document: an object with `scenarios`, an array, or one scenario.
  public static func read(json: JSONValue) throws(ScenarioError) -> [ReplayScenario] {
    guard let list = json["scenarios"]?.array ?? json.array else { return [try ReplayScenario(json: json)] }
    var result: [ReplayScenario] = []
    for item in list { result.append(try ReplayScenario(json: item)) }
    return result
  }

  /// Plays the scenario.
  ///
  /// Throws ``ScenarioError`` for members that are missing or cannot be used, with the number of the event.
  public func run() throws(ScenarioError) -> Outcome {
    let settings = try ScenarioSettings(json["config"] ?? .null, place: id)
    var events: [ScenarioPlay.Event] = []
    for (number, item) in (json["events"]?.array ?? []).enumerated() {
      let place = "\(id): event \(number + 1)"
      guard let time = item["ts"]?.int else { throw ScenarioError(place, "'ts' is missing or no whole number") }
      let event = try ScenarioEventReader(json: item, scale: settings.scale, place: place).event()
      events.append(ScenarioPlay.Event(time: Int64(time), number: number, event: event))
    }
    var play = ScenarioPlay(
      id: id, events: events, settings: settings, asks: json["expected"]?["queue_ahead"] ?? json["ask"]?["queue_ahead"])
    let named = [json["expected"]?["orders"], json["ask"]?["orders"]].compactMap { $0 }
    play.named = named.isEmpty ? nil : Set(named.flatMap(Self.names))
    let mode = json["mode"]?.string ?? "exchange"
    let got: JSONValue
    switch mode {
    case "exchange": got = try play.run(Exchange(settings.exchange))
    case "replay_l3": got = try play.run(OrderReplay(settings.replay))
    case "replay_l2": got = try play.run(LevelReplay(settings.replay))
    default: throw ScenarioError(id, "unknown mode '\(mode)'; known: exchange, replay_l3, replay_l2")
    }
    guard let expected = json["expected"], expected.object != nil else { return Outcome(got: got, passes: nil) }
    let part = ScenarioComparison.part(of: got, like: expected)
    return Outcome(got: part, passes: ScenarioComparison.agree(part, expected))
  }

  private static func names(_ json: JSONValue) -> [String] {
    json.object?.map(\.key) ?? json.array?.compactMap(\.string) ?? []
  }
}
