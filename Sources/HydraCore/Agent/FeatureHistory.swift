import HydraMarket
import HydraNumerics

/// The rows that the agent has seen, one a bar, with the labels that have matured since.
///
/// ```
/// y(i) = Σ_{k = i+2}^{i+1+h} Δ(k) / (σ(i) √h)
/// ```
/// Δ(k) is the change of the held contract's price from bar k−1 to bar k without the jump of a roll, σ(i) the
/// volatility of Δ known at bar i, h the horizon. The label starts at bar i+1 because an order decided at bar i fills
/// there; it is known at bar i+1+h and never before. A change that nobody could have earned (a roll without prices)
/// makes the labels that span it missing.
///
/// Appending is the only way to grow it: row i is the same whatever comes after.
public struct FeatureHistory: Sendable {
  public let names: [String]
  /// Bars that a label spans.
  public let horizon: Int
  /// Row-major features; NaN is missing.
  public private(set) var values: [Double] = []
  public private(set) var dates: [CivilDate] = []
  public private(set) var known: [Timestamp] = []
  /// Change of the held contract's price from the bar before, price units; NaN where it could not be earned.
  public private(set) var changes: [Double] = []
  /// σ(i), price units a bar; NaN until there is enough past.
  public private(set) var volatilities: [Double] = []
  private var labels: [Double] = []

  public init(names: [String], horizon: Int) {
    precondition(horizon >= 1, "horizon is not positive: \(horizon)")
    self.names = names
    self.horizon = horizon
  }

  /// Number of rows.
  public var count: Int { dates.count }

  /// Adds the newest bar and closes the label that matures with it.
  ///
  /// - Complexity: O(columns + horizon).
  public mutating func append(
    _ row: [Double], date: CivilDate, known time: Timestamp, change: Double, volatility: Double
  ) {
    precondition(row.count == names.count, "a row of \(row.count) values for \(names.count) features")
    values += row
    dates.append(date)
    known.append(time)
    changes.append(change)
    volatilities.append(volatility)
    labels.append(.nan)
    let matured = count - 2 - horizon
    guard matured >= 0 else { return }
    var sum = 0.0
    for k in (matured + 2)...(matured + 1 + horizon) { sum += changes[k] }
    let scale = volatilities[matured] * Double(horizon).squareRoot()
    labels[matured] = scale > 0 && sum.isFinite ? sum / scale : .nan
  }

  /// The label of a row; NaN while it is not known, or missing for good.
  public func label(_ row: Int) -> Double { labels[row] }

  /// The features of one row.
  public func row(_ index: Int) -> ArraySlice<Double> {
    values[index * names.count..<(index + 1) * names.count]
  }

  /// Rows whose label is known when `bars` rows have been seen and whose span ends before row `limit`.
  ///
  /// This is the purge: a training row for a test that starts at row `limit` may not have a label that reaches into
  /// it. `embargo` bars more are left out before the limit.
  public func trainingRows(before limit: Int, window: Int, embargo: Int = 0) -> [Int] {
    let end = min(limit, count) - 1 - horizon - embargo
    guard end > 0 else { return [] }
    let start = max(0, end - window)
    return (start..<end).filter { labels[$0].isFinite }
  }

  /// The rows' features without the columns that are left out.
  public func matrix(rows: [Int], columns: [Int]) -> Matrix {
    var result: [Double] = []
    result.reserveCapacity(rows.count * columns.count)
    for row in rows {
      let start = row * names.count
      for column in columns { result.append(values[start + column]) }
    }
    return Matrix(rows: rows.count, columns: columns.count, values: result)
  }
}
