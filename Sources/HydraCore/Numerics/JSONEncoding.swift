extension JSONValue {
  /// The JSON of a value, its members in the order in which the type encodes them.
  ///
  /// The same value always gives the same JSON: the keys of dictionaries are sorted, and what has no fixed order (a set,
  /// a dictionary whose keys are no texts) throws `EncodingError`. NaN becomes `null`.
  public init(encoding value: some Encodable) throws { self = try encodedJSON(value, path: []) }
}

private func encodedJSON(_ value: some Encodable, path: [any CodingKey]) throws -> JSONValue {
  if let value = value as? JSONValue { return value }
  if value is any Unordered {
    throw EncodingError.invalidValue(
      value, .init(codingPath: path, debugDescription: "a set has no fixed order; encode a sorted array"))
  }
  let node = EncodedNode(path: path)
  try value.encode(to: node)
  let result = node.result
  guard value is any Keyed else { return result }
  switch result {
  case .object(let members): return .object(members.sorted { $0.key < $1.key })
  case .array(let values) where values.isEmpty: return result
  default:
    throw EncodingError.invalidValue(
      value, .init(codingPath: path, debugDescription: "a dictionary whose keys are no texts has no fixed order"))
  }
}

private protocol Unordered {}
extension Set: Unordered {}
private protocol Keyed {}
extension Dictionary: Keyed {}

/// What one value encodes into: a single value, the elements of an array, or the members of an object.
private final class EncodedNode: Encoder {
  enum Content {
    case nothing
    case single(JSONValue)
    case elements([EncodedNode])
    case members([(key: String, node: EncodedNode)])
  }

  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }
  var content = Content.nothing

  init(path: [any CodingKey]) { codingPath = path }

  convenience init(_ value: JSONValue, path: [any CodingKey]) {
    self.init(path: path)
    content = .single(value)
  }

  var result: JSONValue {
    switch content {
    case .nothing: .object([])
    case .single(let value): value
    case .elements(let nodes): .array(nodes.map(\.result))
    case .members(let members): .object(members.map { ($0.key, $0.node.result) })
    }
  }

  func append(_ node: EncodedNode) {
    if case .elements(var nodes) = content {
      content = .nothing
      nodes.append(node)
      content = .elements(nodes)
    }
  }

  func set(_ key: String, _ node: EncodedNode) {
    if case .members(var members) = content {
      content = .nothing
      if let place = members.firstIndex(where: { $0.key == key }) {
        members[place].node = node
      } else {
        members.append((key, node))
      }
      content = .members(members)
    }
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    if case .members = content {} else { content = .members([]) }
    return KeyedEncodingContainer(EncodedObject(node: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    if case .elements = content {} else { content = .elements([]) }
    return EncodedArray(node: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { EncodedSingle(node: self) }
}

private struct EncodedObject<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let node: EncodedNode
  var codingPath: [any CodingKey] { node.codingPath }

  private func child(_ key: any CodingKey) -> EncodedNode {
    let child = EncodedNode(path: codingPath + [key])
    node.set(key.stringValue, child)
    return child
  }

  func encodeNil(forKey key: Key) { child(key).content = .single(.null) }
  func encode(_ value: some Encodable, forKey key: Key) throws {
    node.set(key.stringValue, EncodedNode(try encodedJSON(value, path: codingPath + [key]), path: codingPath + [key]))
  }
  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> { child(key).container(keyedBy: type) }
  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { child(key).unkeyedContainer() }
  func superEncoder() -> any Encoder { child(PathKey("super")) }
  func superEncoder(forKey key: Key) -> any Encoder { child(key) }
}

private struct EncodedArray: UnkeyedEncodingContainer {
  let node: EncodedNode
  var codingPath: [any CodingKey] { node.codingPath }
  var count: Int { if case .elements(let nodes) = node.content { nodes.count } else { 0 } }

  private func child() -> EncodedNode {
    let child = EncodedNode(path: codingPath + [PathKey(count)])
    node.append(child)
    return child
  }

  func encodeNil() { child().content = .single(.null) }
  func encode(_ value: some Encodable) throws {
    child().content = .single(try encodedJSON(value, path: codingPath + [PathKey(count)]))
  }
  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
    child().container(keyedBy: type)
  }
  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { child().unkeyedContainer() }
  func superEncoder() -> any Encoder { child() }
}

private struct EncodedSingle: SingleValueEncodingContainer {
  let node: EncodedNode
  var codingPath: [any CodingKey] { node.codingPath }

  private func set(_ value: JSONValue) { node.content = .single(value) }

  func encodeNil() { set(.null) }
  func encode(_ value: Bool) { set(.bool(value)) }
  func encode(_ value: String) { set(.string(value)) }
  func encode(_ value: Double) { set(value.isNaN ? .null : .number(value)) }
  // By way of text, so that 0.1 as a Float stays 0.1.
  func encode(_ value: Float) { set(value.isNaN ? .null : .number(Double(value.description) ?? Double(value))) }
  func encode(_ value: Int) { set(.integer(Int64(value))) }
  func encode(_ value: Int8) { set(.integer(Int64(value))) }
  func encode(_ value: Int16) { set(.integer(Int64(value))) }
  func encode(_ value: Int32) { set(.integer(Int64(value))) }
  func encode(_ value: Int64) { set(.integer(value)) }
  func encode(_ value: UInt8) { set(.integer(Int64(value))) }
  func encode(_ value: UInt16) { set(.integer(Int64(value))) }
  func encode(_ value: UInt32) { set(.integer(Int64(value))) }
  func encode(_ value: UInt) throws { try encode(UInt64(value)) }
  // Beyond 63 bits a number would lose digits in most readers, so it is written as text.
  func encode(_ value: UInt64) throws { set(Int64(exactly: value).map { .integer($0) } ?? .string(String(value))) }
  func encode(_ value: some Encodable) throws { set(try encodedJSON(value, path: codingPath)) }
}

/// A step of a coding path that belongs to no type: a name or the index of an element.
struct PathKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  init(_ name: String) { (stringValue, intValue) = (name, nil) }
  init(_ index: Int) { (stringValue, intValue) = (String(index), index) }
  init?(stringValue: String) { self.init(stringValue) }
  init?(intValue: Int) { self.init(intValue) }
}
