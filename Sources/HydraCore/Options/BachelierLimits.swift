import HydraNumerics

/// Bachelier's formula where it is a limit, where its parts leave the range of doubles, and the inputs that it refuses.
enum BachelierLimits {
  /// Whether the kernel applies: finite forward and strike, s = σ√T within 1e±140, a discount within exp(±600).
  @inline(__always)
  static func isOrdinary<L: DoubleLanes>(forward: L, strike: L, years: L, volatility: L, rate: L) -> L.Flags {
    let (zero, largest) = (L(all: 0), L(all: 1e140))
    let s = volatility * years.squareRoot()
    let prices = L.both(L.less(forward.absolute, largest), L.less(strike.absolute, largest))
    let spread = L.both(L.less(L(all: 1e-140), s), L.less(s, largest))
    let inputs = L.both(
      L.both(L.less(zero, volatility), L.less(volatility, largest)),
      L.both(L.less(L(all: 1e-140), years), L.less(years, largest)))
    return L.both(L.both(prices, spread), L.both(inputs, L.less((rate * years).absolute, L(all: 200))))
  }

  /// What is wrong with the inputs, if anything. Forward and strike may be negative.
  static func status(
    forward: Double, strike: Double, years: Double, volatility: Double, rate: Double
  ) -> PriceStatus {
    if forward.isNaN || strike.isNaN || years.isNaN || volatility.isNaN || rate.isNaN { return .nanInput }
    if years < 0 || volatility < 0 || rate.isInfinite { return .invalid }
    if (forward - strike).isNaN { return .invalid }
    if (volatility == 0 && years == .infinity) || (volatility == .infinity && years == 0) { return .invalid }
    return .ok
  }

  /// Price and Greeks of inputs that are not ordinary.
  ///
  /// Without spread the option is worth its discounted payoff, with infinite spread it is worth infinitely much. Sizes
  /// beyond the kernel's range are scaled by a power of two: V is homogeneous in F, K and σ.
  static func greeks(
    _ kind: OptionKind, forward: Double, strike: Double, years: Double, volatility: Double, rate: Double
  ) -> (Greeks, PriceStatus) {
    let status = status(forward: forward, strike: strike, years: years, volatility: volatility, rate: rate)
    guard status == .ok else { return (Greeks(all: .nan), status) }
    let s = volatility * years.squareRoot()
    let discount = BlackLimits.discount(rate: rate, years: years)
    let sign = kind.sign
    let gap = forward - strike
    if s == .infinity {
      // Half of the infinitely wide distribution pays, wherever the forward is.
      var result = Greeks(all: 0)
      result.price = BlackLimits.product(discount.rounded, .infinity)
      result.delta = 0.5 * sign * discount.rounded
      result.dualDelta = -result.delta
      return (result, .ok)
    }
    guard s > 0, gap.isFinite else {
      return (payoff(kind, forward: forward, strike: strike, years: years, rate: rate, discount: discount), .ok)
    }
    let scale = scalbn(1, -Int(max(min(s.exponent, 1020), -1020)))
    let unit = Greeks(
      BachelierGreeks(
        ElementaryTables.shared, sign: sign, forward: forward * scale, strike: strike * scale, years: years,
        volatility: volatility * scale, rate: rate))
    guard unit.price.isFinite, unit.delta.isFinite else {
      return (payoff(kind, forward: forward, strike: strike, years: years, rate: rate, discount: discount), .ok)
    }
    return (unit.scaled(by: 1 / scale), .ok)
  }

  /// No spread: V = D max(±(F - K), 0), without derivatives at the kink.
  private static func payoff(
    _ kind: OptionKind, forward: Double, strike: Double, years: Double, rate: Double, discount: LanePair<Double>
  ) -> Greeks {
    let gap = LanePair(sum: forward, -strike)
    guard gap.high != 0 else {
      var result = Greeks(all: .nan)
      result.price = 0
      return result
    }
    var result = Greeks(all: 0)
    guard kind.sign * gap.high > 0 else { return result }
    let isPlain = abs(gap.high) < 1e290 && discount.high > 1e-290 && discount.high < 1e290
    let value = isPlain ? (gap * discount).rounded : BlackLimits.product(gap.high, discount.rounded)
    result.price = abs(value)
    result.delta = kind.sign * discount.rounded
    result.dualDelta = -result.delta
    result.rho = -BlackLimits.product(years, result.price)
    result.theta = BlackLimits.product(rate, result.price)
    result.charm = BlackLimits.product(rate, result.delta)
    return result
  }

  private static func scalbn(_ value: Double, _ exponent: Int) -> Double {
    Double(sign: .plus, exponent: exponent, significand: value)
  }
}

extension Greeks {
  init(all value: Double) {
    self.init(
      price: value, delta: value, gamma: value, vega: value, theta: value, rho: value, vanna: value, volga: value,
      charm: value, veta: value, speed: value, zomma: value, color: value, ultima: value, dualDelta: value,
      dualGamma: value)
  }

  /// The Greeks of the same option with forward, strike and normal volatility in a unit that is `factor` times smaller.
  func scaled(by factor: Double) -> Greeks {
    var result = self
    for part in [\Greeks.price, \.theta, \.rho] { result[keyPath: part] *= factor }
    for part in [\Greeks.gamma, \.vanna, \.volga, \.color, \.dualGamma] { result[keyPath: part] /= factor }
    for part in [\Greeks.speed, \.zomma, \.ultima] { result[keyPath: part] = result[keyPath: part] / factor / factor }
    return result
  }
}
