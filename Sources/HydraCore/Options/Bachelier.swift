import HydraNumerics

/// European options on futures contracts whose price moves by amounts, not by percentages: Bachelier's normal model.
///
/// ```
/// V = D [ φ (F - K) N(φ d) + s n(d) ],   s = σ√T,   d = (F - K)/s,   φ = +1 call, -1 put,   D = exp(-rT)
/// ```
/// Prices are in the unit of `forward`, which may be negative, as may the strike; `years` is days / 365; `volatility` is
/// in the unit of the forward per √year. Without time or volatility the price is the discounted payoff; with infinite
/// volatility it is infinite. NaN and impossible inputs (negative time or volatility) give NaN and a status.
///
/// Accuracy: price and Greeks within one unit of the rounding of the inputs, 2^-53 (|g| + Σ |x ∂g/∂x|), on every golden
/// vector.
///
/// Source: L. Bachelier, "Théorie de la spéculation", Annales scientifiques de l'É.N.S. 17 (1900) 21–86.
public enum Bachelier {
  /// The discounted price of a European option on a futures contract.
  ///
  ///     Bachelier.price(.call, forward: 100, strike: 100, years: 1, volatility: 20)   // 7.978845608028654
  public static func price(
    _ kind: OptionKind, forward: Double, strike: Double, years: Double, volatility: Double, rate: Double = 0
  ) -> Double {
    guard
      BachelierLimits.isOrdinary(forward: forward, strike: strike, years: years, volatility: volatility, rate: rate)
    else {
      return BachelierLimits.greeks(
        kind, forward: forward, strike: strike, years: years, volatility: volatility, rate: rate
      ).0.price
    }
    let tables = ElementaryTables.shared
    let terms = BachelierTerms(tables, forward: forward, strike: strike, years: years, volatility: volatility)
    return (terms.value(sign: kind.sign) * tables.exp(-LanePair(product: rate, years))).rounded
  }

  /// The discounted price in a market.
  public static func price(
    _ kind: OptionKind, strike: Double, volatility: Double, in market: FuturesOptionMarket
  ) -> Double {
    price(
      kind, forward: market.forward, strike: strike, years: market.years, volatility: volatility, rate: market.rate)
  }

  /// The price and all sensitivities in one pass.
  public static func greeks(
    _ kind: OptionKind, forward: Double, strike: Double, years: Double, volatility: Double, rate: Double = 0
  ) -> Greeks {
    guard
      BachelierLimits.isOrdinary(forward: forward, strike: strike, years: years, volatility: volatility, rate: rate)
    else {
      return BachelierLimits.greeks(
        kind, forward: forward, strike: strike, years: years, volatility: volatility, rate: rate
      ).0
    }
    return Greeks(
      BachelierGreeks(
        ElementaryTables.shared, sign: kind.sign, forward: forward, strike: strike, years: years,
        volatility: volatility, rate: rate))
  }

  /// The price and all sensitivities in a market.
  public static func greeks(
    _ kind: OptionKind, strike: Double, volatility: Double, in market: FuturesOptionMarket
  ) -> Greeks {
    greeks(
      kind, forward: market.forward, strike: strike, years: market.years, volatility: volatility, rate: market.rate)
  }

  /// The discounted prices of many options: eight at a time, with the same bits as the single call.
  ///
  /// - Parameter threads: the result does not depend on it.
  public static func price(
    _ options: OptionColumns, volatilities: [Double], threads: Int = 1
  ) -> PriceColumns {
    let result = evaluate(options, volatilities, threads: threads, columns: 1) { tables, signs, input, store in
      let terms = BachelierTerms(
        tables, forward: input[0], strike: input[1], years: input[2], volatility: input[3])
      store(0, (terms.value(sign: signs) * tables.exp(-LanePair(product: input[4], input[2]))).rounded)
    }
    return PriceColumns(prices: result.columns[0], statuses: PriceStatus.checked(result.statuses, result.columns[0]))
  }

  /// The prices and all Greeks of many options: eight at a time, with the same bits as the single call.
  ///
  /// - Parameter threads: the result does not depend on it.
  public static func greeks(
    _ options: OptionColumns, volatilities: [Double], threads: Int = 1
  ) -> GreekColumns {
    let count = 1 + Greeks.Name.allCases.count
    var result = evaluate(options, volatilities, threads: threads, columns: count) { tables, signs, input, store in
      let values = BachelierGreeks(
        tables, sign: signs, forward: input[0], strike: input[1], years: input[2], volatility: input[3],
        rate: input[4])
      values.forEachColumn { store($0, $1) }
    }
    let prices = result.columns.removeFirst()
    return GreekColumns(
      prices: prices, statuses: PriceStatus.checked(result.statuses, prices), sensitivities: result.columns)
  }

  @inline(__always)
  private static func evaluate(
    _ options: OptionColumns, _ volatilities: [Double], threads: Int, columns: Int,
    _ kernel: @Sendable (ElementaryTables, SIMD8<Double>, [SIMD8<Double>], LaneSink) -> Void
  ) -> (columns: [[Double]], statuses: [PriceStatus]) {
    precondition(options.hasOneLength, "the columns of options differ in length")
    precondition(volatilities.count == options.count, "\(volatilities.count) volatilities, \(options.count) options")
    let tables = ElementaryTables.shared
    return LaneBlocks.evaluate(
      options.kinds, [options.forwards, options.strikes, options.years, volatilities, options.rates],
      harmless: [1, 1, 1, 1, 0], columns: columns, threads: threads
    ) { input in
      BachelierLimits.isOrdinary(
        forward: input[0], strike: input[1], years: input[2], volatility: input[3], rate: input[4])
    } kernel: { signs, input, store in
      kernel(tables, signs, input, store)
    } limit: { kind, row in
      let (values, status) = BachelierLimits.greeks(
        kind, forward: row[0], strike: row[1], years: row[2], volatility: row[3], rate: row[4])
      return ([values.price] + Greeks.Name.allCases.map { values[$0] }, status)
    }
  }
}
