import Foundation
import GRDB
import HydraNumerics

/// Bytes that were expensive to make, under the key of what they were made from.
public struct Artefact: Sendable {
  /// Names the inputs: a hash of the settings, the data and the step.
  public var key: String
  /// SHA-256 of the bytes.
  public var hash: String
  /// What the bytes are, as `trees` or `experiment`.
  public var kind: String
  public var metadata: JSONValue
  public var bytes: Data
}

/// Models and results by the key of their inputs, so that a run that is executed again does not fit them again.
///
/// Bytes are stored once under their SHA-256, which is checked at every read; several keys may lead to the same bytes.
/// A key determines its bytes: other bytes under a stored key are an error, since one of the two is not reproducible.
public struct ArtefactStore {
  let access: StoreAccess

  /// The bytes under a key; nil when there are none. Throws ``StoreError/damaged(_:reason:)`` when they do not have
  /// their hash.
  public func artefact(key: String) throws -> Data? { try find(key: key)?.bytes }

  /// The artefact under a key with its kind and metadata; nil when there is none.
  public func find(key: String) throws -> Artefact? {
    try access.read { database in
      guard
        let row = try Row.fetchOne(
          database,
          sql: """
            SELECT key, hash, kind, metadata, bytes FROM artefact JOIN blob USING (hash) WHERE key = ?
            """, arguments: [key])
      else { return nil }
      let artefact = Artefact(
        key: try row.value("key"), hash: try row.value("hash"), kind: try row.value("kind"),
        metadata: try CanonicalJSON.value(try row.value("metadata"), path: access.path), bytes: try row.value("bytes"))
      try check(artefact.bytes, hash: artefact.hash)
      return artefact
    }
  }

  /// The bytes with this SHA-256; nil when there are none.
  public func bytes(hash: String) throws -> Data? {
    try access.read { database in
      let bytes = try Data.fetchOne(database, sql: "SELECT bytes FROM blob WHERE hash = ?", arguments: [hash])
      if let bytes { try check(bytes, hash: hash) }
      return bytes
    }
  }

  /// Stores bytes under a key, and gives their SHA-256. Storing the same again changes nothing.
  @discardableResult
  public func put(
    key: String, bytes: Data, kind: String, metadata: JSONValue = .object([])
  ) throws -> String {
    let hash = SHA256.hash(bytes)
    return try access.write { database in
      if let stored = try String.fetchOne(database, sql: "SELECT hash FROM artefact WHERE key = ?", arguments: [key]) {
        guard stored == hash else {
          throw StoreError.conflict(
            "artefact '\(key)' has the hash \(stored.prefix(12)), other bytes with \(hash.prefix(12)) came out now")
        }
        return hash
      }
      try database.execute(
        sql: "INSERT INTO blob (hash, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING", arguments: [hash, bytes])
      try database.execute(
        sql: "INSERT INTO artefact (key, hash, kind, metadata) VALUES (?, ?, ?, ?)",
        arguments: [key, hash, kind, CanonicalJSON.text(metadata)])
      return hash
    }
  }

  private func check(_ bytes: Data, hash: String) throws {
    let actual = SHA256.hash(bytes)
    guard actual == hash else {
      throw StoreError.damaged(
        access.path, reason: "the bytes of artefact \(hash.prefix(12)) have the hash \(actual.prefix(12))")
    }
  }
}
