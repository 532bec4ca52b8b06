import HydraNumerics

/// The one text of a JSON value that is stored and hashed: no blanks, members sorted by the UTF-8 of their names,
/// numbers with the fewest digits that read back the same.
///
///     CanonicalJSON.text(.object([("b", .number(1)), ("a", .null)]))     // {"a":null,"b":1}
///
/// After RFC 8785, which sorts by UTF-16 instead; the two orders differ only beyond U+D7FF.
public enum CanonicalJSON {
  /// The value's canonical text.
  public static func text(_ value: JSONValue) -> String { sorted(value).text }

  /// SHA-256 of the canonical text, in hexadecimal digits.
  public static func hash(_ value: JSONValue) -> String { SHA256.hash(text(value)) }

  /// The value with the members of every object in canonical order.
  public static func sorted(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let members):
      .object(
        members.map { (key: $0.key, value: sorted($0.value)) }
          .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
    case .array(let items): .array(items.map(sorted))
    default: value
    }
  }

  /// Reads a stored text back; what does not parse is damage.
  static func value(_ text: String, path: String) throws -> JSONValue {
    do {
      return try JSONValue(parsing: Array(text.utf8))
    } catch {
      throw StoreError.damaged(path, reason: "stored JSON does not parse: \(error)")
    }
  }
}
