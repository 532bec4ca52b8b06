import HydraNumerics

/// Why a mapping could not be read, and at which of its keys.
public struct MappingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Keys and indices from the top, as in `["markets", "0", "prices", "columns"]`.
  public var path: [String]
  public var problem: String

  public init(path: [String], problem: String) {
    self.path = path
    self.problem = problem
  }

  public var description: String { (path.isEmpty ? "" : path.joined(separator: ".") + ": ") + problem }
}

/// Reads the members of one object of a mapping, and refuses those that nobody asked for.
struct MappingReader {
  let path: [String]
  private let members: [(key: String, value: JSONValue)]

  /// - Parameter known: all keys that the object may have.
  init(_ value: JSONValue, path: [String], known: [String]) throws(MappingError) {
    guard let members = value.object else {
      throw MappingError(path: path, problem: "keys and values are expected here")
    }
    (self.path, self.members) = (path, members)
    for (key, _) in members where !known.contains(key) {
      throw MappingError(path: path + [key], problem: "unknown key; known are \(known.joined(separator: ", "))")
    }
  }

  func error(_ key: String, _ problem: String) -> MappingError { MappingError(path: path + [key], problem: problem) }

  func value(_ key: String) -> JSONValue? {
    members.first { $0.key == key }.flatMap { $0.value.isNull ? nil : $0.value }
  }

  /// Text; numbers count as what they print, because YAML reads `2014` as one.
  func text(_ key: String) throws(MappingError) -> String? {
    guard let value = value(key) else { return nil }
    guard let text = Self.text(value) else { throw error(key, "a text is expected") }
    return text
  }

  static func text(_ value: JSONValue) -> String? { value.string ?? value.double.map(NumberText.text) }

  func required(_ key: String) throws(MappingError) -> String {
    guard let text = try text(key), !text.isEmpty else { throw error(key, "is missing") }
    return text
  }

  func number(_ key: String, atLeast least: Double, isOpen: Bool = false) throws(MappingError) -> Double? {
    guard let value = value(key) else { return nil }
    guard let number = value.double, number.isFinite, isOpen ? number > least : number >= least else {
      throw error(
        key, "\(value) is not a number \(isOpen ? "above" : "of at least") \(NumberText.text(least))")
    }
    return number
  }

  func requiredNumber(_ key: String, atLeast least: Double, isOpen: Bool = false) throws(MappingError) -> Double {
    guard let number = try number(key, atLeast: least, isOpen: isOpen) else { throw error(key, "is missing") }
    return number
  }

  /// Text by name, as of columns.
  func texts(_ key: String, known: [String]) throws(MappingError) -> [String: String] {
    guard let value = value(key) else { return [:] }
    let inner = try MappingReader(value, path: path + [key], known: known)
    var result: [String: String] = [:]
    for (name, value) in inner.members {
      guard let text = Self.text(value) else { throw inner.error(name, "a text is expected") }
      result[name] = text
    }
    return result
  }
}
