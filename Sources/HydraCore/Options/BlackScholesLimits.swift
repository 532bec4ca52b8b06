import HydraNumerics

/// The formula of Black, Scholes and Merton where it is a limit, where its parts leave the range of doubles, and the
/// inputs that it refuses.
enum BlackScholesLimits {
  /// Whether the kernel applies: positive inputs whose discounted values are normal numbers, and a normal s = σ√T.
  @inline(__always)
  static func isOrdinary<L: DoubleLanes>(spot: L, strike: L, years: L, volatility: L, rate: L, yield: L) -> L.Flags {
    let (low, high) = (L(all: 1e-200), L(all: 1e200))
    let prices = L.both(
      L.both(L.less(low, spot), L.less(spot, high)), L.both(L.less(low, strike), L.less(strike, high)))
    let longest = L(all: 200)
    let discounts = L.both(
      L.less((rate * years).absolute, longest), L.less((yield * years).absolute, longest))
    let isOrdinary = BlackLimits.isOrdinary(
      forward: spot, strike: strike, years: years, volatility: volatility, rate: rate)
    return L.both(L.both(prices, discounts), isOrdinary)
  }

  /// What is wrong with the inputs, if anything.
  static func status(
    spot: Double, strike: Double, years: Double, volatility: Double, rate: Double, yield: Double
  ) -> PriceStatus {
    if yield.isNaN { return .nanInput }
    let status = BlackLimits.status(
      forward: spot, strike: strike, years: years, volatility: volatility, rate: rate)
    return status == .ok && yield.isInfinite ? .invalid : status
  }

  /// Price and Greeks of inputs that are not ordinary; see `BlackLimits.greeks` for the limits.
  static func greeks(
    _ kind: OptionKind, spot: Double, strike: Double, years: Double, volatility: Double, rate: Double, yield: Double
  ) -> (SpotGreeks, PriceStatus) {
    let status = status(spot: spot, strike: strike, years: years, volatility: volatility, rate: rate, yield: yield)
    guard status == .ok else { return (SpotGreeks(all: .nan), status) }
    let s = volatility * years.squareRoot()
    let isPlain = spot > 0 && strike > 0 && spot < .infinity && strike < .infinity
    if isPlain && s >= .leastNormalMagnitude && s < .infinity && years < .infinity {
      let extreme = BlackScholesExtreme(
        kind, spot: spot, strike: strike, years: years, volatility: volatility, rate: rate, yield: yield)
      return (extreme.greeks, .ok)
    }

    let (discount, yieldDiscount) = (
      BlackLimits.discount(rate: rate, years: years), BlackLimits.discount(rate: yield, years: years)
    )
    let (asset, cash) = (product(spot, yieldDiscount), product(strike, discount))
    let gap = asset.high.isFinite && cash.high.isFinite ? (asset - cash).rounded : asset.high - cash.high
    let isWide = s == .infinity && isPlain
    let isExercised = isWide || kind.sign * gap > 0
    guard isWide || gap != 0 else {
      // At the kink derivatives do not exist; the price is 0 there.
      var result = SpotGreeks(all: .nan)
      result.greeks.price = 0
      return (result, .ok)
    }
    var result = SpotGreeks(all: 0)
    guard isExercised else { return (result, .ok) }
    let sign = kind.sign
    let hasAsset = !(isWide && kind == .put)
    let hasCash = !(isWide && kind == .call)
    result.greeks.price = isWide ? (kind == .call ? asset.rounded : cash.rounded) : abs(gap)
    if hasAsset {
      result.greeks.delta = sign * yieldDiscount.rounded
      result.greeks.charm = BlackLimits.product(yield, result.greeks.delta)
      result.psi = -sign * BlackLimits.product(years, asset.rounded)
      result.greeks.theta += sign * BlackLimits.product(yield, asset.rounded)
    }
    if hasCash {
      // The put at infinite volatility is worth its discounted strike.
      let direction = -sign
      result.greeks.dualDelta = direction * discount.rounded
      result.greeks.rho = -direction * BlackLimits.product(years, cash.rounded)
      result.greeks.theta += direction * BlackLimits.product(rate, cash.rounded)
    }
    return (result, .ok)
  }

  /// price · discount where 0 · ∞ is 0.
  private static func product(_ price: Double, _ discount: LanePair<Double>) -> LanePair<Double> {
    let isPlain = price > 1e-280 && price < 1e280 && discount.high > 1e-20 && discount.high < 1e20
    return isPlain ? discount * price : LanePair(BlackLimits.product(price, discount.rounded))
  }
}

extension SpotGreeks {
  init(all value: Double) {
    self.init(
      greeks: Greeks(
        price: value, delta: value, gamma: value, vega: value, theta: value, rho: value, vanna: value, volga: value,
        charm: value, veta: value, speed: value, zomma: value, color: value, ultima: value, dualDelta: value,
        dualGamma: value),
      psi: value)
  }
}

/// The textbook formula, for prices beyond 1e±200 and rates that discount by more than exp(±200): there nothing has to
/// be known to the last digit, but nothing may overflow on the way to a result that does not.
private struct BlackScholesExtreme {
  var greeks: SpotGreeks

  init(
    _ kind: OptionKind, spot: Double, strike: Double, years: Double, volatility: Double, rate: Double, yield: Double
  ) {
    let tables = ElementaryTables.shared
    let sign = kind.sign
    let root = years.squareRoot()
    let s = volatility * root
    let carry = rate - yield
    let x = (tables.logRatio(spot, strike) + LanePair(product: carry, years)).rounded
    // Inputs are finite, so x is; beyond 1e5 standard deviations nothing changes any more.
    let h = max(-1e5, min(x / s, 1e5))
    let t = min(0.5 * s, 1e5)
    let (d1, d2) = (h + t, h - t)
    let (logSpot, logStrike): (Double, Double) = (tables.log(spot), tables.log(strike))
    let asset = tables.exp(logSpot - yield * years)
    let cash = tables.exp(logStrike - rate * years)
    let assetPart = BlackLimits.product(Normal.cdf(sign * d1), asset)
    let cashPart = BlackLimits.product(Normal.cdf(sign * d2), cash)
    // Infinite parts of different size: the larger one is the price.
    let bothAreInfinite = assetPart == .infinity && cashPart == .infinity
    let isExercised = sign * x > 0
    let price = bothAreInfinite ? (isExercised ? .infinity : 0) : max(0, sign * (assetPart - cashPart))

    let yieldDiscount = tables.exp(-yield * years)
    let discount = tables.exp(-rate * years)
    let n = BlackLimits.product(Normal.density(d1), yieldDiscount)
    let m = BlackLimits.product(Normal.density(d2), discount)
    let g = BlackLimits.product(Normal.density(d1), asset)
    func over(_ value: Double, _ divisor: Double) -> Double { value == 0 ? 0 : value / divisor }
    func times(_ a: Double, _ b: Double) -> Double { BlackLimits.product(a, b) }
    let gamma = over(over(n, spot), s)
    let vega = g * root
    let delta = sign * times(Normal.cdf(sign * d1), yieldDiscount)
    let slide = carry / s - d2 / (2 * years)
    greeks = SpotGreeks(all: 0)
    greeks.greeks.price = price
    greeks.greeks.delta = delta
    greeks.greeks.gamma = gamma
    greeks.greeks.vega = vega
    greeks.greeks.theta = sign * times(yield, assetPart) - sign * times(rate, cashPart) - over(g * s, 2 * years)
    greeks.greeks.rho = sign * times(years, cashPart)
    greeks.psi = -sign * times(years, assetPart)
    greeks.greeks.vanna = -over(times(n, d2), volatility)
    greeks.greeks.volga = over(times(times(vega, d1), d2), volatility)
    greeks.greeks.charm = times(yield, delta) - times(n, slide)
    greeks.greeks.veta = times(vega, yield - 0.5 / years + times(d1, slide))
    greeks.greeks.speed = -over(times(gamma, 1 + d1 / s), spot)
    greeks.greeks.zomma = over(times(gamma, d1 * d2 - 1), volatility)
    greeks.greeks.color = times(gamma, yield + 0.5 / years + times(d1, slide))
    greeks.greeks.ultima = over(over(times(vega, d1 * d2 * (d1 * d2 - 1) - d1 * d1 - d2 * d2), volatility), volatility)
    greeks.greeks.dualDelta = -sign * times(Normal.cdf(sign * d2), discount)
    greeks.greeks.dualGamma = over(over(m, strike), s)
  }
}
