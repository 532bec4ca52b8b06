/// Mean, spread and shape of a sample.
///
/// ```
/// mean = Σx/n    deviation² = Σ(x - mean)²/(n - 1)    skewness = m3/m2^1.5    kurtosis = m4/m2²,   mk = Σ(x - mean)^k/n
/// ```
/// Kurtosis is 3 for a normal distribution. Sums run in the order given.
public struct SampleMoments: Hashable, Codable, Sendable {
  public let count: Int
  public let mean: Double
  /// Sample standard deviation, divisor n - 1.
  public let deviation: Double
  public let skewness: Double
  public let kurtosis: Double

  /// Nil with fewer than two values, with one that is not finite, or when all are equal.
  public init?(_ values: [Double]) {
    guard values.count > 1 else { return nil }
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    var (m2, m3, m4) = (0.0, 0.0, 0.0)
    for value in values {
      let d = value - mean
      let square = d * d
      m2 += square
      m3 += square * d
      m4 += square * square
    }
    guard m2 > 0, m2.isFinite else { return nil }
    (count, self.mean, deviation) = (values.count, mean, (m2 / (n - 1)).squareRoot())
    m2 /= n
    skewness = m3 / n / (m2 * m2.squareRoot())
    kurtosis = m4 / n / (m2 * m2)
  }
}
