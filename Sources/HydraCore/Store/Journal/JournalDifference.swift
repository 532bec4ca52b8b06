import HydraNumerics

/// Says in which member a stored entry and the one that came out now differ.
package enum JournalDifference {
  /// The first difference; nil when the entries are the same to the byte.
  static func first(stored: JournalRecord, now: JournalRecord) -> String? {
    if stored.time != now.time { return said("time", "\(stored.time)", "\(now.time)") }
    if stored.arm != now.arm { return said("arm", "'\(stored.arm)'", "'\(now.arm)'") }
    if stored.kind != now.kind { return said("kind", "'\(stored.kind)'", "'\(now.kind)'") }
    if stored.payloadText != now.payloadText {
      return first("payload", stored.payload, now.payload)
        ?? said("payload", shortened(stored.payloadText), shortened(now.payloadText))
    }
    if stored.hash != now.hash { return "the stored hash does not fit the stored entry: it was changed afterwards" }
    return nil
  }

  /// The first member that differs, with its path; nil when the two are the same.
  package static func first(_ path: String, _ stored: JSONValue, _ now: JSONValue) -> String? {
    guard stored.description != now.description else { return nil }
    switch (stored, now) {
    case (.object(let old), .object(let new)):
      let newNames = Set(new.map(\.0))
      if let gone = old.first(where: { !newNames.contains($0.0) }) { return "\(path).\(gone.0) is stored, absent now" }
      let oldNames = Set(old.map(\.0))
      if let added = new.first(where: { !oldNames.contains($0.0) }) {
        return "\(path).\(added.0) came out now, not stored"
      }
      for (name, value) in old {
        guard let other = new.first(where: { $0.0 == name })?.1 else { continue }
        if let difference = first("\(path).\(name)", value, other) { return difference }
      }
      return nil
    case (.array(let old), .array(let new)):
      guard old.count == new.count else { return said("\(path): length", "\(old.count)", "\(new.count)") }
      for index in old.indices {
        if let difference = first("\(path)[\(index)]", old[index], new[index]) { return difference }
      }
      return nil
    default:
      return said(path, shortened(stored.description), shortened(now.description))
    }
  }

  private static func said(_ path: String, _ stored: String, _ now: String) -> String {
    "\(path): \(stored) is stored, \(now) came out now"
  }

  private static func shortened(_ text: String) -> String { text.count > 200 ? text.prefix(200) + "…" : text }
}
