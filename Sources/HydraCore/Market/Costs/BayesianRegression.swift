import HydraNumerics

/// A linear model of costs with a normal prior on each coefficient and normal noise of known size.
///
/// ```
/// A = XᵀX/s² + diag(1/s₀²)      mean = A⁻¹ (Xᵀy/s² + m₀/s₀²)      covariance = A⁻¹
/// ```
/// The prior is what liquid cousins of the market say; few own fills move it little. The predictive deviation of a new
/// row holds the noise of one observation and the doubt about the coefficients.
///
/// Source: C. Bishop, "Pattern Recognition and Machine Learning" (2006), equations 3.50–3.59.
public struct BayesianRegression: Hashable, Codable, Sendable {
  /// A fit that cannot be made.
  public enum FitError: Error, Hashable, Sendable {
    /// Rows, targets and prior do not have matching sizes.
    case sizes(rows: Int, targets: Int, coefficients: Int)
    /// A deviation is not positive, or a value is not finite.
    case notFinite
  }

  /// Posterior means of the coefficients.
  public var mean: [Double]
  /// Posterior covariance, row by row.
  public var covariance: [[Double]]
  /// Standard deviation of one observation.
  public var noise: Double

  /// - Complexity: O(rows × coefficients² + coefficients³).
  public init(
    rows: [[Double]], targets: [Double], noise: Double, priorMean: [Double], priorDeviation: [Double]
  ) throws(FitError) {
    let count = priorMean.count
    guard rows.count == targets.count, priorDeviation.count == count, count > 0, rows.allSatisfy({ $0.count == count })
    else { throw .sizes(rows: rows.count, targets: targets.count, coefficients: count) }
    guard noise > 0, priorDeviation.allSatisfy({ $0 > 0 }) else { throw .notFinite }
    var precision = Matrix(rows: count, columns: count, repeating: 0)
    var right = [Double](repeating: 0, count: count)
    for i in 0..<count {
      for j in 0..<count { precision[i, j] = rows.reduce(0) { $0 + $1[i] * $1[j] } / (noise * noise) }
      let prior = 1 / (priorDeviation[i] * priorDeviation[i])
      precision[i, i] += prior
      right[i] = zip(rows, targets).reduce(0) { $0 + $1.0[i] * $1.1 } / (noise * noise) + priorMean[i] * prior
    }
    guard let factor = try? CholeskyFactorization(precision) else { throw .notFinite }
    mean = factor.solve(right)
    covariance = (0..<count).map { column in
      factor.solve((0..<count).map { $0 == column ? 1 : 0 })
    }
    self.noise = noise
  }

  /// Mean and standard deviation of a new observation.
  public func predict(_ row: [Double]) -> (mean: Double, deviation: Double) {
    var (value, variance) = (0.0, noise * noise)
    for i in mean.indices {
      value += row[i] * mean[i]
      for j in mean.indices { variance += row[i] * covariance[i][j] * row[j] }
    }
    return (value, variance.squareRoot())
  }
}
