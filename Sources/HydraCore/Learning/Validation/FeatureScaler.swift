import HydraNumerics

/// Brings the columns of a table to comparable sizes: (value - center) / scale.
///
///     let scaler = try FeatureScaler(.robust, fittedTo: train)
///     scaler.scaled(test)                     // by the center and scale of the training rows
///
/// Missing values are left out of the fit and stay missing. A column that never varies has scale 1.
public struct FeatureScaler: Hashable, Codable, Sendable {
  /// What center and scale are.
  public enum Kind: String, Hashable, Codable, Sendable, CaseIterable {
    /// Mean and standard deviation of the population.
    case standard
    /// Median and the range from the first to the third quartile.
    case robust
    /// Minimum and range: what is fitted comes to lie in 0…1.
    case minmax
  }

  /// How it was fitted.
  public let kind: Kind
  /// One number a column; NaN for a column without values.
  public let centers: [Double]
  /// One positive number a column; NaN for a column without values.
  public let scales: [Double]

  /// - Complexity: O(rows × columns), with a sort of each column for `.robust`.
  public init(_ kind: Kind = .standard, fittedTo table: Matrix) throws(MetricError) {
    guard table.rows > 0 else { throw .empty }
    self.kind = kind
    var (centers, scales): ([Double], [Double]) = ([], [])
    for column in 0..<table.columns {
      let all = table.column(column)
      try ScoredRows.require(all, "column \(column)", "finite or missing") { !$0.isInfinite }
      let (center, scale) = Self.fit(kind, all.filter { !$0.isNaN })
      centers.append(center)
      scales.append(scale)
    }
    self.centers = centers
    self.scales = scales
  }

  private static func fit(_ kind: Kind, _ values: [Double]) -> (center: Double, scale: Double) {
    guard !values.isEmpty else { return (.nan, .nan) }
    switch kind {
    case .standard:
      let (count, mean) = (Double(values.count), Statistics.mean(values))
      let variance = Statistics.sum(values.lazy.map { ($0 - mean) * ($0 - mean) }) / count
      // What rounding alone makes of a column that never varies.
      let drift = count * mean * Double.ulpOfOne
      let noise = count * Double.ulpOfOne * variance + drift * drift
      return (mean, variance <= noise ? 1 : variance.squareRoot())
    case .robust:
      let sorted = values.sorted()
      let range = Statistics.quantile(sorted: sorted, 0.75) - Statistics.quantile(sorted: sorted, 0.25)
      return (Statistics.quantile(sorted: sorted, 0.5), range < 10 * Double.ulpOfOne ? 1 : range)
    case .minmax:
      let (low, high) = (values.min() ?? 0, values.max() ?? 0)
      return (low, high - low < 10 * Double.ulpOfOne ? 1 : high - low)
    }
  }

  /// The table with its columns scaled.
  ///
  /// - Precondition: as many columns as were fitted.
  public func scaled(_ table: Matrix) -> Matrix { mapped(table) { ($0 - $1) / $2 } }

  /// The table that was scaled.
  ///
  /// - Precondition: as many columns as were fitted.
  public func unscaled(_ table: Matrix) -> Matrix { mapped(table) { $0 * $2 + $1 } }

  private func mapped(_ table: Matrix, _ change: (_ value: Double, _ center: Double, _ scale: Double) -> Double)
    -> Matrix
  {
    precondition(table.columns == centers.count, "\(table.columns) columns for a scaler of \(centers.count)")
    var values = table.values
    for row in 0..<table.rows {
      for column in centers.indices {
        let place = row * centers.count + column
        values[place] = change(values[place], centers[column], scales[column])
      }
    }
    return Matrix(rows: table.rows, columns: table.columns, values: values)
  }
}
