import HydraNumerics

extension American {
  /// The volatility at which an American option on a spot price is worth `price`.
  ///
  /// A price at intrinsic value gives 0 (every volatility up to that at which exercise begins gives this price), one at
  /// the upper bound (the strike of a put, the spot of a call) ∞. Accuracy: that of the `accurate` price over vega.
  ///
  /// - Complexity: some 100 µs.
  public static func impliedVolatility(
    of price: Double, _ kind: OptionKind, spot: Double, strike: Double, years: Double, rate: Double,
    dividendYield: Double = 0
  ) throws(ImpliedVolatilityError) -> Double {
    try AmericanInversion.invert(
      price,
      AmericanProblem(
        kind: kind, spot: spot, strike: strike, years: years, volatility: 0, rate: rate, yield: dividendYield)
    ).volatility()
  }

  /// The volatility at which an American option on a futures contract is worth `price`: Black's formula with it gives the
  /// European price that belongs to the American quote.
  ///
  ///     let market = FuturesOptionMarket(forward: 362.25, rate: 0.043, years: 0.21)
  ///     let volatility = try American.impliedVolatility(of: 25, .put, strike: 370, in: market)
  ///     Black76.price(.put, strike: 370, volatility: volatility, in: market)   // below 25
  public static func impliedVolatility(
    of price: Double, _ kind: OptionKind, strike: Double, in market: FuturesOptionMarket
  ) throws(ImpliedVolatilityError) -> Double {
    try AmericanInversion.invert(
      price,
      AmericanProblem(
        kind: kind, spot: market.forward, strike: strike, years: market.years, volatility: 0, rate: market.rate,
        yield: market.rate, isFutures: true)
    ).volatility()
  }

  /// The volatility at which an American option in a spot market is worth `price`.
  public static func impliedVolatility(
    of price: Double, _ kind: OptionKind, strike: Double, in market: SpotOptionMarket
  ) throws(ImpliedVolatilityError) -> Double {
    try impliedVolatility(
      of: price, kind, spot: market.spot, strike: strike, years: market.years, rate: market.rate,
      dividendYield: market.dividendYield)
  }

  /// The implied volatilities of many American prices of options on futures and what became of each.
  ///
  /// - Parameter threads: the result does not depend on it.
  public static func impliedVolatility(
    of prices: [Double], _ options: OptionColumns, threads: Int = 1
  ) -> ImpliedVolatilityColumns {
    invert(prices, options.problems(Array(repeating: 0, count: options.count)), threads: threads)
  }

  /// The implied volatilities of many American prices of options on spot prices and what became of each.
  ///
  /// - Parameter threads: the result does not depend on it.
  public static func impliedVolatility(
    of prices: [Double], _ options: SpotOptionColumns, threads: Int = 1
  ) -> ImpliedVolatilityColumns {
    invert(prices, options.problems(Array(repeating: 0, count: options.count)), threads: threads)
  }

  private static func invert(
    _ prices: [Double], _ problems: [AmericanProblem], threads: Int
  ) -> ImpliedVolatilityColumns {
    precondition(prices.count == problems.count, "\(prices.count) prices, \(problems.count) options")
    let inversions = parallelMap(problems.count, threads: threads) {
      AmericanInversion.invert(prices[$0], problems[$0])
    }
    return ImpliedVolatilityColumns(volatilities: inversions.map(\.value), statuses: inversions.map(\.status))
  }
}
