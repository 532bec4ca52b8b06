import HydraNumerics

/// A linear forecast of standardised features.
///
/// ```
/// forecast = Σ_j c_j · clamp((x_j − m_j) / s_j, ±bound)
/// ```
/// A missing feature counts as its mean, and so does one that was seen too seldom to be scaled. Cutting the features keeps
/// a value that nobody has seen before from carrying the forecast away.
public struct LinearModel: Hashable, Codable, Sendable {
  /// Standard deviations at which features are cut.
  public static let bound = 2.5

  /// m_j: means of the features.
  public var means: [Double]
  /// 1 / s_j; zero leaves the feature out.
  public var scales: [Double]
  /// c_j: what a feature of one standard deviation adds to the forecast.
  public var coefficients: [Double]

  public init(means: [Double], scales: [Double], coefficients: [Double]) {
    precondition(
      means.count == scales.count && means.count == coefficients.count,
      "\(means.count) means, \(scales.count) scales and \(coefficients.count) coefficients")
    (self.means, self.scales, self.coefficients) = (means, scales, coefficients)
  }

  /// Reads a model; lists of different lengths are an error.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    means = try keys.decode([Double].self, forKey: .means)
    scales = try keys.decode([Double].self, forKey: .scales)
    coefficients = try keys.decode([Double].self, forKey: .coefficients)
    guard means.count == scales.count, means.count == coefficients.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .means, in: keys,
        debugDescription: "\(means.count) means, \(scales.count) scales and \(coefficients.count) coefficients")
    }
  }

  /// A model that says nothing of so many features.
  public init(columns: Int) {
    let zeros = [Double](repeating: 0, count: columns)
    self.init(means: zeros, scales: zeros, coefficients: zeros)
  }

  /// The standardised value of one feature.
  public func standardised(_ value: Double, column: Int) -> Double {
    guard value.isFinite else { return 0 }
    return min(Self.bound, max(-Self.bound, (value - means[column]) * scales[column]))
  }

  /// The forecast for a row with a value for each feature.
  ///
  /// - Complexity: O(features).
  public func predict(_ row: some RandomAccessCollection<Double>) -> Double {
    precondition(row.count == means.count, "a row of \(row.count) values for \(means.count) features")
    var sum = 0.0
    for (column, value) in row.enumerated() where coefficients[column] != 0 {
      sum += coefficients[column] * standardised(value, column: column)
    }
    return sum
  }

  /// The forecast for a row of which the model's features are some columns, in the order of the features.
  public func predict(_ row: some RandomAccessCollection<Double>, columns: [Int]) -> Double {
    precondition(columns.count == means.count, "\(columns.count) columns for \(means.count) features")
    let start = row.startIndex
    var sum = 0.0
    for (feature, column) in columns.enumerated() where coefficients[feature] != 0 {
      sum += coefficients[feature] * standardised(row[row.index(start, offsetBy: column)], column: feature)
    }
    return sum
  }

  /// What each feature adds to the forecast of a row: its Shapley values against the forecast at the means, exactly,
  /// because the forecast is a sum.
  public func contributions(_ row: some RandomAccessCollection<Double>) -> [Double] {
    precondition(row.count == means.count, "a row of \(row.count) values for \(means.count) features")
    return row.enumerated().map { column, value in coefficients[column] * standardised(value, column: column) }
  }

  /// The part of the model that reads some columns, in their order.
  public func columns(_ chosen: [Int]) -> LinearModel {
    LinearModel(
      means: chosen.map { means[$0] }, scales: chosen.map { scales[$0] },
      coefficients: chosen.map { coefficients[$0] })
  }
}
