/// Why an ensemble could not be trained.
public enum TreeFitError: Error, Hashable, Sendable, CustomStringConvertible {
  case noRows
  case lengthMismatch(what: String, expected: Int, found: Int)
  /// A target or weight that is missing or infinite.
  case notFinite(what: String, row: Int)
  /// A target outside the domain of the objective.
  case badTarget(row: Int, value: Double, expected: String)
  case negativeWeight(row: Int, value: Double)
  case badSetting(name: String, value: String)
  /// A category too large for sets of categories.
  case badCategory(column: Int, row: Int, value: Double)
  /// An objective or metric of ranking without queries.
  case noQueries
  /// Leaves of averaged, linear or class-less loaded models cannot be refitted.
  case notRefittable(reason: String)

  public var description: String {
    switch self {
    case .noRows: "there are no rows to learn from"
    case .lengthMismatch(let what, let expected, let found): "\(found) \(what) where \(expected) are needed"
    case .notFinite(let what, let row): "\(what) of row \(row) is not finite"
    case .badTarget(let row, let value, let expected): "target \(value) of row \(row) is not \(expected)"
    case .negativeWeight(let row, let value): "weight \(value) of row \(row) is negative"
    case .badSetting(let name, let value): "\(value) is outside the range of \(name)"
    case .badCategory(let column, let row, let value):
      "category \(value) in column \(column) of row \(row) is above \(GradientBoostedTrees.largestCategory)"
    case .noQueries: "ranking needs the numbers of rows of queries"
    case .notRefittable(let reason): "the leaves cannot be refitted: \(reason)"
    }
  }
}
