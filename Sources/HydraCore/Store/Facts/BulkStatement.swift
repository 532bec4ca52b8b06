import GRDB
import GRDBSQLite
import HydraNumerics

/// A prepared statement with SQLite's own calls, for the loops over facts.
///
/// GRDB wraps each argument in an enum inside an array: fine for a row, the larger part of the time for 300,000. This is
/// the only file that sees SQLite's pointers. A value of this type must not outlive the transaction it was made in.
struct BulkStatement: ~Copyable {
  private let handle: OpaquePointer
  private let connection: OpaquePointer

  init(_ database: Database, _ sql: String) throws {
    guard let connection = database.sqliteConnection else { throw DatabaseError(message: "connection is closed") }
    var handle: OpaquePointer?
    let code = sqlite3_prepare_v2(connection, sql, -1, &handle, nil)
    guard code == SQLITE_OK, let handle else {
      throw DatabaseError(
        resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(connection)), sql: sql)
    }
    (self.handle, self.connection) = (handle, connection)
  }

  deinit { sqlite3_finalize(handle) }

  // MARK: - Arguments, by their 1-based place; they stay until they are bound anew

  func bind(_ place: Int32, _ value: Int64) { sqlite3_bind_int64(handle, place, value) }

  func bind(_ place: Int32, _ value: Int64?) {
    if let value { sqlite3_bind_int64(handle, place, value) } else { sqlite3_bind_null(handle, place) }
  }

  func bind(_ place: Int32, _ value: Double) { sqlite3_bind_double(handle, place, value) }

  func bind(_ place: Int32, _ value: Double?) {
    if let value { sqlite3_bind_double(handle, place, value) } else { sqlite3_bind_null(handle, place) }
  }

  func bind(_ place: Int32, _ value: Timestamp) { sqlite3_bind_int64(handle, place, value.nanoseconds) }

  /// SQLite copies the text.
  func bind(_ place: Int32, _ value: String) {
    let copies = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    sqlite3_bind_text(handle, place, value, -1, copies)
  }

  /// Text that lives as long as the program; SQLite reads it where it is.
  func bind(_ place: Int32, _ value: StaticString) {
    value.withUTF8Buffer { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        _ = sqlite3_bind_text(handle, place, $0.baseAddress, Int32($0.count), nil)
      }
    }
  }

  // MARK: - Steps

  /// Runs a statement that returns no rows, and makes it ready for the next arguments.
  func execute() throws {
    let code = sqlite3_step(handle)
    sqlite3_reset(handle)
    guard code == SQLITE_DONE else { throw failure(code) }
  }

  /// Goes to the next row; false after the last one.
  func step() throws -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE:
      sqlite3_reset(handle)
      return false
    case let code: throw failure(code)
    }
  }

  private func failure(_ code: Int32) -> DatabaseError {
    DatabaseError(
      resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(connection)),
      sql: String(cString: sqlite3_sql(handle)))
  }

  // MARK: - Columns of the row, by their 0-based place

  func integer(_ place: Int32) -> Int64 { sqlite3_column_int64(handle, place) }
  func real(_ place: Int32) -> Double { sqlite3_column_double(handle, place) }
  func time(_ place: Int32) -> Timestamp { Timestamp(nanoseconds: sqlite3_column_int64(handle, place)) }
  func isNull(_ place: Int32) -> Bool { sqlite3_column_type(handle, place) == SQLITE_NULL }
  func optionalInteger(_ place: Int32) -> Int64? { isNull(place) ? nil : integer(place) }
  func optionalReal(_ place: Int32) -> Double? { isNull(place) ? nil : real(place) }
  func text(_ place: Int32) -> String { sqlite3_column_text(handle, place).map { String(cString: $0) } ?? "" }
}
