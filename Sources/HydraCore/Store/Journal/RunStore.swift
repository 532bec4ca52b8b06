import GRDB
import HydraNumerics

/// The runs in a store.
public struct RunStore {
  let access: StoreAccess

  /// The key's run: the one that is there, or a new one.
  ///
  /// - Parameter created: an event time, as the beginning of the data; ignored when the run is there.
  public func findOrCreate(_ description: RunDescription, created: Timestamp) throws -> Run {
    let key = description.key
    return try access.write { database in
      try database.execute(
        sql: """
          INSERT INTO run (key, created, settings, data_hashes, version, head_hash) VALUES (?, ?, ?, ?, ?, ?)
          ON CONFLICT (key) DO NOTHING
          """,
        arguments: [
          key, created.nanoseconds, CanonicalJSON.text(description.settings),
          CanonicalJSON.text(description.hashesValue), description.version, key,
        ])
      return try Self.required(key: key, database, path: access.path)
    }
  }

  /// The run with this key; nil when there is none.
  public func run(key: String) throws -> Run? {
    try access.read { try Self.fetch("WHERE key = ?", [key], $0, path: access.path).first }
  }

  /// The run whose key begins so. Throws ``StoreError/notFound(_:)`` for none and ``StoreError/conflict(_:)`` for
  /// several.
  public func run(prefix: String) throws -> Run {
    let runs = try access.read {
      try Self.fetch("WHERE substr(key, 1, length(?1)) = ?1 ORDER BY id LIMIT 2", [prefix], $0, path: access.path)
    }
    guard let run = runs.first else { throw StoreError.notFound("run '\(prefix)'") }
    guard runs.count == 1 else { throw StoreError.conflict("'\(prefix)' begins the keys of several runs") }
    return run
  }

  /// All runs, in the order in which they were begun.
  public func all() throws -> [Run] {
    try access.read { try Self.fetch("ORDER BY id", [], $0, path: access.path) }
  }

  /// The run that was begun last, the operator's own journal left aside; nil when there is none.
  public func latest() throws -> Run? {
    try access.read {
      try Self.fetch(
        "WHERE key <> ? ORDER BY id DESC LIMIT 1", [RunDescription.operatorActions.key], $0, path: access.path
      ).first
    }
  }

  /// Notes that the run came to its end; the summary of a finished run cannot be replaced by another one.
  public func finish(_ run: Run, summary: JSONValue) throws {
    let text = CanonicalJSON.text(summary)
    try access.write { database in
      let stored = try Self.required(key: run.key, database, path: access.path)
      if stored.state == .finished {
        guard stored.summary.map(CanonicalJSON.text) == text else {
          throw StoreError.conflict("run \(run.shortKey) is finished with another summary")
        }
        return
      }
      try database.execute(
        sql: "UPDATE run SET state = 'finished', summary = ? WHERE id = ?", arguments: [text, stored.id])
    }
  }

  /// Notes where a run stands that will go on; the summary takes the place of an earlier one.
  public func pause(_ run: Run, summary: JSONValue) throws {
    try access.write { database in
      try database.execute(
        sql: "UPDATE run SET summary = ? WHERE key = ?", arguments: [CanonicalJSON.text(summary), run.key])
    }
  }

  /// The run that holds what people did by hand, as promoting a model; its times come from the runner's clock.
  ///
  /// It is apart from the runs of the agent, so that those stay reproducible.
  public func operatorRun() throws -> Run {
    try findOrCreate(.operatorActions, created: Timestamp(nanoseconds: 0))
  }

  /// The run that holds what people did by hand; nil as long as they did nothing.
  public func operatorRunIfAny() throws -> Run? { try run(key: RunDescription.operatorActions.key) }

  // MARK: - Rows

  static func required(key: String, _ database: Database, path: String) throws -> Run {
    guard let run = try fetch("WHERE key = ?", [key], database, path: path).first else {
      throw StoreError.notFound("run '\(key.prefix(12))'")
    }
    return run
  }

  static func fetch(
    _ condition: String, _ arguments: StatementArguments, _ database: Database, path: String
  ) throws -> [Run] {
    try Row.fetchAll(database, sql: "SELECT * FROM run \(condition)", arguments: arguments).map { row in
      let hashes = try CanonicalJSON.value(try row.value("data_hashes"), path: path)
      guard case .object(let members) = hashes, let state = Run.State(rawValue: try row.value("state")) else {
        throw StoreError.damaged(path, reason: "the row of run '\(try row.value("key") as String)' cannot be read")
      }
      let summary: String? = try row.optional("summary")
      return Run(
        key: try row.value("key"), created: Timestamp(nanoseconds: try row.value("created")),
        description: RunDescription(
          settings: try CanonicalJSON.value(try row.value("settings"), path: path),
          dataHashes: Dictionary(members.map { ($0.0, $0.1.string ?? "") }) { first, _ in first },
          version: try row.value("version")),
        state: state, summary: try summary.map { try CanonicalJSON.value($0, path: path) },
        head: JournalHead(count: try row.value("head_count"), hash: try row.value("head_hash")), id: try row.value("id")
      )
    }
  }
}

extension RunDescription {
  /// The description of ``RunStore/operatorRun()``.
  static let operatorActions = RunDescription(
    settings: .object([("operator", .string("by hand"))]), dataHashes: [:], version: "1")
}
