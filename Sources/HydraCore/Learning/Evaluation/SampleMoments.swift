import HydraNumerics

/// Mean, spread and shape of a sample.
///
/// ```
/// mean = Σx/n    deviation² = Σ(x - mean)²/(n - 1)    skewness = m3/m2^1.5    kurtosis = m4/m2²,   mk = Σ(x - mean)^k/n
/// ```
/// Kurtosis is 3 for a normal distribution.
public struct SampleMoments: Hashable, Codable, Sendable {
  public let count: Int
  public let mean: Double
  /// Sample standard deviation, divisor n - 1.
  public let deviation: Double
  public let skewness: Double
  public let kurtosis: Double

  /// Nil with fewer than two values, with one that is not finite, or when all are equal.
  public init?(_ values: [Double]) {
    let deviation = Statistics.standardDeviation(values)
    guard deviation > 0, deviation.isFinite else { return nil }
    (count, mean, self.deviation) = (values.count, Statistics.mean(values), deviation)
    (skewness, kurtosis) = (Statistics.skewness(values), Statistics.kurtosis(values))
  }
}
