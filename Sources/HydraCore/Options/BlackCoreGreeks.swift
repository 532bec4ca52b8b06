import HydraNumerics

extension BlackGreeks {
  /// The closed forms of `BlackGreeks.init(_:sign:…)` from what the core knows, in doubles where the unit of error allows.
  @inline(__always)
  init(_ core: BlackCore<L>, sign: L, forward: L, strike: L, years: L, volatility: L, rate: L) {
    let (one, zero) = (L(all: 1), L(all: 0))
    let outside = core.callIsOutside
    let isCall = L.less(zero, sign)
    let discount = core.discount
    let scores = core.scores
    price = core.value(sign: sign, discount: discount)

    let d1 = L.select(outside, scores.e1, -scores.e2)
    let d2 = L.select(outside, scores.e2, -scores.e1)
    let p = scores.e1 * scores.e2
    let s = core.s.high

    // Φ(±e1), Φ(±e2); φ(e2) = A φ(e1) / B.
    let ratio = core.near / core.far
    let farDensity = scores.density.high * ratio
    let half = L(all: 0.5)
    let tail1 = scores.density.high * (scores.base1 * (half + scores.rest1))
    let tail2 = farDensity * (scores.base2 * (half + scores.rest2))
    let (above, below) = (one - tail1, one - tail2)
    let below1 = L.select(scores.isPart, tail1, above)
    let above1 = L.select(scores.isPart, above, tail1)
    let share = L.select(isCall, L.select(outside, below1, below), L.select(outside, above1, tail2))
    let dual = L.select(isCall, L.select(outside, tail2, above1), L.select(outside, below, below1))
    @inline(__always) func discounted(_ value: L) -> L {
      let product = LanePair(product: value, discount.high)
      return product.high + (product.low + value * discount.low)
    }
    delta = sign * discounted(share)
    dualDelta = -sign * discounted(dual)

    // D φ(d1), D φ(d2), D F φ(d1) = D K φ(d2).
    let scaled = LanePair(product: scores.density.high, discount.high * L(all: 0.3989422804014327))
    let low = scaled.low + scores.density.low * (discount.high * L(all: 0.3989422804014327))
    let nearDensity = scaled.high + low
    let otherDensity = nearDensity * ratio
    let n = L.select(outside, nearDensity, otherDensity)
    let m = L.select(outside, otherDensity, nearDensity)
    let g = nearDensity * core.near
    let inverseVolatility = one / volatility
    let halfInverseYears = L(all: 0.5) / years

    gamma = n / (forward * s)
    vega = g * core.root
    theta = L.multiplyAdd(rate, price, -(g * s) * halfInverseYears)
    rho = -years * price
    let lean = n * d2
    vanna = -(lean * inverseVolatility)
    volga = vega * p * inverseVolatility
    charm = L.multiplyAdd(rate, delta, lean * halfInverseYears)
    veta = vega * L.multiplyAdd(-(one + p), halfInverseYears, rate)
    speed = -(gamma * (s + d1)) / (forward * s)
    zomma = gamma * (p - one) * inverseVolatility
    color = gamma * L.multiplyAdd(one - p, halfInverseYears, rate)
    // p (p - 1) - d1² - d2² without its cancellation at the money.
    let spread = L.multiplyAdd(L(all: 3) * scores.h, scores.h, L(all: 0.25) * (s * s))
    ultima = vega * (p * p - spread) * (inverseVolatility * inverseVolatility)
    dualGamma = m / (strike * s)
  }
}
