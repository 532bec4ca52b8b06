import HydraNumerics

// Black's formula without tables or branches, for options that are not extreme: what batches run on.
//
// Goals in order: an error of less than one unit, 2^-53 (|V| + Σ |x ∂V/∂x|); the same bits for one lane and for eight;
// speed. Names are those of `BlackKernel.swift`, which takes the options that `isOrdinary` leaves out (it is exact to more
// digits, in every regime, at ten times the time).
//
// The unit decides what has to be more than a double. x, s, h = x/s, e1 and the exponent enter the price with their
// squares: pairs, of which a fused multiply-add gives the low part. The Mills ratio is split into a part whose differences
// and sums are exact and a small rest,
//
//     R(z) = c [1 + g(z)] / (z + a),        |g| < 0.2,   c = √(π/2),
//     R(z1) - R(z2) = c [(z2 - z1) / ((z1 + a)(z2 + a)) + g(z1)/(z1 + a) - g(z2)/(z2 + a)],     z2 - z1 = 2t,
//     R(z1) + R(z2) = c [(z1 + z2 + 2a) / ((z1 + a)(z2 + a)) + …],                              z1 + z2 = 2t,
//
// so that the rounding of g counts for a fifth only: one polynomial of degree 23 in v = (z - 5/2)/(z + 6) on [-0.8125, 46],
// largest error 2e-17; neither its sum nor the rounding of v cost more than half of a last place in z < 12. The difference serves until e1 = 7/16, where the sum
// is small enough beside what it is taken from. Products
// and sums on the way to the price are pairs; the result is rounded once.

/// Elementary functions that the core needs, on a bounded range and with two or three bits more than a double has.
enum CoreFunctions<L: DoubleLanes> {
  /// ln(a/b) for normal numbers: 2 artanh((a - b)/(a + b)) of their fractions, brought within √2 of each other.
  ///
  /// Relative error below 2^-58.
  @inline(__always)
  static func logRatio(_ a: L, _ b: L) -> LanePair<L> {
    let mask = L.integer(0x000F_FFFF_FFFF_FFFF)
    let unit = L.integer(0x3FF0_0000_0000_0000)
    let grid = L.integer(Int64(bitPattern: (0x1p52).bitPattern))
    let bFraction = L(bits: L.or(L.and(b.bits, mask), unit))
    var aFraction = L(bits: L.or(L.and(a.bits, mask), unit))
    var e =
      L(bits: L.or(L.shiftRightLogical(a.bits, 52), grid)) - L(bits: L.or(L.shiftRightLogical(b.bits, 52), grid))
    let isLarge = L.less(bFraction * L(all: 1.4142135623730951), aFraction)
    let isSmall = L.less(aFraction * L(all: 1.4142135623730951), bFraction)
    let one = L(all: 1)
    let factor = L.select(isLarge, L(all: 0.5), L.select(isSmall, L(all: 2), one))
    e = e + L.select(isLarge, one, L.select(isSmall, -one, L(all: 0)))
    aFraction = aFraction * factor

    let difference = aFraction - bFraction  // exact
    let sum = LanePair(sum: aFraction, bFraction)
    let inverse = one / sum.high
    let q = difference * inverse
    let back = LanePair(product: q, sum.high)
    let qLow = (((difference - back.high) - back.low) - q * sum.low) * inverse

    let w = q * q
    let w2 = w * w
    let c01 = L.multiplyAdd(w, L(all: 0.39999999999898944), L(all: 0.666666666666667))
    let c23 = L.multiplyAdd(w, L(all: 0.22222211101577205), L(all: 0.2857142862620096))
    let c45 = L.multiplyAdd(w, L(all: 0.1533165379922582), L(all: 0.1818289133623783))
    let c456 = L.multiplyAdd(w2, L(all: 0.14617229114009048), c45)
    let series = L.multiplyAdd(w2, L.multiplyAdd(w2, c456, c23), c01)
    let twice = q + q
    let rest = L.multiplyAdd(q * w, series, qLow + qLow)
    let whole = LanePair(ordered: e * L(all: 0.693147180559663), twice)
    let low = L.multiplyAdd(e, L(all: 2.8235290563031577e-13), rest) + whole.low
    return LanePair(ordered: whole.high, low)
  }

  /// exp(y) for |y| < 700, as a pair of relative error 2^-55.
  @inline(__always)
  static func exp(_ y: L, _ low: L) -> LanePair<L> {
    let shift = L(all: 0x1.8p52)
    let shifted = L.multiplyAdd(y, L(all: 1.4426950408889634), shift)
    let n = shifted - shift
    // n · 0.693… is exact: 41 bits times 11.
    let r = L.multiplyAdd(n, L(all: -2.8235290563031577e-13), y - n * L(all: 0.693147180559663)) + low
    let w = r * r
    let w2 = w * w
    let c01 = L.multiplyAdd(r, L(all: 0.1666666666666667), L(all: 0.5))
    let c23 = L.multiplyAdd(r, L(all: 0.008333333333326082), L(all: 0.04166666666662382))
    let c45 = L.multiplyAdd(r, L(all: 0.00019841269875003973), L(all: 0.0013888888917368964))
    let c67 = L.multiplyAdd(r, L(all: 2.7557255168123062e-06), L(all: 2.4801521055364205e-05))
    let c89 = L.multiplyAdd(r, L(all: 2.5105313423078524e-08), L(all: 2.76202026313159e-07))
    let c03 = L.multiplyAdd(w, c23, c01)
    let c47 = L.multiplyAdd(w, c67, c45)
    let series = L.multiplyAdd(w2, L.multiplyAdd(w2, c89, c47), c03)
    let growth = L.multiplyAdd(w, series, r)
    let value = LanePair(ordered: L(all: 1), growth)
    let power = L(bits: L.add(L.shiftLeft(shifted.bits, 52), L.integer(0x3FF0_0000_0000_0000)))
    return value.scaled(power)
  }

  /// √y as a pair, for normal y: Newton's method from the halved exponent, without a division.
  @inline(__always)
  static func squareRoot(_ y: L) -> LanePair<L> {
    let half = y * L(all: 0.5)
    var inverse = L(bits: L.subtract(L.integer(0x5FE6_EB50_C7B5_37A9), L.shiftRightLogical(y.bits, 1)))
    for _ in 0..<3 { inverse = inverse * L.multiplyAdd(-half, inverse * inverse, L(all: 1.5)) }
    let root = y * inverse
    let square = LanePair(product: root, root)
    let rest = ((y - square.high) - square.low) * (L(all: 0.5) * inverse)
    return LanePair(ordered: root, rest)
  }

  /// g/2 of the Mills ratio at v = (z - 5/2)/(z + 6).
  @inline(__always)
  static func millsRest(_ v: L) -> L {
    let v2 = v * v
    let v4 = v2 * v2
    let v8 = v4 * v4
    @inline(__always) func four(_ a: Double, _ b: Double, _ c: Double, _ d: Double) -> L {
      let low = L.multiplyAdd(v, L(all: b), L(all: a))
      let high = L.multiplyAdd(v, L(all: d), L(all: c))
      return L.multiplyAdd(v2, high, low)
    }
    let p0 = four(0.02115928446587145, -0.2283959896977473, 0.11218187739799695, 0.15855509801290296)
    let p1 = four(-0.5002342413433423, 0.757324358149757, -0.8047326115528108, 0.6381725793972659)
    let p2 = four(-0.37027826125350627, 0.13884364722063286, -0.014599034931868565, -0.017218348553486806)
    let p3 = four(0.009183926491735274, 0.0003510618897262778, -0.0018921058109476548, 0.0003144597051260461)
    let p4 = four(0.0003488859724767843, -0.00010763471852643157, -6.935468752791984e-05, 2.7776140454785003e-05)
    let p5 = four(1.4645445827105821e-05, -6.622580509704919e-06, -2.3163331116330547e-06, 1.2016477342207205e-06)
    let q0 = L.multiplyAdd(v4, p1, p0)
    let q1 = L.multiplyAdd(v4, p3, p2)
    let q2 = L.multiplyAdd(v4, p5, p4)
    return L.multiplyAdd(v8, L.multiplyAdd(v8, q2, q1), q0)
  }
}

/// The standard scores of an out-of-the-money option and its value in units of the smaller of forward and strike.
struct CoreScores<L: DoubleLanes> {
  /// h = x/s ≤ 0, h + t and h - t.
  var h, e1, e2: L
  /// Where e1 is below 7/16: the value is `density · factor`, elsewhere 1 more.
  var isPart: L.Flags
  /// exp(-e1²/2), not yet divided by √(2π).
  var density: LanePair<L>
  /// [R(-e1) - R(-e2)] / √(2π), or -[R(e1) + R(-e2)] / √(2π).
  var factor: LanePair<L>
  /// 1/(z + a) and g(z)/2 at z = -e1 (or e1), and the same at -e2.
  var base1, rest1, base2, rest2: L

  @inline(__always)
  init(x: LanePair<L>, s: LanePair<L>) {
    typealias F = CoreFunctions<L>
    let (one, zero) = (L(all: 1), L(all: 0))
    let inverse = one / s.high
    let quotient = x.high * inverse
    let back = LanePair(product: quotient, s.high)
    let hLow = (((x.high - back.high) - back.low) + (x.low - quotient * s.low)) * inverse
    h = quotient
    let t = s.scaled(L(all: 0.5))

    let sum = LanePair(sum: h, t.high)
    let sumLow = sum.low + (hLow + t.low)
    e1 = sum.high + sumLow
    e2 = (h - t.high) + (hLow - t.low)
    let square = LanePair(product: sum.high, sum.high)
    let minusHalf = L(all: -0.5)
    density = F.exp(
      square.high * minusHalf, minusHalf * square.low - sum.high * sumLow)

    // 1 / √(2π) turns c into 1/2.
    let a = L(all: 1.1875)
    let isDifference = L.less(e1, L(all: 0.4375))
    let (z1, z2) = (L.select(isDifference, -e1, e1), -e2)
    let (u1, u2) = (LanePair(sum: z1, a), LanePair(sum: z2, a))
    let product = LanePair(product: u1.high, u2.high)
    let productLow = product.low + (u1.low * u2.high + u1.high * u2.low)
    let inverseU = one / product.high
    let top = L.select(isDifference, t.high, -(t.high + a))
    let topLow = L.select(isDifference, t.low, zero)
    let main = top * inverseU
    let mainBack = LanePair(product: main, product.high)
    let mainLow = (((top - mainBack.high) - mainBack.low) + (topLow - main * productLow)) * inverseU
    (base1, base2) = (u2.high * inverseU, u1.high * inverseU)
    let (middle, pole) = (L(all: 2.5), L(all: 6))
    rest1 = F.millsRest((z1 - middle) / (z1 + pole))
    rest2 = F.millsRest((z2 - middle) / (z2 + pole))
    let signed1 = L.select(isDifference, base1, -base1)
    let parts = LanePair(ordered: main, signed1 * rest1 - base2 * rest2)
    factor = LanePair(high: parts.high, low: parts.low + mainLow)
    isPart = isDifference
  }
}

/// What price and Greeks of ordinary options are made of.
struct BlackCore<L: DoubleLanes> {
  /// The inputs lie where the accuracy holds; other lanes hold numbers without meaning.
  var isOrdinary: L.Flags
  /// Where the call is out of the money or at it: F ≤ K.
  var callIsOutside: L.Flags
  var near, far: L
  var discount: LanePair<L>
  /// √T and s = σ√T.
  var root: L
  var s: LanePair<L>
  var scores: CoreScores<L>

  /// √T from 1e-50 to 1e50, s from 2^-9 to 6, prices within 1e±140, |h| < 16, |rT| < 300.
  @inline(__always)
  init(forward: L, strike: L, years: L, volatility: L, rate: L) {
    typealias F = CoreFunctions<L>
    callIsOutside = L.not(L.less(strike, forward))
    near = L.select(callIsOutside, forward, strike)
    far = L.select(callIsOutside, strike, forward)
    let rootPair = F.squareRoot(years)
    root = rootPair.high
    let rough = LanePair(product: volatility, root)
    s = LanePair(ordered: rough.high, L.multiplyAdd(volatility, rootPair.low, rough.low))
    scores = CoreScores(x: F.logRatio(near, far), s: s)
    let growth = LanePair(product: rate, years)
    discount = F.exp(-growth.high, -growth.low)

    let prices = L.both(L.less(L(all: 1e-140), near), L.less(far, L(all: 1e140)))
    let times = L.both(L.less(L(all: 1e-100), years), L.less(years, L(all: 1e100)))
    let spreads = L.both(L.less(L(all: 0x1p-9), s.high), L.less(s.high, L(all: 6)))
    let sizes = L.both(L.less(L(all: -16), scores.h), L.less(growth.high.absolute, L(all: 300)))
    let forwards = L.both(L.less(L(all: 1e-140), forward), L.less(forward, L(all: 1e140)))
    isOrdinary = L.both(L.both(L.both(prices, times), L.both(spreads, sizes)), forwards)
  }

  /// The value, times `discount`, of calls (sign +1) and puts (-1).
  @inline(__always)
  func value(sign: L, discount: LanePair<L>) -> L {
    let zero = L(all: 0)
    let start = L.select(scores.isPart, zero, near)
    let flow = LanePair(product: near, scores.density.high)
    let part = LanePair(product: flow.high, scores.factor.high)
    let flowLow = flow.low + near * scores.density.low
    let partLow = part.low + (flow.high * scores.factor.low + flowLow * scores.factor.high)
    let isCall = L.less(zero, sign)
    let isInside = L.either(L.both(isCall, L.not(callIsOutside)), L.both(L.not(isCall), callIsOutside))
    let outside = LanePair(ordered: start, part.high)
    let intrinsic = LanePair.select(isInside, LanePair(ordered: far, -near), LanePair(zero))
    let total = LanePair(sum: intrinsic.high, outside.high)
    let value = LanePair(ordered: total.high, total.low + ((outside.low + partLow) + intrinsic.low))
    let product = LanePair(product: value.high, discount.high)
    return product.high + (product.low + L.multiplyAdd(value.high, discount.low, value.low * discount.high))
  }
}
