import HydraNumerics

// Black's formula inverted without tables or branches, for prices that are not extreme: what batches run on. The others
// are left to `ImpliedVolatilityKernel.swift`.
//
// The first value is the normal volatility of the price, exact to 1e-5 by a rational function (see
// `Bachelier+ImpliedVolatility.swift`), turned into a lognormal one by the expansion of Hagan and others,
//
//     s = s_N |x| / (B - A) · (1 + s²/24 (1 - x²/120) + s⁴/5760),
//
// within 1e-3 for s < 2 and |x| < 3/2. Two Householder steps of third order on ln v follow: 1e-3 becomes 1e-10, and that
// the rounding of the inputs, since the residual of the last step is a difference of pairs. A lane whose last step is not
// small is not ordinary.
//
// Sources: P. S. Hagan, D. Kumar, A. S. Lesniewski, D. E. Woodward, "Managing smile risk", Wilmott (September 2002) 84–108,
// (A.69c); A. S. Householder, The Numerical Treatment of a Single Nonlinear Equation (1970), 4.4.

/// The volatilities of prices that are not extreme.
struct ImpliedVolatilityCore<L: DoubleLanes> {
  /// The price lies well between its bounds, and the steps have settled; other lanes hold numbers without meaning.
  var isOrdinary: L.Flags
  var volatility: L

  @inline(__always)
  init(price: L, sign: L, forward: L, strike: L, years: L, rate: L) {
    typealias F = CoreFunctions<L>
    let (one, zero) = (L(all: 1), L(all: 0))
    let callIsOutside = L.not(L.less(strike, forward))
    let near = L.select(callIsOutside, forward, strike)
    let far = L.select(callIsOutside, strike, forward)
    let isCall = L.less(zero, sign)
    let isInside = L.either(L.both(isCall, L.not(callIsOutside)), L.both(L.not(isCall), callIsOutside))

    let exponent = LanePair(product: rate, years)
    let growth = F.exp(exponent.high, exponent.low)
    let distance = LanePair(ordered: far, -near)
    let undiscounted = LanePair(product: price, growth.high)
    let whole = LanePair(high: undiscounted.high, low: undiscounted.low + price * growth.low)
    let intrinsic = LanePair.select(isInside, distance, LanePair(zero))
    let value = whole - intrinsic
    let x = F.logRatio(near, far)

    let guess = Self.guess(value: value.high, distance: distance.high, sum: near + far, x: x.high)
    var s = guess
    var step = zero
    for isLast in [false, true] {
      let scores = CoreScores(x: x, s: LanePair(s))
      let start = L.select(scores.isPart, zero, near)
      let flow = LanePair(product: near, scores.density.high)
      let flowLow = flow.low + near * scores.density.low
      let part = LanePair(product: flow.high, scores.factor.high)
      let partLow = part.low + (flow.high * scores.factor.low + flowLow * scores.factor.high)
      let outside = LanePair(ordered: start, part.high)
      let current = LanePair(ordered: outside.high, outside.low + partLow)
      let inverse = one / current.high
      let residual: L
      if isLast {
        let miss = (current - value).rounded / value.high
        residual = miss * L.multiplyAdd(miss, L.multiplyAdd(miss, L(all: 1.0 / 3), L(all: -0.5)), one)
      } else {
        residual = F.logRatio(current.high, value.high).high
      }
      // f = ln v: f' = y, f''/f' = q - y, f'''/f' = r - 3yq + 2y², with v''/v' = q and v'''/v' = r.
      let y = flow.high * L(all: 0.3989422804014327) * inverse
      let newton = -residual / y
      let reciprocal = one / s
      let slope = scores.h * reciprocal
      let q = scores.e1 * scores.e2 * reciprocal
      let r = L.multiplyAdd(q, q, L(all: -0.25)) - L(all: 3) * slope * slope
      let second = q - y
      let third = L.multiplyAdd(y, L(all: 2) * y - L(all: 3) * q, r)
      let halley = L.multiplyAdd(L(all: 0.5) * second, newton, one)
      let cubic = L.multiplyAdd(newton, L.multiplyAdd(third * newton, L(all: 1.0 / 6), second), one)
      step = newton * halley / cubic
      if !isLast { s = s + step }
    }
    let total = LanePair(ordered: s, step)
    let root = F.squareRoot(years)
    volatility = LanePair.quotient(total, root, reciprocal: one / root.high).rounded

    let isSettled = L.less(step.absolute, L(all: 1e-6) * s)
    let prices = L.both(L.less(L(all: 1e-140), near), L.less(far, L(all: 1e140)))
    let times = L.both(L.less(L(all: 1e-100), years), L.less(years, L(all: 1e100)))
    let spreads = L.both(L.less(L(all: 0x1p-9), s), L.less(s, L(all: 2)))
    let sizes = L.both(L.less(L(all: -1.5), x.high), L.less(exponent.high.absolute, L(all: 300)))
    // Prices on a bound have a status of their own; rounding hides them within 2^-50 of the payoff.
    let margin = L.both(
      L.less(intrinsic.high * L(all: 0x1p-48), value.high), L.less(near * L(all: 1e-150), value.high))
    let range = L.both(L.less(value.high, near * L(all: 0.9)), L.less(-s * L(all: 30), x.high))
    isOrdinary = L.both(
      L.both(L.both(isSettled, prices), L.both(times, spreads)), L.both(L.both(sizes, margin), range))
  }

  /// s to about three digits.
  @inline(__always)
  private static func guess(value: L, distance: L, sum: L, x: L) -> L {
    let one = L(all: 1)
    let width = L.multiplyAdd(L(all: 2), value, distance)
    let y = distance / width
    let logRatio = CoreFunctions.logRatio(distance + value, value).high
    let near = L.multiplyAdd(y * y, L(all: -1.0 / 3), one)
    let eta = L.select(L.less(y, L(all: 1e-4)), near, (y + y) / logRatio)
    let root = CoreFunctions.squareRoot(eta).high
    let normal = L(all: 1.2533141373155003) * width * root * Bachelier.firstGuess(eta)
    // |x| / (B - A) = 2 artanh(q)/(B - A) with q = (B - A)/(B + A).
    let q = distance / sum
    let w = q * q
    let series = L.multiplyAdd(w, L.multiplyAdd(w, L(all: 1.0 / 5), L(all: 1.0 / 3)), one) * (L(all: 2) / sum)
    let ratio = L.select(L.less(q, L(all: 0.01)), series, -x / distance)
    let flat = normal * ratio
    let bend = L.multiplyAdd(x * x, L(all: -1.0 / 2880), L(all: 1.0 / 24))
    var s = flat
    for _ in 0..<2 {
      let square = s * s
      s = flat * L.multiplyAdd(square, L.multiplyAdd(square, L(all: 1.0 / 5760), bend), one)
    }
    return s
  }
}
