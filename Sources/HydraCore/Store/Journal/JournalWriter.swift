import GRDB
import HydraNumerics

/// Writes the journal of one run, and lets a run that was stopped continue.
///
/// A run is deterministic: executed again from its beginning, it makes the same entries. So a stopped run is continued by
/// executing it again. As long as there are stored entries, the writer *checks*: each entry that comes out must be the
/// stored one to the byte, else ``StoreError/journalMismatch(_:)`` names the entry and what differs. Past the last
/// stored entry it *appends*. Wherever a run is stopped, its final head hash is therefore that of an uninterrupted one.
///
/// What else an event changes in the store (a promotion, an experiment's result, feature rows) is handed over as the
/// entry's *effects*. They are carried out in the transaction that appends the entry, and left out when the entry is
/// only checked, because they were stored together with it: each effect happens exactly once.
///
/// ```swift
/// let run = try store.runs.findOrCreate(description, created: firstDay)
/// let writer = try JournalWriter(store, run: run)
/// try store.write { transaction in
///   try writer.append(decision, in: transaction)
///   try writer.append(verdict, in: transaction) { try $0.models.promote(2, of: run, arm: "a", expected: 1, …) }
/// }
/// try writer.finish(summary: summary)
/// ```
/// What is expensive and follows from its inputs alone (a fit, an experiment) is not journaled effect but artefact: asked
/// for by key first, computed and put only when absent. During the check, state must be taken from the run's own
/// memory: the store already holds what happens later.
///
/// One writer a run: another one at work on the same run is noticed (``StoreError/conflict(_:)``). Not for use from
/// several threads at a time.
public final class JournalWriter {
  /// What became of an entry.
  public enum Outcome: Hashable, Sendable {
    /// It was stored before and is the same.
    case checked
    /// It was added to the journal, with its effects.
    case appended
  }

  public let run: Run
  private let store: Store
  /// The end of what was checked or appended so far.
  public private(set) var head: JournalHead
  /// Entries that were stored when the writer was made.
  public let storedCount: Int
  /// Stored entries that are to be compared next, in reverse order.
  private var upcoming: [JournalRecord] = []

  /// How a journal that has entries is continued.
  public enum Continuation: Hashable, Sendable {
    /// By executing the run again from its beginning: stored entries are checked.
    case fromTheBeginning
    /// After the last stored entry, where nothing can be executed again: live trading, actions by hand.
    case atTheEnd
  }

  public init(_ store: Store, run: Run, continuing: Continuation = .fromTheBeginning) throws {
    self.store = store
    self.run = run
    let stored = try store.journal.head(of: run)
    storedCount = stored.count
    head = continuing == .atTheEnd ? stored : JournalHead(count: 0, hash: run.key)
  }

  /// Whether the next entry is compared with a stored one.
  public var isChecking: Bool { head.count < storedCount }

  /// Checks or appends entries in a transaction of their own.
  public func append(_ entries: [JournalEntry]) throws {
    guard !entries.isEmpty else { return }
    guard head.count + entries.count > storedCount else {
      // Nothing will be written: no need to wait for another writer.
      for entry in entries { try check(entry) { try store.read(load) } }
      return
    }
    try store.write { transaction in
      for entry in entries { try append(entry, in: transaction) }
    }
  }

  /// Checks or appends one entry; when it is appended, `effects` are carried out in the same transaction.
  @discardableResult
  public func append(
    _ entry: JournalEntry, in transaction: Store.Transaction,
    effects: (Store.Transaction) throws -> Void = { _ in }
  ) throws -> Outcome {
    let before = head
    if isChecking {
      try check(entry) { try load(transaction) }
      transaction.onRollback { [weak self] in self?.goBack(to: before) }
      return .checked
    }
    guard transaction.isWriting else { throw StoreError.readOnly(transaction.path) }
    let record = JournalRecord(entry, run: run.key, sequence: head.count + 1, previous: head.hash)
    try insert(record, transaction.database)
    head = JournalHead(count: record.sequence, hash: record.hash)
    transaction.onRollback { [weak self] in self?.goBack(to: before) }
    try effects(transaction)
    return .appended
  }

  /// Ends the run: all stored entries must have come out again, and the summary must be the stored one if there is one.
  public func finish(summary: JSONValue) throws {
    try requireAll()
    try store.runs.finish(run, summary: summary)
  }

  /// Leaves a run that will go on when there are more data: all stored entries must have come out again, and the summary
  /// takes the place of the stored one.
  public func pause(summary: JSONValue) throws {
    try requireAll()
    try store.runs.pause(run, summary: summary)
  }

  private func requireAll() throws {
    guard isChecking else { return }
    throw StoreError.journalMismatch(
      JournalMismatch(
        run: run.key, sequence: head.count + 1,
        difference: "\(storedCount) entries are stored, the run ended after \(head.count)"))
  }

  // MARK: - Checking

  private func check(_ entry: JournalEntry, load: () throws -> Void) throws {
    if upcoming.isEmpty { try load() }
    let record = JournalRecord(entry, run: run.key, sequence: head.count + 1, previous: head.hash)
    guard let stored = upcoming.popLast(), stored.sequence == record.sequence else {
      throw StoreError.damaged(
        store.location.path, reason: "entry \(record.sequence) of run \(run.shortKey) is missing")
    }
    if let difference = JournalDifference.first(stored: stored, now: record) {
      throw StoreError.journalMismatch(
        JournalMismatch(run: run.key, sequence: record.sequence, difference: difference))
    }
    head = JournalHead(count: record.sequence, hash: record.hash)
  }

  /// Fetches the next stored entries; as many as are worth one query, as few as need little memory.
  private func load(_ transaction: Store.Transaction) throws {
    let rows = try Row.fetchAll(
      transaction.database,
      sql: """
        SELECT sequence, time, arm, kind, payload, hash, '' AS previous FROM journal
        WHERE run_id = ? AND sequence > ? ORDER BY sequence LIMIT 512
        """, arguments: [run.id, head.count])
    upcoming = try rows.reversed().map { try JournalRecord($0, run: run.key) }
  }

  private func goBack(to head: JournalHead) {
    self.head = head
    upcoming = []
  }

  // MARK: - Appending

  private func insert(_ record: JournalRecord, _ database: Database) throws {
    let move = try database.cachedStatement(
      sql: "UPDATE run SET head_count = ?, head_hash = ? WHERE id = ? AND head_count = ? AND head_hash = ?")
    try move.execute(arguments: [record.sequence, record.hash, run.id, head.count, head.hash])
    guard database.changesCount == 1 else {
      throw StoreError.conflict("another process writes the journal of run \(run.shortKey)")
    }
    let insert = try database.cachedStatement(
      sql: "INSERT INTO journal (run_id, sequence, time, arm, kind, payload, hash) VALUES (?, ?, ?, ?, ?, ?, ?)")
    try insert.execute(
      arguments: [
        run.id, record.sequence, record.time.nanoseconds, record.arm, record.kind, record.payloadText, record.hash,
      ])
  }
}
