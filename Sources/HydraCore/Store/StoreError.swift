import GRDB

/// What can go wrong with a store, said so that a person can act on it.
public enum StoreError: Error, Hashable, Sendable {
  /// The location cannot be read as one.
  case badLocation(String, reason: String)
  /// The location asks for something that this version does not have.
  case notBuilt(String)
  /// There is no file at this path, and it was to be read only.
  case noFile(String)
  /// The file or its folder cannot be opened or created.
  case cannotOpen(String, reason: String)
  /// The file is no SQLite database, or one of another program.
  case notAStore(String)
  /// The file was written by a newer version, which knows these changes of the schema.
  case newerSchema(String, unknown: [String])
  /// The file was written by an older version; it has to be opened for writing once, which brings it up to date.
  case olderSchema(String)
  /// A write was asked of a store that was opened for reading, or of a file that may not be written.
  case readOnly(String)
  /// The disk, or the quota, has no room left. Nothing of the failed transaction was kept.
  case diskFull(String)
  /// Another process held the store for longer than the time-out. Trying again later can help.
  case busy(String)
  /// The disk failed to read or write.
  case inputOutput(String, reason: String)
  /// The file's contents are damaged, or an artefact's bytes do not match their hash.
  case damaged(String, reason: String)
  /// A fact that may not be stored, as a price that is not a number.
  case invalidFact(String)
  /// Something is asked for that is not there.
  case notFound(String)
  /// The store's state is not the one that the caller expected: another champion, another writer, another content
  /// under the same key.
  case conflict(String)
  /// A re-executed run does not repeat its stored journal.
  case journalMismatch(JournalMismatch)
  /// Any other failure of the database.
  case database(code: Int, message: String, statement: String?)
}

extension StoreError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .badLocation(let text, let reason): "store '\(text)': \(reason)"
    case .notBuilt(let what): what
    case .noFile(let path): "\(path): no such store"
    case .cannotOpen(let path, let reason): "\(path): cannot be opened: \(reason)"
    case .notAStore(let path): "\(path): is not a store of Hydra"
    case .newerSchema(let path, let unknown):
      "\(path): was written by a newer version (unknown schema change '\(unknown.joined(separator: "', '"))')"
    case .olderSchema(let path):
      "\(path): was written by an older version; open it for writing once to bring it up to date"
    case .readOnly(let path): "\(path): may only be read; nothing was changed"
    case .diskFull(let path):
      "\(path): no room left on the disk; all but the last transaction is kept, make room and repeat the command"
    case .busy(let path): "\(path): is in use by another process; try again"
    case .inputOutput(let path, let reason):
      "\(path): input/output error: \(reason); all but the last transaction is kept"
    case .damaged(let path, let reason):
      "\(path): is damaged: \(reason); keep a copy of it with its -wal file, see 'hydra journal verify'"
    case .invalidFact(let reason): reason
    case .notFound(let what): "\(what) is not in the store"
    case .conflict(let what): what
    case .journalMismatch(let mismatch): mismatch.description
    case .database(let code, let message, let statement):
      "database error \(code): \(message)" + (statement.map { " in '\($0)'" } ?? "")
    }
  }
}

extension StoreError {
  /// Translates the database's own error; arguments of statements are left out, since they may hold anything.
  init(_ error: DatabaseError, path: String) {
    let message = error.message ?? "no message"
    switch error.resultCode {
    case .SQLITE_FULL: self = .diskFull(path)
    case .SQLITE_READONLY: self = .readOnly(path)
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path)
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH: self = .cannotOpen(path, reason: message)
    case .SQLITE_NOTADB: self = .notAStore(path)
    case .SQLITE_CORRUPT: self = .damaged(path, reason: message)
    case .SQLITE_IOERR: self = .inputOutput(path, reason: message)
    default:
      self = .database(code: Int(error.extendedResultCode.rawValue), message: message, statement: error.sql)
    }
  }
}
