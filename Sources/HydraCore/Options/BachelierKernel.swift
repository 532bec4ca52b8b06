import HydraNumerics

// Bachelier's formula on lanes: one option (Double) or eight (SIMD8<Double>) with the same bits.
//
// With m = F - K, s = σ√T and z = |m|/s the out-of-the-money option is worth, with the Mills ratio R,
//
//     v = s φ(z) - |m| Φ(-z) = s φ(z) [1 - z R(z)],
//
// and the exact |m| is added in the money. m is the exact difference of forward and strike as a pair, s and z are pairs.
// 1 - zR cancels like 1/z², less than the z²/2 that the unit of error contains through T.

/// What the price and all Greeks are made of.
struct BachelierTerms<L: DoubleLanes> {
  /// F - K and its size.
  var gap: LanePair<L>
  var size: LanePair<L>
  var spread: Spread<L>
  /// |F - K| / s, 2000 where it is more.
  var z: LanePair<L>
  var density: LanePair<L>
  var mills: LanePair<L>

  /// Inputs must be ordinary (`BachelierLimits.isOrdinary`).
  @inline(__always)
  init(_ tables: ElementaryTables, forward: L, strike: L, years: L, volatility: L) {
    let gap = LanePair(sum: forward, -strike)
    let spread = Spread(years: years, volatility: volatility)
    self.init(tables, gap: gap, spread: spread)
  }

  /// - Parameter exponent: the logarithm of a factor of the density, for values that would underflow.
  @inline(__always)
  init(_ tables: ElementaryTables, gap: LanePair<L>, spread: Spread<L>, exponent: LanePair<L>? = nil) {
    self.gap = gap
    self.spread = spread
    size = LanePair.select(L.less(gap.high, L(all: 0)), -gap, gap)
    let bound = L(all: 2000)
    let isFar = L.less(bound, size.high * spread.reciprocal)
    z = LanePair.select(
      isFar, LanePair(bound), LanePair.quotient(size, spread.s, reciprocal: spread.reciprocal))
    density = tables.normalDensity(z, exponent: exponent)
    mills = tables.millsRatio(z)
  }

  /// s φ(z) [1 - z R(z)].
  @inline(__always)
  var outsideValue: LanePair<L> {
    (density * spread.s) * (LanePair(L(all: 1)) - z * mills)
  }

  /// Where an option of this sign is in the money.
  @inline(__always)
  func isInside(sign: L) -> L.Flags { L.less(L(all: 0), gap.high * sign) }

  /// The undiscounted value of calls (sign +1) and puts (-1).
  @inline(__always)
  func value(sign: L) -> LanePair<L> {
    let value = outsideValue
    return LanePair.select(isInside(sign: sign), value + size, value)
  }
}

/// Price and all Greeks on lanes.
struct BachelierGreeks<L: DoubleLanes>: GreekLanes {
  var price, delta, gamma, vega, theta, rho, vanna, volga, charm, veta: L
  var speed, zomma, color, ultima, dualDelta, dualGamma: L

  /// Derivatives of V = D [m Φ(d) + s φ(d)] in closed form, d = m/s; those of puts by V(put) = V(call) - D m.
  @inline(__always)
  init(_ tables: ElementaryTables, sign: L, forward: L, strike: L, years: L, volatility: L, rate: L) {
    let terms = BachelierTerms(tables, forward: forward, strike: strike, years: years, volatility: volatility)
    let discount = tables.exp(-LanePair(product: rate, years))
    let (one, zero) = (LanePair(L(all: 1)), L(all: 0))
    let value = terms.value(sign: sign) * discount
    price = value.rounded

    let tail = terms.density * terms.mills
    let share = LanePair.select(terms.isInside(sign: sign), one - tail, tail)
    let slope = share * discount * sign
    delta = slope.rounded
    dualDelta = -delta

    let flow = terms.density * discount
    let s = terms.spread.s
    let curvature = LanePair.quotient(flow, s, reciprocal: terms.spread.reciprocal)
    let d = LanePair.select(L.less(terms.gap.high, zero), -terms.z, terms.z)
    let square = terms.z * terms.z
    let half = L(all: 0.5) / years
    let isAlive = L.less(zero, flow.high)
    @inline(__always) func alive(_ value: L) -> L { L.select(isAlive, value, zero) }
    gamma = alive(curvature.rounded)
    dualGamma = gamma
    let vega = flow * LanePair(high: terms.spread.root, low: terms.spread.rootLow)
    self.vega = vega.rounded
    theta = (value * rate - flow * s * half).rounded
    rho = -years * price
    let lean = (flow * d).rounded
    vanna = alive(-lean / volatility)
    volga = alive((vega * square).rounded / volatility)
    charm = (slope * rate + LanePair.select(isAlive, flow * d, LanePair(zero)) * half).rounded
    veta = alive((vega * (LanePair(sum: rate, -half) - square * half)).rounded)
    speed = alive(-(curvature * d).rounded / s.rounded)
    zomma = alive((curvature * (square - one)).rounded / volatility)
    color = alive((curvature * (LanePair(sum: rate, half) - square * half)).rounded)
    let ultimaFactor = square * (square - LanePair(L(all: 3)))
    ultima = alive((vega * ultimaFactor).rounded / (volatility * volatility))
  }
}
