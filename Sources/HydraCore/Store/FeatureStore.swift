import Foundation
import GRDB
import HydraNumerics

/// Which numbers a row of features holds, and what computed them.
public struct FeatureSet: Hashable, Sendable {
  public var names: [String]
  /// Identity of the computation, as the hash of its settings: equal names may hide different windows.
  public var pipeline: String

  public init(names: [String], pipeline: String = "") {
    (self.names, self.pipeline) = (names, pipeline)
  }

  /// SHA-256 over names and pipeline; what rows are stored under.
  public var hash: String {
    CanonicalJSON.hash(.object([("names", .array(names.map { .string($0) })), ("pipeline", .string(pipeline))]))
  }
}

/// Rows of features as they were known.
///
/// A row has an event time and a known time. A row that is computed anew with a later known time (a revised input) is
/// stored beside the old one; reading as of T gives for each event time the newest row that was known at T.
public struct FeatureStore {
  let access: StoreAccess

  /// Stores a row. The same row again changes nothing; other values with the same times are an error.
  public func record(_ row: FeatureVector, symbol: String, set: FeatureSet) throws {
    var table = FeatureTable(names: row.names)
    table.append(row)
    try record(table, symbol: symbol, set: set)
  }

  /// Stores all rows of a table.
  public func record(_ table: FeatureTable, symbol: String, set: FeatureSet) throws {
    guard table.names == set.names else { throw StoreError.invalidFact("a row's names are not those of its set") }
    try access.write { database in
      let id = try Self.identifier(of: set, database)
      let insert = try database.cachedStatement(
        sql: """
          INSERT INTO feature_row (symbol, set_id, time, known, "values") VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
          """)
      for index in 0..<table.count {
        let row = table[index]
        let bytes = Self.bytes(row.values)
        try insert.execute(arguments: [symbol, id, row.time.nanoseconds, row.known.nanoseconds, bytes])
        guard database.changesCount == 0 else { continue }
        let stored = try Data.fetchOne(
          database,
          sql: """
            SELECT "values" FROM feature_row WHERE symbol = ? AND set_id = ? AND time = ? AND known = ?
            """, arguments: [symbol, id, row.time.nanoseconds, row.known.nanoseconds])
        guard stored == bytes else {
          throw StoreError.conflict("features of \(symbol) at \(row.time) are in the store with other values")
        }
      }
    }
  }

  /// For every event time the newest row that was known at `asOf`, in order of event time.
  public func rows(symbol: String, set: FeatureSet, asOf: Timestamp) throws -> FeatureTable {
    try access.read { database in
      var table = FeatureTable(names: set.names)
      let cursor = try Row.fetchCursor(
        database,
        sql: """
          SELECT time, known, "values" FROM feature_row
          WHERE symbol = ? AND set_id = (SELECT id FROM feature_set WHERE hash = ?) AND known <= ?
          ORDER BY time, known
          """, arguments: [symbol, set.hash, asOf.nanoseconds])
      var pending: FeatureVector?
      while let row = try cursor.next() {
        let time = Timestamp(nanoseconds: try row.value("time"))
        if let pending, pending.time != time { table.append(pending) }
        pending = FeatureVector(
          names: set.names, time: time, known: Timestamp(nanoseconds: try row.value("known")),
          values: try values(try row.value("values"), count: set.names.count))
      }
      if let pending { table.append(pending) }
      return table
    }
  }

  /// All sets of a symbol, in the order in which they were first stored.
  public func sets(symbol: String) throws -> [FeatureSet] {
    try access.read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT names, pipeline FROM feature_set
          WHERE id IN (SELECT set_id FROM feature_row WHERE symbol = ?) ORDER BY id
          """, arguments: [symbol]
      ).map { row in
        let names = try CanonicalJSON.value(try row.value("names"), path: access.path).array ?? []
        return FeatureSet(names: names.compactMap(\.string), pipeline: try row.value("pipeline"))
      }
    }
  }

  private static func identifier(of set: FeatureSet, _ database: Database) throws -> Int64 {
    let hash = set.hash
    try database.execute(
      sql: "INSERT INTO feature_set (hash, pipeline, names) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
      arguments: [hash, set.pipeline, CanonicalJSON.text(.array(set.names.map { .string($0) }))])
    return try Int64.fetchOne(database, sql: "SELECT id FROM feature_set WHERE hash = ?", arguments: [hash]) ?? 0
  }

  /// Eight bytes a number, little-endian; every NaN is written as the same one.
  private static func bytes(_ values: [Double]) -> Data {
    var data = Data(capacity: values.count * 8)
    for value in values {
      let bits = (value.isNaN ? Double.nan : value).bitPattern.littleEndian
      withUnsafeBytes(of: bits) { data.append(contentsOf: $0) }
    }
    return data
  }

  private func values(_ data: Data, count: Int) throws -> [Double] {
    guard data.count == count * 8 else {
      throw StoreError.damaged(access.path, reason: "a feature row has \(data.count) bytes for \(count) numbers")
    }
    return data.withUnsafeBytes { bytes in
      (0..<count).map {
        Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self)))
      }
    }
  }
}
