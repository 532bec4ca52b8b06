import HydraNumerics

/// European options on spot assets that pay a continuous yield: Black and Scholes, extended by Merton.
///
/// ```
/// V = φ [S exp(-qT) N(φ d1) - K exp(-rT) N(φ d2)],   d1,2 = [ln(S/K) + (r - q) T]/(σ√T) ± σ√T/2,   φ = +1 call, -1 put
/// ```
/// Prices are in the unit of `spot`; `years` is days / 365; `volatility` is per √year; `rate` and `dividendYield` are
/// continuously compounded per year (a foreign rate for currencies). Limits and refused inputs are those of `Black76`:
/// without time or volatility the discounted payoff at the forward, with infinite volatility the discounted spot (call)
/// or strike (put), NaN and a status for NaN and impossible inputs.
///
/// Accuracy: prices within one unit and Greeks within two of the rounding of the inputs, 2^-53 (|g| + Σ |x ∂g/∂x|), in
/// every regime of the golden vectors. Beyond prices of 1e±200 and discounts of exp(±200) a plainer formula stands in,
/// with relative errors of about 1e-13 in what is not a difference.
///
/// Sources: F. Black, M. Scholes, "The pricing of options and corporate liabilities", J. Political Economy 81 (1973)
/// 637–654; R. C. Merton, "Theory of rational option pricing", Bell J. Economics 4 (1973) 141–183; the Greeks as in E. G.
/// Haug, The Complete Guide to Option Pricing Formulas, 2nd ed. (2007), ch. 2.
public enum BlackScholes {
  /// The price of a European option on a spot asset.
  ///
  ///     BlackScholes.price(.call, spot: 100, strike: 100, years: 1, volatility: 0.2, rate: 0.05)   // 10.450583572185568
  public static func price(
    _ kind: OptionKind, spot: Double, strike: Double, years: Double, volatility: Double, rate: Double,
    dividendYield: Double = 0
  ) -> Double {
    guard
      BlackScholesLimits.isOrdinary(
        spot: spot, strike: strike, years: years, volatility: volatility, rate: rate, yield: dividendYield)
    else {
      return BlackScholesLimits.greeks(
        kind, spot: spot, strike: strike, years: years, volatility: volatility, rate: rate, yield: dividendYield
      ).0.price
    }
    let tables = ElementaryTables.shared
    let terms = BlackScholesTerms(
      tables, spot: spot, strike: strike, years: years, volatility: volatility, rate: rate, yield: dividendYield)
    return terms.value(tables, sign: kind.sign).rounded
  }

  /// The price in a market.
  public static func price(
    _ kind: OptionKind, strike: Double, volatility: Double, in market: SpotOptionMarket
  ) -> Double {
    price(
      kind, spot: market.spot, strike: strike, years: market.years, volatility: volatility, rate: market.rate,
      dividendYield: market.dividendYield)
  }

  /// The price, all sensitivities and psi in one pass.
  public static func greeks(
    _ kind: OptionKind, spot: Double, strike: Double, years: Double, volatility: Double, rate: Double,
    dividendYield: Double = 0
  ) -> SpotGreeks {
    guard
      BlackScholesLimits.isOrdinary(
        spot: spot, strike: strike, years: years, volatility: volatility, rate: rate, yield: dividendYield)
    else {
      return BlackScholesLimits.greeks(
        kind, spot: spot, strike: strike, years: years, volatility: volatility, rate: rate, yield: dividendYield
      ).0
    }
    return SpotGreeks(
      BlackScholesGreeks(
        ElementaryTables.shared, sign: kind.sign, spot: spot, strike: strike, years: years, volatility: volatility,
        rate: rate, yield: dividendYield))
  }

  /// The price, all sensitivities and psi in a market.
  public static func greeks(
    _ kind: OptionKind, strike: Double, volatility: Double, in market: SpotOptionMarket
  ) -> SpotGreeks {
    greeks(
      kind, spot: market.spot, strike: strike, years: market.years, volatility: volatility, rate: market.rate,
      dividendYield: market.dividendYield)
  }
}
