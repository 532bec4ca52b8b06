import HydraNumerics

/// Something that happened in a run, with its evidence: a decision, an alarm, a fill, a verdict.
public struct JournalEntry: Sendable {
  /// The moment of the event, as the run's clock had it; never the time of writing.
  public var time: Timestamp
  /// The variant of the agent that it concerns, as `self_healing`; empty for the run as a whole.
  public var arm: String
  /// What kind of thing happened, as `decision`.
  public var kind: String
  /// Everything that is needed to see why.
  public var payload: JSONValue

  public init(time: Timestamp, arm: String = "", kind: String, payload: JSONValue = .object([])) {
    (self.time, self.arm, self.kind, self.payload) = (time, arm, kind, payload)
  }
}

/// An entry as it stands in the journal.
///
/// ```
/// text = {"arm":…,"kind":…,"payload":…,"run":…,"sequence":…,"time":…}     canonical JSON
/// hash = SHA-256(previous + text)                                         previous: the 64 digits of the entry before
/// ```
/// The entry before the first is the run's key. `hydra journal export` prints text, hash and previous of each entry, so
/// that anybody can recompute the chain with a few lines of any language.
public struct JournalRecord: Sendable {
  /// The key of the run.
  public var run: String
  /// 1 for the run's first entry, without gaps.
  public var sequence: Int
  public var time: Timestamp
  public var arm: String
  public var kind: String
  /// Canonical JSON.
  public var payloadText: String
  /// Hash of the entry before; the run's key for the first one.
  public var previous: String
  public var hash: String

  /// The payload as a value; null when the stored text does not parse.
  public var payload: JSONValue { (try? JSONValue(parsing: Array(payloadText.utf8))) ?? .null }

  /// Chains an entry to the one before.
  init(_ entry: JournalEntry, run: String, sequence: Int, previous: String) {
    (self.run, self.sequence, self.previous) = (run, sequence, previous)
    (time, arm, kind) = (entry.time, entry.arm, entry.kind)
    payloadText = CanonicalJSON.text(entry.payload)
    hash = ""
    hash = computedHash
  }

  /// A stored entry, taken as it is.
  init(
    run: String, sequence: Int, time: Timestamp, arm: String, kind: String, payloadText: String, previous: String,
    hash: String
  ) {
    (self.run, self.sequence, self.time, self.arm, self.kind) = (run, sequence, time, arm, kind)
    (self.payloadText, self.previous, self.hash) = (payloadText, previous, hash)
  }

  /// The text that is hashed.
  public var text: String {
    let arm = JSONValue.string(arm).description
    let kind = JSONValue.string(kind).description
    let head = #"{"arm":\#(arm),"kind":\#(kind),"payload":\#(payloadText),"run":"\#(run)","#
    return head + #""sequence":\#(sequence),"time":"\#(time)"}"#
  }

  /// The hash that the entry has to have.
  public var computedHash: String {
    var digest = SHA256()
    digest.update(previous)
    digest.update(text)
    return digest.hex()
  }
}

/// The end of a run's journal.
public struct JournalHead: Hashable, Sendable {
  /// Number of entries.
  public var count: Int
  /// Hash of the last entry; the run's key when there is none.
  public var hash: String
}

/// Where a re-executed run leaves its stored journal.
public struct JournalMismatch: Hashable, Sendable, CustomStringConvertible {
  /// The key of the run.
  public var run: String
  /// The entry that differs.
  public var sequence: Int
  /// What differs, as `payload.position: 3 is stored, -1 came out now`.
  public var difference: String

  public var description: String {
    "journal of run \(run.prefix(12)): entry \(sequence) does not repeat: \(difference)"
  }
}
