import HydraNumerics

/// The distribution function of two standard normal variables with a correlation.
enum BivariateNormal {
  private static let rule = GaussLegendre.rule(24)

  /// P(X < x, Y < y) for correlations up to 0.93 in size, with an absolute error below 1e-14.
  ///
  /// ```
  /// Φ(x) Φ(y) + 1/2π ∫ exp(-(x² + y² - 2xy sin θ) / 2cos²θ) dθ,   θ over 0…arcsin ρ
  /// ```
  /// Source: R. L. Plackett, "A reduction formula for normal multivariate integrals", Biometrika 41 (1954) 351–360, in
  /// the form of A. Genz, "Numerical computation of rectangular bivariate and trivariate normal and t probabilities",
  /// Statistics and Computing 14 (2004) 251–260.
  static func cdf(_ x: Double, _ y: Double, correlation: Double) -> Double {
    let tables = ElementaryTables.shared
    let half = 0.5 * Portable.atan(correlation / (1 - correlation * correlation).squareRoot())
    let squares = 0.5 * (x * x + y * y)
    var sum = 0.0
    for (node, weight) in rule {
      let sine = Portable.sin(half * (1 + node))
      sum += weight * tables.exp((sine * x * y - squares) / (1 - sine * sine))
    }
    return tables.normalCDF(x) * tables.normalCDF(y) + sum * half / (2 * Double.pi)
  }
}
