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
    filter.kinds = ["trading_blocked", "promotion", "rollback", "probation_passed", "diagnosis"]
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
      ("experiments", JSONValue(experiments.count)),
      ("newest_event", newest),
      ("journal_entries", JSONValue(run.head.count)), ("journal_hash", .string(run.head.hash)),
    ]
    json = .object(members)
  }
}
