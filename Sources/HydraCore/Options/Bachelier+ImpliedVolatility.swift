import HydraNumerics

// Bachelier's formula inverted: s = σ√T from the value v of the out-of-the-money option and m = |F - K|.
//
// The first value is a rational function of η = y / artanh y, y = m / (m + 2v), as in Choi, Kim and Kwak; refitted here
// for every z = m/s up to 39 (largest relative error 7.4e-6), where theirs ends at prices of 1e-30 or so. Three Householder
// steps of second order on ln v follow, the residuals from pairs of doubles: after two of them the error is below 1e-17.
//
// Sources: J. Choi, K. Kim, M. Kwak, "Numerical approximation of the implied volatility under arithmetic Brownian
// motion", Applied Mathematical Finance 16 (2009) 261–268; P. Jäckel, "Implied Normal Volatility" (2017).

extension Bachelier {
  /// The normal volatility at which Bachelier's formula gives `price`; a price at intrinsic value gives 0, an infinite
  /// one ∞.
  ///
  ///     try Bachelier.impliedVolatility(of: 7.978845608028654, .call, forward: 100, strike: 100, years: 1)   // 20
  ///
  /// Accuracy: within one unit of the rounding of price, forward, strike and time, on every golden vector.
  public static func impliedVolatility(
    of price: Double, _ kind: OptionKind, forward: Double, strike: Double, years: Double, rate: Double = 0
  ) throws(ImpliedVolatilityError) -> Double {
    try invert(price, kind, forward: forward, strike: strike, years: years, rate: rate).volatility()
  }

  /// The normal volatility at which the price in a market is `price`.
  public static func impliedVolatility(
    of price: Double, _ kind: OptionKind, strike: Double, in market: FuturesOptionMarket
  ) throws(ImpliedVolatilityError) -> Double {
    try invert(
      price, kind, forward: market.forward, strike: strike, years: market.years, rate: market.rate
    ).volatility()
  }

  /// The implied normal volatilities of many discounted prices and what became of each.
  ///
  /// - Parameter threads: the result does not depend on it.
  public static func impliedVolatility(
    of prices: [Double], _ options: OptionColumns, threads: Int = 1
  ) -> ImpliedVolatilityColumns {
    precondition(options.hasOneLength, "the columns of options differ in length")
    precondition(prices.count == options.count, "\(prices.count) prices, \(options.count) options")
    let tables = ElementaryTables.shared
    var result = ImpliedVolatilityColumns()
    result.fill(
      from: prices, options, threads: threads,
      core: { price, sign, forward, strike, years, rate in
        let core = NormalVolatilityCore(
          tables, price: price, sign: sign, forward: forward, strike: strike, years: years, rate: rate)
        return (core.volatility, core.isOrdinary)
      },
      unusual: { price, kind, forward, strike, years, rate in
        invertUnusual(price, kind, forward: forward, strike: strike, years: years, rate: rate)
      })
    return result
  }

  private static func invert(
    _ price: Double, _ kind: OptionKind, forward: Double, strike: Double, years: Double, rate: Double
  ) -> Inversion {
    let core = NormalVolatilityCore(
      ElementaryTables.shared, price: price, sign: kind.sign, forward: forward, strike: strike, years: years, rate: rate
    )
    if core.isOrdinary { return Inversion(value: core.volatility, status: .ok) }
    return invertUnusual(price, kind, forward: forward, strike: strike, years: years, rate: rate)
  }

  /// Inverts prices that the core leaves out: extreme ones, those at their bounds, and those without an answer.
  private static func invertUnusual(
    _ price: Double, _ kind: OptionKind, forward: Double, strike: Double, years: Double, rate: Double
  ) -> Inversion {
    if price.isNaN || forward.isNaN || strike.isNaN || years.isNaN || rate.isNaN {
      return Inversion(value: .nan, status: .nanInput)
    }
    let discount = BlackLimits.discount(rate: rate, years: years)
    // Beyond half of the largest double differences overflow.
    let isFinite = abs(forward) < 0x1p1022 && abs(strike) < 0x1p1022 && years < .infinity && discount.high < .infinity
    guard years >= 0, rate.isFinite, isFinite, discount.high > 0 else {
      return Inversion(value: .nan, status: .invalid)
    }

    let gap = LanePair(sum: forward, -strike)
    let payoff = kind == .call ? gap : -gap
    let intrinsic = payoff.high > 0 ? payoff : LanePair(0)
    let floor = (intrinsic * discount).rounded
    if price < floor { return Inversion(value: .nan, status: .belowIntrinsic, gap: floor - price) }
    if price == floor { return Inversion(value: 0, status: .okZeroVolatility) }
    if price == .infinity { return Inversion(value: .infinity, status: .atMaximum) }
    guard years > 0 else { return Inversion(value: .nan, status: .invalid) }

    let isDiscounted = discount.high != 1 || discount.low != 0
    let undiscounted =
      isDiscounted
      ? LanePair.quotient(LanePair(price), discount, reciprocal: 1 / discount.high) : LanePair(price)
    let value = undiscounted - intrinsic
    // Rounding may move a price beside the bound onto it.
    guard value.high > 0 else { return Inversion(value: 0, status: .okZeroVolatility) }
    guard value.high < .infinity else { return Inversion(value: .nan, status: .invalid) }
    return Inversion(value: spread(value: value, size: gap.high < 0 ? -gap : gap), years: years)
  }

  /// s for an out-of-the-money value and a distance from the strike, both in a unit of their own order.
  private static func spread(value: LanePair<Double>, size: LanePair<Double>) -> LanePair<Double> {
    // √(2π), for an option at the money.
    let atTheMoney = LanePair<Double>(all: 2.5066282746310007, -1.8328579980459167e-16)
    guard size.high > 0 else {
      let (unit, back) = powers(value.high)
      return (value.scaled(unit) * atTheMoney).scaled(back)
    }
    let (unit, back) = powers(max(size.high, value.high))
    let m = size.scaled(unit)
    // Values of less than 2^-900 m are held 2^512 times larger; subnormal numbers keep their digits that way.
    let isScaled = value.high * unit < 0x1p-900
    let v = value.scaled(unit).scaled(isScaled ? 0x1p512 : 1)
    let (v0, whole) = isScaled ? (0, m.high) : (v.high, m.high + v.high)
    let exponent = isScaled ? ImpliedVolatilityProblem.logOfScale : nil

    let tables = ElementaryTables.shared
    // artanh y = ln((m + v)/v) / 2; it loses digits to cancellation below y = 1e-4, where η is 1 - y²/3.
    let y = m.high / (m.high + 2 * v0)
    let logRatio = tables.logRatio(whole, v.high).rounded + (isScaled ? ImpliedVolatilityProblem.logOfScale.high : 0)
    let eta = y < 1e-4 ? 1 - y * y / 3 : 2 * y / logRatio
    var s = 1.2533141373155003 * (m.high + 2 * v0) * eta.squareRoot() * firstGuess(eta)

    var step = 0.0
    for round in 0..<3 {
      let spread = Spread(s: LanePair(s))
      let terms = BachelierTerms(tables, gap: m, spread: spread, exponent: exponent)
      let difference = terms.outsideValue - v
      let miss = difference.rounded / v.high
      // ln(v(s)/v), from the pair where it is small; v' / v and v'' / v'.
      let residual =
        abs(miss) < 1e-3
        ? miss * (1 - miss * (0.5 - miss / 3)) : tables.logRatio(terms.outsideValue.high, v.high).rounded
      let slope = terms.density.high / terms.outsideValue.high
      let newton = -residual / slope
      let second = terms.z.high * terms.z.high / s - slope
      step = newton / max(0.5, 1 + 0.5 * second * newton)
      if round < 2 { s += step }
    }
    return LanePair(ordered: s, step).scaled(back)
  }

  /// A power of two that brings `size` near 1, and its reciprocal.
  private static func powers(_ size: Double) -> (Double, Double) {
    let exponent = max(-1020, min(1020, Int(size.exponent)))
    return (
      Double(sign: .plus, exponent: -exponent, significand: 1), Double(sign: .plus, exponent: exponent, significand: 1)
    )
  }

  /// s / [√(π/2) (m + 2v) √η] for η in (0.0026, 1].
  @inline(__always)
  static func firstGuess<L: DoubleLanes>(_ eta: L) -> L {
    @inline(__always) func times(_ sum: L, _ constant: Double) -> L { L.multiplyAdd(sum, eta, L(all: constant)) }
    let top = times(
      times(
        times(times(times(L(all: 5035.810045468197), 3168.968685149668), 916.4076979846957), 565.1472714620932),
        47.18490190492711), 0.39916863499067934)
    let bottom = times(
      times(
        times(times(times(L(all: 1501.719490330602), 6552.917314338018), 395.1934056164046), 1167.94349468843),
        115.21210588697014), 1)
    return top / bottom
  }
}
