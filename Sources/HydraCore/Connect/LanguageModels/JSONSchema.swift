import HydraNumerics

/// Checks JSON values against the part of JSON Schema that replies of language models are described with.
///
/// ```swift
/// let schema: JSONValue = ["type": "object", "additionalProperties": false, "required": ["value"],
///   "properties": ["value": ["type": "number", "minimum": 0, "maximum": 5]]]
/// JSONSchema.faults(of: ["value": 7], against: schema)          // ["value: 7 is above the maximum 5"]
/// ```
/// Understands `type` (also a list), `enum`, `const`, `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`,
/// `minLength`, `maxLength` (in Unicode scalars), `properties`, `required`, `additionalProperties` (false or a schema),
/// `items`, `minItems`, `maxItems`; `title`, `description` and other notes are passed over. Any other keyword is itself
/// a fault: what cannot be checked is not let through. Nothing is converted or clamped: a number in quotes is a text, and
/// what is out of bounds is refused.
///
/// Source: JSON Schema, draft 2020-12, "Validation" vocabulary.
public enum JSONSchema {
  /// A place where a value is not as its schema wants it.
  public struct Fault: Hashable, Sendable, CustomStringConvertible {
    /// Where it is, as `change.value` or `hypotheses[2].param`; empty for the whole value.
    public var path: String
    /// The keyword that is not met.
    public var keyword: String
    public var message: String

    public var description: String { path.isEmpty ? message : "\(path): \(message)" }
  }

  /// Everything that is wrong with a value, as text; empty when nothing is.
  public static func faults(of value: JSONValue, against schema: JSONValue) -> [String] {
    check(value, against: schema).map(\.description)
  }

  /// Everything that is wrong with a value; empty when nothing is.
  public static func check(_ value: JSONValue, against schema: JSONValue) -> [Fault] {
    var check = SchemaCheck()
    check.check(value, schema, at: "")
    return check.faults
  }
}

/// Walks a value and its schema side by side.
private struct SchemaCheck {
  var faults: [JSONSchema.Fault] = []

  private mutating func fault(_ path: String, _ keyword: String, _ message: String) {
    faults.append(JSONSchema.Fault(path: path, keyword: keyword, message: message))
  }

  mutating func check(_ value: JSONValue, _ schema: JSONValue, at path: String) {
    if case .bool(let allows) = schema {
      if !allows { fault(path, "false", "nothing is allowed here") }
      return
    }
    guard case .object(let keywords) = schema else { return fault(path, "schema", "the schema is not an object") }
    for (keyword, rule) in keywords {
      switch keyword {
      case "type": checkType(value, rule, path)
      case "enum":
        let allowed = rule.array ?? []
        if !allowed.contains(value) {
          fault(path, keyword, "\(shown(value)) is not one of \(allowed.map(shown).joined(separator: ", "))")
        }
      case "const": if value != rule { fault(path, keyword, "\(shown(value)) is not \(shown(rule))") }
      case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum": checkBound(value, keyword, rule, path)
      case "minLength", "maxLength":
        if case .string(let text) = value { checkCount(text.unicodeScalars.count, keyword, rule, "characters", path) }
      case "minItems", "maxItems":
        if case .array(let items) = value { checkCount(items.count, keyword, rule, "items", path) }
      case "items":
        for (index, item) in (value.array ?? []).enumerated() { check(item, rule, at: "\(path)[\(index)]") }
      case "required": checkRequired(value, rule, path)
      case "properties", "additionalProperties": break
      case "$schema", "$id", "$comment", "title", "description", "default", "examples", "deprecated": break
      default: fault(path, keyword, "the schema's keyword '\(keyword)' is not supported")
      }
    }
    checkMembers(value, schema, path)
  }

  private mutating func checkType(_ value: JSONValue, _ rule: JSONValue, _ path: String) {
    let names = rule.array?.compactMap(\.string) ?? [rule.string].compactMap { $0 }
    guard !names.isEmpty else { return fault(path, "type", "the schema's type is neither a name nor a list of names") }
    for name in names where !Self.typeNames.contains(name) {
      return fault(path, "type", "the schema's type '\(name)' is not known")
    }
    let own = Self.typeName(value)
    let isInteger = own == "number" && Self.isWhole(value)
    guard !names.contains(where: { $0 == own || ($0 == "integer" && isInteger) }) else { return }
    fault(path, "type", "\(shown(value)) is of type \(own), not \(names.joined(separator: " or "))")
  }

  private static let typeNames = ["null", "boolean", "number", "integer", "string", "array", "object"]

  private static func typeName(_ value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool: "boolean"
    case .integer, .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }

  private static func isWhole(_ value: JSONValue) -> Bool {
    switch value {
    case .integer: true
    case .number(let number): number == number.rounded(.towardZero)
    default: false
    }
  }

  private mutating func checkBound(_ value: JSONValue, _ keyword: String, _ rule: JSONValue, _ path: String) {
    // Only numbers have bounds; `inf` in quotes is a text.
    let number: Double
    switch value {
    case .integer(let whole): number = Double(whole)
    case .number(let double): number = double
    default: return
    }
    guard let bound = rule.double, !bound.isNaN else { return fault(path, keyword, "the schema's bound is no number") }
    let text = shown(value)
    switch keyword {
    case "minimum": if !(number >= bound) { fault(path, keyword, "\(text) is below the minimum \(shown(rule))") }
    case "maximum": if !(number <= bound) { fault(path, keyword, "\(text) is above the maximum \(shown(rule))") }
    case "exclusiveMinimum": if !(number > bound) { fault(path, keyword, "\(text) is not above \(shown(rule))") }
    default: if !(number < bound) { fault(path, keyword, "\(text) is not below \(shown(rule))") }
    }
  }

  private mutating func checkCount(
    _ count: Int, _ keyword: String, _ rule: JSONValue, _ unit: String, _ path: String
  ) {
    guard let limit = rule.int else { return fault(path, keyword, "the schema's '\(keyword)' is no whole number") }
    if keyword.hasPrefix("min"), count < limit {
      fault(path, keyword, "has \(count) \(unit), at least \(limit) are needed")
    }
    if keyword.hasPrefix("max"), count > limit {
      fault(path, keyword, "has \(count) \(unit), at most \(limit) are allowed")
    }
  }

  private mutating func checkRequired(_ value: JSONValue, _ rule: JSONValue, _ path: String) {
    guard case .object(let members) = value else { return }
    for name in (rule.array ?? []).compactMap(\.string) where !members.contains(where: { $0.key == name }) {
      fault(path, "required", "'\(name)' is missing")
    }
  }

  private mutating func checkMembers(_ value: JSONValue, _ schema: JSONValue, _ path: String) {
    guard case .object(let members) = value else { return }
    let properties = schema["properties"]
    for (index, (name, member)) in members.enumerated() {
      let place = path.isEmpty ? name : "\(path).\(name)"
      if members[..<index].contains(where: { $0.key == name }) { fault(place, "properties", "occurs twice") }
      if let rule = properties?[name] {
        check(member, rule, at: place)
      } else if let rule = schema["additionalProperties"] {
        if case .bool(false) = rule {
          fault(place, "additionalProperties", "is not among the members that are asked for")
        } else {
          check(member, rule, at: place)
        }
      }
    }
  }

  /// Values come from outside: what is quoted of them is short.
  private func shown(_ value: JSONValue) -> String {
    let text = value.text
    return text.count > 60 ? text.prefix(60) + "…" : text
  }
}
