import HydraNumerics

/// What is wrong with the input of an `EvaluationKind`.
public enum EvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The named member is not there.
  case missing(String)
  /// The named member is not what it should be.
  case mistyped(String, expected: String)
  /// The named member cannot be worked with; the text completes a sentence that starts with its name.
  case unusable(String, String)

  public var description: String {
    switch self {
    case .missing(let name): "'\(name)' is missing"
    case .mistyped(let name, let expected): "'\(name)' is not \(expected)"
    case .unusable(let name, let reason): "'\(name)' \(reason)"
    }
  }
}

/// The members of the input object of an evaluation, checked as they are read.
struct EvaluationInput {
  let json: JSONValue

  private func member(_ name: String) throws(EvaluationError) -> JSONValue {
    guard let value = json[name] else { throw .missing(name) }
    return value
  }

  func number(_ name: String) throws(EvaluationError) -> Double {
    guard let value = try member(name).double else { throw .mistyped(name, expected: "a number") }
    return value
  }

  func number(_ name: String, default value: Double) throws(EvaluationError) -> Double {
    json[name] == nil ? value : try number(name)
  }

  func string(_ name: String, default value: String) throws(EvaluationError) -> String {
    guard let given = json[name] else { return value }
    guard let text = given.string else { throw .mistyped(name, expected: "a text") }
    return text
  }

  func integer(_ name: String, atLeast least: Int, atMost most: Int = .max) throws(EvaluationError) -> Int {
    guard let value = try member(name).int else { throw .mistyped(name, expected: "a whole number") }
    guard value >= least, value <= most else {
      throw .unusable(name, "is \(value), not in \(least)...\(most == .max ? "" : "\(most)")")
    }
    return value
  }

  func numbers(_ name: String) throws(EvaluationError) -> [Double] {
    guard let values = try member(name).doubles else { throw .mistyped(name, expected: "an array of numbers") }
    guard values.allSatisfy(\.isFinite) else { throw .unusable(name, "has missing or infinite values") }
    return values
  }

  func integers(_ name: String, below end: Int) throws(EvaluationError) -> [Int] {
    try Self.integers(try member(name), name, below: end)
  }

  private static func integers(_ value: JSONValue, _ name: String, below end: Int) throws(EvaluationError) -> [Int] {
    guard let values = value.array?.map(\.int), !values.contains(nil) else {
      throw .mistyped(name, expected: "an array of whole numbers")
    }
    let whole = values.compactMap { $0 }
    guard whole.allSatisfy({ $0 >= 0 && $0 < end }) else { throw .unusable(name, "has a value outside 0..<\(end)") }
    return whole
  }

  func matrix(_ name: String) throws(EvaluationError) -> Matrix {
    guard let rows = try member(name).array?.map(\.doubles), !rows.contains(nil), !rows.isEmpty else {
      throw .mistyped(name, expected: "an array of rows of numbers")
    }
    let values = rows.compactMap { $0 }
    guard Set(values.map(\.count)).count == 1, values[0].count > 0, values.joined().allSatisfy(\.isFinite) else {
      throw .unusable(name, "has rows of different length, empty ones or missing values")
    }
    return Matrix(values)
  }

  func indices(_ name: String, rows: Int) throws(EvaluationError) -> [[Int]] {
    guard let replications = try member(name).array, !replications.isEmpty else {
      throw .mistyped(name, expected: "an array of arrays of whole numbers")
    }
    var all: [[Int]] = []
    for replication in replications {
      let indices = try Self.integers(replication, name, below: rows)
      guard indices.count == rows else { throw .unusable(name, "has a replication of other than \(rows) rows") }
      all.append(indices)
    }
    return all
  }

  /// Intervals from the members `t0` and `t1`.
  func labels() throws(EvaluationError) -> [LabelInterval] {
    let (starts, ends) = (try integers("t0", below: .max), try integers("t1", below: .max))
    guard starts.count == ends.count, starts.count > 1 else { throw .unusable("t1", "is not as long as t0") }
    guard zip(starts, ends).allSatisfy({ $0 <= $1 }) else { throw .unusable("t1", "has an end before its start") }
    return zip(starts, ends).map { LabelInterval(start: Int64($0), end: Int64($1)) }
  }

  /// The ratio of the members `sr`, `n`, `skew` and `kurtosis`.
  func ratio() throws(EvaluationError) -> SharpeRatio {
    SharpeRatio(
      try number("sr"), count: try integer("n", atLeast: 2), skewness: try number("skew"),
      kurtosis: try number("kurtosis"))
  }
}
