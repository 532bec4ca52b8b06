import HydraNumerics

extension BlackScholes {
  /// The prices of many options: eight at a time, with the same bits as the single call.
  ///
  /// - Parameter threads: the result does not depend on it.
  public static func price(
    _ options: SpotOptionColumns, volatilities: [Double], threads: Int = 1
  ) -> PriceColumns {
    let result = evaluate(options, volatilities, threads: threads, columns: 1) { tables, signs, input, store in
      let terms = BlackScholesTerms(
        tables, spot: input[0], strike: input[1], years: input[2], volatility: input[3], rate: input[4],
        yield: input[5])
      store(0, terms.value(tables, sign: signs).rounded)
    }
    return PriceColumns(prices: result.columns[0], statuses: PriceStatus.checked(result.statuses, result.columns[0]))
  }

  /// The prices, all Greeks and psi of many options: eight at a time, with the same bits as the single call.
  ///
  /// - Parameter threads: the result does not depend on it.
  public static func greeks(
    _ options: SpotOptionColumns, volatilities: [Double], threads: Int = 1
  ) -> SpotGreekColumns {
    let count = 2 + Greeks.Name.allCases.count
    var result = evaluate(options, volatilities, threads: threads, columns: count) { tables, signs, input, store in
      let values = BlackScholesGreeks(
        tables, sign: signs, spot: input[0], strike: input[1], years: input[2], volatility: input[3], rate: input[4],
        yield: input[5])
      values.forEachColumnWithPsi { store($0, $1) }
    }
    let psis = result.columns.removeLast()
    let prices = result.columns.removeFirst()
    return SpotGreekColumns(
      greeks: GreekColumns(
        prices: prices, statuses: PriceStatus.checked(result.statuses, prices), sensitivities: result.columns),
      psis: psis)
  }

  @inline(__always)
  private static func evaluate(
    _ options: SpotOptionColumns, _ volatilities: [Double], threads: Int, columns: Int,
    _ kernel: @Sendable (ElementaryTables, SIMD8<Double>, [SIMD8<Double>], LaneSink) -> Void
  ) -> (columns: [[Double]], statuses: [PriceStatus]) {
    precondition(options.hasOneLength, "the columns of options differ in length")
    precondition(volatilities.count == options.count, "\(volatilities.count) volatilities, \(options.count) options")
    let tables = ElementaryTables.shared
    return LaneBlocks.evaluate(
      options.kinds,
      [options.spots, options.strikes, options.years, volatilities, options.rates, options.dividendYields],
      harmless: [1, 1, 1, 1, 0, 0], columns: columns, threads: threads
    ) { input in
      BlackScholesLimits.isOrdinary(
        spot: input[0], strike: input[1], years: input[2], volatility: input[3], rate: input[4], yield: input[5])
    } kernel: { signs, input, store in
      kernel(tables, signs, input, store)
    } limit: { kind, row in
      let (values, status) = BlackScholesLimits.greeks(
        kind, spot: row[0], strike: row[1], years: row[2], volatility: row[3], rate: row[4], yield: row[5])
      return ([values.price] + Greeks.Name.allCases.map { values[$0] } + [values.psi], status)
    }
  }
}
