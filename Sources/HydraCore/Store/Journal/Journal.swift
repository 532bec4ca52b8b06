import GRDB
import HydraNumerics

/// Which entries are wanted; everything that is nil is not asked for.
public struct JournalFilter: Hashable, Sendable {
  public var arm: String?
  public var kinds: [String]?
  /// First event time that is wanted.
  public var from: Timestamp?
  /// Last event time that is wanted.
  public var to: Timestamp?
  public var sequences: ClosedRange<Int>?
  /// Takes the last so many of the wanted entries.
  public var last: Int?

  public init() {}
}

/// What the recomputation of a run's hash chain found.
public enum JournalVerification: Hashable, Sendable {
  /// Every entry is as it was written, and none is missing.
  case intact(JournalHead)
  /// The first entry that is not as it was written, and why.
  case broken(sequence: Int, reason: String)
}

/// The entries of all runs: append-only, each run's entries chained by their hashes.
///
/// Entries are written by a ``JournalWriter``.
public struct Journal {
  let access: StoreAccess

  /// Entries of a run in order.
  public func entries(of run: Run, _ filter: JournalFilter = JournalFilter()) throws -> [JournalRecord] {
    var records: [JournalRecord] = []
    try forEach(of: run, filter) { records.append($0) }
    return records
  }

  /// Goes through entries of a run in order, one at a time in memory.
  public func forEach(
    of run: Run, _ filter: JournalFilter = JournalFilter(), _ body: (JournalRecord) throws -> Void
  ) throws {
    try access.read { database in
      let (condition, arguments) = filter.condition(run)
      // The hash of the entry before comes from the journal itself, so that a filtered listing shows it too.
      let sql = """
        SELECT sequence, time, arm, kind, payload, hash, coalesce(
          (SELECT p.hash FROM journal p WHERE p.run_id = j.run_id AND p.sequence = j.sequence - 1), ?) AS previous
        FROM (SELECT * FROM journal WHERE \(condition)) j ORDER BY sequence
        """
      let rows = try Row.fetchCursor(database, sql: sql, arguments: [run.key] + arguments)
      while let row = try rows.next() { try body(try JournalRecord(row, run: run.key)) }
    }
  }

  /// The end of a run's journal.
  public func head(of run: Run) throws -> JournalHead {
    try access.read { try RunStore.required(key: run.key, $0, path: access.path).head }
  }

  /// Recomputes the hash chain of a run and compares its end, and the run's key, with what the run's row holds.
  ///
  /// Finds any change of an entry, damage of the file, a missing, an exchanged and an added entry, and entries cut off at the end.
  /// Somebody who may write the file can make a new chain throughout: compare the head hash with one that was kept
  /// elsewhere.
  public func verify(_ run: Run) throws -> JournalVerification {
    try access.read { database in
      let run = try RunStore.required(key: run.key, database, path: access.path)
      guard run.description.key == run.key else {
        return .broken(sequence: 0, reason: "the run's settings, data hashes or version do not have the run's key")
      }
      var (count, previous) = (0, run.key)
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT sequence, time, arm, kind, payload, hash, '' AS previous FROM journal WHERE run_id = ? ORDER BY sequence
          """, arguments: [run.id])
      do {
        while let row = try rows.next() {
          var record = try JournalRecord(row, run: run.key)
          record.previous = previous
          guard record.sequence == count + 1 else {
            return .broken(sequence: count + 1, reason: "the entry is missing; the next one is \(record.sequence)")
          }
          guard record.hash == record.computedHash else {
            return .broken(
              sequence: record.sequence, reason: "its hash should be \(record.computedHash) and is \(record.hash)")
          }
          (count, previous) = (record.sequence, record.hash)
        }
      } catch let error as DatabaseError where [.SQLITE_CORRUPT, .SQLITE_IOERR].contains(error.resultCode) {
        let message = error.message ?? "no message"
        return .broken(sequence: count + 1, reason: "the file is damaged where it should be: \(message)")
      }
      guard run.head.count == count else {
        return .broken(sequence: count + 1, reason: "the run has \(run.head.count) entries, \(count) are there")
      }
      guard run.head.hash == previous else {
        return .broken(sequence: count, reason: "the run's head is \(run.head.hash), the chain ends in \(previous)")
      }
      return .intact(run.head)
    }
  }
}

extension JournalFilter {
  fileprivate func condition(_ run: Run) -> (String, StatementArguments) {
    var parts = ["run_id = ?"]
    var arguments: StatementArguments = [run.id]
    func add(_ part: String, _ values: [any DatabaseValueConvertible]) {
      parts.append(part)
      arguments += StatementArguments(values)
    }
    if let arm { add("arm = ?", [arm]) }
    if let kinds { add("kind IN (\(kinds.map { _ in "?" }.joined(separator: ", ")))", kinds) }
    if let from { add("time >= ?", [from.nanoseconds]) }
    if let to { add("time <= ?", [to.nanoseconds]) }
    if let sequences { add("sequence BETWEEN ? AND ?", [sequences.lowerBound, sequences.upperBound]) }
    var condition = parts.joined(separator: " AND ")
    if let last {
      condition += " ORDER BY sequence DESC LIMIT ?"
      arguments += [last]
    }
    return (condition, arguments)
  }
}

extension JournalRecord {
  init(_ row: Row, run: String) throws {
    self.init(
      run: run, sequence: try row.value("sequence"), time: Timestamp(nanoseconds: try row.value("time")),
      arm: try row.value("arm"),
      kind: try row.value("kind"), payloadText: try row.value("payload"), previous: try row.value("previous"),
      hash: try row.value("hash"))
  }
}
