import GRDBSQLite

extension Store {
  /// Version of the SQLite library in use, as in `3.40.1`.
  public static var libraryVersion: String { String(cString: sqlite3_libversion()) }
}
