import HydraNumerics

/// How far numbers are from what was predicted.
///
///     let metrics = try RegressionMetrics(targets: [1, 2, 3], predictions: [1.1, 1.9, 3.2])
///     metrics.meanAbsoluteError     // 0.13333333333333344
///
/// All means are weighted. What is not defined, as r² of targets that never vary, is NaN.
public struct RegressionMetrics: Hashable, Codable, Sendable {
  /// The mean of (y - p)².
  public let meanSquaredError: Double
  /// The mean of |y - p|.
  public let meanAbsoluteError: Double
  /// The middle |y - p|; weights do not count.
  public let medianAbsoluteError: Double
  /// 1 - Σ (y - p)² / Σ (y - ȳ)².
  public let rSquared: Double
  /// 1 - var(y - p) / var(y): as r², but a constant error is forgiven.
  public let explainedVariance: Double
  /// The mean of |y - p| / |y|, |y| counting as at least 2⁻⁵².
  public let meanAbsolutePercentageError: Double
  private let rows: ScoredRows

  /// The root of the mean squared error, in the unit of the targets.
  public var rootMeanSquaredError: Double { meanSquaredError.squareRoot() }

  public init(targets: [Double], predictions: [Double], weights: [Double]? = nil) throws(MetricError) {
    rows = try ScoredRows(targets, predictions, weights: weights)
    try ScoredRows.require(predictions, "prediction", "finite", \.isFinite)
    let (weights, total) = (rows.weights, Statistics.sum(rows.weights))
    func mean(_ value: (Int) -> Double) -> Double {
      Statistics.sum(targets.indices.map { weights[$0] * value($0) }) / total
    }
    let errors = zip(targets, predictions).map { $0 - $1 }
    let (center, offset) = (mean { targets[$0] }, mean { errors[$0] })
    meanSquaredError = mean { errors[$0] * errors[$0] }
    meanAbsoluteError = mean { abs(errors[$0]) }
    medianAbsoluteError = Statistics.median(errors.map { abs($0) })
    let spread = mean { (targets[$0] - center) * (targets[$0] - center) }
    let residual = mean { (errors[$0] - offset) * (errors[$0] - offset) }
    rSquared = spread > 0 ? 1 - meanSquaredError / spread : .nan
    explainedVariance = spread > 0 ? 1 - residual / spread : .nan
    meanAbsolutePercentageError = mean { abs(errors[$0]) / max(abs(targets[$0]), Double.ulpOfOne) }
  }

  /// The mean pinball loss of predictions that are meant as quantiles: level (y - p) above them, (1 - level) (p - y)
  /// below.
  public func pinballLoss(level: Double) -> Double {
    pinball(level) { rows.scores[$0] }
  }

  /// 1 - pinball loss / pinball loss of the targets' own quantile; NaN when that is zero.
  public func pinballSkill(level: Double = 0.5) -> Double {
    let constant = Statistics.quantile(rows.labels, level)
    let reference = pinball(level) { _ in constant }
    return reference > 0 ? 1 - pinballLoss(level: level) / reference : .nan
  }

  private func pinball(_ level: Double, _ prediction: (Int) -> Double) -> Double {
    precondition(level >= 0 && level <= 1, "a quantile level outside 0...1: \(level)")
    let losses = rows.labels.indices.map { row in
      let error = rows.labels[row] - prediction(row)
      return rows.weights[row] * (error >= 0 ? level * error : (level - 1) * error)
    }
    return Statistics.sum(losses) / Statistics.sum(rows.weights)
  }
}
