/// JSON that does not fit the type that it is to become, with the place.
public struct JSONMismatch: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where in the document, as in `risk.limits[2].size`; empty for the whole.
  public let path: String
  /// What is wrong.
  public let problem: String

  public var description: String { path.isEmpty ? problem : "\(path): \(problem)" }
}

extension JSONValue {
  /// The value of a type that this JSON describes.
  ///
  /// `null` as a `Double` is NaN, `"inf"` and `"-inf"` are the infinities, and `UInt64` may be a text of digits, as
  /// `init(encoding:)` writes them. Throws `JSONMismatch` with the path of what does not fit; with `strict`, also for
  /// members that the type does not ask for, naming the nearest one that it does.
  public func decoded<Value: Decodable>(as type: Value.Type = Value.self, strict: Bool = false) throws -> Value {
    let log = strict ? KeyLog() : nil
    let value: Value
    do {
      value = try decodedValue(type, from: self, path: [], log: log)
    } catch let error as DecodingError {
      throw JSONMismatch(error)
    }
    if let unknown = log?.firstUnknown() { throw unknown }
    return value
  }
}

extension JSONMismatch {
  fileprivate init(_ error: DecodingError) {
    switch error {
    case .keyNotFound(let key, let context): self.init(context.codingPath, "has no member '\(key.stringValue)'")
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      self.init(context.codingPath, context.debugDescription)
    @unknown default: self.init([], "\(error)")
    }
  }

  fileprivate init(_ path: [any CodingKey], _ problem: String) {
    self.path = path.reduce(into: "") { text, key in
      text += key.intValue.map { "[\($0)]" } ?? (text.isEmpty ? "" : ".") + key.stringValue
    }
    self.problem = problem
  }
}

/// Which members of each object a type has asked for.
private final class KeyLog {
  private var objects: [(path: [any CodingKey], keys: [String])] = []
  private var asked: [[String]] = []

  /// Notes an object and returns its number.
  func add(_ keys: [String], path: [any CodingKey]) -> Int {
    objects.append((path, keys))
    asked.append([])
    return objects.count - 1
  }

  func ask(_ key: String, of object: Int) { if !asked[object].contains(key) { asked[object].append(key) } }

  /// The first member of the document that nobody asked for. An object that was looked at twice counts once.
  func firstUnknown() -> JSONMismatch? {
    var known: [String: [String]] = [:]
    for (object, keys) in zip(objects, asked) { known[JSONMismatch(object.path, "").path, default: []] += keys }
    for object in objects {
      let asked = known[JSONMismatch(object.path, "").path] ?? []
      for key in object.keys where !asked.contains(key) {
        let hint = nearestName(to: key, in: asked).map { "; did you mean '\($0)'?" } ?? ""
        return JSONMismatch(object.path, "unknown member '\(key)'\(hint)")
      }
    }
    return nil
  }
}

private func decodedValue<Value: Decodable>(
  _ type: Value.Type, from value: JSONValue, path: [any CodingKey], log: KeyLog?
) throws -> Value {
  if let value = value as? Value { return value }
  return try Value(from: DecodedNode(value: value, codingPath: path, log: log))
}

/// A value of the document with its place.
private struct DecodedNode: Decoder, SingleValueDecodingContainer {
  let value: JSONValue
  let codingPath: [any CodingKey]
  let log: KeyLog?
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func mismatch(_ type: Any.Type, _ expected: String) -> DecodingError {
    let text = value.text
    let shown = text.utf8.count > 40 ? text.prefix(37) + "..." : Substring(text)
    return .typeMismatch(
      type, .init(codingPath: codingPath, debugDescription: "\(shown) is not \(expected)"))
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .object(let members) = value else { throw mismatch([String: Any].self, "an object") }
    let object = log?.add(members.map(\.key), path: codingPath)
    return KeyedDecodingContainer(
      DecodedObject(members: members, codingPath: codingPath, log: log, number: object ?? 0))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .array(let values) = value else { throw mismatch([Any].self, "an array") }
    return DecodedArray(values: values, codingPath: codingPath, log: log)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { self }

  private func integer<Whole: FixedWidthInteger>(_ type: Whole.Type) throws -> Whole {
    let whole: Whole? =
      switch value {
      case .integer(let value): Whole(exactly: value)
      case .number(let value): Whole(exactly: value)
      case .string(let text) where type == UInt64.self || type == UInt.self: Whole(text)
      default: nil
      }
    guard let whole else { throw mismatch(type, "a whole number of \(Whole.bitWidth) bits") }
    return whole
  }

  func decodeNil() -> Bool { value.isNull }
  func decode(_ type: Bool.Type) throws -> Bool {
    guard let flag = value.bool else { throw mismatch(type, "true or false") }
    return flag
  }
  func decode(_ type: String.Type) throws -> String {
    guard let text = value.string else { throw mismatch(type, "a text") }
    return text
  }
  func decode(_ type: Double.Type) throws -> Double {
    if value.isNull { return .nan }
    guard let number = value.double else { throw mismatch(type, "a number") }
    return number
  }
  func decode(_ type: Float.Type) throws -> Float { Float(try decode(Double.self)) }
  func decode(_ type: Int.Type) throws -> Int { try integer(type) }
  func decode(_ type: Int8.Type) throws -> Int8 { try integer(type) }
  func decode(_ type: Int16.Type) throws -> Int16 { try integer(type) }
  func decode(_ type: Int32.Type) throws -> Int32 { try integer(type) }
  func decode(_ type: Int64.Type) throws -> Int64 { try integer(type) }
  func decode(_ type: UInt.Type) throws -> UInt { try integer(type) }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(type) }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(type) }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(type) }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try integer(type) }
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try decodedValue(type, from: value, path: codingPath, log: log)
  }
}

private struct DecodedObject<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let members: [(key: String, value: JSONValue)]
  let codingPath: [any CodingKey]
  let log: KeyLog?
  let number: Int

  var allKeys: [Key] {
    // Whoever looks at all keys knows them all.
    for (key, _) in members { log?.ask(key, of: number) }
    return members.compactMap { Key(stringValue: $0.key) }
  }

  private func find(_ key: any CodingKey) -> JSONValue? {
    log?.ask(key.stringValue, of: number)
    return members.first { $0.key == key.stringValue }?.value
  }

  private func node(_ key: any CodingKey) throws -> DecodedNode {
    guard let value = find(key) else {
      throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: ""))
    }
    return DecodedNode(value: value, codingPath: codingPath + [key], log: log)
  }

  func contains(_ key: Key) -> Bool { find(key) != nil }
  func decodeNil(forKey key: Key) throws -> Bool { try node(key).value.isNull }
  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try node(key).decode(type) }
  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> { try node(key).container(keyedBy: type) }
  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try node(key).unkeyedContainer()
  }
  func superDecoder() throws -> any Decoder { try node(PathKey("super")) }
  func superDecoder(forKey key: Key) throws -> any Decoder { try node(key) }
}

private struct DecodedArray: UnkeyedDecodingContainer {
  let values: [JSONValue]
  let codingPath: [any CodingKey]
  let log: KeyLog?
  var currentIndex = 0
  var count: Int? { values.count }
  var isAtEnd: Bool { currentIndex == values.count }

  init(values: [JSONValue], codingPath: [any CodingKey], log: KeyLog?) {
    self.values = values
    self.codingPath = codingPath
    self.log = log
  }

  private func node() throws -> DecodedNode {
    let path = codingPath + [PathKey(currentIndex)]
    guard !isAtEnd else {
      throw DecodingError.valueNotFound(
        JSONValue.self, .init(codingPath: codingPath, debugDescription: "the array has only \(values.count) elements"))
    }
    return DecodedNode(value: values[currentIndex], codingPath: path, log: log)
  }

  mutating func decodeNil() throws -> Bool {
    guard try node().value.isNull else { return false }
    currentIndex += 1
    return true
  }
  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let value = try node().decode(type)
    currentIndex += 1
    return value
  }
  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
    let container = try node().container(keyedBy: type)
    currentIndex += 1
    return container
  }
  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    let container = try node().unkeyedContainer()
    currentIndex += 1
    return container
  }
  mutating func superDecoder() throws -> any Decoder {
    let decoder = try node()
    currentIndex += 1
    return decoder
  }
}
