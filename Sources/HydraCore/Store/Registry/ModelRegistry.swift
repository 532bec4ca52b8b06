import GRDB
import HydraNumerics

/// The models of every run and arm, and which of them is champion.
///
/// The champion pointer moves by compare-and-set: the caller names the champion that it decided against, and the move
/// is refused when another one has taken its place since. Moves are never deleted; ``moves(of:arm:)`` tells the story.
public struct ModelRegistry {
  let access: StoreAccess

  /// Adds a model as challenger. Its bytes must be in the store. Adding the same again changes nothing.
  public func register(_ model: ModelRecord) throws {
    try access.write { database in
      let run = try RunStore.required(key: model.run, database, path: access.path)
      if let stored = try Self.model(run, model.arm, model.version, database, access.path) {
        guard Self.isSame(stored, model) else {
          throw StoreError.conflict("model \(model.id) is in the store with other contents")
        }
        return
      }
      let hasBytes = try Bool.fetchOne(
        database, sql: "SELECT EXISTS (SELECT 1 FROM blob WHERE hash = ?)", arguments: [model.artefactHash])
      guard hasBytes == true else { throw StoreError.notFound("artefact \(model.artefactHash.prefix(12))") }
      try database.execute(
        sql: """
          INSERT INTO model (run_id, arm, version, artefact_hash, status, trained_from, trained_to, settings, metrics,
            parent, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          run.id, model.arm, model.version, model.artefactHash, ModelRecord.Status.challenger.rawValue,
          model.trainedRange?.lowerBound.nanoseconds, model.trainedRange?.upperBound.nanoseconds,
          CanonicalJSON.text(model.settings), CanonicalJSON.text(model.metrics), model.parent,
          model.created.nanoseconds,
        ])
    }
  }

  /// All models of a run, by arm and version.
  public func all(of run: Run, arm: String? = nil) throws -> [ModelRecord] {
    try access.read {
      try Self.fetch("AND arm = coalesce(?, arm) ORDER BY arm, version", [arm], run, $0, access.path)
    }
  }

  /// One model; nil when there is none.
  public func model(_ version: Int, of run: Run, arm: String) throws -> ModelRecord? {
    try access.read { try Self.model(run, arm, version, $0, access.path) }
  }

  /// The model that decides; nil before the first promotion.
  public func champion(of run: Run, arm: String) throws -> ModelRecord? {
    try access.read { database in
      guard let version = try Self.championVersion(run, arm, database) else { return nil }
      return try Self.model(run, arm, version, database, access.path)
    }
  }

  /// Makes a model champion, if `expected` is champion now (nil: if there is none).
  ///
  /// The former champion becomes a challenger and stays for a rollback. Throws ``StoreError/conflict(_:)`` when another
  /// model is champion, when the model is champion already, when it is archived, and for an empty reason.
  public func promote(_ version: Int, of run: Run, arm: String, expected: Int?, reason: MoveReason) throws {
    try access.write { database in
      let current = try expectedChampion(expected, run, arm, database)
      try move(.promote, from: current, to: version, run, arm, reason, database)
    }
  }

  /// Makes the champion before the present one champion again, and gives its version.
  ///
  /// Earlier champions are taken in the reverse order of their promotions; archived ones are passed over. Throws
  /// ``StoreError/conflict(_:)`` when `expected` is not champion, when there is nothing to go back to, and when that is
  /// not `target`, where the caller names one.
  @discardableResult
  public func rollBack(
    of run: Run, arm: String, expected: Int, to target: Int? = nil, reason: MoveReason
  ) throws -> Int {
    try access.write { database in
      let current = try expectedChampion(expected, run, arm, database)
      var earlier: [Int] = []
      for move in try Self.moves(run, arm, database, access.path) {
        switch move.action {
        case .promote: if let from = move.from { earlier.append(from) }
        // What was rolled back from is off the list; a rollback may have passed over archived models.
        case .rollback: while let last = earlier.popLast(), last != move.to {}
        }
      }
      while let version = earlier.popLast() {
        guard let model = try Self.model(run, arm, version, database, access.path), model.status != .archived,
          version != current
        else { continue }
        guard target == nil || target == version else {
          throw StoreError.conflict(
            "the champion before \(expected) of arm '\(arm)' is \(version), expected was \(target ?? 0)")
        }
        try move(.rollback, from: current, to: version, run, arm, reason, database)
        return version
      }
      throw StoreError.conflict("arm '\(arm)' of run \(run.shortKey) has no earlier champion")
    }
  }

  /// Takes a model out of the contest. The champion cannot be archived.
  public func archive(_ version: Int, of run: Run, arm: String) throws {
    try access.write { database in
      guard let model = try Self.model(run, arm, version, database, access.path) else {
        throw StoreError.notFound("model \(run.shortKey)/\(arm)/\(version)")
      }
      guard model.status != .champion else { throw StoreError.conflict("model \(model.id) is champion") }
      try Self.setStatus(.archived, run, arm, version, database)
    }
  }

  /// All moves of the champion pointer of an arm, oldest first.
  public func moves(of run: Run, arm: String) throws -> [ChampionMove] {
    try access.read { try Self.moves(run, arm, $0, access.path) }
  }

  // MARK: - Moves

  private func expectedChampion(_ expected: Int?, _ run: Run, _ arm: String, _ database: Database) throws -> Int? {
    let current = try Self.championVersion(run, arm, database)
    guard current == expected else {
      let (now, then) = (current.map { "\($0)" } ?? "none", expected.map { "\($0)" } ?? "none")
      throw StoreError.conflict("champion of arm '\(arm)' of run \(run.shortKey) is \(now), expected was \(then)")
    }
    return current
  }

  private func move(
    _ action: ChampionMove.Action, from: Int?, to version: Int, _ run: Run, _ arm: String, _ reason: MoveReason,
    _ database: Database
  ) throws {
    guard reason.text.contains(where: { !$0.isWhitespace }) else {
      throw StoreError.conflict("a champion is not changed without a reason")
    }
    guard let model = try Self.model(run, arm, version, database, access.path) else {
      throw StoreError.notFound("model \(run.shortKey)/\(arm)/\(version)")
    }
    guard model.status != .archived else { throw StoreError.conflict("model \(model.id) is archived") }
    guard version != from else { throw StoreError.conflict("model \(model.id) is champion already") }
    if let from { try Self.setStatus(.challenger, run, arm, from, database) }
    try Self.setStatus(.champion, run, arm, version, database)
    try database.execute(
      sql: """
        INSERT INTO champion (run_id, arm, version) VALUES (?, ?, ?)
        ON CONFLICT (run_id, arm) DO UPDATE SET version = excluded.version
        """, arguments: [run.id, arm, version])
    try database.execute(
      sql: """
        INSERT INTO champion_move (run_id, arm, sequence, action, from_version, to_version, time, reason, by_hand,
          evidence)
        VALUES (?1, ?2, 1 + (SELECT count(*) FROM champion_move WHERE run_id = ?1 AND arm = ?2), ?3, ?4, ?5, ?6, ?7,
          ?8, ?9)
        """,
      arguments: [
        run.id, arm, action.rawValue, from, version, reason.time.nanoseconds, reason.text, reason.isByHand,
        CanonicalJSON.text(reason.evidence),
      ])
  }

  private static func setStatus(
    _ status: ModelRecord.Status, _ run: Run, _ arm: String, _ version: Int, _ database: Database
  ) throws {
    try database.execute(
      sql: "UPDATE model SET status = ? WHERE run_id = ? AND arm = ? AND version = ?",
      arguments: [status.rawValue, run.id, arm, version])
  }

  // MARK: - Rows

  private static func championVersion(_ run: Run, _ arm: String, _ database: Database) throws -> Int? {
    try Int.fetchOne(
      database, sql: "SELECT version FROM champion WHERE run_id = ? AND arm = ?", arguments: [run.id, arm])
  }

  private static func model(
    _ run: Run, _ arm: String, _ version: Int, _ database: Database, _ path: String
  ) throws -> ModelRecord? {
    try fetch("AND arm = ? AND version = ?", [arm, version], run, database, path).first
  }

  private static func fetch(
    _ condition: String, _ arguments: StatementArguments, _ run: Run, _ database: Database, _ path: String
  ) throws -> [ModelRecord] {
    let rows = try Row.fetchAll(
      database, sql: "SELECT * FROM model WHERE run_id = ? \(condition)", arguments: [run.id] + arguments)
    return try rows.map { row in
      let from: Int64? = try row.optional("trained_from")
      let to: Int64? = try row.optional("trained_to")
      var range: ClosedRange<Timestamp>?
      if let from, let to, from <= to { range = Timestamp(nanoseconds: from)...Timestamp(nanoseconds: to) }
      return ModelRecord(
        run: run.key, arm: try row.value("arm"), version: try row.value("version"),
        artefactHash: try row.value("artefact_hash"),
        status: ModelRecord.Status(rawValue: try row.value("status")) ?? .archived, trainedRange: range,
        settings: try CanonicalJSON.value(try row.value("settings"), path: path),
        metrics: try CanonicalJSON.value(try row.value("metrics"), path: path), parent: try row.optional("parent"),
        created: Timestamp(nanoseconds: try row.value("created")))
    }
  }

  private static func moves(_ run: Run, _ arm: String, _ database: Database, _ path: String) throws -> [ChampionMove] {
    try Row.fetchAll(
      database, sql: "SELECT * FROM champion_move WHERE run_id = ? AND arm = ? ORDER BY sequence",
      arguments: [run.id, arm]
    ).map { row in
      ChampionMove(
        run: run.key, arm: arm, sequence: try row.value("sequence"),
        action: ChampionMove.Action(rawValue: try row.value("action")) ?? .promote,
        from: try row.optional("from_version"),
        to: try row.value("to_version"), time: Timestamp(nanoseconds: try row.value("time")),
        reason: try row.value("reason"),
        isByHand: try row.value("by_hand"), evidence: try CanonicalJSON.value(try row.value("evidence"), path: path))
    }
  }

  /// Whether a stored model is the one that is added again; its status has a life of its own.
  private static func isSame(_ stored: ModelRecord, _ model: ModelRecord) -> Bool {
    stored.artefactHash == model.artefactHash && stored.trainedRange == model.trainedRange
      && stored.parent == model.parent && stored.created == model.created
      && CanonicalJSON.text(stored.settings) == CanonicalJSON.text(model.settings)
      && CanonicalJSON.text(stored.metrics) == CanonicalJSON.text(model.metrics)
  }
}
