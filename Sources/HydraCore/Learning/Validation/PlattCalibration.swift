import HydraNumerics

/// A logistic curve over a score: 1 / (1 + exp(slope × score + offset)), fitted by maximum likelihood.
///
/// The targets are those of Laplace's rule, (N₊ + 1) / (N₊ + 2) for label 1 and 1 / (N₋ + 2) for label 0, which keep the
/// curve from becoming a step on few rows. A score that is infinite makes the loss of every slope but 0 infinite; then
/// the slope is 0 and the curve the constant (N₊ + 1) / (N + 2).
///
/// Source: J. Platt, "Probabilistic outputs for support vector machines" (1999); H.-T. Lin, C.-J. Lin, R. Weng, "A note
/// on Platt's probabilistic outputs", Machine Learning 68 (2007), for the method.
public struct PlattCalibration: Calibration, Hashable, Codable {
  /// A, negative when larger scores speak for label 1.
  public let slope: Double
  /// B.
  public let offset: Double

  /// - Parameter scores: on the scale of log-odds, raw scores of a model for example; see `logOdds`.
  public init(scores: [Double], labels: [Double], weights: [Double]? = nil) throws(MetricError) {
    let rows = try ScoredRows(labels, scores, weights: weights)
    try ScoredRows.require(labels, "label", "0 or 1") { $0 == 0 || $0 == 1 }
    try ScoredRows.require(scores, "score", "a number") { !$0.isNaN }
    let positives = Statistics.sum(zip(labels, rows.weights).map { $0 * $1 })
    let negatives = Statistics.sum(zip(labels, rows.weights).map { (1 - $0) * $1 })
    let start = Portable.log((negatives + 1) / (positives + 1))
    guard scores.allSatisfy(\.isFinite) else {
      (slope, offset) = (0, start)
      return
    }
    let (high, low) = ((positives + 1) / (positives + 2), 1 / (negatives + 2))
    let fit = LogisticFit(
      [scores, [Double](repeating: 1, count: scores.count)], targets: labels.map { $0 == 1 ? high : low },
      weights: rows.weights, start: [0, -start])
    (slope, offset) = (-fit.coefficients[0], -fit.coefficients[1])
  }

  /// The probability for a score; NaN for a score outside of what the calibration takes.
  public func calibrated(_ score: Double) -> Double {
    Portable.logistic(-((slope == 0 ? 0 : slope * score) + offset))
  }

  /// ln(p / (1 - p)), the scale on which the curve is fitted to probabilities.
  public static func logOdds(_ p: Double) -> Double {
    p <= 0 ? -.infinity : p >= 1 ? .infinity : Portable.log(p) - Portable.log1p(-p)
  }
}
