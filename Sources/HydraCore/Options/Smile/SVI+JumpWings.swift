import HydraNumerics

extension SVI {
  /// What traders see of a smile, per year and comparable between expiries.
  public struct JumpWings: Hashable, Codable, Sendable {
    /// Variance at the money, σ²(0).
    public var variance: Double
    /// Skew at the money, ∂√w/∂k.
    public var skew: Double
    /// Slope of the put wing over √w(0).
    public var putSlope: Double
    /// Slope of the call wing over √w(0).
    public var callSlope: Double
    /// The least variance of the smile, per year.
    public var leastVariance: Double

    public init(variance: Double, skew: Double, putSlope: Double, callSlope: Double, leastVariance: Double) {
      (self.variance, self.skew, self.leastVariance) = (variance, skew, leastVariance)
      (self.putSlope, self.callSlope) = (putSlope, callSlope)
    }
  }

  /// The smile's jump wings (Gatheral and Jacquier, equation 3.5).
  public var jumpWings: JumpWings {
    let centre = variance(0)
    let root = centre.squareRoot()
    let vertex = (m * m + sigma * sigma).squareRoot()
    return JumpWings(
      variance: centre / years, skew: b / (2 * root) * (rho - m / vertex), putSlope: b * (1 - rho) / root,
      callSlope: b * (1 + rho) / root, leastVariance: leastVariance / years)
  }

  /// The smile with these jump wings; nil where no hyperbola has them.
  ///
  /// With b = ½ √w (p + c), ρ = 1 - p √w / b and β = ρ - 2ψ√w / b = m/√(m² + σ²), the vertex lies at
  ///
  /// ```
  /// m = (v - v_min) T / { b [-ρ + sign(α) √(1 + α²) - α √(1 - ρ²)] },   α = σ/m = sign(β) √(1/β² - 1)
  /// ```
  /// (lemma 3.2), where the denominator is written without the division by a vanishing β: with β = cos φ, the bracket
  /// times m is √(m² + σ²) [1 - ρβ - √(1-ρ²)√(1-β²)].
  public init?(forward: Double, years: Double, jumpWings p: JumpWings) {
    guard p.variance > 0, years > 0, p.leastVariance <= p.variance, p.putSlope >= 0, p.callSlope >= 0 else {
      return nil
    }
    let root = (p.variance * years).squareRoot()
    let b = root * (p.putSlope + p.callSlope) / 2
    guard b > 0 else {
      guard p.skew == 0 else { return nil }
      self.init(forward: forward, years: years, a: p.variance * years, b: 0, rho: 0, m: 0, sigma: 1)
      return
    }
    let rho = (p.callSlope - p.putSlope) / (p.callSlope + p.putSlope)
    let beta = rho - 2 * p.skew * root / b
    guard abs(beta) < 1 else { return nil }
    let (restRho, restBeta) = (((1 - rho) * (1 + rho)).squareRoot(), ((1 - beta) * (1 + beta)).squareRoot())
    // 1 - cos(φ_ρ - φ_β) = (ρ - β)² / (1 - ρβ + …): no cancellation as the vertex nears the money.
    let difference = 1 - rho * beta - restRho * restBeta
    let stable = (rho - beta) * (rho - beta) / (1 - rho * beta + restRho * restBeta)
    let radius = (p.variance - p.leastVariance) * years / (b * (difference > 0.5 ? difference : stable))
    guard radius > 0, radius < .infinity else { return nil }
    let sigma = radius * restBeta
    self.init(
      forward: forward, years: years, a: p.leastVariance * years - b * sigma * restRho, b: b, rho: rho,
      m: radius * beta, sigma: sigma)
  }
}
