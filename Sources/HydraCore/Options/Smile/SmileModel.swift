/// The models that a smile can be fitted with.
public enum SmileModel: String, Hashable, Codable, CaseIterable, Sendable {
  /// `SABR` with Hagan's formula: three parameters beside β.
  case sabr
  /// Raw `SVI`: five parameters.
  case svi
  /// An `SSVISlice`: three parameters.
  case ssvi
}

/// A smile of any of the models.
public enum FittedSmile: Hashable, Codable, Sendable {
  case sabr(SABR)
  case svi(SVI)
  case ssvi(SSVISlice)

  /// The parameters' names, in the order of the values.
  public var parameters: [(name: String, value: Double)] {
    switch self {
    case .sabr(let s): [("alpha", s.alpha), ("beta", s.beta), ("rho", s.rho), ("nu", s.nu)]
    case .svi(let s): [("a", s.a), ("b", s.b), ("rho", s.rho), ("m", s.m), ("sigma", s.sigma)]
    case .ssvi(let s): [("theta", s.theta), ("rho", s.rho), ("phi", s.phi)]
    }
  }

  private var smile: any VolatilitySmile {
    switch self {
    case .sabr(let smile): smile
    case .svi(let smile): smile
    case .ssvi(let smile): smile
    }
  }
}

extension FittedSmile: VolatilitySmile {
  /// The forward of the expiry.
  public var forward: Double { smile.forward }
  /// Time to expiry in years.
  public var years: Double { smile.years }
  /// The Black volatility at a strike.
  public func volatility(atStrike strike: Double) -> Double { smile.volatility(atStrike: strike) }
  /// Total variance with its derivatives.
  public func totalVariance(atLogMoneyness k: Double) -> TotalVariance { smile.totalVariance(atLogMoneyness: k) }
}
