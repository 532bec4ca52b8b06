extension JSONValue: CustomStringConvertible {
  /// The document on one line without blanks; the same value gives the same bytes everywhere.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The document on one line without blanks, in UTF-8.
  public var bytes: [UInt8] {
    var printer = JSONPrinter(indent: nil)
    printer.print(self, depth: 0)
    return printer.bytes
  }

  /// The document over many lines with an indent of two blanks, for people; arrays of plain values stay on one line.
  public var prettyText: String {
    var printer = JSONPrinter(indent: 2)
    printer.print(self, depth: 0)
    return String(decoding: printer.bytes, as: UTF8.self)
  }

  public var description: String { text }
}

/// Prints JSON values into bytes.
private struct JSONPrinter {
  var bytes: [UInt8] = []
  let indent: Int?

  init(indent: Int?) { self.indent = indent }

  mutating func print(_ value: JSONValue, depth: Int) {
    switch value {
    case .null: add("null")
    case .bool(let flag): add(flag ? "true" : "false")
    case .integer(let whole): add(String(whole))
    case .number(let number):
      if number.isNaN {
        add("null")
      } else if number.isInfinite {
        add(number > 0 ? "\"inf\"" : "\"-inf\"")
      } else {
        add(NumberText.text(number))
      }
    case .string(let text): print(text)
    case .array(let values):
      let spread = indent != nil && values.contains { $0.isContainer }
      bytes.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { add(indent != nil && !spread ? ", " : ",") }
        if spread { breakLine(depth + 1) }
        print(value, depth: depth + 1)
      }
      if spread { breakLine(depth) }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { add(",") }
        if indent != nil { breakLine(depth + 1) }
        print(member.key)
        add(indent == nil ? ":" : ": ")
        print(member.value, depth: depth + 1)
      }
      if indent != nil, !members.isEmpty { breakLine(depth) }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private mutating func add(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func breakLine(_ depth: Int) {
    bytes.append(10)
    bytes.append(contentsOf: repeatElement(32, count: depth * (indent ?? 0)))
  }

  private mutating func print(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): add("\\\"")
      case UInt8(ascii: "\\"): add("\\\\")
      case 8: add("\\b")
      case 9: add("\\t")
      case 10: add("\\n")
      case 12: add("\\f")
      case 13: add("\\r")
      case ..<32:
        let digits = Array("0123456789abcdef".utf8)
        add("\\u00")
        bytes.append(digits[Int(byte >> 4)])
        bytes.append(digits[Int(byte & 15)])
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

extension JSONValue {
  fileprivate var isContainer: Bool {
    switch self {
    case .array, .object: true
    default: false
    }
  }
}
