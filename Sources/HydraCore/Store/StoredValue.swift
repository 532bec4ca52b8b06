import GRDB

extension Row {
  /// A column's value; one of another kind is damage, and an error instead of a crash.
  func value<T: DatabaseValueConvertible>(_ column: String) throws -> T {
    guard let value: T = try optional(column) else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "column '\(column)' holds nothing")
    }
    return value
  }

  /// A column's value, nil where there is none; one of another kind is damage, and an error instead of a crash.
  func optional<T: DatabaseValueConvertible>(_ column: String) throws -> T? {
    let stored: DatabaseValue = self[column]
    guard !stored.isNull else { return nil }
    guard let value = T.fromDatabaseValue(stored) else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "column '\(column)' cannot hold \(stored)")
    }
    return value
  }
}
