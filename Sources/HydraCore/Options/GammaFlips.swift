import HydraNumerics

/// The prices of the future at which the dealers' gamma would change its sign.
///
/// ```
/// Σ w F² Γ(F) = Σ w e^{-rT} F φ(d1) / (σ√T),   d1 = ln(F/K)/(σ√T) + σ√T/2
/// ```
/// is looked at on 601 prices from 85 to 115 % of today's; between two of different sign lies a level, which Brent's
/// method finds to the last digits. Options on several futures move in proportion.
struct GammaFlips {
  private(set) var levels: [Double] = []

  private static let steps = 600

  private struct Term {
    /// ln(F/K) today, σ√T and w e^{-rT} F / (σ√T √2π).
    var moneyness, spread, weight: Double
  }

  init(_ positions: [DealerExposure.Position], convention: DealerConvention) {
    let open = positions.filter { $0.openInterest > 0 && $0.years > 0 && $0.volatility > 0 }
    guard let forward = open.min(by: { $0.years < $1.years })?.forward else { return }
    let terms = open.map { position in
      let spread = position.volatility * position.years.squareRoot()
      let discounted = position.forward * Portable.exp(-position.rate * position.years)
      return Term(
        moneyness: Portable.log(position.forward / position.strike), spread: spread,
        weight: convention.sign(position.kind) * position.openInterest * discounted * 0.3989422804014327 / spread)
    }
    func gamma(_ price: Double) -> Double {
      let ratio = price / forward
      let shift = Portable.log(ratio)
      return terms.reduce(0) { sum, term in
        let d1 = (term.moneyness + shift) / term.spread + 0.5 * term.spread
        return sum + term.weight * ratio * Portable.exp(-0.5 * d1 * d1)
      }
    }
    func price(_ step: Int) -> Double { forward * (0.85 + 0.3 * Double(step) / Double(Self.steps)) }
    var before = gamma(price(0))
    if before == 0 { levels.append(price(0)) }
    for step in 1...Self.steps {
      let value = gamma(price(step))
      if value == 0 {
        levels.append(price(step))
      } else if before != 0, (before < 0) != (value < 0) {
        if let root = try? RootFinding.brent(in: price(step - 1)...price(step), gamma).x { levels.append(root) }
      }
      before = value
    }
  }
}
