import HydraNumerics

/// The SABR model of one expiry: forward and volatility diffuse together, and the smile has a closed expansion.
///
/// ```
/// dF = A (F + s)^β dW,   dA = ν A dZ,   A(0) = α,   dW dZ = ρ dt
/// ```
/// `alpha` has the unit of (F + s)^(1-β) per √year, `nu` is per √year, `shift` s moves forward and strikes (for prices
/// that may be low or negative). With `nu` = 0 the smile is that of the CEV model.
///
///     let smile = SABR(forward: 362.25, years: 0.21, alpha: 5.9, beta: 0.5, rho: -0.2, nu: 1.1)
///     smile.volatility(atStrike: 362.25)         // 0.31…, Black
///     smile.normalVolatility(atStrike: 362.25)   // 112…, Bachelier, in the unit of the forward
///
/// Accuracy: 1e-13 relative for every formula at every strike of the golden vectors (K = F (1 + 1e-7), |ρ| = 0.999 and
/// ν = 0 among them). The expansions themselves are not free of arbitrage at far strikes: see `butterfly`.
///
/// Sources: P. Hagan, D. Kumar, A. Lesniewski, D. Woodward, "Managing smile risk", Wilmott 1 (2002) 84–108, equations
/// (2.17) and (B.67); J. Obłój, "Fine-tune your smile", arXiv:0708.0998 (2008).
public struct SABR: Hashable, Codable, Sendable {
  /// Which expansion gives Black volatilities.
  public enum Formula: String, Hashable, Codable, CaseIterable, Sendable {
    /// Hagan's equation (2.17), the market's habit.
    case hagan
    /// Obłój's correction of the leading term: consistent as years go to zero.
    case obloj
  }

  /// The forward, in the unit of the strikes.
  public var forward: Double
  /// Time to expiry in years.
  public var years: Double
  /// Volatility of the forward now, in units of (F + s)^(1-β) per √year; positive.
  public var alpha: Double
  /// Power of the forward in its own diffusion, 0 (normal) to 1 (lognormal).
  public var beta: Double
  /// Correlation of forward and volatility, between -1 and 1.
  public var rho: Double
  /// Volatility of the volatility per √year; not negative.
  public var nu: Double
  /// Added to forward and strikes.
  public var shift: Double
  /// The expansion that `volatility(atStrike:)` uses.
  public var formula: Formula

  public init(
    forward: Double, years: Double, alpha: Double, beta: Double, rho: Double, nu: Double, shift: Double = 0,
    formula: Formula = .hagan
  ) {
    (self.forward, self.years, self.alpha, self.beta) = (forward, years, alpha, beta)
    (self.rho, self.nu, self.shift, self.formula) = (rho, nu, shift, formula)
  }

  /// The Bachelier volatility at a strike, in the unit of the forward per √year: equation (B.67).
  ///
  /// NaN where forward or strike plus the shift is not positive.
  public func normalVolatility(atStrike strike: Double) -> Double {
    guard let point = SABRPoint(self, strike: strike) else { return .nan }
    let chi = SABRCorrelation(rho).ratio(.shared, nu / alpha * point.power * point.logMoneyness).value
    let square = point.logMoneyness * point.logMoneyness
    let numerator = 1 + square * (1.0 / 24 + square / 1920)
    // (FK)^(β/2) = √(FK) / (FK)^((1-β)/2)
    let leading = alpha * (forward + shift).squareRoot() * (strike + shift).squareRoot() / point.power
    let first = -beta * (2 - beta) / 24 * alpha * alpha / (point.power * point.power)
    return leading * numerator / point.denominator * chi * (1 + years * (first + timeTerms(point.power)))
  }

  /// ρβνα/(4 (FK)^((1-β)/2)) + (2-3ρ²)ν²/24, common to all three expansions.
  private func timeTerms(_ power: Double) -> Double {
    rho * beta * nu * alpha / (4 * power) + (2 - 3 * rho * rho) / 24 * nu * nu
  }
}

extension SABR: VolatilitySmile {
  /// The Black volatility of the shifted forward at a strike, by `formula`.
  ///
  /// NaN where forward or strike plus the shift is not positive.
  public func volatility(atStrike strike: Double) -> Double {
    guard let point = SABRPoint(self, strike: strike) else { return .nan }
    let leading: Double
    let z: Double
    switch formula {
    case .hagan:
      leading = alpha / (point.power * point.denominator)
      z = nu / alpha * point.power * point.logMoneyness
    case .obloj:
      // (F^(1-β) - K^(1-β)) / (1-β) = (FK)^((1-β)/2) ln(F/K) sinh(y)/y with y = (1-β)/2 ln(F/K).
      let spread = hyperbolicSineRatio((1 - beta) / 2 * point.logMoneyness)
      leading = alpha / (point.power * spread)
      z = nu / alpha * point.power * point.logMoneyness * spread
    }
    let chi = SABRCorrelation(rho).ratio(.shared, z).value
    let curve = (1 - beta) * (1 - beta) / 24 * alpha * alpha / (point.power * point.power)
    return leading * chi * (1 + years * (curve + timeTerms(point.power)))
  }
}

/// What a strike contributes to SABR's formulas whatever α, ρ and ν are.
struct SABRPoint {
  /// ln(F/K) of the shifted prices: positive below the forward.
  let logMoneyness: Double
  /// (FK)^((1-β)/2).
  let power: Double
  /// 1 + (1-β)²/24 ln² + (1-β)⁴/1920 ln⁴.
  let denominator: Double

  init?(_ smile: SABR, strike: Double) {
    self.init(forward: smile.forward + smile.shift, strike: strike + smile.shift, beta: smile.beta)
  }

  /// - Parameters: shifted prices.
  init?(forward: Double, strike: Double, beta: Double) {
    guard forward > 0, strike > 0, forward < .infinity, strike < .infinity else { return nil }
    let logarithm = ElementaryTables.shared.logRatio(forward, strike).rounded
    let distance = (1 - beta) * (1 - beta) * logarithm * logarithm
    logMoneyness = logarithm
    power = beta == 1 ? 1 : Portable.exp((1 - beta) * (Portable.log(strike) + logarithm / 2))
    denominator = 1 + distance * (1.0 / 24 + distance / 1920)
  }
}

/// sinh(y)/y.
func hyperbolicSineRatio(_ y: Double) -> Double {
  let size = abs(y)
  if size < 0.3 {
    let square = y * y
    let high = 1.0 / 5040 + square * (1.0 / 362_880 + square / 39_916_800)
    return 1 + square * (1.0 / 6 + square * (1.0 / 120 + square * high))
  }
  let rise = Portable.expm1(size)
  return (rise + rise / (rise + 1)) / (2 * size)
}
