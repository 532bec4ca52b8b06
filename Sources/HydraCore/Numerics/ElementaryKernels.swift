// Exponential, logarithm and Mills ratio of a LanePair, branch-free.
//
// Goals, in order: correct at the limits; about seven bits more than a double holds (relative error below 2^-57), so
// that what a caller rounds once is correctly rounded but for rare ties; the same bits for one lane and for eight;
// speed. Each function takes its leading term from a table as an exact pair and adds a correction that is at most
// 1/32 of it, so that the correction's own rounding stays below 2^-57. Rational minimax approximations would need
// pairs in every step to reach that; a table costs one gather.

/// Pointers to the tables of the kernels: fetched once in front of a loop.
///
/// The memory is written once, before the pointers are handed out, and never freed: sharing it is safe.
@frozen
public struct ElementaryTables: @unchecked Sendable {
  @usableFromInline let exponentials: UnsafePointer<Double>
  @usableFromInline let logarithms: UnsafePointer<Double>
  @usableFromInline let millsRatio: UnsafePointer<Double>

  /// The tables of this process.
  public static let shared = ElementaryTables()

  private init() {
    func immortal(_ values: [Double]) -> UnsafePointer<Double> {
      let memory = UnsafeMutablePointer<Double>.allocate(capacity: values.count)
      memory.initialize(from: values, count: values.count)
      return UnsafePointer(memory)
    }
    exponentials = immortal(ElementaryConstants.exponentials)
    logarithms = immortal(ElementaryConstants.logarithms)
    millsRatio = immortal(ElementaryConstants.millsRatio)
  }

  /// 1.5 · 2^52: adding it leaves the nearest integer in the low bits.
  @usableFromInline static let integerShift = 0x1.8p52

  /// The polynomial with these coefficients, constant term first.
  @inlinable @inline(__always)
  func polynomial<L: DoubleLanes>(_ x: L, _ c0: Double, _ c1: Double, _ c2: Double, _ c3: Double) -> L {
    let a = L.multiplyAdd(x, L(all: c3), L(all: c2))
    let b = L.multiplyAdd(x, a, L(all: c1))
    return L.multiplyAdd(x, b, L(all: c0))
  }

  // MARK: - Exponential

  /// exp(y) for finite y; below -746 it is 0, above 709.78 the result is not meaningful.
  ///
  /// ```
  /// y = (32 e + j) ln2/32 + r,  |r| ≤ ln2/64:   exp(y) = 2^e · 2^(j/32) · (1 + r + r²/2 + …)
  /// ```
  /// Relative error below 2^-58.5 while the result is a normal number. NaN is treated as a large argument.
  @inlinable @inline(__always)
  public func exp<L: DoubleLanes>(_ y: LanePair<L>) -> LanePair<L> {
    let isInside = L.both(L.less(y.high, L(all: 709.79)), L.less(L(all: -746), y.high))
    let bounded = L.select(L.less(y.high, L(all: 0)), L(all: -746), L(all: 709.79))
    let high = L.select(isInside, y.high, bounded)
    let low = L.select(isInside, y.low, L(all: 0))

    let shift = L(all: Self.integerShift)
    let shifted = high * L(all: 46.16624130844683) + shift
    let count = shifted - shift
    let steps = L.subtract(shifted.bits, shift.bits)
    // The first product and difference are exact: the step's high part is a multiple of 2^-42.
    let r = ((high - count * L(all: 0.021660849392446835)) - count * L(all: 5.145609244655338e-14)) + low

    let row = L.and(steps, L.integer(31))
    let tableHigh = L.gather(exponentials, row: row, width: 2, column: 0)
    let tableLow = L.gather(exponentials, row: row, width: 2, column: 1)
    let upper = polynomial(r, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040)
    let series = L.multiplyAdd(r, L.multiplyAdd(r, upper, L(all: 1.0 / 6)), L(all: 0.5))
    let growth = L.multiplyAdd(r * r, series, r)
    let result = LanePair(ordered: tableHigh, L.multiplyAdd(tableHigh, growth, tableLow))

    // Two factors: e reaches -1077, where one power of two would not be a normal number.
    let exponent = L.shiftRight(steps, 5)
    let half = L.shiftRight(exponent, 1)
    return result.scaled(powerOfTwo(half)).scaled(powerOfTwo(L.subtract(exponent, half)))
  }

  /// 2^exponent for exponents of normal numbers.
  @inlinable @inline(__always)
  public func powerOfTwo<L: DoubleLanes>(_ exponent: L.Bits) -> L {
    L(bits: L.shiftLeft(L.add(exponent, L.integer(1023)), 52))
  }

  // MARK: - Logarithm

  /// ln(a / b) for positive finite a and b, subnormal ones included, without overflow of the quotient.
  ///
  /// The quotient is kept as a pair, so that a ≈ b costs nothing: relative error below 2^-58 everywhere.
  @inlinable @inline(__always)
  public func logRatio<L: DoubleLanes>(_ a: L, _ b: L) -> LanePair<L> {
    let (aFraction, aExponent) = fraction(a)
    let (bFraction, bExponent) = fraction(b)
    let reciprocal = L(all: 1) / bFraction
    let quotient = LanePair.quotient(LanePair(aFraction), LanePair(bFraction), reciprocal: reciprocal)
    return logOfFraction(quotient, L.subtract(aExponent, bExponent))
  }

  /// ln(a) for positive finite a, subnormal ones included; relative error below 2^-58.
  @inlinable @inline(__always)
  public func log<L: DoubleLanes>(_ a: L) -> LanePair<L> {
    let (aFraction, aExponent) = fraction(a)
    return logOfFraction(LanePair(aFraction), aExponent)
  }

  /// a = fraction · 2^exponent with the fraction in [1, 2).
  @inlinable @inline(__always)
  func fraction<L: DoubleLanes>(_ a: L) -> (L, L.Bits) {
    let isSubnormal = L.less(a, L(all: Double.leastNormalMagnitude))
    let scaled = L.select(isSubnormal, a * L(all: 0x1p54), a)
    let offset = L.select(isSubnormal, L(all: 54), L(all: 0))
    let shift = L(all: Self.integerShift)
    let shiftedOffset = L.subtract((offset + shift).bits, shift.bits)
    let exponent = L.subtract(L.shiftRight(scaled.bits, 52), L.integer(1023))
    let bits = L.or(L.and(scaled.bits, L.integer(0x000F_FFFF_FFFF_FFFF)), L.integer(0x3FF0_0000_0000_0000))
    return (L(bits: bits), L.subtract(exponent, shiftedOffset))
  }

  /// ln(q · 2^exponent) for a pair q in (1/2, 2].
  ///
  /// ```
  /// q = 2^k m,  m in [0.703, 1.406),  c ≈ 1/m from a table,  r = m c - 1,  |r| < 2^-6.4
  /// ln(q 2^e) = (e + k) ln2 - ln c + r - r²/2 + r³/3 - …
  /// ```
  /// c = 1 in both intervals beside 1, where the whole result is r and its series. ln2 and -ln c stand as multiples of
  /// 2^-41 with a rest, so that their sum is exact.
  @inlinable @inline(__always)
  func logOfFraction<L: DoubleLanes>(_ q: LanePair<L>, _ exponent: L.Bits) -> LanePair<L> {
    let base = L.integer(0x3FE6_8000_0000_0000)
    let above = L.subtract(q.high.bits, base)
    let k = L.shiftRight(above, 52)
    let row = L.and(L.shiftRight(above, 45), L.integer(127))
    let m = L(bits: L.subtract(q.high.bits, L.shiftLeft(k, 52)))
    let mLow: L = q.low * powerOfTwo(L.subtract(L.integer(0), k))
    let c = L.gather(logarithms, row: row, width: 3, column: 0)
    let gridLog = L.gather(logarithms, row: row, width: 3, column: 1)
    let restLog = L.gather(logarithms, row: row, width: 3, column: 2)

    // c has 9 bits and the upper part of m 21: both products and the difference are exact.
    let mUpper = L(bits: L.and(m.bits, L.integer(-(1 << 32))))
    let r = LanePair(sum: mUpper * c - L(all: 1), (m - mUpper) * c)
    let rLow = L.multiplyAdd(mLow, c, r.low)
    let x = r.high
    let upper = polynomial(x, 1.0 / 6, -1.0 / 7, 1.0 / 8, -1.0 / 9)
    let lower = polynomial(x, -0.5, 1.0 / 3, -0.25, 0.2)
    let square = x * x
    let series = lower - (square * square) * upper

    let shift = L(all: Self.integerShift)
    let e = L(bits: L.add(L.add(exponent, k), shift.bits)) - shift
    let grid = e * L(all: 0.6931471805601177) + gridLog
    let rest = e * L(all: -1.7239444525614835e-13) + restLog
    // d ln(1 + r) = dr (1 - r + …): the low part of r is small enough for the first two terms.
    let correction = L.multiplyAdd(square, series, rLow - rLow * x)
    let sum = LanePair(sum: grid, x)
    return LanePair(ordered: sum.high, sum.low + (rest + correction))
  }

  // MARK: - Mills ratio

  /// R(z) = Φ(-z) / φ(z) = √(π/2) exp(z²/2) erfc(z/√2) for 0 ≤ z ≤ 127; larger z (and NaN) give R(127), negative z R(0).
  ///
  /// 16 intervals for each doubling of z + 1, in each R(centre) as a pair and a polynomial of degree 9 for the rest.
  /// Relative error below 2^-56.5.
  @inlinable @inline(__always)
  public func millsRatio<L: DoubleLanes>(_ z: LanePair<L>) -> LanePair<L> {
    let isInside = L.less(z.high, L(all: 127 - 0x1p-40))
    let bounded = L.select(isInside, z.high, L(all: 127 - 0x1p-40))
    let argument = L.select(L.less(L(all: 0), bounded), bounded, L(all: 0))
    let low = L.select(isInside, z.low, L(all: 0))
    let bits = (argument + L(all: 1)).bits
    let row = L.subtract(L.shiftRight(bits, 48), L.integer(0x3FF0))
    let centreBits = L.or(L.and(bits, L.integer(-(1 << 48))), L.integer(1 << 47))
    let d = (argument - (L(bits: centreBits) - L(all: 1))) + low
    var sum = L.gather(millsRatio, row: row, width: 11, column: 10)
    sum = L.multiplyAdd(sum, d, L.gather(millsRatio, row: row, width: 11, column: 9))
    sum = L.multiplyAdd(sum, d, L.gather(millsRatio, row: row, width: 11, column: 8))
    sum = L.multiplyAdd(sum, d, L.gather(millsRatio, row: row, width: 11, column: 7))
    sum = L.multiplyAdd(sum, d, L.gather(millsRatio, row: row, width: 11, column: 6))
    sum = L.multiplyAdd(sum, d, L.gather(millsRatio, row: row, width: 11, column: 5))
    sum = L.multiplyAdd(sum, d, L.gather(millsRatio, row: row, width: 11, column: 4))
    sum = L.multiplyAdd(sum, d, L.gather(millsRatio, row: row, width: 11, column: 3))
    sum = L.multiplyAdd(sum, d, L.gather(millsRatio, row: row, width: 11, column: 2))
    let high = L.gather(millsRatio, row: row, width: 11, column: 0)
    let rest = L.gather(millsRatio, row: row, width: 11, column: 1)
    return LanePair(ordered: high, L.multiplyAdd(sum, d, rest))
  }

  /// φ(z) = exp(-z²/2) / √(2π), times exp(exponent) where one is given (for values that would underflow).
  @inlinable @inline(__always)
  public func normalDensity<L: DoubleLanes>(_ z: LanePair<L>, exponent: LanePair<L>? = nil) -> LanePair<L> {
    let square = z * z
    let half = square.scaled(L(all: -0.5))
    return exp(exponent.map { half + $0 } ?? half) * LanePair(all: 0.3989422804014327, -2.49232720227773e-17)
  }
}
