import HydraMarket
import HydraNumerics
import HydraStore

/// Where a run stands, by its journal and registry.
public struct RunStatus: Sendable {
  /// The status as it is printed.
  public let json: JSONValue

  /// Reads the self-healing arm's newest entries.
  public init(of run: Run, in store: Store) throws {
    let arm = Arm.selfHealing.rawValue
    var filter = JournalFilter()
    filter.arm = arm
    filter.kinds = ["bar"]
    filter.last = 1
    let bar = try store.journal.entries(of: run, filter).last?.payload ?? .null
    filter.kinds = [
      "trading_blocked", "promotion", "rollback", "probation_passed", "diagnosis", "control", "safe_mode",
      "approval_wanted",
    ]
    let event = try store.journal.entries(of: run, filter).last
    var first = JournalFilter()
    first.kinds = ["run"]
    let settings = try store.journal.entries(of: run, first).first?.payload["settings"] ?? .null
    let capital = settings["capital"]?.double
    let experiments = try store.experiments.all(of: run, arm: arm)
    let champion = try store.models.champion(of: run, arm: arm)
    let profit: Double? = if let capital, let equity = bar["equity"]?.double { equity - capital } else { nil }
    var newest: JSONValue = .null
    if let event { newest = .string("\(event.time.date) \(event.kind)") }
    let members: [(key: String, value: JSONValue)] = [
      ("run", .string(run.key)), ("state", .string(run.state.rawValue)),
      ("date", bar["date"] ?? .null), ("champion", champion.map { JSONValue($0.version) } ?? .null),
      ("champion_settings", champion?.settings ?? .null), ("contract", bar["contract"] ?? .null),
      ("position", bar["position"] ?? .null), ("equity", bar["equity"] ?? .null),
      ("net_profit", JSONValue(profit)),
      ("drift_score", bar["drift"] ?? .null), ("drift_stream", bar["drift_stream"] ?? .null),
      ("trading_state", .string(try Self.tradingState(of: run, bar, in: store).rawValue)),
      ("awaiting_approval", JSONValue(try Self.approvals(of: run, in: store))),
      ("experiments", JSONValue(experiments.count)),
      ("newest_event", newest),
      ("journal_entries", JSONValue(run.head.count)), ("journal_hash", .string(run.head.hash)),
    ]
    json = .object(members)
  }

  /// The stricter of what the run's newest bar says and what has been asked for since: by the operator, or by a failure
  /// that the run takes at its next bar.
  private static func tradingState(of run: Run, _ bar: JSONValue, in store: Store) throws -> TradingState {
    var asked = try KillSwitch.state(in: store)
    let waiting = try ControlDesk(store, run: run).waiting().map(\.kind)
    if waiting.last(where: { [.safeMode, .reduce, .resume].contains($0) }).map({ $0 != .resume }) ?? false {
      asked = max(asked, .reducing)
    }
    let own = bar["state"]?.string.flatMap(TradingState.init) ?? .active
    // A halt of the run's own last bar may have been lifted since.
    return bar["state_reason"]?.string == "operator" ? asked : max(own, asked)
  }

  /// Promotions of a run that wait for a person: the experiments that they rest on.
  public static func approvals(of run: Run, in store: Store) throws -> [String] {
    var filter = JournalFilter()
    filter.arm = Arm.selfHealing.rawValue
    filter.kinds = ["approval_wanted", "approval_expired", "control"]
    var waiting: [String] = []
    for entry in try store.journal.entries(of: run, filter) {
      guard let id = entry.payload["id"]?.string else { continue }
      // A newer promotion takes the place of one that waits.
      if entry.kind == "approval_wanted" { waiting = [id] } else { waiting.removeAll { $0 == id } }
    }
    return waiting
  }
}
