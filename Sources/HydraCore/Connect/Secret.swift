/// A value that must not be seen: it prints as `(secret)`, and is left out of texts that pass through ``redacted(in:)``.
///
///     let key = Secret(environment["OPENAI_API_KEY"]!)
///     print(key)                                    // (secret)
///     key.redacted(in: "bad key sk-abc")            // bad key (secret)
public struct Secret: Hashable, Sendable {
  private let value: String

  public init(_ value: String) { self.value = value }

  /// The value itself, for the one place that sends it.
  func reveal() -> String { value }

  /// The text without the value, wherever it occurs, and without anything that looks like a key or a bearer token.
  ///
  /// A value of fewer than four characters is no secret worth the name and would blot out ordinary text.
  public func redacted(in text: String) -> String {
    var text = text
    if value.utf8.count >= 4 {
      text = text.split(separator: value, omittingEmptySubsequences: false).joined(separator: Self.mark)
    }
    return Self.redactedPatterns(in: text)
  }

  /// The text with everything blotted out that looks like a key (`sk-…`) or follows `Bearer `.
  public static func redactedPatterns(in text: String) -> String {
    var text = text
    for prefix in ["Bearer ", "bearer ", "sk-"] {
      var result = ""
      var rest = text[...]
      while let range = rest.firstRange(of: prefix) {
        let token = rest[range.upperBound...].prefix { $0.isLetter || $0.isNumber || "-_.~+/=".contains($0) }
        let isBoundary = range.lowerBound == rest.startIndex || !rest[rest.index(before: range.lowerBound)].isLetter
        // Too short for a key, or the end of a word like `risk-`.
        if token.count >= 6, isBoundary, token != mark[...] {
          result += rest[..<range.lowerBound] + (prefix == "sk-" ? "" : prefix) + mark
        } else {
          result += rest[..<token.endIndex]
        }
        rest = rest[token.endIndex...]
      }
      text = result + rest
    }
    return text
  }

  private static let mark = "(secret)"
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { Self.mark }
  public var debugDescription: String { Self.mark }
  /// `dump` and the tests' failure reports go through the mirror.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
