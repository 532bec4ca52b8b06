import HydraMarket
import HydraNumerics
import HydraStore

/// Brings what operators ask for, in other processes too, into a run: the persisted kill switch.
///
/// Requests stand in the operator's journal. A run takes each at the end of a bar and notes that in its own journal, so
/// that the same run executed again takes it at the same bar. A run that begins takes what still holds: a halt that
/// nobody lifted.
struct ControlDesk {
  /// Kinds of the operator's entries that are requests.
  static let kinds = ControlAction.Kind.allCases.map { "control_\($0.rawValue)" }

  private let store: Store
  private let run: Run
  /// What the run took when it was executed before.
  private var taken: [Timestamp: [ControlAction]] = [:]
  /// Newest entry of the operator's journal that was taken or looked at.
  private var seen = 0
  private var isFirst = true

  init(_ store: Store, run: Run) throws {
    (self.store, self.run) = (store, run)
    var filter = JournalFilter()
    filter.kinds = ["control"]
    for entry in try store.journal.entries(of: run, filter) {
      guard let action = ControlAction(entry.payload) else { continue }
      // Every arm notes it; it is one request.
      if taken[entry.time]?.contains(action) != true { taken[entry.time, default: []].append(action) }
    }
    seen = taken.values.joined().map(\.entry).max() ?? 0
    isFirst = taken.isEmpty && run.head.count == 0
  }

  /// What is asked for and not yet taken.
  func waiting() throws -> [ControlAction] { try Self.requests(in: store, for: run, after: seen) }

  /// What is to be taken at a moment: what was taken at it before, or what has come since.
  mutating func actions(at time: Timestamp, isChecking: Bool) throws -> [ControlAction] {
    if let before = taken[time] { return before }
    if isChecking { return [] }
    let new = try Self.requests(in: store, for: run, after: seen)
    defer { isFirst = false }
    guard let newest = new.last else { return [] }
    seen = newest.entry
    guard isFirst else { return new }
    // A new run takes what still holds of all that was ever asked.
    guard let last = new.last(where: { [.halt, .flatten, .resume].contains($0.kind) }), last.kind != .resume else {
      return []
    }
    return [last]
  }

  /// The requests of the operator's journal that concern a run, oldest first.
  static func requests(in store: Store, for run: Run, after sequence: Int) throws -> [ControlAction] {
    guard let desk = try store.runs.operatorRunIfAny(), desk.head.count > sequence else { return [] }
    var filter = JournalFilter()
    filter.kinds = kinds
    return try store.journal.entries(of: desk, filter).compactMap { entry in
      guard entry.sequence > sequence, let kind = ControlAction.Kind(rawValue: String(entry.kind.dropFirst(8))) else {
        return nil
      }
      if let key = entry.payload["run"]?.string, key != run.key { return nil }
      return ControlAction(
        kind, id: entry.payload["id"]?.string, reason: entry.payload["reason"]?.string ?? "", entry: entry.sequence)
    }
  }
}

/// Whether trading on a store is halted by its operator.
public enum KillSwitch {
  /// Asks every run on the store, those that are at work included, to do something from their next bar on.
  ///
  /// `id` and `run` say which promotion is meant; nil concerns all runs. The request stands in the operator's journal
  /// when this returns, and holds until it is taken back, whatever is restarted.
  public static func ask(
    _ kind: ControlAction.Kind, id: String? = nil, run: Run? = nil, reason: String, at now: Timestamp, in store: Store
  ) throws -> JSONValue {
    let writer = try JournalWriter(store, run: store.runs.operatorRun(), continuing: .atTheEnd)
    let payload: JSONValue = .object([
      ("run", run.map { .string($0.key) } ?? .null), ("id", id.map { .string($0) } ?? .null),
      ("reason", .string(reason)),
    ])
    try writer.append([JournalEntry(time: now, kind: "control_\(kind.rawValue)", payload: payload)])
    return .object([
      ("action", .string(kind.rawValue)), ("id", id.map { .string($0) } ?? .null), ("reason", .string(reason)),
      ("state", .string(try state(in: store).rawValue)), ("journal_hash", .string(writer.head.hash)),
    ])
  }

  /// Asks the newest live run on a market for safe mode, after its data could not even be read; nothing where there is
  /// no such run.
  public static func askForSafeMode(
    ofMarket market: String, stage: String, reason: String, at now: Timestamp, in store: Store
  ) throws {
    let run = try store.runs.all().last {
      $0.description.settings["market"]?.string == market && $0.description.settings["live"] == true
    }
    guard let run else { return }
    _ = try ask(.safeMode, id: stage, run: run, reason: reason, at: now, in: store)
  }

  /// The newest of the operator's halts and releases.
  public static func state(in store: Store) throws -> TradingState {
    guard let desk = try store.runs.operatorRunIfAny() else { return .active }
    var filter = JournalFilter()
    filter.kinds = ["control_halt", "control_flatten", "control_resume"]
    filter.last = 1
    guard let last = try store.journal.entries(of: desk, filter).last else { return .active }
    return last.kind == "control_resume" ? .active : .halted
  }
}
