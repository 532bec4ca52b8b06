import HydraNumerics

/// Black's formula where it is a limit: no time, no volatility, infinite volatility, a zero or infinite price; and the
/// inputs that it refuses.
enum BlackLimits {
  /// Whether the formula itself applies: positive finite inputs with a normal s = σ√T and a finite rate.
  @inline(__always)
  static func isOrdinary<L: DoubleLanes>(forward: L, strike: L, years: L, volatility: L, rate: L) -> L.Flags {
    let (zero, infinity) = (L(all: 0), L(all: .infinity))
    let lowest = L.select(L.less(forward, strike), forward, strike)
    let positive = L.both(L.less(zero, lowest), L.both(L.less(zero, forward), L.less(zero, strike)))
    let finite = L.both(L.both(L.less(forward, infinity), L.less(strike, infinity)), L.less(rate.absolute, infinity))
    let s = volatility * years.squareRoot()
    let spread = L.both(L.not(L.less(s, L(all: Double.leastNormalMagnitude))), L.less(s, infinity))
    let inputs = L.both(L.both(L.less(zero, volatility), L.less(volatility, infinity)), L.less(years, infinity))
    return L.both(L.both(positive, finite), L.both(spread, inputs))
  }

  /// What is wrong with the inputs, if anything.
  static func status(
    forward: Double, strike: Double, years: Double, volatility: Double, rate: Double
  ) -> PriceStatus {
    if forward.isNaN || strike.isNaN || years.isNaN || volatility.isNaN || rate.isNaN { return .nanInput }
    if forward < 0 || strike < 0 || years < 0 || volatility < 0 || rate.isInfinite { return .invalid }
    if forward == .infinity && strike == .infinity { return .invalid }
    // 0 · ∞: the limit depends on the path.
    if (volatility == 0 && years == .infinity) || (volatility == .infinity && years == 0) { return .invalid }
    return .ok
  }

  /// Price and Greeks of inputs that are not ordinary.
  ///
  /// Without any spread the option is worth its discounted payoff: delta is ±D in the money, 0 out of it, and
  /// everything that needs a density is 0. At the kink F = K those derivatives do not exist: NaN. With infinite spread
  /// a call is worth the discounted forward, a put the discounted strike.
  static func greeks(
    _ kind: OptionKind, forward: Double, strike: Double, years: Double, volatility: Double, rate: Double
  ) -> (Greeks, PriceStatus) {
    let status = status(forward: forward, strike: strike, years: years, volatility: volatility, rate: rate)
    guard status == .ok else { return (flat(.nan, density: .nan), status) }
    let discount = discount(rate: rate, years: years)
    let s = volatility * years.squareRoot()
    let isWide = s == .infinity && forward > 0 && strike > 0 && forward < .infinity && strike < .infinity
    let isExercised = isWide || kind.sign * (forward - strike) > 0
    let isKink = !isWide && forward == strike

    var result = flat(isKink ? .nan : 0, density: isKink ? .nan : 0)
    let payoff: LanePair<Double> =
      switch (isWide, kind) {
      case (true, .call): LanePair(forward)
      case (true, .put): LanePair(strike)
      case (false, .call): LanePair(sum: forward, -strike)
      case (false, .put): LanePair(sum: strike, -forward)
      }
    // Pairs of finite numbers; a zero or infinite part makes the product a limit.
    let isPlain = payoff.high.isFinite && discount.high > 1e-290 && discount.high < 1e290
    let value = isPlain ? (payoff * discount).rounded : product(payoff.high, discount.high)
    result.price = isExercised ? value : 0
    result.rho = -product(years, result.price)
    guard !isKink else { return (result, .ok) }
    let movesWithForward = isExercised && !(isWide && kind == .put)
    let movesWithStrike = isExercised && !(isWide && kind == .call)
    result.delta = movesWithForward ? kind.sign * discount.rounded : 0
    result.dualDelta = movesWithStrike ? -kind.sign * discount.rounded : 0
    result.theta = product(rate, result.price)
    result.charm = product(rate, result.delta)
    return (result, .ok)
  }

  /// exp(-rT) with its rounding error; 1 where either is 0, whatever the other.
  static func discount(rate: Double, years: Double) -> LanePair<Double> {
    if rate == 0 || years == 0 { return LanePair(1) }
    let exponent = -rate * years
    guard abs(exponent) < 700 else { return LanePair(ElementaryTables.shared.exp(exponent)) }
    return ElementaryTables.shared.exp(LanePair(product: -rate, years))
  }

  /// a · b where 0 · ∞ is 0: nothing is paid or nothing is waited for.
  static func product(_ a: Double, _ b: Double) -> Double { a == 0 || b == 0 ? 0 : a * b }

  private static func flat(_ value: Double, density: Double) -> Greeks {
    Greeks(
      price: value, delta: value, gamma: density, vega: density, theta: value, rho: value, vanna: density,
      volga: density, charm: value, veta: density, speed: density, zomma: density, color: density, ultima: density,
      dualDelta: value, dualGamma: density)
  }
}
