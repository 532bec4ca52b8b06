import HydraNumerics

/// Whether two forecasts of the same thing are equally good.
///
/// ```
/// d = loss(e1) - loss(e2)     V = (γ0 + 2 Σ γj) / n, j = 1 … h - 1
/// statistic = mean(d) / √V × √((n + 1 - 2h + h(h - 1)/n) / n)
/// ```
/// for forecasts `horizon` = h steps ahead, whose errors overlap over h - 1 steps. A positive statistic says that the
/// first forecast loses more. Compared with Student's distribution of n - 1 degrees of freedom.
///
/// Source: F. X. Diebold, R. S. Mariano, J. Business & Economic Statistics 13 (1995) 253–263; the small-sample factor is
/// D. Harvey, S. Leybourne, P. Newbold, Int. J. Forecasting 13 (1997) 281–291.
public struct DieboldMariano: Hashable, Codable, Sendable {
  /// What an error costs.
  public enum Loss: String, Hashable, Codable, Sendable, CaseIterable { case squared, absolute }

  public let count: Int
  /// Mean of the differences of loss, first less second.
  public let meanDifference: Double
  public let statistic: Double
  /// Two-sided.
  public let pValue: Double

  /// Compares two series of forecast errors of the same times.
  ///
  /// Nil when the losses never differ, there are not more than `horizon` of them, or the estimated variance is not
  /// positive (possible for `horizon` above 1, since the lags are not tapered).
  public init?(errors first: [Double], _ second: [Double], horizon: Int = 1, loss: Loss = .squared) {
    precondition(first.count == second.count, "\(first.count) errors against \(second.count)")
    let differences = zip(first, second).map { a, b in
      loss == .squared ? a * a - b * b : abs(a) - abs(b)
    }
    self.init(differences: differences, horizon: horizon)
  }

  /// Tests whether the mean of a series of paired differences is zero.
  public init?(differences: [Double], horizon: Int = 1) {
    precondition(horizon > 0, "horizon below 1")
    let n = Double(differences.count)
    guard differences.count > horizon, differences.count > 1 else { return nil }
    let mean = differences.reduce(0, +) / n
    let covariances = autocovariances(of: differences, about: mean, lags: horizon - 1)
    let variance = (covariances[0] + 2 * covariances.dropFirst().reduce(0, +)) / n
    guard variance > 0, variance.isFinite else { return nil }
    let h = Double(horizon)
    let factor = ((n + 1 - 2 * h + h * (h - 1) / n) / n).squareRoot()
    (count, meanDifference) = (differences.count, mean)
    statistic = mean / variance.squareRoot() * factor
    pValue = Portable.studentTTwoSided(statistic, degrees: n - 1)
  }
}
