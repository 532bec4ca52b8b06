import HydraNumerics

/// European options on futures contracts.
///
/// ```
/// V = D [ φ F N(φ d1) - φ K N(φ d2) ],   d1,2 = ln(F/K)/(σ√T) ± σ√T/2,   φ = +1 call, -1 put,   D = exp(-rT)
/// ```
/// Prices are in the unit of `forward`; `years` is days / 365; `volatility` is per √year (0.31 = 31 %); `rate` is
/// continuously compounded per year. As `volatility` or `years` goes to zero the price goes to the discounted payoff,
/// with infinite volatility to the discounted forward (call) or strike (put). NaN and impossible inputs (a negative
/// forward, strike, time or volatility) give NaN; the batch calls say which of the two it was.
///
/// Accuracy: prices within one unit and Greeks within two of the rounding of the inputs, 2^-53 (|g| + Σ |x ∂g/∂x|),
/// in every regime of the golden vectors (prices from 1e-290, σ√T from 1e-5 to 10, |ln F/K| to 11).
///
/// Source: F. Black, "The pricing of commodity contracts", J. Financial Economics 3 (1976) 167–179.
public enum Black76 {
  /// The price of a European option on a futures contract, times `discount`.
  ///
  ///     Black76.price(.call, forward: 100, strike: 100, years: 1, volatility: 0.2)   // 7.965567455405795
  public static func price(
    _ kind: OptionKind, forward: Double, strike: Double, years: Double, volatility: Double, discount: Double = 1
  ) -> Double {
    let core = BlackCore(forward: forward, strike: strike, years: years, volatility: volatility, rate: 0.0)
    if core.isOrdinary { return core.value(sign: kind.sign, discount: LanePair(discount)) }
    guard BlackLimits.isOrdinary(forward: forward, strike: strike, years: years, volatility: volatility, rate: 0) else {
      let (limit, _) = BlackLimits.greeks(
        kind, forward: forward, strike: strike, years: years, volatility: volatility, rate: 0)
      return limit.price * discount
    }
    let tables = ElementaryTables.shared
    let terms = BlackTerms(tables, forward: forward, strike: strike, years: years, volatility: volatility)
    return (terms.value(tables, sign: kind.sign) * discount).rounded
  }

  /// The price, discounted at a continuously compounded rate.
  public static func price(
    _ kind: OptionKind, forward: Double, strike: Double, years: Double, volatility: Double, rate: Double
  ) -> Double {
    let core = BlackCore(forward: forward, strike: strike, years: years, volatility: volatility, rate: rate)
    if core.isOrdinary { return core.value(sign: kind.sign, discount: core.discount) }
    return unusualGreeks(
      kind, forward: forward, strike: strike, years: years, volatility: volatility, rate: rate
    ).0.price
  }

  /// The discounted price in a market.
  public static func price(
    _ kind: OptionKind, strike: Double, volatility: Double, in market: FuturesOptionMarket
  ) -> Double {
    price(
      kind, forward: market.forward, strike: strike, years: market.years, volatility: volatility, rate: market.rate)
  }

  /// The price and all sensitivities in one pass: one logarithm, two exponentials, two Mills ratios.
  public static func greeks(
    _ kind: OptionKind, forward: Double, strike: Double, years: Double, volatility: Double, rate: Double = 0
  ) -> Greeks {
    let core = BlackCore(forward: forward, strike: strike, years: years, volatility: volatility, rate: rate)
    guard core.isOrdinary else {
      return unusualGreeks(
        kind, forward: forward, strike: strike, years: years, volatility: volatility, rate: rate
      ).0
    }
    return Greeks(
      BlackGreeks(
        core, sign: kind.sign, forward: forward, strike: strike, years: years, volatility: volatility, rate: rate))
  }

  /// Price and Greeks of inputs that the core leaves out: extreme ones, limits, and those without an answer.
  static func unusualGreeks(
    _ kind: OptionKind, forward: Double, strike: Double, years: Double, volatility: Double, rate: Double
  ) -> (Greeks, PriceStatus) {
    guard BlackLimits.isOrdinary(forward: forward, strike: strike, years: years, volatility: volatility, rate: rate)
    else {
      return BlackLimits.greeks(
        kind, forward: forward, strike: strike, years: years, volatility: volatility, rate: rate)
    }
    let values = BlackGreeks(
      ElementaryTables.shared, sign: kind.sign, forward: forward, strike: strike, years: years,
      volatility: volatility, rate: rate)
    return (Greeks(values), .ok)
  }

  /// The price and all sensitivities in a market.
  public static func greeks(
    _ kind: OptionKind, strike: Double, volatility: Double, in market: FuturesOptionMarket
  ) -> Greeks {
    greeks(
      kind, forward: market.forward, strike: strike, years: market.years, volatility: volatility, rate: market.rate)
  }
}
