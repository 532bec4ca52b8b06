import HydraNumerics

// Black's formula on lanes, branch-free: one option (Double) or eight (SIMD8<Double>) with the same bits.
//
// Goals in order: an error of one unit or less in every regime, where a unit is what rounding of the inputs alone costs,
// 2^-53 (|V| + Σ |x ∂V/∂x|); no cancellation beyond that; speed.
//
// With A the smaller and B the larger of forward and strike, x = ln(A/B) ≤ 0, s = σ√T, h = x/s, t = s/2, e1 = h + t and
// e2 = h - t, the out-of-the-money option (call if F ≤ K, else put) is worth
//
//     v = A Φ(e1) - B Φ(e2),       A φ(e1) = B φ(e2) = G,       Φ(-z) = φ(z) R(z) with the Mills ratio R,
//     v = G [R(-e1) - R(-e2)]      for e1 < 0,
//     v = A - G [R(e1) + R(-e2)]   else.
//
// One exponential and two Mills ratios serve the price and all Greeks. The difference of R cancels when t is small, but
// by exactly the factor A Φ(e1) / v that the unit contains as F ∂V/∂F: relative errors of 2^-57 in each R cost 0.06 units.
// For t < 1/32 the Taylor series of R about -h is used all the same (Jäckel 2016, section 6, does so too): it keeps the
// relative accuracy of options at the money that are about to expire, which are worth A s / √(2π). Rounding of x, s, h, e1 and e2 would cost h² units in the
// exponent and h/s in the difference; they are pairs of doubles, at the price of a few additions and no division.
// In the money, the exact F - K is added (put-call parity), again as a pair.

/// The two standard scores of an out-of-the-money option and what the normal distribution says of them.
struct BlackScores<L: DoubleLanes> {
  var h: LanePair<L>
  var t: LanePair<L>
  var e1: LanePair<L>
  var e2: LanePair<L>
  /// Where e1 < 0.
  var e1IsNegative: L.Flags
  /// φ(e1), R(|e1|), R(|e2|).
  var density: LanePair<L>
  var mills1: LanePair<L>
  var mills2: LanePair<L>

  /// - Parameters:
  ///   - x: ln(A/B) ≤ 0.
  ///   - s: σ√T, a positive normal number.
  ///   - reciprocal: 1 / s.
  ///   - densityExponent: the logarithm of a factor of the density, for values that would underflow.
  @inline(__always)
  init(
    _ tables: ElementaryTables, x: LanePair<L>, s: LanePair<L>, reciprocal: L, densityExponent: LanePair<L>? = nil
  ) {
    // Beyond 2000 standard deviations nothing changes any more; the bound keeps infinities out.
    let bound = L(all: 2000)
    let isFar = L.less(x.high * reciprocal, -bound)
    h = LanePair.select(isFar, LanePair(-bound), LanePair.quotient(x, s, reciprocal: reciprocal))
    let half = s.scaled(L(all: 0.5))
    t = LanePair.select(L.less(half.high, bound), half, LanePair(bound))
    e1 = h + t
    e2 = h - t
    e1IsNegative = L.less(e1.high, L(all: 0))
    density = tables.normalDensity(e1, exponent: densityExponent)
    mills1 = tables.millsRatio(LanePair.select(e1IsNegative, -e1, e1))
    mills2 = tables.millsRatio(-e2)
  }

  /// R(-e1) - R(-e2) where e1 < 0 or t is small, and where that is: the value is then `near · density ·` this.
  /// Elsewhere -(R(e1) + R(-e2)), and the value is `near + near · density ·` this.
  @inline(__always)
  func factor(_ tables: ElementaryTables) -> (value: LanePair<L>, isWhole: L.Flags) {
    let apart = LanePair.select(e1IsNegative, mills1 - mills2, -(mills1 + mills2))
    let isSmall = L.less(t.high, L(all: 0x1p-5))
    guard L.isAny(isSmall) else { return (apart, e1IsNegative) }
    return (LanePair.select(isSmall, taylorDifference(tables), apart), L.either(isSmall, e1IsNegative))
  }

  /// R(z - t) - R(z + t) = -2t [R'(z) + R⁽³⁾(z) t²/3! + R⁽⁵⁾(z) t⁴/5! + …] at z = -h, for t < 1/32.
  ///
  /// R' = zR - 1 and R⁽ⁿ⁺¹⁾ = z R⁽ⁿ⁾ + n R⁽ⁿ⁻¹⁾. R' cancels like 1/z², less than what the unit of error allows there
  /// (z/2t), and is a pair; the terms after it are at most 10⁻³ of it. The first one left out is below 10⁻¹⁸.
  @inline(__always)
  private func taylorDifference(_ tables: ElementaryTables) -> LanePair<L> {
    let z = -h
    let ratio = tables.millsRatio(z)
    let first = z * ratio - LanePair(L(all: 1))
    let x = z.high
    let second = L.multiplyAdd(x, first.high, ratio.high)
    let third = L.multiplyAdd(x, second, first.high + first.high)
    let fourth = L.multiplyAdd(x, third, L(all: 3) * second)
    let fifth = L.multiplyAdd(x, fourth, L(all: 4) * third)
    let sixth = L.multiplyAdd(x, fifth, L(all: 5) * fourth)
    let seventh = L.multiplyAdd(x, sixth, L(all: 6) * fifth)
    let eighth = L.multiplyAdd(x, seventh, L(all: 7) * sixth)
    let ninth = L.multiplyAdd(x, eighth, L(all: 8) * seventh)
    let w = t.high * t.high
    var series = L.multiplyAdd(w, ninth * L(all: 1.0 / 362880), seventh * L(all: 1.0 / 5040))
    series = L.multiplyAdd(w, series, fifth * L(all: 1.0 / 120))
    series = L.multiplyAdd(w, series, third * L(all: 1.0 / 6))
    let sum = LanePair(ordered: first.high, L.multiplyAdd(w, series, first.low))
    return sum * t.scaled(L(all: -2))
  }
}

/// s = σ√T as a pair.
struct Spread<L: DoubleLanes> {
  /// √T, correctly rounded, and what the rounding lost.
  var root: L
  var rootLow: L
  var s: LanePair<L>
  /// 1 / s.
  var reciprocal: L

  @inline(__always)
  init(years: L, volatility: L) {
    root = years.squareRoot()
    let square = LanePair(product: root, root)
    let residual = (years - square.high) - square.low
    let product = LanePair(product: volatility, root)
    reciprocal = L(all: 1) / product.high
    // √T = root + residual / (2 root), and 1 / root = σ / s.
    let halfInverse = L(all: 0.5) * volatility * reciprocal
    let correction = (residual * volatility) * halfInverse
    rootLow = residual * halfInverse
    s = LanePair(ordered: product.high, product.low + correction)
  }

  /// A spread that is known without its time and volatility.
  @inline(__always)
  init(s: LanePair<L>) {
    root = L(all: 1)
    rootLow = L(all: 0)
    reciprocal = L(all: 1) / s.high
    self.s = s
  }
}

/// What the price and all Greeks are made of.
struct BlackTerms<L: DoubleLanes> {
  /// Where the call is out of the money or at it: F ≤ K.
  var callIsOutside: L.Flags
  /// The smaller and the larger of forward and strike.
  var near: L
  var far: L
  /// √T and s = σ√T.
  var root: L
  var s: LanePair<L>
  var scores: BlackScores<L>

  /// Inputs must be positive and finite, and s a normal number (see `BlackLimits` for the rest).
  @inline(__always)
  init(_ tables: ElementaryTables, forward: L, strike: L, years: L, volatility: L) {
    callIsOutside = L.not(L.less(strike, forward))
    near = L.select(callIsOutside, forward, strike)
    far = L.select(callIsOutside, strike, forward)

    let spread = Spread(years: years, volatility: volatility)
    root = spread.root
    s = spread.s
    scores = BlackScores(tables, x: tables.logRatio(near, far), s: s, reciprocal: spread.reciprocal)
  }

  /// The undiscounted value of calls (sign +1) and puts (-1).
  @inline(__always)
  func value(_ tables: ElementaryTables, sign: L) -> LanePair<L> {
    let (factor, isWhole) = scores.factor(tables)
    let start = L.select(isWhole, L(all: 0), near)
    let outsideValue = LanePair(start) + (scores.density * near) * factor
    let isCall = L.less(L(all: 0), sign)
    let isInside = L.either(L.both(isCall, L.not(callIsOutside)), L.both(L.not(isCall), callIsOutside))
    let intrinsic = LanePair(sum: far, -near)
    return LanePair.select(isInside, outsideValue + intrinsic, outsideValue)
  }
}

/// Price and all Greeks on lanes; the order of `columns` is price, then `Greeks.Name.allCases`.
struct BlackGreeks<L: DoubleLanes>: GreekLanes {
  var price, delta, gamma, vega, theta, rho, vanna, volga, charm, veta: L
  var speed, zomma, color, ultima, dualDelta, dualGamma: L

  /// Derivatives of V = D [±(F Φ(±d1) - K Φ(±d2))] in closed form, with p = d1 d2 = e1 e2.
  @inline(__always)
  init(_ tables: ElementaryTables, sign: L, forward: L, strike: L, years: L, volatility: L, rate: L) {
    let terms = BlackTerms(tables, forward: forward, strike: strike, years: years, volatility: volatility)
    let scores = terms.scores
    let discount = tables.exp(-LanePair(product: rate, years))
    let (one, zero) = (L(all: 1), L(all: 0))
    let outside = terms.callIsOutside
    let isCall = L.less(zero, sign)

    price = (terms.value(tables, sign: sign) * discount).rounded

    let d1 = L.select(outside, scores.e1.rounded, -scores.e2.rounded)
    let d2 = L.select(outside, scores.e2.rounded, -scores.e1.rounded)
    let p = (scores.e1 * scores.e2).rounded
    let s = terms.s.rounded

    // Φ(±e1), Φ(±e2); φ(e2) = A φ(e1) / B.
    let farDensity = LanePair.quotient(
      scores.density * terms.near, LanePair(terms.far), reciprocal: one / terms.far)
    let tail1 = scores.density * scores.mills1
    let tail2 = farDensity * scores.mills2
    let rest1 = LanePair(one) - tail1
    let rest2 = LanePair(one) - tail2
    let below1 = LanePair.select(scores.e1IsNegative, tail1, rest1)
    let above1 = LanePair.select(scores.e1IsNegative, rest1, tail1)
    // N(±d1) and N(±d2) of the option's own sign.
    let callDelta = LanePair.select(outside, below1, rest2)
    let putDelta = LanePair.select(outside, above1, tail2)
    let callDual = LanePair.select(outside, tail2, above1)
    let putDual = LanePair.select(outside, rest2, below1)
    delta = sign * (LanePair.select(isCall, callDelta, putDelta) * discount).rounded
    dualDelta = -sign * (LanePair.select(isCall, callDual, putDual) * discount).rounded

    // n = D φ(d1), m = D φ(d2), g = D F φ(d1) = D K φ(d2).
    let nearDensity = (scores.density * discount).rounded
    let otherDensity = (farDensity * discount).rounded
    let n = L.select(outside, nearDensity, otherDensity)
    let m = L.select(outside, otherDensity, nearDensity)
    let g = ((scores.density * terms.near) * discount).rounded
    let twice = years + years
    let isAlive = L.less(zero, n)

    @inline(__always) func alive(_ value: L) -> L { L.select(isAlive, value, zero) }
    let gamma = n / (forward * s)
    let vega = g * terms.root
    self.gamma = alive(gamma)
    self.vega = alive(vega)
    theta = rate * price - alive(g * s / twice)
    rho = -years * price
    vanna = alive(-(n * d2) / volatility)
    volga = alive(vega * p / volatility)
    charm = rate * delta + alive(n * d2 / twice)
    veta = alive(vega * (rate - (one + p) / twice))
    speed = alive(-(gamma * (one + d1 / s)) / forward)
    zomma = alive(gamma * (p - one) / volatility)
    color = alive(gamma * (rate + (one - p) / twice))
    // p (p - 1) - d1² - d2² without its cancellation at the money.
    let (h, t) = (scores.h.high, scores.t.high)
    ultima = alive(vega * (p * p - (L(all: 3) * h * h + t * t)) / (volatility * volatility))
    dualGamma = L.select(L.less(zero, m), m / (strike * s), zero)
  }
}
