import HydraNumerics

/// The parameters among which a search looks: numbers, whole numbers and categories, some of them only under conditions.
///
///     let space = try SearchSpace([
///       .float("learning_rate", 0.01...0.3, logarithmic: true),
///       .integer("num_leaves", 4...128, logarithmic: true),
///       .category("objective", ["regression", "huber"]),
///       .float("alpha", 0.5...2, when: .isOneOf("objective", ["huber"])),
///     ])
///
/// A parameter with a condition exists in a trial only when the parameter that the condition names does, and has such a
/// value; it must be declared after it.
public struct SearchSpace: Hashable, Codable, Sendable {
  /// The parameters, in the order in which they are declared.
  public let parameters: [Parameter]

  /// The values that a parameter can have.
  public enum Domain: Hashable, Codable, Sendable {
    /// Numbers from `low` to `high`; only low, low + step, … with a step.
    case float(low: Double, high: Double, logarithmic: Bool, step: Double?)
    /// Whole numbers from `low` to `high` in steps.
    case integer(low: Int, high: Int, logarithmic: Bool, step: Int)
    /// One of these words, without an order.
    case category([String])
  }

  /// When a parameter exists.
  public enum Condition: Hashable, Codable, Sendable {
    /// When a category has one of these values.
    case isOneOf(String, [String])
    /// When a number lies between these bounds, both included.
    case isBetween(String, low: Double, high: Double)

    /// The parameter that decides.
    public var parameter: String {
      switch self {
      case .isOneOf(let name, _), .isBetween(let name, _, _): name
      }
    }

    func holds(_ value: ParameterValue?) -> Bool {
      switch (self, value) {
      case (.isOneOf(_, let allowed), .category(let word)?): allowed.contains(word)
      case (.isBetween(_, let low, let high), let value?): value.double.map { low <= $0 && $0 <= high } ?? false
      default: false
      }
    }
  }

  /// One parameter.
  public struct Parameter: Hashable, Codable, Sendable {
    /// Its name, unique in the space.
    public var name: String
    /// Its values.
    public var domain: Domain
    /// When it exists; always when nil.
    public var condition: Condition?

    /// Numbers of a range.
    public static func float(
      _ name: String, _ range: ClosedRange<Double>, logarithmic: Bool = false, step: Double? = nil,
      when condition: Condition? = nil
    ) -> Parameter {
      Parameter(
        name: name,
        domain: .float(low: range.lowerBound, high: range.upperBound, logarithmic: logarithmic, step: step),
        condition: condition)
    }

    /// Whole numbers of a range.
    public static func integer(
      _ name: String, _ range: ClosedRange<Int>, logarithmic: Bool = false, step: Int = 1,
      when condition: Condition? = nil
    ) -> Parameter {
      Parameter(
        name: name,
        domain: .integer(low: range.lowerBound, high: range.upperBound, logarithmic: logarithmic, step: step),
        condition: condition)
    }

    /// Words.
    public static func category(_ name: String, _ words: [String], when condition: Condition? = nil) -> Parameter {
      Parameter(name: name, domain: .category(words), condition: condition)
    }
  }

  /// Throws when a name occurs twice, a domain is empty or a condition names no earlier parameter.
  public init(_ parameters: [Parameter]) throws(SearchError) {
    self.parameters = parameters
    var known: [String: Domain] = [:]
    for parameter in parameters {
      func fail(_ problem: String) -> SearchError { .badParameter(name: parameter.name, problem: problem) }
      guard known[parameter.name] == nil else { throw fail("is declared twice") }
      if let problem = parameter.domain.problem { throw fail(problem) }
      if let condition = parameter.condition {
        guard let parent = known[condition.parameter] else {
          throw fail("its condition names '\(condition.parameter)', which is not declared before it")
        }
        switch (condition, parent) {
        case (.isOneOf(_, let words), .category(let all)):
          if let odd = words.first(where: { !all.contains($0) }) {
            throw fail("its condition names '\(odd)', which '\(condition.parameter)' never is")
          }
        case (.isBetween, .float), (.isBetween, .integer): break
        default: throw fail("its condition does not fit the kind of '\(condition.parameter)'")
        }
      }
      known[parameter.name] = parameter.domain
    }
    guard !parameters.isEmpty else { throw .badParameter(name: "", problem: "a space needs a parameter") }
  }

  private enum CodingKeys: String, CodingKey { case parameters }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(container.decode([Parameter].self, forKey: .parameters))
  }
}

extension SearchSpace.Domain {
  /// Why there is nothing to choose from, if so.
  var problem: String? {
    switch self {
    case .float(let low, let high, let logarithmic, let step):
      guard low.isFinite, high.isFinite, low <= high else { return "bounds \(low) and \(high)" }
      if logarithmic, low <= 0 { return "a logarithmic range must be positive, not from \(low)" }
      if logarithmic, step != nil { return "a logarithmic range has no steps" }
      if let step, !(step > 0 && step.isFinite) { return "a step of \(step)" }
      return nil
    case .integer(let low, let high, let logarithmic, let step):
      guard low <= high, abs(low) <= 1 << 52, abs(high) <= 1 << 52 else { return "bounds \(low) and \(high)" }
      if logarithmic, low < 1 { return "a logarithmic range must be positive, not from \(low)" }
      if step < 1 { return "a step of \(step)" }
      if logarithmic, step != 1 { return "a logarithmic range has no steps" }
      return nil
    case .category(let words):
      if words.isEmpty { return "no words to choose from" }
      return Set(words).count == words.count ? nil : "a word stands twice"
    }
  }
}

/// The value of a parameter in a trial.
public enum ParameterValue: Hashable, Sendable, CustomStringConvertible {
  case number(Double)
  case integer(Int)
  case category(String)

  /// The number, whole or not; nil for a category.
  public var double: Double? {
    switch self {
    case .number(let value): value
    case .integer(let value): Double(value)
    case .category: nil
    }
  }

  /// The whole number; nil for anything else.
  public var int: Int? { if case .integer(let value) = self { value } else { nil } }

  /// The category; nil for a number.
  public var word: String? { if case .category(let value) = self { value } else { nil } }

  /// The shortest text that reads back, as in a file of parameters.
  public var description: String {
    switch self {
    case .number(let value): NumberText.text(value)
    case .integer(let value): String(value)
    case .category(let value): value
    }
  }

  /// As a plain JSON value; a whole `number` can not be told from an `integer` in it.
  public var json: JSONValue {
    switch self {
    case .number(let value): .number(value)
    case .integer(let value): .integer(Int64(value))
    case .category(let value): .string(value)
    }
  }
}

extension ParameterValue: Codable {
  private enum CodingKeys: String, CodingKey { case float, int, category }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    if let value = try container.decodeIfPresent(Double.self, forKey: .float) {
      self = .number(value)
    } else if let value = try container.decodeIfPresent(Int.self, forKey: .int) {
      self = .integer(value)
    } else {
      self = .category(try container.decode(String.self, forKey: .category))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .number(let value): try container.encode(value, forKey: .float)
    case .integer(let value): try container.encode(value, forKey: .int)
    case .category(let value): try container.encode(value, forKey: .category)
    }
  }
}
