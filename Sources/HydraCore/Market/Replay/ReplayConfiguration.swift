import HydraNumerics

/// A replay run by words: a strategy's name and `key=value` settings of the run and of the strategy.
public struct ReplayConfiguration: Hashable, Codable, Sendable {
  /// A name or a value that cannot be used.
  public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String
  }

  /// As in ``strategies``.
  public let strategy: String
  public let settings: ReplayRunSettings
  /// The instrument of a DBN file with several; nil takes the first.
  public let instrument: UInt32?
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
    "instrument", "smp",
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
    run.seed = UInt64(try reader.whole("seed", Int(clamping: seed), 0...Int.max))
    settings = run
    instrument = values["instrument"] == nil ? nil : UInt32(try reader.whole("instrument", 0, 0...Int(UInt32.max)))
    _ = try makeStrategy()
  }

  /// A strategy at its beginning.
  public func makeStrategy() throws(Fault) -> any ReplayStrategy {
    let reader = Reader(values: values)
    let lots = try reader.whole("lots", 1, 1...1_000_000)
    switch strategy {
    case "quoter":
      var quoter = TwoSidedQuoter()
      quoter.interval = max(1, try reader.nanoseconds("interval_s", 1e9, quoter.interval) ?? quoter.interval)
      quoter.lots = lots
      quoter.maximumPosition = try reader.whole("max_position", 5, 1...1_000_000)
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

  private struct Reader {
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
