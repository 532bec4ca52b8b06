import HydraNumerics

/// What makes a run the run that it is.
public struct RunDescription: Sendable {
  /// Everything that the outcome depends on, the seed among it; not the number of threads.
  public var settings: JSONValue
  /// SHA-256 of each file or history that is read, by name.
  public var dataHashes: [String: String]
  /// Version of the program.
  public var version: String

  public init(settings: JSONValue, dataHashes: [String: String], version: String) {
    (self.settings, self.dataHashes, self.version) = (settings, dataHashes, version)
  }

  /// SHA-256 of `{"data":…,"settings":…,"version":…}` in canonical JSON: the same run has the same key everywhere.
  public var key: String {
    CanonicalJSON.hash(
      .object([("data", hashesValue), ("settings", settings), ("version", .string(version))]))
  }

  var hashesValue: JSONValue {
    .object(dataHashes.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
  }
}

/// A run of the agent, found by its key.
public struct Run: Sendable {
  /// Whether more entries may come.
  public enum State: String, Sendable {
    /// Not at its end: being executed, or stopped on the way.
    case open
    /// Executed to its end.
    case finished
  }

  public var key: String
  /// The event time at which it was first begun, as handed in.
  public var created: Timestamp
  public var description: RunDescription
  public var state: State
  /// What came out, once it is finished.
  public var summary: JSONValue?
  public var head: JournalHead

  let id: Int64

  /// The first twelve digits of the key: enough to name a run on a command line.
  public var shortKey: String { String(key.prefix(12)) }
}
