/// Text that is not JSON, with the place of the first byte that cannot be.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Bytes in front of the fault.
  public let offset: Int
  /// What is wrong.
  public let problem: String

  public var description: String { "byte \(offset): \(problem)" }
}

extension JSONValue {
  /// The deepest nesting that the parser follows.
  public static let depthLimit = 512

  /// Parses one JSON document, strictly: UTF-8, no comments, no trailing commas, no repeated keys, nothing behind the
  /// end but blanks, nested at most `depthLimit` deep, numbers within the range of a double.
  ///
  /// Throws `JSONError` with the byte offset of the fault. A number that is whole and fits 64 bits is `.integer`, except
  /// -0; every other one is `.number`, correctly rounded.
  ///
  /// - Complexity: O(bytes), and O(members²) in an object of fewer than 16 members for the check of its keys.
  public init(parsing bytes: [UInt8]) throws {
    self = try bytes.withUnsafeBufferPointer { try JSONValue(parsing: $0) }
  }

  /// Parses one JSON document.
  public init(parsing text: String) throws {
    var text = text
    self = try text.withUTF8 { try JSONValue(parsing: $0) }
  }

  init(parsing bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) {
    var parser = JSONParser(bytes)
    self = try parser.document()
  }
}

/// A recursive-descent parser over bytes.
struct JSONParser {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0
  private var depth = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  mutating func document() throws(JSONError) -> JSONValue {
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
    skipBlanks()
    let value = try value()
    skipBlanks()
    guard position == bytes.count else { throw fault("text behind the end of the document") }
    return value
  }

  private func fault(_ problem: String) -> JSONError { JSONError(offset: position, problem: problem) }

  private func expected(_ what: String) -> JSONError {
    fault(position < bytes.count ? "\(what) is expected" : "the text ends where \(what) is expected")
  }

  @inline(__always) private mutating func skipBlanks() {
    while position < bytes.count {
      let byte = bytes[position]
      guard byte == 32 || byte == 10 || byte == 13 || byte == 9 else { return }
      position += 1
    }
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    guard position < bytes.count else { throw expected("a value") }
    switch bytes[position] {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw expected("a value")
    }
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
    let letters = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    guard bytes[position...].starts(with: letters) else { throw expected("a value") }
    position += letters.count
    return value
  }

  private mutating func enter() throws(JSONError) {
    depth += 1
    guard depth <= JSONValue.depthLimit else { throw fault("nested more than \(JSONValue.depthLimit) deep") }
    position += 1
    skipBlanks()
  }

  /// Whether another element follows; consumes the comma or the closing byte.
  private mutating func continues(_ closing: Unicode.Scalar) throws(JSONError) -> Bool {
    skipBlanks()
    guard position < bytes.count else { throw expected("',' or '\(closing)'") }
    if bytes[position] == UInt8(ascii: ",") {
      position += 1
      skipBlanks()
      return true
    }
    guard bytes[position] == UInt8(ascii: closing) else { throw expected("',' or '\(closing)'") }
    position += 1
    depth -= 1
    return false
  }

  private mutating func array() throws(JSONError) -> JSONValue {
    try enter()
    if position < bytes.count, bytes[position] == UInt8(ascii: "]") {
      position += 1
      depth -= 1
      return .array([])
    }
    var values: [JSONValue] = []
    repeat { values.append(try value()) } while try continues("]")
    return .array(values)
  }

  private mutating func object() throws(JSONError) -> JSONValue {
    try enter()
    if position < bytes.count, bytes[position] == UInt8(ascii: "}") {
      position += 1
      depth -= 1
      return .object([])
    }
    var members: [(key: String, value: JSONValue)] = []
    var keys: Set<String> = []
    repeat {
      guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw expected("a key in quotes") }
      let start = position
      let key = try string()
      // A set pays off only for many keys.
      if members.count == 16 { keys = Set(members.map(\.key)) }
      let repeated = members.count < 16 ? members.contains { $0.key == key } : !keys.insert(key).inserted
      guard !repeated else {
        position = start
        throw fault("the key \"\(key)\" occurs twice")
      }
      skipBlanks()
      guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else { throw expected("':'") }
      position += 1
      skipBlanks()
      members.append((key, try value()))
    } while try continues("}")
    return .object(members)
  }

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    let negative = bytes[position] == UInt8(ascii: "-")
    if negative { position += 1 }
    let firstDigit = position
    skipDigits()
    guard position > firstDigit else { throw expected("a digit") }
    if bytes[firstDigit] == UInt8(ascii: "0"), position > firstDigit + 1 {
      position = firstDigit
      throw fault("a number that begins with 0")
    }
    let wholeEnd = position
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      position += 1
      let first = position
      skipDigits()
      guard position > first else { throw expected("a digit") }
    }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
        position += 1
      }
      let first = position
      skipDigits()
      guard position > first else { throw expected("a digit") }
    }
    if wholeEnd == position, position - firstDigit <= 19 {
      var size: UInt64 = 0
      for index in firstDigit..<position { size = size * 10 + UInt64(bytes[index] - 48) }
      if negative, size > 0, size <= 1 << 63 { return .integer(Int64(truncatingIfNeeded: 0 &- size)) }
      if !negative, size < 1 << 63 { return .integer(Int64(size)) }
    }
    guard let value = parseNumber(bytes.baseAddress! + start, position - start) else {
      position = start
      throw fault("a number beyond the range of a double")
    }
    return .number(value)
  }

  private mutating func skipDigits() {
    while position < bytes.count, bytes[position] &- 48 < 10 { position += 1 }
  }

  private mutating func string() throws(JSONError) -> String {
    position += 1
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\") {
      guard bytes[position] >= 32 else { throw fault("a control character in a text") }
      position += 1
    }
    guard position < bytes.count else { throw expected("a closing quote") }
    if bytes[position] == UInt8(ascii: "\"") {
      let text = try checked(UnsafeBufferPointer(rebasing: bytes[start..<position]), at: start)
      position += 1
      return text
    }
    var content = Array(bytes[start..<position])
    while true {
      guard position < bytes.count else { throw expected("a closing quote") }
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") { break }
      guard byte >= 32 else { throw fault("a control character in a text") }
      position += 1
      if byte == UInt8(ascii: "\\") { try escape(into: &content) } else { content.append(byte) }
    }
    let text = try content.withUnsafeBufferPointer { (buffer) throws(JSONError) in try checked(buffer, at: start) }
    position += 1
    return text
  }

  private func checked(_ utf8: UnsafeBufferPointer<UInt8>, at offset: Int) throws(JSONError) -> String {
    guard let text = String(validating: utf8, as: UTF8.self) else {
      throw JSONError(offset: offset, problem: "a text that is not UTF-8")
    }
    return text
  }

  /// Reads what follows a backslash.
  private mutating func escape(into content: inout [UInt8]) throws(JSONError) {
    guard position < bytes.count else { throw expected("an escaped character") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
    case UInt8(ascii: "b"): content.append(8)
    case UInt8(ascii: "f"): content.append(12)
    case UInt8(ascii: "n"): content.append(10)
    case UInt8(ascii: "r"): content.append(13)
    case UInt8(ascii: "t"): content.append(9)
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if code & 0xfc00 == 0xd800 {
        guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
          bytes[position + 1] == UInt8(ascii: "u")
        else { throw fault("half of a surrogate pair") }
        position += 2
        let low = try hexadecimal()
        guard low & 0xfc00 == 0xdc00 else { throw fault("half of a surrogate pair") }
        code = 0x10000 + (code & 0x3ff) << 10 + low & 0x3ff
      }
      guard let scalar = Unicode.Scalar(code) else { throw fault("half of a surrogate pair") }
      content.append(contentsOf: Character(scalar).utf8)
    default:
      position -= 1
      throw fault("an unknown escape")
    }
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard position < bytes.count, let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue,
        bytes[position] < 128
      else { throw expected("four hexadecimal digits") }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }
}
