import HydraNumerics

/// One expiry of SSVI: three parameters, with closed conditions that exclude butterfly arbitrage.
///
/// ```
/// w(k) = θ/2 {1 + ρφk + √[(φk + ρ)² + 1 - ρ²]},   θ = w(0),   k = ln(K/F)
/// ```
/// Slices with their own ρ are eSSVI.
///
/// Sources: J. Gatheral, A. Jacquier, "Arbitrage-free SVI volatility surfaces", Quantitative Finance 14 (2014),
/// equation (4.1) and theorem 4.2; S. Hendriks, C. Martini, "The extended SSVI volatility surface", J. Computational
/// Finance 22 (2019).
public struct SSVISlice: Hashable, Codable, Sendable {
  /// The forward, in the unit of the strikes.
  public var forward: Double
  /// Time to expiry in years.
  public var years: Double
  /// Total variance at the money; positive.
  public var theta: Double
  /// Tilt, between -1 and 1.
  public var rho: Double
  /// Curvature; positive.
  public var phi: Double

  public init(forward: Double, years: Double, theta: Double, rho: Double, phi: Double) {
    (self.forward, self.years, self.theta, self.rho, self.phi) = (forward, years, theta, rho, phi)
  }

  /// θφ(1 + |ρ|), below 4 without butterfly arbitrage (necessary and sufficient in the wings).
  public var firstCondition: Double { theta * phi * (1 + abs(rho)) }

  /// θφ²(1 + |ρ|), at most 4 without butterfly arbitrage.
  public var secondCondition: Double { theta * phi * phi * (1 + abs(rho)) }

  /// Whether theorem 4.2's sufficient conditions exclude butterfly arbitrage at every strike.
  public var isButterflyFree: Bool { firstCondition < 4 && secondCondition <= 4 }

  /// The same smile as raw SVI.
  public var raw: SVI {
    let rest = (1 - rho) * (1 + rho)
    return SVI(
      forward: forward, years: years, a: theta * rest / 2, b: theta * phi / 2, rho: rho, m: -rho / phi,
      sigma: rest.squareRoot() / phi)
  }

  /// Whether total variance at every log-moneyness is at least that of a nearer slice: the sufficient conditions of
  /// Hendriks and Martini (proposition 3.1), θ₂ ≥ θ₁, θ₂φ₂ ≥ θ₁φ₁ and |θ₂φ₂ρ₂ - θ₁φ₁ρ₁| ≤ θ₂φ₂ - θ₁φ₁, with θ₂φ₂² ≥ …
  /// replaced by the exact comparison of the two hyperbolas where the curvature rises.
  public func isCalendarFree(after near: SSVISlice) -> Bool {
    let (psi, nearPsi) = (theta * phi, near.theta * near.phi)
    guard theta >= near.theta, psi - nearPsi >= abs(psi * rho - nearPsi * near.rho) else { return false }
    return phi <= near.phi || CalendarCheck(near: near.raw, far: raw).isFree
  }
}

extension SSVISlice: VolatilitySmile {
  /// The Black volatility; NaN where the strike is not positive.
  public func volatility(atStrike strike: Double) -> Double {
    guard strike > 0 else { return .nan }
    let k = ElementaryTables.shared.logRatio(strike, forward).rounded
    return (totalVariance(atLogMoneyness: k).value / years).squareRoot()
  }

  /// w and its exact derivatives.
  public func totalVariance(atLogMoneyness k: Double) -> TotalVariance {
    let rest = (1 - rho) * (1 + rho)
    let moved = phi * k + rho
    let root = (moved * moved + rest).squareRoot()
    return TotalVariance(
      value: theta / 2 * (1 + rho * phi * k + root), slope: theta * phi / 2 * (rho + moved / root),
      curvature: theta * phi * phi / 2 * rest / (root * root * root))
  }
}

/// A whole surface of SSVI: one tilt, and curvature as a function of the variance at the money.
public struct SSVI: Hashable, Codable, Sendable {
  /// How curvature falls with the total variance at the money.
  public enum Curvature: Hashable, Codable, Sendable {
    /// φ(θ) = [1 - (1 - e^(-λθ))/(λθ)]/(λθ) (example 4.1).
    case heston(lambda: Double)
    /// φ(θ) = η / [θ^γ (1 + θ)^(1-γ)] (remark 4.4).
    case powerLaw(eta: Double, gamma: Double)

    /// φ at a total variance θ > 0.
    public func callAsFunction(_ theta: Double) -> Double {
      switch self {
      case .heston(let lambda):
        let x = lambda * theta
        if x < 0.3 {
          // [x - 1 + e⁻ˣ]/x² as its series: the difference would cancel.
          var (term, sum) = (0.5, 0.5)
          for n in 3...14 {
            term *= -x / Double(n)
            sum += term
          }
          return sum
        }
        return (1 + Portable.expm1(-x) / x) / x
      case .powerLaw(let eta, let gamma):
        return eta / (Portable.pow(theta, gamma) * Portable.pow(1 + theta, 1 - gamma))
      }
    }
  }

  /// Tilt, between -1 and 1.
  public var rho: Double
  public var curvature: Curvature

  public init(rho: Double, curvature: Curvature) {
    (self.rho, self.curvature) = (rho, curvature)
  }

  /// The slice of an expiry with total variance θ at the money.
  public func slice(forward: Double, years: Double, theta: Double) -> SSVISlice {
    SSVISlice(forward: forward, years: years, theta: theta, rho: rho, phi: curvature(theta))
  }

  /// Whether no maturity has butterfly arbitrage: λ ≥ (1 + |ρ|)/4 (Heston-like), η (1 + |ρ|) ≤ 2 (power law).
  public var isButterflyFree: Bool {
    switch curvature {
    case .heston(let lambda): lambda >= (1 + abs(rho)) / 4
    case .powerLaw(let eta, let gamma): eta * (1 + abs(rho)) <= 2 && gamma > 0 && gamma <= 0.5
    }
  }
}
