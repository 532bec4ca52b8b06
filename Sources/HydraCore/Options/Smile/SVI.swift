import HydraNumerics

/// The raw SVI parametrisation of one expiry: total variance is a hyperbola in log-moneyness.
///
/// ```
/// w(k) = a + b [ρ (k - m) + √((k - m)² + σ²)],   w = vol² T,   k = ln(K/F)
/// ```
/// `a` shifts, `b` ≥ 0 opens the wings (slopes b(ρ ± 1)), `rho` tilts, `m` moves sideways and `sigma` > 0 rounds the
/// vertex. The least variance is a + b σ √(1 - ρ²).
///
///     let smile = SVI(forward: 362.25, years: 0.21, a: 0.011, b: 0.06, rho: 0.2, m: 0.02, sigma: 0.15)
///     smile.volatility(atStrike: 400)
///     smile.butterfly().isFree   // whether no butterfly has a negative price
///
/// Sources: J. Gatheral, "A parsimonious arbitrage-free implied volatility parameterization" (2004); J. Gatheral,
/// A. Jacquier, "Arbitrage-free SVI volatility surfaces", Quantitative Finance 14 (2014) 59–71.
public struct SVI: Hashable, Codable, Sendable {
  /// The forward, in the unit of the strikes.
  public var forward: Double
  /// Time to expiry in years.
  public var years: Double
  /// Level of total variance.
  public var a: Double
  /// Mean absolute slope of the wings; not negative.
  public var b: Double
  /// Tilt, between -1 and 1.
  public var rho: Double
  /// Log-moneyness of the vertex of the untilted hyperbola.
  public var m: Double
  /// Width of the vertex in log-moneyness; positive.
  public var sigma: Double

  public init(forward: Double, years: Double, a: Double, b: Double, rho: Double, m: Double, sigma: Double) {
    (self.forward, self.years) = (forward, years)
    (self.a, self.b, self.rho, self.m, self.sigma) = (a, b, rho, m, sigma)
  }

  /// a + b σ √(1 - ρ²): the least total variance.
  public var leastVariance: Double { a + b * sigma * ((1 - rho) * (1 + rho)).squareRoot() }

  /// b (1 + |ρ|): the steeper wing's slope; Lee's bound for it is 2.
  public var wingSlope: Double { b * (1 + abs(rho)) }
}

extension SVI: VolatilitySmile {
  /// The Black volatility; NaN where the parameters give a negative variance or the strike is not positive.
  public func volatility(atStrike strike: Double) -> Double {
    guard strike > 0 else { return .nan }
    let k = ElementaryTables.shared.logRatio(strike, forward).rounded
    return (variance(k) / years).squareRoot()
  }

  /// w and its exact derivatives.
  public func totalVariance(atLogMoneyness k: Double) -> TotalVariance {
    let distance = k - m
    let root = (distance * distance + sigma * sigma).squareRoot()
    return TotalVariance(
      value: variance(k), slope: b * (rho + distance / root), curvature: b * sigma * sigma / (root * root * root))
  }

  /// w(k).
  func variance(_ k: Double) -> Double {
    let distance = k - m
    return a + b * (rho * distance + (distance * distance + sigma * sigma).squareRoot())
  }
}

extension SVI {
  /// The natural parametrisation: w = Δ + ω/2 {1 + ζρ(k - μ) + √[(ζ(k - μ) + ρ)² + 1 - ρ²]}.
  public struct Natural: Hashable, Codable, Sendable {
    /// Level Δ.
    public var delta: Double
    /// Place μ, in log-moneyness.
    public var mu: Double
    /// Tilt, between -1 and 1.
    public var rho: Double
    /// Total variance ω of the moving part.
    public var omega: Double
    /// Curvature ζ.
    public var zeta: Double

    public init(delta: Double, mu: Double, rho: Double, omega: Double, zeta: Double) {
      (self.delta, self.mu, self.rho, self.omega, self.zeta) = (delta, mu, rho, omega, zeta)
    }
  }

  /// The same smile in natural parameters (Gatheral and Jacquier, equation 3.3).
  public var natural: Natural {
    let rest = ((1 - rho) * (1 + rho)).squareRoot()
    return Natural(
      delta: a - b * sigma * rest, mu: m + rho * sigma / rest, rho: rho, omega: 2 * b * sigma / rest,
      zeta: rest / sigma)
  }

  /// The smile with these natural parameters (equation 3.2).
  public init(forward: Double, years: Double, natural p: Natural) {
    let rest = ((1 - p.rho) * (1 + p.rho)).squareRoot()
    self.init(
      forward: forward, years: years, a: p.delta + p.omega / 2 * rest * rest, b: p.omega * p.zeta / 2, rho: p.rho,
      m: p.mu - p.rho / p.zeta, sigma: rest / p.zeta)
  }
}
