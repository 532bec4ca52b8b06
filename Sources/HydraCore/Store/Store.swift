import Foundation
import GRDB

/// The one database of an installation: facts with their times, the journal, runs, models, experiments, artefacts.
///
/// ```swift
/// let store = try Store(url: "sqlite:hydra.sqlite")
/// let summary = try store.facts.importHistory(history)
/// let oats = try store.facts.history(symbol: "ZO", asOf: Timestamp("2012-06-04T23:00:00Z")!)
///
/// try store.write { transaction in                      // all of it, or nothing
///   try transaction.artefacts.put(key: key, bytes: model, kind: "trees")
///   try transaction.models.register(record)
/// }
/// ```
/// Each part (`facts`, `journal`, `runs`, `artefacts`, `models`, `experiments`, `features`) has the same calls on a
/// store, where each is a transaction of its own, and on a ``Transaction``, where they belong together.
///
/// One writer and many readers work at a time, in this and in other processes: the write-ahead log gives every reader
/// the state of its first look. A writer that finds another one at work waits for ``Settings/busyTimeoutSeconds``.
/// Calls block their thread; a store may be used from any thread, but not from inside its own `read` or `write`.
public final class Store: Sendable {
  /// How a store is opened.
  public struct Settings: Hashable, Sendable {
    /// What is certain to be on the disk when a transaction returns.
    public enum Durability: String, Hashable, Sendable {
      /// `PRAGMA synchronous = NORMAL`: whole after a crash of the program at any point; after a power failure the
      /// last transactions may be missing, never a part of one. A replay makes lost journal entries again, byte for
      /// byte, so it has nothing to lose, and it commits at every bar: a transaction of three entries took 0.4 to 0.8 ms, and
      /// 1.6 to 3.3 ms with `full`, on a busy machine with a fast disk.
      case replayable
      /// `PRAGMA synchronous = FULL`: every transaction waits for the disk. For live trading, where an order that
      /// went out cannot be made again.
      case full
    }

    public var durability = Durability.replayable
    /// No writing, no creation of a file, no schema change; for verbs that only look.
    public var readOnly = false
    /// How long a writer waits for another one before ``StoreError/busy(_:)``.
    public var busyTimeoutSeconds = 10.0

    public init() {}
  }

  public let location: StoreLocation
  public let settings: Settings
  let database: any DatabaseWriter

  /// Opens or creates the store of an address, as ``StoreLocation/init(_:)`` reads it.
  public convenience init(url: String, settings: Settings = Settings()) throws {
    try self.init(StoreLocation(url), settings: settings)
  }

  /// Opens or creates the store in a file; `:memory:` is a database of its own in memory.
  public convenience init(path: String, settings: Settings = Settings()) throws {
    try self.init(path == ":memory:" ? .memory : .file(path), settings: settings)
  }

  /// Opens or creates a store, and brings an older file up to this version's schema.
  public init(_ location: StoreLocation, settings: Settings = Settings()) throws {
    (self.location, self.settings) = (location, settings)
    let path = location.path
    do {
      if case .file = location {
        let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        if type == nil, settings.readOnly { throw StoreError.noFile(path) }
        guard type == nil || type == .typeRegular || type == .typeSymbolicLink else {
          throw StoreError.cannotOpen(path, reason: "it is no file but a folder or a device")
        }
      }
      database = try Self.connect(location, settings)
      try Self.prepareSchema(of: database, path: path, settings)
    } catch let error as DatabaseError {
      throw StoreError(error, path: path)
    }
  }

  private static func connect(_ location: StoreLocation, _ settings: Settings) throws -> any DatabaseWriter {
    var configuration = Configuration()
    configuration.readonly = settings.readOnly
    configuration.busyMode = .timeout(settings.busyTimeoutSeconds)
    configuration.foreignKeysEnabled = true
    configuration.prepareDatabase { connection in
      // Without it, `INSERT OR REPLACE` would delete rows of the journal past its triggers.
      try connection.execute(sql: "PRAGMA recursive_triggers = ON")
    }
    guard case .file(let path) = location else { return try DatabaseQueue(configuration: configuration) }
    // One connection will do for looking, and a pool would want to write the log's first page.
    if settings.readOnly { return try DatabaseQueue(path: path, configuration: configuration) }
    let pool = try DatabasePool(path: path, configuration: configuration)
    if settings.durability == .full {
      // After the pool's own preparation, which sets NORMAL.
      try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
    }
    return pool
  }

  private static func prepareSchema(of database: any DatabaseWriter, path: String, _ settings: Settings) throws {
    let migrator = StoreSchema.migrator
    let (unknown, isComplete) = try database.read { connection in
      try StoreSchema.requireOwnFile(connection, path: path)
      return (try StoreSchema.unknownMigrations(connection), try migrator.hasCompletedMigrations(connection))
    }
    guard unknown.isEmpty else { throw StoreError.newerSchema(path, unknown: unknown) }
    guard !isComplete else { return }
    guard !settings.readOnly else { throw StoreError.olderSchema(path) }
    // First of all, and in one page: a process that dies between here and the first table leaves a file that is known.
    try database.write { try $0.execute(sql: "PRAGMA application_id = \(StoreSchema.applicationID)") }
    try migrator.migrate(database)
  }

  /// Runs `body` on one unchanging view of the store.
  ///
  /// Database errors arrive as ``StoreError``, errors of `body` as they are.
  public func read<T>(_ body: (Transaction) throws -> T) throws -> T {
    do {
      return try database.read { connection in
        try body(Transaction(connection, path: location.path, isWriting: false))
      }
    } catch let error as DatabaseError {
      throw StoreError(error, path: location.path)
    }
  }

  /// Runs `body` as one transaction: when it throws, or the commit fails, nothing of it is kept.
  public func write<T>(_ body: (Transaction) throws -> T) throws -> T {
    guard !settings.readOnly else { throw StoreError.readOnly(location.path) }
    var rollbackActions: [() -> Void] = []
    do {
      return try database.write { connection in
        let transaction = Transaction(connection, path: location.path, isWriting: true)
        defer { rollbackActions = transaction.rollbackActions }
        return try body(transaction)
      }
    } catch {
      for action in rollbackActions.reversed() { action() }
      if let error = error as? DatabaseError { throw StoreError(error, path: location.path) }
      throw error
    }
  }

  /// Writes the log back into the database file and closes it; later calls fail.
  ///
  /// A store that is simply let go is as whole as one that is closed.
  public func close() throws {
    do {
      // SQLite does it for the last connection that closes, unless that is one of the pool's, which only read.
      if !settings.readOnly {
        try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
      }
      try database.close()
    } catch let error as DatabaseError {
      throw StoreError(error, path: location.path)
    }
  }
}
