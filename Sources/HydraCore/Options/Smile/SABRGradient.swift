import HydraNumerics

/// Hagan's Black volatility with its derivatives by α, ρ and ν.
struct SABRGradient<L: DoubleLanes> {
  var volatility, byAlpha, byRho, byNu: L

  /// The numbers of a parameter set that all strikes share.
  struct Shared {
    let alpha, nu, curve, skew, skewByRho, skewByNu, spread, spreadByRho, spreadByNu: Double
    let correlation: SABRCorrelation

    @inline(__always)
    init(alpha: Double, rho: Double, nu: Double, beta: Double, years: Double) {
      (self.alpha, self.nu) = (alpha, nu)
      correlation = SABRCorrelation(rho)
      let complement = 1 - beta
      curve = complement * complement / 24 * years
      let mixed = beta / 4 * years
      (skew, skewByRho, skewByNu) = (mixed * rho * nu, mixed * nu, mixed * rho)
      let width = (2 - 3 * rho * rho) / 24 * years
      (spread, spreadByRho, spreadByNu) = (width * nu * nu, -0.25 * years * rho * nu * nu, 2 * width * nu)
    }
  }

  /// - Parameters:
  ///   - distance: (FK)^((1-β)/2) ln(F/K).
  ///   - inverse: 1 / (FK)^((1-β)/2).
  ///   - leading: `inverse` over Hagan's denominator.
  @inline(__always)
  init(_ tables: ElementaryTables, _ shared: Shared, distance: L, inverse: L, leading: L) {
    let perAlpha = 1 / shared.alpha
    let z: L = distance * L(all: shared.nu * perAlpha)
    let ratio = shared.correlation.ratio(tables, z)
    let a: L = inverse * L(all: shared.alpha)
    let curve: L = a * a * L(all: shared.curve)
    let skew: L = a * L(all: shared.skew)
    let time: L = L(all: 1 + shared.spread) + (curve + skew)
    let lead: L = leading * L(all: shared.alpha)
    volatility = lead * ratio.value * time
    // ∂z/∂α = -z/α and ∂z/∂ν = z/ν.
    let fall: L = ratio.value - z * ratio.slope
    byAlpha = leading * (fall * time + ratio.value * (curve + curve + skew))
    let turn: L = a * L(all: shared.skewByRho) + L(all: shared.spreadByRho)
    byRho = lead * (ratio.correlationSlope * time + ratio.value * turn)
    let rise: L = distance * L(all: perAlpha) * ratio.slope
    let widening: L = a * L(all: shared.skewByNu) + L(all: shared.spreadByNu)
    byNu = lead * (rise * time + ratio.value * widening)
  }
}

extension SABR {
  /// The volatility at a strike (Hagan's formula) with its derivatives by the parameters.
  public struct Sensitivities: Hashable, Codable, Sendable {
    /// The Black volatility.
    public var volatility: Double
    /// ∂σ/∂α, ∂σ/∂ρ and ∂σ/∂ν.
    public var alpha, rho, nu: Double
  }

  /// Exact derivatives of Hagan's volatility by the parameters; nil where forward or strike plus the shift is not
  /// positive.
  public func sensitivities(atStrike strike: Double) -> Sensitivities? {
    guard let point = SABRPoint(self, strike: strike) else { return nil }
    let shared = SABRGradient<Double>.Shared(alpha: alpha, rho: rho, nu: nu, beta: beta, years: years)
    let gradient = SABRGradient(
      .shared, shared, distance: point.power * point.logMoneyness, inverse: 1 / point.power,
      leading: 1 / (point.power * point.denominator))
    return Sensitivities(
      volatility: gradient.volatility, alpha: gradient.byAlpha, rho: gradient.byRho, nu: gradient.byNu)
  }
}
