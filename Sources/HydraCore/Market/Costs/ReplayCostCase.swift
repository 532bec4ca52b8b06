import HydraNumerics

/// One case of `vectors/replay/costs.json`: a kind, its input and, where it has one, the expected outcome.
public struct ReplayCostCase: Sendable {
  public let id: String
  let kind: ReplayCostKind
  let json: JSONValue

  /// All cases of a document with `cases`.
  public static func read(json: JSONValue) throws(ScenarioError) -> [ReplayCostCase] {
    var cases: [ReplayCostCase] = []
    for (number, item) in (json["cases"]?.array ?? []).enumerated() {
      let id = item["id"]?.string ?? "case \(number + 1)"
      guard let name = item["kind"]?.string, let kind = ReplayCostKind(rawValue: name) else {
        let known = ReplayCostKind.allCases.map(\.rawValue).joined(separator: ", ")
        throw ScenarioError(id, "unknown kind '\(item["kind"]?.string ?? "")'; known: \(known)")
      }
      cases.append(ReplayCostCase(id: id, kind: kind, json: item))
    }
    return cases
  }

  /// Computes the case; what it gave passes when it is within `tol` of what was expected.
  public func run() throws(ScenarioError) -> ReplayScenario.Outcome {
    let got: JSONValue
    do {
      got = try kind.evaluate(json["input"] ?? .null)
    } catch {
      throw ScenarioError("\(id): \(error.place)", error.reason)
    }
    let passes = json["expected"].map { Self.agree(got, $0, json["tol"]?.double ?? 1e-9) }
    return ReplayScenario.Outcome(got: got, passes: passes)
  }

  private static func agree(_ got: JSONValue, _ expected: JSONValue, _ tolerance: Double) -> Bool {
    if let members = expected.object {
      return members.allSatisfy { key, value in got[key].map { agree($0, value, tolerance) } ?? false }
    }
    if let values = expected.array {
      guard let own = got.array, own.count == values.count else { return false }
      return zip(own, values).allSatisfy { agree($0, $1, tolerance) }
    }
    if let a = got.double, let b = expected.double { return abs(a - b) <= tolerance }
    return got == expected
  }
}
