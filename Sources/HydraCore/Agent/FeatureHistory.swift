import HydraMarket
import HydraNumerics

/// The rows that the agent has seen, one a bar, with the labels that have matured since.
///
/// Labels come from ``LabelBuilder``: the volatility-scaled return over `horizon` bars that a position decided at a row
/// earns, entered one bar later. The label of row i is known at row i + 1 + horizon and never before; it is NaN until
/// then, and for good where its span holds a change that nobody could have earned.
///
/// Appending is the only way to grow it: row i is the same whatever comes after.
public struct FeatureHistory: Hashable, Codable, Sendable {
  public let names: [String]
  /// Bars that a label spans.
  public let horizon: Int
  /// Row-major features; NaN is missing.
  public private(set) var values: [Double] = []
  public private(set) var dates: [CivilDate] = []
  public private(set) var known: [Timestamp] = []
  /// Change of the held contract's price from the bar before, price units; NaN where it could not be earned.
  public private(set) var changes: [Double] = []
  /// Standard deviation of a bar's change as known at the row, price units; NaN during warm-up.
  public private(set) var volatilities: [Double] = []
  private var labels: [Double] = []
  /// The linear model at each row.
  public private(set) var linear: LinearPath

  /// Without `linear` there is no linear forecast.
  public init(names: [String], horizon: Int, linear: LinearPath.Settings = LinearPath.Settings(use: .none)) {
    precondition(horizon >= 1, "horizon is not positive: \(horizon)")
    self.names = names
    self.horizon = horizon
    self.linear = LinearPath(columns: names.count, horizon: horizon, settings: linear)
  }

  /// Number of rows.
  public var count: Int { dates.count }

  /// Adds the newest bar, and the label of an older row that it completes.
  ///
  /// - Complexity: O(columns), and that of ``AdaptiveRegression`` where there is a linear forecast.
  public mutating func append(
    _ row: [Double], date: CivilDate, known time: Timestamp, change: Double, volatility: Double,
    completing label: Label?
  ) {
    precondition(row.count == names.count, "a row of \(row.count) values for \(names.count) features")
    values += row
    dates.append(date)
    known.append(time)
    changes.append(change)
    volatilities.append(volatility)
    labels.append(.nan)
    followLinear(count - 1)
    guard let label else { return }
    let index = count - 2 - horizon
    precondition(index >= 0 && dates[index] == label.date, "the label of \(label.date) belongs to no row")
    labels[index] = label.value
  }

  private mutating func followLinear(_ row: Int) {
    let decided = row - LinearPath.delay
    linear.append(self.row(row), outcome: decided >= 0 ? changes[row] / volatilities[decided] : .nan)
  }

  /// The label of a row; NaN while it is not known, or missing for good.
  public func label(_ row: Int) -> Double { labels[row] }

  /// The features of one row.
  public func row(_ index: Int) -> ArraySlice<Double> {
    values[index * names.count..<(index + 1) * names.count]
  }

  /// The newest `window` rows whose labels ended before row `limit`, less `embargo` bars; rows without a label are
  /// left out.
  ///
  /// This is the purge: a training row for a test that starts at row `limit` may not have a label that reaches into it.
  public func trainingRows(before limit: Int, window: Int, embargo: Int = 0) -> [Int] {
    let end = min(limit, count) - 1 - horizon - embargo
    guard end > 0 else { return [] }
    return (max(0, end - window)..<end).filter { labels[$0].isFinite }
  }

  /// The rows' features, in the columns asked for.
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

extension FeatureHistory {
  private enum CodingKeys: String, CodingKey {
    case names, horizon, values, dates, known, changes, volatilities, labels, linear
  }

  /// Numbers travel as base64 of their little-endian bits: exact, NaN included, and quick. Of the linear forecast only the
  /// settings travel: it follows from the rest.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    names = try keys.decode([String].self, forKey: .names)
    horizon = try keys.decode(Int.self, forKey: .horizon)
    dates = try keys.decode([CivilDate].self, forKey: .dates)
    known = try keys.decode([Timestamp].self, forKey: .known)
    values = try keys.decode(PackedDoubles.self, forKey: .values).values
    changes = try keys.decode(PackedDoubles.self, forKey: .changes).values
    volatilities = try keys.decode(PackedDoubles.self, forKey: .volatilities).values
    labels = try keys.decode(PackedDoubles.self, forKey: .labels).values
    linear = LinearPath(
      columns: names.count, horizon: max(1, horizon),
      settings: try keys.decode(LinearPath.Settings.self, forKey: .linear))
    guard horizon >= 1, values.count == dates.count * names.count,
      [known.count, changes.count, volatilities.count, labels.count].allSatisfy({ $0 == dates.count })
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .values, in: keys, debugDescription: "the columns of the history differ in length")
    }
    for row in 0..<count { followLinear(row) }
  }

  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(names, forKey: .names)
    try keys.encode(horizon, forKey: .horizon)
    try keys.encode(dates, forKey: .dates)
    try keys.encode(known, forKey: .known)
    try keys.encode(PackedDoubles(values), forKey: .values)
    try keys.encode(PackedDoubles(changes), forKey: .changes)
    try keys.encode(PackedDoubles(volatilities), forKey: .volatilities)
    try keys.encode(PackedDoubles(labels), forKey: .labels)
    try keys.encode(linear.settings, forKey: .linear)
  }
}
