import HydraNumerics

/// A mean learned from few observations, pulled towards what cousins of the market suggest.
///
/// ```
/// precision = n/s² + 1/s₀²      mean = (Σ x/s² + m₀/s₀²)/precision      weight on data = (n/s²)/precision
/// ```
/// `s` standard deviation of one observation, `m₀` and `s₀` mean and standard deviation of the prior. With fewer than
/// about thirty fills the prior leads; `dataWeight` says how much.
public struct NormalShrinkage: Hashable, Codable, Sendable {
  public var mean: Double
  public var standardDeviation: Double
  /// Share of the mean that comes from observations, 0 … 1.
  public var dataWeight: Double

  public init(observations: [Double], deviation: Double, priorMean: Double, priorDeviation: Double) {
    let dataPrecision = Double(observations.count) / (deviation * deviation)
    let priorPrecision = 1 / (priorDeviation * priorDeviation)
    let precision = dataPrecision + priorPrecision
    mean = (observations.reduce(0, +) / (deviation * deviation) + priorMean * priorPrecision) / precision
    standardDeviation = (1 / precision).squareRoot()
    dataWeight = dataPrecision / precision
  }

  /// The value below which the mean lies with probability `p`, 0 < p < 1.
  public func quantile(_ p: Double) -> Double { mean + standardDeviation * Portable.normalQuantile(p) }
}
