import HydraNumerics

/// The Sharpe ratio of a series of returns, with what is needed to judge how sure it is.
///
/// ```
/// ratio = mean / deviation (per period)
/// PSR(b) = Φ((ratio - b) √(n - 1) / √v),   v = 1 - skewness ratio + (kurtosis - 1)/4 ratio²
/// ```
/// PSR is the probability that the true ratio is above b, given length and shape of the sample. Ratios are per period,
/// not annualised, unless said so. Source: D. H. Bailey, M. López de Prado, "The Sharpe ratio efficient frontier",
/// J. Risk 15 (2012), eq. 4 and 11.
public struct SharpeRatio: Hashable, Codable, Sendable {
  /// Number of returns.
  public let count: Int
  /// Mean over standard deviation, per period.
  public let ratio: Double
  public let skewness: Double
  public let kurtosis: Double

  /// A ratio with the moments it was found with.
  public init(_ ratio: Double, count: Int, skewness: Double = 0, kurtosis: Double = 3) {
    (self.ratio, self.count, self.skewness, self.kurtosis) = (ratio, count, skewness, kurtosis)
  }

  /// The ratio of a series of returns; nil when it has none (`SampleMoments`), as when nothing was ever traded.
  public init?(returns: [Double]) {
    guard let moments = SampleMoments(returns) else { return nil }
    self.init(
      moments.mean / moments.deviation, count: moments.count, skewness: moments.skewness, kurtosis: moments.kurtosis)
  }

  /// The ratio a year, by the square root of the number of periods in it.
  public func annualised(periods: Double = 252) -> Double { ratio * periods.squareRoot() }

  /// Asymptotic variance of √(n - 1) × the estimate.
  private var variance: Double { 1 - skewness * ratio + (kurtosis - 1) / 4 * ratio * ratio }

  /// The probabilistic Sharpe ratio: how probable it is that the true ratio is above `benchmark` (per period).
  ///
  ///     SharpeRatio(0.4, count: 72, skewness: -0.3, kurtosis: 4).probability(above: 0)   // 0.998764
  public func probability(above benchmark: Double) -> Double {
    Portable.normalCDF((ratio - benchmark) * Double(count - 1).squareRoot() / variance.squareRoot())
  }

  /// The number of returns of this shape needed to be sure, with probability `confidence`, that the true ratio is
  /// above `benchmark`; nil when the ratio itself is not above it.
  /// ```
  /// n = 1 + v (Φ⁻¹(confidence) / (ratio - benchmark))²
  /// ```
  public func minimumTrackRecord(above benchmark: Double = 0, confidence: Double = 0.95) -> Double? {
    guard ratio > benchmark else { return nil }
    let z = Portable.normalQuantile(confidence) / (ratio - benchmark)
    return 1 + variance * z * z
  }

  /// The deflated Sharpe ratio: how probable it is that the true ratio is above the largest one to be expected from
  /// `trials` worthless attempts whose ratios vary by `variance`.
  ///
  /// Source: D. H. Bailey, M. López de Prado, "The deflated Sharpe ratio", J. Portfolio Management 40 (2014), eq. 1, 2.
  public func deflated(trials: Int, variance: Double) -> Double {
    probability(above: Self.expectedMaximum(trials: trials, variance: variance))
  }

  /// The largest Sharpe ratio to be expected from independent attempts without skill.
  /// ```
  /// √variance ((1 - γ) Φ⁻¹(1 - 1/N) + γ Φ⁻¹(1 - 1/(N e))),   γ = 0.5772… (Euler)
  /// ```
  /// Zero for a single trial, which chose nothing.
  public static func expectedMaximum(trials: Int, variance: Double) -> Double {
    precondition(trials > 0 && variance >= 0, "\(trials) trials of variance \(variance)")
    guard trials > 1 else { return 0 }
    let euler = 0.577_215_664_901_532_9
    let n = Double(trials)
    let most = Portable.normalQuantile(1 - 1 / n)
    let beyond = Portable.normalQuantile(1 - 1 / (n * Portable.exp(1)))
    return variance.squareRoot() * ((1 - euler) * most + euler * beyond)
  }
}
