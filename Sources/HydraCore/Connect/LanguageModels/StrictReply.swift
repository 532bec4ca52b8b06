import HydraNumerics

/// Turns a model's text into the JSON object that was asked for, or refuses it.
///
/// Accepted is one JSON object with nothing around it but blanks: at most 64 KiB, at most 16 levels deep, no key twice,
/// no NaN, no control characters in texts, and everything as the schema has it. Nothing is guessed, closed or clamped.
public enum StrictReply {
  /// The longest reply that is read.
  public static let maximumBytes = 64 << 10
  /// The deepest nesting that is read; a plain object has one level.
  public static let maximumDepth = 16

  /// The reply's object.
  public static func json(_ text: String, schema: JSONValue) throws(LanguageModelError) -> JSONValue {
    let bytes = Array(text.utf8)
    guard bytes.count <= maximumBytes else { throw .tooLarge(bytes: bytes.count) }
    let blanks: [UInt8] = [9, 10, 13, 32]
    guard let first = bytes.first(where: { !blanks.contains($0) }) else { throw .emptyContent }
    guard first == UInt8(ascii: "{") else { throw .noJSON }
    let value: JSONValue
    do {
      value = try JSONValue(parsing: bytes)
    } catch let error as JSONError {
      // A whole value, and behind it the beginning of another one.
      if error.problem.hasPrefix("text behind"), bytes[error.offset] == UInt8(ascii: "{") { throw .ambiguousOutput }
      throw .invalidJSON(error.description)
    } catch {
      throw .invalidJSON("\(error)")
    }
    try check(value, schema: schema)
    return value
  }

  /// The reply's object after the repairs that a ``ReplyRepair`` names, and those that were needed.
  public static func repaired(
    _ text: String, schema: JSONValue, bounds: ParameterBounds? = nil
  ) throws(LanguageModelError) -> (object: JSONValue, repairs: [ReplyRepair]) {
    let found = try ReplyLadder.object(in: text)
    try check(found.object, schema: schema, bounds: bounds)
    return found
  }

  /// Throws when a value is not what was asked for.
  static func check(
    _ value: JSONValue, schema: JSONValue, bounds: ParameterBounds? = nil
  ) throws(LanguageModelError) {
    var faults: [String] = []
    if depth(of: value) > maximumDepth { faults.append("nested more than \(maximumDepth) deep") }
    if holdsControlCharacter(value) { faults.append("a text holds a control character") }
    let found = JSONSchema.check(value, against: schema)
    if let bounds, faults.isEmpty {
      // A name that is not on the list, and a number out of bounds, are faults of their own, unless the form is wrong.
      let limits = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]
      let isForm = found.contains { !bounds.isName($0) && !limits.contains($0.keyword) }
      if !isForm, let name = found.first(where: bounds.isName) { throw .unknownParameter(name.message) }
      if !isForm, let limit = found.first { throw .outOfRange(limit.description) }
    }
    faults += found.map(\.description)
    guard faults.isEmpty else { throw .schema(faults) }
    try bounds?.check(value)
  }

  private static func depth(of value: JSONValue) -> Int {
    switch value {
    case .array(let items): 1 + (items.map(depth).max() ?? 0)
    case .object(let members): 1 + (members.map { depth(of: $0.value) }.max() ?? 0)
    default: 0
    }
  }

  private static func holdsControlCharacter(_ value: JSONValue) -> Bool {
    func isControl(_ text: String) -> Bool {
      text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
    switch value {
    case .string(let text): return isControl(text)
    case .array(let items): return items.contains(where: holdsControlCharacter)
    case .object(let members): return members.contains { isControl($0.key) || holdsControlCharacter($0.value) }
    default: return false
    }
  }
}
