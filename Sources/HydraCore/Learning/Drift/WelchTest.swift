import HydraNumerics

/// Welch's test: whether two samples with variances of their own have the same mean.
///
/// ```
/// t = (mean_a - mean_b) / √(v_a + v_b),   v = s²/n,   degrees = (v_a + v_b)² / (v_a²/(n_a - 1) + v_b²/(n_b - 1))
/// ```
/// Two-sided p-value by Student's distribution.
///
/// Source: B. L. Welch, Biometrika 34 (1947) 28–35.
public struct WelchTest: Hashable, Codable, Sendable {
  public let t: Double
  public let degrees: Double
  public let pValue: Double

  /// Nil when a sample has fewer than two values or neither varies.
  public init?(_ a: [Double], _ b: [Double]) {
    let (varianceA, varianceB) = (Statistics.variance(a), Statistics.variance(b))
    let (va, vb) = (varianceA / Double(a.count), varianceB / Double(b.count))
    guard va + vb > 0, (va + vb).isFinite else { return nil }
    t = (Statistics.mean(a) - Statistics.mean(b)) / (va + vb).squareRoot()
    degrees = (va + vb) * (va + vb) / (va * va / Double(a.count - 1) + vb * vb / Double(b.count - 1))
    pValue = Portable.studentTTwoSided(t, degrees: degrees)
  }
}
