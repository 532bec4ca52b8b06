import GRDB
import HydraNumerics

/// A trial of a change on past data: what was to be tried, and what came out.
public struct Experiment: Sendable {
  /// How far the experiment is.
  public enum State: String, Sendable, CaseIterable {
    case queued
    case running
    case done
    case failed
  }

  /// Unique in its run; given by the run, so that the same run gives the same id.
  public var id: String
  /// The key of the run.
  public var run: String
  public var arm: String
  public var plan: JSONValue
  /// SHA-256 of the plan in canonical JSON.
  public var planHash: String
  public var seed: UInt64
  public var state: State
  /// How often it was started.
  public var attempts: Int
  public var queued: Timestamp
  /// When it was done or failed.
  public var ended: Timestamp?
  public var result: JSONValue?
  /// Why it failed.
  public var error: String?
}

/// The experiments of all runs.
///
/// `queued → running → done | failed`; what is running may be started again after a stop, and so may what has failed.
/// Every start counts as an attempt.
public struct ExperimentQueue {
  let access: StoreAccess

  /// Adds an experiment. Adding the same again changes nothing; another plan or seed under the same id is an error.
  public func enqueue(
    _ id: String, of run: Run, arm: String = "", plan: JSONValue, seed: UInt64, at time: Timestamp
  ) throws {
    let text = CanonicalJSON.text(plan)
    let hash = SHA256.hash(text)
    try access.write { database in
      if let stored = try Self.fetch("AND id = ?", [id], run, database, access.path).first {
        guard stored.planHash == hash, stored.seed == seed, stored.arm == arm else {
          throw StoreError.conflict("experiment '\(id)' of run \(run.shortKey) has another plan or seed in the store")
        }
        return
      }
      try database.execute(
        sql: """
          INSERT INTO experiment (run_id, id, arm, plan, plan_hash, seed, state, queued)
          VALUES (?, ?, ?, ?, ?, ?, 'queued', ?)
          """, arguments: [run.id, id, arm, text, hash, Int64(bitPattern: seed), time.nanoseconds])
    }
  }

  /// Notes that work on an experiment begins.
  public func start(_ id: String, of run: Run) throws {
    try change(
      id, run, from: [.queued, .running, .failed],
      "state = 'running', attempts = attempts + 1, ended = NULL, error = NULL", [])
  }

  /// Notes what came out.
  public func finish(_ id: String, of run: Run, result: JSONValue, at time: Timestamp) throws {
    try change(
      id, run, from: [.running], "state = 'done', result = ?, ended = ?",
      [CanonicalJSON.text(result), time.nanoseconds])
  }

  /// Notes that it failed, and why.
  public func fail(_ id: String, of run: Run, error: String, at time: Timestamp) throws {
    try change(id, run, from: [.running], "state = 'failed', error = ?, ended = ?", [error, time.nanoseconds])
  }

  /// Experiments of a run in the order in which they were added.
  public func all(of run: Run, arm: String? = nil, state: Experiment.State? = nil) throws -> [Experiment] {
    try access.read {
      try Self.fetch(
        "AND arm = coalesce(?, arm) AND state = coalesce(?, state)", [arm, state?.rawValue], run, $0, access.path)
    }
  }

  /// One experiment; nil when there is none.
  public func experiment(_ id: String, of run: Run) throws -> Experiment? {
    try access.read { try Self.fetch("AND id = ?", [id], run, $0, access.path).first }
  }

  private func change(
    _ id: String, _ run: Run, from states: [Experiment.State], _ assignments: String, _ arguments: StatementArguments
  ) throws {
    try access.write { database in
      guard let stored = try Self.fetch("AND id = ?", [id], run, database, access.path).first else {
        throw StoreError.notFound("experiment '\(id)' of run \(run.shortKey)")
      }
      guard states.contains(stored.state) else {
        let expected = states.map(\.rawValue).joined(separator: " or ")
        throw StoreError.conflict("experiment '\(id)' is \(stored.state.rawValue), expected was \(expected)")
      }
      try database.execute(
        sql: "UPDATE experiment SET \(assignments) WHERE run_id = ? AND id = ?", arguments: arguments + [run.id, id])
    }
  }

  private static func fetch(
    _ condition: String, _ arguments: StatementArguments, _ run: Run, _ database: Database, _ path: String
  ) throws -> [Experiment] {
    try Row.fetchAll(
      database, sql: "SELECT * FROM experiment WHERE run_id = ? \(condition) ORDER BY row",
      arguments: [run.id] + arguments
    ).map { row in
      let ended: Int64? = try row.optional("ended")
      let result: String? = try row.optional("result")
      return Experiment(
        id: try row.value("id"), run: run.key, arm: try row.value("arm"),
        plan: try CanonicalJSON.value(try row.value("plan"), path: path),
        planHash: try row.value("plan_hash"), seed: UInt64(bitPattern: try row.value("seed") as Int64),
        state: Experiment.State(rawValue: try row.value("state")) ?? .failed, attempts: try row.value("attempts"),
        queued: Timestamp(nanoseconds: try row.value("queued")), ended: ended.map { Timestamp(nanoseconds: $0) },
        result: try result.map { try CanonicalJSON.value($0, path: path) }, error: try row.optional("error"))
    }
  }
}
