import HydraNumerics

/// A replay run by words: a strategy's name and `key=value` settings of the run and of the strategy.
public struct ReplayConfiguration: Hashable, Codable, Sendable {
  /// A name or a value that cannot be used.
  public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where the fault lies: in a setting, in a file that a setting names, or in that there is no such file.
    public enum Kind: Hashable, Sendable { case setting, data, noFile }

    public var description: String
    public var kind = Kind.setting
  }

  /// As in ``strategies``.
  public let strategy: String
  public let settings: ReplayRunSettings
  /// The instrument of a DBN file with several; nil takes the first.
  public let instrument: UInt32?
  /// The contract of an archive with several, and whose midnight its times count from.
  public let contract: String?
  public let zone: ExchangeZone
  /// Draws of the queue to run for bands; 0 for none.
  public let queueDraws: Int
  /// Whether the run is repeated under other queue models, latencies and costs.
  public let hasSensitivity: Bool
  /// Multiples of the strategy's size to run.
  public let capacity: [Int]
  /// The percentile of the cost at which the run itself is made; nil takes the cost as it is set.
  public let costPercentile: Double?
  private let values: [String: String]

  /// The built-in strategies and their keys.
  public static let strategies: [(name: String, keys: [String])] = [
    ("quoter", ["interval_s", "lots", "max_position"]), ("sma", ["fast", "slow", "lots"]),
    ("executor", ["side", "lots", "interval_s", "patience_s", "protection_ticks"]), ("none", []),
  ]

  /// Keys of every run.
  public static let runKeys = [
    "tick", "point_value", "fee", "latency_ms", "feed_latency_ms", "entry_latency_ms", "cancel_latency_ms",
    "modify_latency_ms", "response_latency_ms", "jitter_ms", "queue_model", "n", "half_spread", "participation", "seed",
    "instrument", "smp", "impact", "impact_exponent", "adv", "sigma_daily", "cost_percentile", "cost_fills",
    "cost_noise",
    "queue_draw", "queue_draws", "sensitivity", "capacity", "trace_s", "capital", "initial_margin",
    "maintenance_margin", "margin_call", "position_limit", "spot_limit", "contract", "zone", "margins", "cost_hours",
    "cost_cousins", "cost_widening", "roll", "roll_days",
  ]

  /// Throws ``Fault`` for a name or key that is not known (with the nearest one) and for values out of bounds.
  public init(strategy: String, values: [String: String], seed: UInt64 = 42) throws(Fault) {
    guard let keys = Self.strategies.first(where: { $0.name == strategy })?.keys else {
      let names = Self.strategies.map(\.name)
      let hint = nearestName(to: strategy, in: names).map { "; did you mean '\($0)'?" } ?? ""
      throw Fault(description: "unknown strategy '\(strategy)'\(hint) (known: \(names.joined(separator: ", ")))")
    }
    for key in values.keys.sorted() where !(Self.runKeys + keys).contains(key) {
      let hint = nearestName(to: key, in: Self.runKeys + keys).map { "; did you mean '\($0)'?" } ?? ""
      throw Fault(description: "unknown setting '\(key)'\(hint)")
    }
    self.strategy = strategy
    self.values = values
    let reader = Reader(values: values)
    var run = ReplayRunSettings()
    run.tick = try reader.number("tick", run.tick, above: 0)
    run.pointValue = try reader.number("point_value", run.pointValue)
    run.fee = try reader.number("fee", run.fee)
    let all = try reader.nanoseconds("latency_ms", 1e6, nil)
    run.latency.feed = try reader.nanoseconds("feed_latency_ms", 1e6, 0) ?? 0
    run.latency.entry = try reader.nanoseconds("entry_latency_ms", 1e6, all) ?? 0
    run.latency.cancel = try reader.nanoseconds("cancel_latency_ms", 1e6, all) ?? 0
    run.latency.modify = try reader.nanoseconds("modify_latency_ms", 1e6, all) ?? 0
    run.latency.response = try reader.nanoseconds("response_latency_ms", 1e6, all) ?? 0
    run.latency.jitter = try reader.nanoseconds("jitter_ms", 1e6, 0) ?? 0
    let exponent = try reader.number("n", 1, above: 0)
    let model = values["queue_model"] ?? "risk_averse"
    guard let queue = QueueModel(name: model, exponent: exponent) else {
      throw Fault(description: "unknown queue_model '\(model)' (known: \(QueueModel.names.joined(separator: ", ")))")
    }
    run.queueModel = queue
    let rule = values["smp"] ?? "off"
    guard let selfMatch = SelfMatchRule(rawValue: rule) else { throw Fault(description: "unknown smp '\(rule)'") }
    run.selfMatch = selfMatch
    run.halfSpreadTicks = try reader.number("half_spread", 0) / run.tick
    run.participation = try reader.number("participation", run.participation)
    guard run.participation <= 1 else { throw Fault(description: "participation is above 1, all that is traded") }
    run.cost = try Self.cost(reader, run)
    run.costPosterior = try Self.posterior(reader, run)
    run.hours = try Self.file("cost_hours", reader) { try SessionMultipliers($0) }
    run.roll = try Self.roll(reader)
    costPercentile = values["cost_percentile"] == nil ? nil : try reader.number("cost_percentile", 50, above: 0) / 100
    guard costPercentile ?? 0.5 < 1 else { throw Fault(description: "cost_percentile is not inside 0…100") }
    run.risk = try Self.risk(reader)
    run.queueDraw = values["queue_draw"] == nil ? nil : try reader.whole("queue_draw", 0, 0...1_000_000)
    run.traceInterval = try reader.nanoseconds("trace_s", 1e9, nil).map { max($0, 1) }
    queueDraws = try reader.whole("queue_draws", 0, 0...100_000)
    hasSensitivity = try reader.whole("sensitivity", 0, 0...1) == 1
    capacity = try reader.wholes("capacity", 1...1_000_000)
    contract = values["contract"]
    let place = values["zone"] ?? "new_york"
    guard let zone = ["new_york": ExchangeZone.newYork, "chicago": .chicago][place] else {
      throw Fault(description: "unknown zone '\(place)' (known: chicago, new_york)")
    }
    self.zone = zone
    run.seed = UInt64(try reader.whole("seed", Int(clamping: seed), 0...Int.max))
    settings = run
    instrument = values["instrument"] == nil ? nil : UInt32(try reader.whole("instrument", 0, 0...Int(UInt32.max)))
    _ = try makeStrategy()
  }

  /// Throws ``Fault`` where the strategy could do nothing on such a file: averages are of bars, quotes and executors look at
  /// the best bid and offer, which bars do not tell.
  func check(_ contents: ReplayFile.Contents) throws(Fault) {
    let needsBars = strategy == "sma"
    guard strategy != "none", needsBars != (contents == .bars) else { return }
    let market = needsBars ? "bars" : "orders, levels and quotes"
    throw Fault(description: "\(strategy) is for \(market), not for \(contents.rawValue)")
  }

  /// A strategy at its beginning.
  public func makeStrategy() throws(Fault) -> any ReplayStrategy {
    try makeStrategy(size: 1)
  }

  /// A strategy at its beginning, with so many times its lots and its largest position.
  public func makeStrategy(size: Int) throws(Fault) -> any ReplayStrategy {
    let reader = Reader(values: values)
    let lots = try reader.whole("lots", 1, 1...1_000_000) * size
    switch strategy {
    case "quoter":
      var quoter = TwoSidedQuoter()
      quoter.interval = max(1, try reader.nanoseconds("interval_s", 1e9, quoter.interval) ?? quoter.interval)
      quoter.lots = lots
      quoter.maximumPosition = try reader.whole("max_position", 5, 1...1_000_000) * size
      return quoter
    case "sma":
      let fast = try reader.whole("fast", 20, 1...1_000_000)
      let slow = try reader.whole("slow", 50, 2...1_000_001)
      guard slow > fast else { throw Fault(description: "slow is \(slow); it has to be above fast, \(fast)") }
      return MovingAverageCross(fast: fast, slow: slow, lots: lots)
    case "executor":
      let name = values["side"] ?? "buy"
      guard let side = Side(rawValue: name) else { throw Fault(description: "side is '\(name)', neither buy nor sell") }
      var executor = PatientExecutor(side, lots: lots)
      executor.interval = max(1, try reader.nanoseconds("interval_s", 1e9, executor.interval) ?? 1)
      executor.patience = try reader.nanoseconds("patience_s", 1e9, executor.patience) ?? 0
      executor.protection = try reader.whole("protection_ticks", 4, 0...1_000_000)
      return executor
    default: return Onlooker()
    }
  }

  /// The cost function when any of its keys is there.
  private static func cost(_ reader: Reader, _ run: ReplayRunSettings) throws(Fault) -> ReplayCost? {
    let keys = ["impact", "impact_exponent", "adv", "sigma_daily"]
    guard keys.contains(where: { reader.values[$0] != nil }) else { return nil }
    var cost = ReplayCost(impactCoefficient: try reader.number("impact", 0.8))
    cost.impactExponent = try reader.number("impact_exponent", 0.5, above: 0)
    guard cost.impactExponent <= 1 else { throw Fault(description: "impact_exponent is above 1") }
    if reader.values["half_spread"] != nil { cost.halfSpread = run.halfSpreadTicks }
    if reader.values["adv"] != nil { cost.averageDailyVolume = try reader.number("adv", 1, above: 0) }
    if reader.values["sigma_daily"] != nil { cost.dailyVolatility = try reader.number("sigma_daily", 0) / run.tick }
    return cost
  }

  private static func roll(_ reader: Reader) throws(Fault) -> RollRule? {
    switch reader.values["roll"] {
    case nil:
      guard reader.values["roll_days"] == nil else { throw Fault(description: "roll_days needs roll") }
      return nil
    case "first_notice": return .beforeFirstNotice(days: try reader.whole("roll_days", 5, 1...250))
    case "volume": return .volume(confirmation: try reader.whole("roll_days", 2, 1...250))
    case "open_interest": return .openInterest(confirmation: try reader.whole("roll_days", 2, 1...250))
    case .some(let name):
      throw Fault(description: "unknown roll '\(name)' (known: first_notice, open_interest, volume)")
    }
  }

  private static func risk(_ reader: Reader) throws(Fault) -> ReplayRisk {
    var risk = ReplayRisk()
    if reader.values["capital"] != nil { risk.capital = try reader.number("capital", 0) }
    let initial = try reader.number("initial_margin", 0)
    let maintenance = try reader.number("maintenance_margin", initial)
    if initial > 0 || maintenance > 0 {
      risk.margins = [MarginRate(from: CivilDate(dayNumber: -500_000), initial: initial, maintenance: maintenance)]
    }
    if let dated = try file("margins", reader, { try MarginRate.read($0) }) {
      guard risk.margins.isEmpty else {
        throw Fault(description: "margins and initial_margin or maintenance_margin say the same twice")
      }
      guard risk.capital != nil else { throw Fault(description: "margins need capital to be held against") }
      risk.margins = dated
    }
    let call = reader.values["margin_call"] ?? risk.marginCall.rawValue
    guard let action = ReplayRisk.MarginCall(rawValue: call) else {
      throw Fault(description: "unknown margin_call '\(call)' (known: close, block)")
    }
    risk.marginCall = action
    if reader.values["position_limit"] != nil {
      risk.limits.allMonths = try reader.whole("position_limit", 0, 0...1_000_000_000)
    }
    if reader.values["spot_limit"] != nil {
      risk.limits.spotMonth = try reader.whole("spot_limit", 0, 0...1_000_000_000)
    }
    return risk
  }

  struct Reader {
    let values: [String: String]

    func number(_ key: String, _ value: Double, above least: Double? = nil) throws(Fault) -> Double {
      guard let text = values[key] else { return value }
      guard let number = NumberText.number(text), number.isFinite, number >= 0, number > least ?? -1, number < 1e15
      else {
        throw Fault(description: "\(key) is '\(text)', no possible value")
      }
      return number
    }

    func whole(_ key: String, _ value: Int, _ range: ClosedRange<Int>) throws(Fault) -> Int {
      guard let text = values[key] else { return value }
      guard let number = Int(text), range.contains(number) else {
        throw Fault(description: "\(key) is '\(text)', no whole number from \(range.lowerBound) to \(range.upperBound)")
      }
      return number
    }

    func wholes(_ key: String, _ range: ClosedRange<Int>) throws(Fault) -> [Int] {
      guard let text = values[key] else { return [] }
      var numbers: [Int] = []
      for part in text.split(separator: ",") {
        guard let number = Int(part), range.contains(number) else {
          throw Fault(description: "\(key) is '\(text)', no list of whole numbers like 1,2,5")
        }
        numbers.append(number)
      }
      return numbers
    }

    func nanoseconds(_ key: String, _ unit: Double, _ value: Int64?) throws(Fault) -> Int64? {
      guard let text = values[key] else { return value }
      guard let number = NumberText.number(text), (0...1e9).contains(number) else {
        throw Fault(description: "\(key) is '\(text)', no possible time")
      }
      return Int64((number * unit).rounded())
    }
  }
}

/// Looks on and does nothing.
struct Onlooker: ReplayStrategy {
  mutating func update(_ signal: ReplaySignal, _ desk: inout ReplayDesk) {}
}
