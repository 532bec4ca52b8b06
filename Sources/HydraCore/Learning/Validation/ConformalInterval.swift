import HydraNumerics

/// Intervals that hold the truth with a stated frequency, whatever the model and the distribution.
///
///     let conformal = try ConformalInterval(targets: y, predictions: p, coverage: 0.9)
///     conformal.interval(around: 3.2)        // 3.2 ± conformal.margin
///
/// On rows that the model has not seen, take the ⌈(n + 1) coverage⌉-th smallest error as the margin: a new row that is
/// exchangeable with these falls inside with a probability of at least `coverage`, and of at most `coverage` +
/// 1 / (n + 1) when no two errors are equal. Where n is too small for that (n < coverage / (1 - coverage)) the margin is
/// infinite, which is the honest answer.
///
/// Source: V. Vovk, A. Gammerman, G. Shafer, "Algorithmic Learning in a Random World" (2005); J. Lei et al., JASA 113
/// (2018) for the split form; Y. Romano, E. Patterson, E. Candès, NeurIPS 32 (2019) for quantiles.
public struct ConformalInterval: Hashable, Codable, Sendable {
  /// The frequency that is asked for.
  public let coverage: Double
  /// What is added on both sides, in the unit of the targets; per unit of scale where scales were given. Negative when
  /// given intervals were too wide.
  public let margin: Double

  /// Intervals of one width, or of widths in proportion to scales (volatilities, for example).
  ///
  /// - Parameter scales: positive, one a row; nil gives all rows one width.
  public init(
    targets: [Double], predictions: [Double], scales: [Double]? = nil, coverage: Double = 0.9
  ) throws(MetricError) {
    let rows = try ScoredRows(targets, predictions, weights: nil)
    try ScoredRows.require(predictions, "prediction", "finite", \.isFinite)
    if let scales {
      guard scales.count == targets.count else {
        throw .lengthMismatch(what: "scales", expected: targets.count, found: scales.count)
      }
      try ScoredRows.require(scales, "scale", "finite and positive") { $0.isFinite && $0 > 0 }
    }
    let errors = targets.indices.map { abs(rows.labels[$0] - rows.scores[$0]) / (scales?[$0] ?? 1) }
    try self.init(errors: errors, coverage: coverage)
  }

  /// Corrects intervals that a model of quantiles gives, keeping their shape.
  public init(
    targets: [Double], lower: [Double], upper: [Double], coverage: Double = 0.9
  ) throws(MetricError) {
    _ = try ScoredRows(targets, lower, weights: nil)
    _ = try ScoredRows(targets, upper, weights: nil)
    try ScoredRows.require(lower + upper, "bound", "finite", \.isFinite)
    let errors = targets.indices.map { max(lower[$0] - targets[$0], targets[$0] - upper[$0]) }
    try self.init(errors: errors, coverage: coverage)
  }

  private init(errors: [Double], coverage: Double) throws(MetricError) {
    guard coverage > 0, coverage < 1 else {
      throw .badSetting(name: "coverage", value: "\(coverage)", allowed: "between 0 and 1")
    }
    self.coverage = coverage
    // A product such as 0.9 × 10 that rounding put above a whole number is that number.
    let rank = Int((Double(errors.count + 1) * coverage - 1e-9).rounded(.up))
    margin = rank <= errors.count ? errors.sorted()[max(rank, 1) - 1] : .infinity
  }

  /// The interval around a prediction.
  public func interval(around prediction: Double, scale: Double = 1) -> (lower: Double, upper: Double) {
    (prediction - margin * scale, prediction + margin * scale)
  }

  /// The corrected interval of a model's own bounds; empty ones become their middle.
  public func interval(lower: Double, upper: Double) -> (lower: Double, upper: Double) {
    let (low, high) = (lower - margin, upper + margin)
    return low <= high ? (low, high) : ((low + high) / 2, (low + high) / 2)
  }
}
