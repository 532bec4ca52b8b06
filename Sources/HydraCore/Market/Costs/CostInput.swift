import HydraNumerics

/// Members of the input object of a cost case; errors name the member.
struct CostInput {
  let json: JSONValue
  let place: String

  func fault(_ reason: String) -> ScenarioError { ScenarioError(place, reason) }

  func number(_ name: String) throws(ScenarioError) -> Double {
    guard let value = json[name]?.double, value.isFinite else { throw fault("'\(name)' is missing or no number") }
    return value
  }

  func integer(_ name: String) throws(ScenarioError) -> Int {
    guard let value = json[name]?.int, value.magnitude < 1 << 40 else {
      throw fault("'\(name)' is missing or no whole number")
    }
    return value
  }

  func numbers(_ name: String) throws(ScenarioError) -> [Double] {
    guard let values = json[name]?.doubles, values.allSatisfy(\.isFinite), values.allSatisfy({ abs($0) < 1e18 }) else {
      throw fault("'\(name)' is missing or no array of numbers")
    }
    return values
  }

  func rows(_ name: String) throws(ScenarioError) -> [[Double]] {
    guard let rows = json[name]?.array else { throw fault("'\(name)' is missing or no array of rows") }
    var result: [[Double]] = []
    for row in rows {
      guard let values = row.doubles, values.allSatisfy(\.isFinite) else {
        throw fault("'\(name)' holds a row that is no array of numbers")
      }
      result.append(values)
    }
    return result
  }

  func pairs(_ name: String) throws(ScenarioError) -> [(Double, Double)] {
    try rows(name).map { row throws(ScenarioError) in
      guard row.count == 2 else { throw fault("'\(name)' holds a row of \(row.count) values") }
      return (row[0], row[1])
    }
  }
}
