import HydraNumerics

/// The mean of a dependent series, and how far it is from zero.
///
/// ```
/// t = mean / √(λ/n),   λ = γ0 + 2 Σ w(j) γj (j = 1 … L),   γj = Σ (x_i - mean)(x_(i-j) - mean) / n
/// ```
/// with Bartlett weights w(j) = 1 - j/(L + 1). Source: W. K. Newey, K. D. West, Econometrica 55 (1987) 703–708.
public struct NeweyWest: Hashable, Codable, Sendable {
  public let count: Int
  public let mean: Double
  /// Standard error of the mean.
  public let standardError: Double
  public let lags: Int

  /// With `lags` nil the usual choice ⌊4 (n/100)^(2/9)⌋ is taken (Newey and West 1994, Bartlett kernel).
  ///
  /// Nil with fewer than two values or when they do not vary.
  public init?(_ values: [Double], lags: Int? = nil) {
    let n = values.count
    guard n > 1 else { return nil }
    let most = lags ?? Int(4 * Portable.pow(Double(n) / 100, 2.0 / 9))
    let mean = values.reduce(0, +) / Double(n)
    let covariances = autocovariances(of: values, about: mean, lags: min(most, n - 1))
    var longRun = covariances[0]
    for lag in covariances.indices.dropFirst() {
      longRun += 2 * (1 - Double(lag) / Double(most + 1)) * covariances[lag]
    }
    guard longRun > 0, longRun.isFinite else { return nil }
    (count, self.mean, self.lags) = (n, mean, most)
    standardError = (longRun / Double(n)).squareRoot()
  }

  public var t: Double { mean / standardError }

  /// Two-sided, by Student's distribution with n - 1 degrees of freedom.
  public var pValue: Double { Portable.studentTTwoSided(t, degrees: Double(count - 1)) }

  /// The interval that holds the true mean with probability `confidence`.
  public func interval(confidence: Double = 0.95) -> ClosedRange<Double> {
    let reach = Portable.normalQuantile(0.5 + confidence / 2) * standardError
    return (mean - reach)...(mean + reach)
  }
}

/// Σ (x_i - mean)(x_(i-j) - mean) / n for j = 0 … lags.
func autocovariances(of values: [Double], about mean: Double, lags: Int) -> [Double] {
  let deviations = values.map { $0 - mean }
  return (0...lags).map { lag in
    var sum = 0.0
    for i in lag..<max(lag, deviations.count) { sum += deviations[i] * deviations[i - lag] }
    return sum / Double(deviations.count)
  }
}
