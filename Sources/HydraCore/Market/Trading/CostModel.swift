import HydraNumerics

/// The expected cost of trading at once in a market without a visible book.
///
/// ```
/// cost(Q) = [ spread/2 · m + Y · σ_D · (Q/ADV)^δ · g ] · multiplier        price units per contract
/// ```
/// `Q` contracts, `ADV` average contracts a day, `σ_D` standard deviation of a day's price change in price units, both
/// as known when trading. `m` and `g` are multipliers of the session; 1 stands for the day session. A back-test is run
/// at several `multiplier`s, see ``percentileMultiplier(_:)``, for nobody knows the cost of an unquoted market exactly.
///
/// With δ = 1/2 this is the square-root law; Y near 1 holds over many markets.
///
/// Source: B. Tóth et al., "Anomalous price impact and the critical nature of liquidity in financial markets",
/// Physical Review X 1 (2011) 021006, equation 1.
public struct CostModel: Hashable, Codable, Sendable {
  /// Half of the full bid-ask spread, in price units.
  public var halfSpread: Double
  /// m: multiplies the half-spread.
  public var spreadMultiplier = 1.0
  /// Y, without unit.
  public var impactCoefficient = 0.8
  /// δ in (0, 1].
  public var impactExponent = 0.5
  /// g: multiplies the impact.
  public var impactMultiplier = 1.0
  /// Multiplies the whole cost; 1 is the expected cost.
  public var multiplier = 1.0

  /// Cost in price units per contract.
  public struct Estimate: Hashable, Codable, Sendable {
    public var halfSpread: Double
    public var impact: Double
    public var total: Double { halfSpread + impact }

    public init(halfSpread: Double, impact: Double) {
      self.halfSpread = halfSpread
      self.impact = impact
    }
  }

  public init(halfSpread: Double) { self.halfSpread = halfSpread }

  public init(_ instrument: Instrument) { self.init(halfSpread: instrument.halfSpread) }

  /// The expected cost of one side of `lots` contracts, in price units per contract.
  ///
  ///     var cost = CostModel(halfSpread: 0.98)                   // oats, cents a bushel
  ///     cost.expected(lots: 4, averageDailyVolume: 400, dailyVolatility: 7).total      // 1.54: 0.98 + 0.8 · 7 · 0.1
  public func expected(lots: Int, averageDailyVolume: Double, dailyVolatility: Double) -> Estimate {
    let share = Double(lots) / averageDailyVolume
    let power = impactExponent == 0.5 ? share.squareRoot() : Portable.pow(share, impactExponent)
    return Estimate(
      halfSpread: halfSpread * spreadMultiplier * multiplier,
      impact: impactCoefficient * dailyVolatility * power * impactMultiplier * multiplier)
  }

  /// The multiplier of the cost's `percentile` (0.05, 0.5, 0.95), the logarithm of the cost being normal.
  ///
  /// ```
  /// exp(0.4 · Φ⁻¹(percentile))          0.52 at 5 %, 1 at 50 %, 1.93 at 95 %
  /// ```
  /// 0.4 makes 90 % of a recorded spread of 7.8 ticks lie in 4…15 ticks, the range seen in oats by day and night.
  public static func percentileMultiplier(_ percentile: Double) -> Double {
    precondition(percentile > 0 && percentile < 1, "the percentile is not inside 0…1: \(percentile)")
    return Portable.exp(0.4 * Portable.normalQuantile(percentile))
  }
}
