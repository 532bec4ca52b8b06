/// A JSON document as a value, with objects that keep the order of their members.
///
/// ```
/// let value = try JSONValue(parsing: #"{"strike": 350, "vols": [0.31, null]}"#)
/// value["strike"]?.double              // 350
/// value["vols"]?[1]?.isNull            // true
///
/// let summary: JSONValue = ["bars": 250, "sharpe": .number(1.25), "note": .number(.nan)]
/// summary.text                         // {"bars":250,"sharpe":1.25,"note":null}
/// ```
/// Whole numbers that fit 64 bits are kept exactly; all others are doubles. Values are equal when their JSON is: 3 and
/// 3.0 are one number, and the order of an object's members counts.
///
/// Source: T. Bray (ed.), "The JavaScript Object Notation (JSON) data interchange format", RFC 8259 (2017).
public enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  /// Printed as the shortest text that reads back; NaN as `null`, infinities as the texts `"inf"` and `"-inf"`.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([(key: String, value: JSONValue)])
}

// MARK: - Reading

extension JSONValue {
  public var isNull: Bool { if case .null = self { true } else { false } }

  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The number as a double; the texts `inf` and `-inf` are infinities, as they are printed. Nil for everything else.
  public var double: Double? {
    switch self {
    case .number(let value): value
    case .integer(let value): Double(value)
    case .string("inf"): .infinity
    case .string("-inf"): -.infinity
    default: nil
    }
  }

  /// The number as an integer; nil when it is not a whole one that fits.
  public var int: Int? {
    switch self {
    case .integer(let value): Int(exactly: value)
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }

  public var string: String? { if case .string(let value) = self { value } else { nil } }

  public var array: [JSONValue]? { if case .array(let values) = self { values } else { nil } }

  public var object: [(key: String, value: JSONValue)]? { if case .object(let members) = self { members } else { nil } }

  /// All numbers of an array, `null` as NaN; nil when it is not an array of these.
  public var doubles: [Double]? {
    guard case .array(let values) = self else { return nil }
    var result: [Double] = []
    result.reserveCapacity(values.count)
    for value in values {
      if case .null = value {
        result.append(.nan)
      } else {
        guard let number = value.double else { return nil }
        result.append(number)
      }
    }
    return result
  }

  /// The member of that name; nil when there is none or this is no object. Setting appends where there is none, and
  /// setting nil removes.
  ///
  /// - Complexity: O(members).
  public subscript(_ key: String) -> JSONValue? {
    get {
      guard case .object(let members) = self else { return nil }
      return members.first { $0.key == key }?.value
    }
    set {
      var members: [(key: String, value: JSONValue)] = []
      switch self {
      case .object(let own): members = own
      case .null: break
      default: preconditionFailure("a member of a JSON value that is no object")
      }
      let place = members.firstIndex { $0.key == key }
      switch (place, newValue) {
      case (let place?, let value?): members[place].value = value
      case (let place?, nil): members.remove(at: place)
      case (nil, let value?): members.append((key, value))
      case (nil, nil): break
      }
      self = .object(members)
    }
  }

  /// The element at an index; nil when there is none or this is no array.
  public subscript(_ index: Int) -> JSONValue? {
    guard case .array(let values) = self, values.indices.contains(index) else { return nil }
    return values[index]
  }
}

// MARK: - Making

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(nilLiteral: ()) { self = .null }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(stringLiteral value: String) { self = .string(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { (key: $0.0, value: $0.1) })
  }

  public init(_ value: Double) { self = .number(value) }
  public init(_ value: Int) { self = .integer(Int64(value)) }
  public init(_ value: Bool) { self = .bool(value) }
  public init(_ value: String) { self = .string(value) }
  /// A missing value is `null`.
  public init(_ value: Double?) { self = value.map { .number($0) } ?? .null }
  /// A missing value is `null`.
  public init(_ value: String?) { self = value.map { .string($0) } ?? .null }
  public init(_ values: [Double]) { self = .array(values.map { .number($0) }) }
  public init(_ values: [String]) { self = .array(values.map { .string($0) }) }
  public init(_ values: [Int]) { self = .array(values.map { .integer(Int64($0)) }) }
}

// MARK: - Comparing

extension JSONValue: Hashable {
  public static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.integer(let a), .number(let b)), (.number(let b), .integer(let a)): Int64(exactly: b) == a
    case (.string(let a), .string(let b)): a == b
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)): a.elementsEqual(b) { $0.key == $1.key && $0.value == $1.value }
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .bool(let value): hasher.combine(value)
    // One hash for a number however it is held.
    case .integer(let value): hasher.combine(value)
    case .number(let value):
      if let whole = Int64(exactly: value) { hasher.combine(whole) } else { hasher.combine(value) }
    case .string(let value): hasher.combine(value)
    case .array(let values): hasher.combine(values)
    case .object(let members):
      hasher.combine(members.count)
      for (key, value) in members {
        hasher.combine(key)
        hasher.combine(value)
      }
    }
  }
}
