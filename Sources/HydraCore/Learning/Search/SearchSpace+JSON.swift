import HydraNumerics

extension SearchSpace {
  /// Reads a space as people write it:
  ///
  ///     {"learning_rate": {"type": "float", "low": 0.01, "high": 0.3, "log": true},
  ///      "num_leaves":    {"type": "int", "low": 4, "high": 128, "log": true},
  ///      "objective":     {"type": "categorical", "choices": ["regression", "huber"]},
  ///      "alpha":         {"type": "float", "low": 0.5, "high": 2, "when": {"objective": ["huber"]}}}
  ///
  /// A condition on a number is `"when": {"num_leaves": [32, 128]}`, its bounds.
  public init(_ json: JSONValue) throws {
    guard let members = json.object else { throw SearchError.malformed("a space is an object of parameters") }
    var parameters: [Parameter] = []
    for (name, description) in members {
      parameters.append(try Parameter(name: name, description, earlier: parameters))
    }
    try self.init(parameters)
  }
}

extension SearchSpace.Parameter {
  private static let keys = ["type", "low", "high", "log", "step", "choices", "when"]

  init(name: String, _ json: JSONValue, earlier: [SearchSpace.Parameter]) throws {
    func fail(_ problem: String) -> SearchError { .badParameter(name: name, problem: problem) }
    guard let members = json.object else { throw fail("is no object with a type") }
    for (key, _) in members where !Self.keys.contains(key) {
      throw SearchError.unknown(word: key, place: "parameter '\(name)'", nearest: nearestName(to: key, in: Self.keys))
    }
    func number(_ key: String) throws -> Double {
      guard let value = json[key]?.double else { throw fail("'\(key)' is not a number") }
      return value
    }
    func whole(_ key: String) throws -> Int {
      guard let value = json[key]?.int else { throw fail("'\(key)' is not a whole number") }
      return value
    }
    func flag(_ key: String) throws -> Bool {
      guard let value = json[key] else { return false }
      guard let flag = value.bool else { throw fail("'\(key)' is not true or false") }
      return flag
    }
    let domain: SearchSpace.Domain
    switch json["type"]?.string {
    case "float":
      domain = .float(
        low: try number("low"), high: try number("high"), logarithmic: try flag("log"),
        step: try json["step"].map { _ in try number("step") })
    case "int":
      domain = .integer(
        low: try whole("low"), high: try whole("high"), logarithmic: try flag("log"),
        step: try json["step"].map { _ in try whole("step") } ?? 1)
    case "categorical":
      guard let choices = json["choices"]?.array else { throw fail("'choices' is no array") }
      domain = .category(try choices.map { try Self.word($0, fail) })
    default: throw fail("'type' is not float, int or categorical")
    }
    self.init(name: name, domain: domain, condition: try Self.condition(json["when"], earlier: earlier, fail))
  }

  private static func word(_ value: JSONValue, _ fail: (String) -> SearchError) throws -> String {
    switch value {
    case .string(let word): return word
    case .bool, .integer, .number: return value.text
    default: throw fail("a choice is no text, number or flag")
    }
  }

  private static func condition(
    _ json: JSONValue?, earlier: [SearchSpace.Parameter], _ fail: (String) -> SearchError
  ) throws -> SearchSpace.Condition? {
    guard let json else { return nil }
    guard let member = json.object?.first, json.object?.count == 1 else {
      throw fail("'when' is no object with one parameter")
    }
    guard let parent = earlier.first(where: { $0.name == member.key }) else {
      throw fail("'when' names '\(member.key)', which does not stand before it")
    }
    let allowed = member.value.array ?? [member.value]
    if case .category = parent.domain { return .isOneOf(member.key, try allowed.map { try word($0, fail) }) }
    guard let bounds = member.value.doubles ?? member.value.double.map({ [$0, $0] }), bounds.count == 2 else {
      throw fail("'when' needs the lowest and highest '\(member.key)'")
    }
    return .isBetween(member.key, low: bounds[0], high: bounds[1])
  }
}
