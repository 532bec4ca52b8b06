import HydraNumerics

// The formula of Black, Scholes and Merton on lanes: one option (Double) or eight (SIMD8<Double>) with the same bits.
//
// With a = S exp(-qT) and k = K exp(-rT) it is Black's formula for the "forward" a and the "strike" k without discount:
// the same scores (`BlackScores`), the same two Mills ratios, the same regimes. What is new are pairs of doubles for a
// and k, and x = ln(a/k) = ln(S/K) + (r - q) T, whose two parts are pairs before they are added: where they cancel, the
// unit of error contains both as S ∂V/∂S and r ∂V/∂r.

/// What the price and all Greeks are made of.
struct BlackScholesTerms<L: DoubleLanes> {
  /// Where the call is out of the money or at it: a ≤ k.
  var callIsOutside: L.Flags
  /// exp(-qT), exp(-rT).
  var yieldDiscount: LanePair<L>
  var discount: LanePair<L>
  /// a = S exp(-qT) and k = K exp(-rT).
  var asset: LanePair<L>
  var cash: LanePair<L>
  /// The smaller and the larger of the two.
  var near: LanePair<L>
  var far: LanePair<L>
  var spread: Spread<L>
  var scores: BlackScores<L>

  /// Inputs must be ordinary (`BlackScholesLimits.isOrdinary`).
  @inline(__always)
  init(_ tables: ElementaryTables, spot: L, strike: L, years: L, volatility: L, rate: L, yield: L) {
    let carry = LanePair(sum: rate, -yield) * years
    let x = tables.logRatio(spot, strike) + carry
    callIsOutside = L.not(L.less(L(all: 0), x.high))
    yieldDiscount = tables.exp(-LanePair(product: yield, years))
    discount = tables.exp(-LanePair(product: rate, years))
    asset = yieldDiscount * spot
    cash = discount * strike
    near = LanePair.select(callIsOutside, asset, cash)
    far = LanePair.select(callIsOutside, cash, asset)
    spread = Spread(years: years, volatility: volatility)
    scores = BlackScores(
      tables, x: LanePair.select(callIsOutside, x, -x), s: spread.s, reciprocal: spread.reciprocal)
  }

  /// The value of calls (sign +1) and puts (-1).
  @inline(__always)
  func value(_ tables: ElementaryTables, sign: L) -> LanePair<L> {
    let (factor, isWhole) = scores.factor(tables)
    let zero = LanePair(L(all: 0))
    let outsideValue = LanePair.select(isWhole, zero, near) + (scores.density * near) * factor
    let isCall = L.less(L(all: 0), sign)
    let isInside = L.either(L.both(isCall, L.not(callIsOutside)), L.both(L.not(isCall), callIsOutside))
    return LanePair.select(isInside, outsideValue + (far - near), outsideValue)
  }
}

/// Price and all Greeks on lanes.
struct BlackScholesGreeks<L: DoubleLanes>: GreekLanes {
  var price, delta, gamma, vega, theta, rho, vanna, volga, charm, veta: L
  var speed, zomma, color, ultima, dualDelta, dualGamma, psi: L

  /// Derivatives of V = ±(a N(±d1) - k N(±d2)) in closed form, with p = d1 d2 = e1 e2, b = r - q and
  /// ∂d1/∂T = b/s - d2/(2T).
  @inline(__always)
  init(_ tables: ElementaryTables, sign: L, spot: L, strike: L, years: L, volatility: L, rate: L, yield: L) {
    let terms = BlackScholesTerms(
      tables, spot: spot, strike: strike, years: years, volatility: volatility, rate: rate, yield: yield)
    let scores = terms.scores
    let (one, zero) = (L(all: 1), L(all: 0))
    let outside = terms.callIsOutside
    let isCall = L.less(zero, sign)
    price = terms.value(tables, sign: sign).rounded

    let d1 = L.select(outside, scores.e1.rounded, -scores.e2.rounded)
    let d2 = L.select(outside, scores.e2.rounded, -scores.e1.rounded)
    let product = scores.e1 * scores.e2
    let p = product.rounded
    let s = terms.spread.s.rounded

    // Φ(±e1), Φ(±e2); φ(e2) = near φ(e1) / far.
    let flow = scores.density * terms.near
    let farDensity = LanePair.quotient(flow, terms.far, reciprocal: one / terms.far.high)
    let tail1 = scores.density * scores.mills1
    let tail2 = farDensity * scores.mills2
    let rest1 = LanePair(one) - tail1
    let rest2 = LanePair(one) - tail2
    let below1 = LanePair.select(scores.e1IsNegative, tail1, rest1)
    let above1 = LanePair.select(scores.e1IsNegative, rest1, tail1)
    let callDelta = LanePair.select(outside, below1, rest2)
    let putDelta = LanePair.select(outside, above1, tail2)
    let callDual = LanePair.select(outside, tail2, above1)
    let putDual = LanePair.select(outside, rest2, below1)
    let assetPart = LanePair.select(isCall, callDelta, putDelta)
    let cashPart = LanePair.select(isCall, callDual, putDual)
    let slope = assetPart * terms.yieldDiscount
    delta = sign * slope.rounded
    dualDelta = -sign * (cashPart * terms.discount).rounded

    // exp(-qT) φ(d1), exp(-rT) φ(d2), a φ(d1) = k φ(d2).
    let nearDensity = scores.density
    let n = (LanePair.select(outside, nearDensity, farDensity) * terms.yieldDiscount).rounded
    let m = (LanePair.select(outside, farDensity, nearDensity) * terms.discount).rounded
    let g = flow.rounded
    let isAlive = L.less(zero, n)
    @inline(__always) func alive(_ value: L) -> L { L.select(isAlive, value, zero) }

    let gamma = n / (spot * s)
    let vega = g * terms.spread.root
    self.gamma = alive(gamma)
    self.vega = alive(vega)
    // ±(q a N(±d1) - r k N(±d2)) - g s / 2T: the three may cancel, and are pairs.
    let income = (assetPart * terms.asset) * (sign * yield)
    let interest = (cashPart * terms.cash) * (sign * rate)
    let decay = (flow * terms.spread.s) * (L(all: -0.5) / years)
    theta = (income - interest + LanePair.select(isAlive, decay, LanePair(zero))).rounded
    rho = sign * years * (cashPart * terms.cash).rounded
    psi = -sign * years * (assetPart * terms.asset).rounded
    vanna = alive(-(n * d2) / volatility)
    volga = alive(vega * p / volatility)

    // d1 b/s - p/2T as one difference of pairs: it cancels where the drift undoes the decay.
    let carry = LanePair(sum: rate, -yield)
    let d1Pair = LanePair.select(outside, scores.e1, -scores.e2)
    let d2Pair = LanePair.select(outside, scores.e2, -scores.e1)
    let drift = LanePair.quotient(carry, terms.spread.s, reciprocal: terms.spread.reciprocal)
    let half = L(all: 0.5) / years
    let slide = drift - d2Pair * half
    let change = d1Pair * slide
    charm = (slope * (sign * yield) - LanePair.select(isAlive, slide * n, LanePair(zero))).rounded
    veta = alive(vega * (change + LanePair(sum: yield, -half)).rounded)
    speed = alive(-(gamma * (one + d1 / s)) / spot)
    zomma = alive(gamma * (p - one) / volatility)
    color = alive(gamma * (change + LanePair(sum: yield, half)).rounded)
    let (h, t) = (scores.h.high, scores.t.high)
    ultima = alive(vega * (p * p - (L(all: 3) * h * h + t * t)) / (volatility * volatility))
    dualGamma = L.select(L.less(zero, m), m / (strike * s), zero)
  }

  /// The columns of all models, then psi.
  @inline(__always)
  func forEachColumnWithPsi(_ body: (Int, L) -> Void) {
    forEachColumn(body)
    body(16, psi)
  }
}

extension SpotGreeks {
  init(_ values: BlackScholesGreeks<Double>) {
    self.init(greeks: Greeks(values), psi: values.psi)
  }
}
