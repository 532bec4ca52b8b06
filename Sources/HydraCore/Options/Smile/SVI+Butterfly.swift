import HydraNumerics

extension SVI {
  /// The least g at any strike: a grid that is fine around the vertex and reaches a log-moneyness of 1000 to both
  /// sides, and one over ±8 √w(0); then the golden section.
  ///
  /// Together with `wingSlope` ≤ 2 (beyond the grid g goes to 1/4 - slope²/16) this is about all strikes, where
  /// `butterfly(over:)` is about a range.
  public func butterflyEverywhere() -> ButterflyCheck {
    let reach = 1000.0
    let span = (m - reach)...(m + reach)
    // Beside the vertex's own scale the smile has that of the price's distribution.
    let ordinary = butterfly()
    let end = Portable.log1p(2 * reach / sigma)
    func place(_ t: Double) -> Double { m + sigma * hyperbolicSine(t) }
    let low = GridMinimum(-end...end, steps: 800) { t in
      let variance = totalVariance(atLogMoneyness: place(t))
      return variance.value > 0 ? variance.butterfly(atLogMoneyness: place(t)) : -.infinity
    }
    let wing = 0.25 - wingSlope * wingSlope / 16
    if wing < min(low.value, ordinary.leastValue) {
      return ButterflyCheck(leastValue: wing, logMoneyness: rho < 0 ? -.infinity : .infinity, range: span)
    }
    return low.value < ordinary.leastValue
      ? ButterflyCheck(leastValue: low.value, logMoneyness: place(low.place), range: span)
      : ButterflyCheck(leastValue: ordinary.leastValue, logMoneyness: ordinary.logMoneyness, range: span)
  }

  /// Whether no butterfly at any strikes has a negative price.
  public var isButterflyFree: Bool {
    b >= 0 && abs(rho) <= 1 && sigma > 0 && wingSlope <= 2 && (b == 0 ? a > 0 : butterflyEverywhere().isFree)
  }

  /// The smile with the same variance and skew at the money, whose call wing and least variance are moved to SSVI's:
  /// c = p + 2ψ, v_min = v · 4pc/(p + c)². Free of butterfly arbitrage where SSVI's conditions hold.
  ///
  /// Source: Gatheral and Jacquier, section 5.1, which mends Vogt's smile so.
  public var mendedToSSVI: SVI? {
    let wings = jumpWings
    let call = wings.putSlope + 2 * wings.skew
    guard call >= 0 else { return nil }
    let both = wings.putSlope + call
    let least = wings.variance * 4 * wings.putSlope * call / (both * both)
    return SVI(
      forward: forward, years: years,
      jumpWings: JumpWings(
        variance: wings.variance, skew: wings.skew, putSlope: wings.putSlope, callSlope: call, leastVariance: least))
  }
}

/// (eᵗ - e⁻ᵗ)/2.
func hyperbolicSine(_ t: Double) -> Double { t * hyperbolicSineRatio(t) }
