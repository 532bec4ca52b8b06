import HydraNumerics

extension BlackScholes {
  /// The volatility at which the formula gives `price`; a price at intrinsic value gives 0, one at the upper bound (the
  /// discounted spot for a call, strike for a put) ∞.
  ///
  /// Accuracy and method are those of `Black76.impliedVolatility`, with S exp(-qT) and K exp(-rT) in place of forward and
  /// strike.
  public static func impliedVolatility(
    of price: Double, _ kind: OptionKind, spot: Double, strike: Double, years: Double, rate: Double,
    dividendYield: Double = 0
  ) throws(ImpliedVolatilityError) -> Double {
    try invert(
      price, kind, spot: spot, strike: strike, years: years, rate: rate, yield: dividendYield
    ).volatility()
  }

  /// The volatility at which the price in a market is `price`.
  public static func impliedVolatility(
    of price: Double, _ kind: OptionKind, strike: Double, in market: SpotOptionMarket
  ) throws(ImpliedVolatilityError) -> Double {
    try impliedVolatility(
      of: price, kind, spot: market.spot, strike: strike, years: market.years, rate: market.rate,
      dividendYield: market.dividendYield)
  }

  /// The implied volatilities of many prices and what became of each.
  ///
  /// - Parameter threads: the result does not depend on it.
  public static func impliedVolatility(
    of prices: [Double], _ options: SpotOptionColumns, threads: Int = 1
  ) -> ImpliedVolatilityColumns {
    precondition(options.hasOneLength, "the columns of options differ in length")
    precondition(prices.count == options.count, "\(prices.count) prices, \(options.count) options")
    return ImpliedVolatilityColumns(count: options.count, threads: threads) { index in
      invert(
        prices[index], options.kinds[index], spot: options.spots[index], strike: options.strikes[index],
        years: options.years[index], rate: options.rates[index], yield: options.dividendYields[index])
    }
  }

  static func invert(
    _ price: Double, _ kind: OptionKind, spot: Double, strike: Double, years: Double, rate: Double, yield: Double
  ) -> Inversion {
    if price.isNaN || spot.isNaN || strike.isNaN || years.isNaN || rate.isNaN || yield.isNaN {
      return Inversion(value: .nan, status: .nanInput)
    }
    let isInside = spot >= 0 && strike >= 0 && years >= 0
    guard isInside, spot < .infinity, strike < .infinity, years < .infinity, rate.isFinite, yield.isFinite else {
      return Inversion(value: .nan, status: .invalid)
    }
    let asset = BlackLimits.discount(rate: yield, years: years) * spot
    let cash = BlackLimits.discount(rate: rate, years: years) * strike
    guard asset.high < .infinity, cash.high < .infinity, spot == 0 || asset.high > 0, strike == 0 || cash.high > 0
    else {
      return Inversion(value: .nan, status: .invalid)
    }

    let payoff = kind == .call ? asset - cash : cash - asset
    let intrinsic = payoff.high > 0 ? payoff : LanePair(0)
    let floor = intrinsic.rounded
    let ceiling = kind == .call ? asset.rounded : cash.rounded
    if price < floor { return Inversion(value: .nan, status: .belowIntrinsic, gap: floor - price) }
    if price > ceiling { return Inversion(value: .nan, status: .aboveMaximum, gap: price - ceiling) }
    if price == floor { return Inversion(value: 0, status: .okZeroVolatility) }
    if price == ceiling { return Inversion(value: .infinity, status: .atMaximum) }
    guard years > 0 else { return Inversion(value: .nan, status: .invalid) }

    let tables = ElementaryTables.shared
    let x = tables.logRatio(spot, strike) + LanePair(sum: rate, -yield) * years
    let problem = ImpliedVolatilityProblem(
      outside: LanePair(price) - intrinsic, near: x.high > 0 ? cash : asset,
      x: x.high > 0 ? -x : x)
    guard problem.value.high > 0 else { return Inversion(value: 0, status: .okZeroVolatility) }
    guard problem.complement.high > 0 else { return Inversion(value: .infinity, status: .atMaximum) }
    return Inversion(value: problem.solution(tables), years: years)
  }
}
