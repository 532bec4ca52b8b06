import HydraNumerics

/// Compares what a scenario gave with what was expected.
enum ScenarioComparison {
  /// The members of `got` that `expected` has, in its order; within `orders` the members of each order too.
  static func part(of got: JSONValue, like expected: JSONValue) -> JSONValue {
    .object(
      (expected.object ?? []).compactMap { key, value in
        guard let member = got[key] else { return nil }
        guard key == "orders" else { return (key, member) }
        let orders = (member.object ?? []).map { name, state -> (key: String, value: JSONValue) in
          guard let wanted = value[name]?.object else { return (name, state) }
          return (name, .object(wanted.compactMap { key, _ in state[key].map { (key, $0) } }))
        }
        return (key, .object(orders))
      })
  }

  /// Whether everything expected is there: arrays complete and in order, of objects the named members, numbers within
  /// 10⁻⁹.
  static func agree(_ got: JSONValue, _ expected: JSONValue) -> Bool {
    if let members = expected.object {
      return members.allSatisfy { key, value in got[key].map { agree($0, value) } ?? false }
    }
    if let values = expected.array {
      guard let own = got.array, own.count == values.count else { return false }
      return zip(own, values).allSatisfy(agree)
    }
    if let a = got.double, let b = expected.double { return abs(a - b) <= 1e-9 * max(1, abs(b)) }
    return got == expected
  }
}
