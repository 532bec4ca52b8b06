// The rounded functions that are built on the pair kernels: exp, log, error functions, normal distribution.

extension ElementaryTables {
  /// exp(x): 0 below -745.2, infinite above 709.79, NaN for NaN.
  @inlinable @inline(__always)
  public func exp<L: DoubleLanes>(_ x: L) -> L {
    let value = exp(LanePair(x)).rounded
    let overflows = L.less(L(all: 709.782712893384), x)
    return passingNaN(x, L.select(overflows, L(all: .infinity), value))
  }

  /// ln(x): -∞ at 0, NaN for negative x.
  @inlinable @inline(__always)
  public func log<L: DoubleLanes>(_ x: L) -> L {
    let value: L = (log(x) as LanePair<L>).rounded
    let isFinite = L.less(x, L(all: .infinity))
    let finite = L.select(isFinite, value, x)
    let isPositive = L.less(L(all: 0), x)
    let isNegative = L.less(x, L(all: 0))
    let elsewhere = L.select(isNegative, L(all: .nan), L(all: -.infinity))
    return passingNaN(x, L.select(isPositive, finite, elsewhere))
  }

  /// exp(x²) erfc(x) = √(2/π) R(√2 x), the slowly varying part of erfc; infinite below -26.6.
  ///
  /// Beyond x = 80 the asymptotic series 1/(x√π) (1 - 1/(2x²) + 3/(4x⁴) - …) ends after four terms (the next: 3e-18).
  @inlinable @inline(__always)
  public func erfcx<L: DoubleLanes>(_ x: L) -> L {
    let size = x.absolute
    let scaled = LanePair<L>(all: 1.4142135623730951, -9.667293313452913e-17) * size
    let near = millsRatio(scaled) * LanePair(all: 0.7978845608028654, -4.98465440455546e-17)
    let leading = L(all: 0.5641895835477563) / size
    let inverse = L(all: 1) / size
    let w = inverse * inverse
    let series = polynomial(w, -0.5, 0.75, -1.875, 6.5625)
    let far = L.multiplyAdd(leading, w * series, leading)
    let positive = L.select(L.less(size, L(all: 80)), near.rounded, far)
    // 2 exp(x²) - erfcx(-x): no cancellation, the first term is at least twice the second.
    let square = LanePair(product: size, size)
    let bounded = L.select(L.less(size, L(all: 26.7)), square.high, L(all: 709.79))
    let growth = exp(LanePair(high: bounded, low: square.low)).scaled(L(all: 2))
    let reflected = (growth - near).rounded
    let isFinite = L.less(L(all: -26.641), x)
    let negative = L.select(isFinite, reflected, L(all: .infinity))
    return passingNaN(x, L.select(L.less(x, L(all: 0)), negative, positive))
  }

  /// erfc(x) = 1 - erf(x), with full relative accuracy until it underflows at x = 26.5.
  @inlinable @inline(__always)
  public func erfc<L: DoubleLanes>(_ x: L) -> L {
    let size = x.absolute
    let scaled = LanePair<L>(all: 1.4142135623730951, -9.667293313452913e-17) * size
    let slow = millsRatio(scaled) * LanePair(all: 0.7978845608028654, -4.98465440455546e-17)
    let square = squareOfBounded(size)
    let tail = exp(-square) * slow
    let reflected = (LanePair(all: 2, 0) - tail).rounded
    return passingNaN(x, L.select(L.less(x, L(all: 0)), reflected, tail.rounded))
  }

  /// erf(x) = 2/√π ∫ exp(-t²) dt over 0…x, with full relative accuracy near 0.
  ///
  /// Below |x| = 1/2 the Maclaurin series (13 terms: the next is 5e-18 of the sum), above it 1 - erfc.
  @inlinable @inline(__always)
  public func erf<L: DoubleLanes>(_ x: L) -> L {
    let size = x.absolute
    let w = size * size
    var sum = polynomial(
      w, 1.4807192815879218e-08, -1.2290555301717928e-09, 9.422759064650411e-11, -6.7113668551641105e-12)
    sum = L.multiplyAdd(sum, w, L(all: -1.6365844691234924e-07))
    sum = L.multiplyAdd(sum, w, L(all: 1.6462114365889248e-06))
    sum = L.multiplyAdd(sum, w, L(all: -1.492565035840625e-05))
    sum = L.multiplyAdd(sum, w, L(all: 0.00012055332981789664))
    sum = L.multiplyAdd(sum, w, L(all: -0.0008548327023450853))
    sum = L.multiplyAdd(sum, w, L(all: 0.005223977625442188))
    sum = L.multiplyAdd(sum, w, L(all: -0.026866170645131252))
    sum = L.multiplyAdd(sum, w, L(all: 0.11283791670955126))
    sum = L.multiplyAdd(sum, w, L(all: -0.37612638903183754))
    let leading = LanePair(product: size, L(all: 1.1283791670955126))
    let rest = L.multiplyAdd(sum * w, size, L.multiplyAdd(size, L(all: 1.533545961316588e-17), leading.low))
    let small = leading.high + rest

    let scaled = LanePair<L>(all: 1.4142135623730951, -9.667293313452913e-17) * size
    let slow = millsRatio(scaled) * LanePair(all: 0.7978845608028654, -4.98465440455546e-17)
    let tail = exp(-squareOfBounded(size)) * slow
    let large = (LanePair(all: 1, 0) - tail).rounded
    let value = L.select(L.less(size, L(all: 0.5)), small, large)
    return passingNaN(x, L(bits: L.or(value.bits, L.and(x.bits, L.integer(Int64.min)))))
  }

  /// Φ(z), the standard normal distribution function, with full relative accuracy in the lower tail.
  @inlinable @inline(__always)
  public func normalCDF<L: DoubleLanes>(_ z: L) -> L {
    let size = z.absolute
    let tail = exp(squareOfBounded(size).scaled(L(all: -0.5))) * millsRatio(LanePair(size))
    let lower = tail * LanePair(all: 0.3989422804014327, -2.49232720227773e-17)
    let upper = (LanePair(all: 1, 0) - lower).rounded
    return passingNaN(z, L.select(L.less(z, L(all: 0)), lower.rounded, upper))
  }

  /// x² as a pair; 40² for larger x, where exp(-x²/2) has vanished.
  @inlinable @inline(__always)
  func squareOfBounded<L: DoubleLanes>(_ size: L) -> LanePair<L> {
    let bounded = L.select(L.less(size, L(all: 40)), size, L(all: 40))
    return LanePair(product: bounded, bounded)
  }

  /// `value`, but NaN where `x` is NaN.
  @inlinable @inline(__always)
  func passingNaN<L: DoubleLanes>(_ x: L, _ value: L) -> L {
    let isNumber = L.either(L.less(x, L(all: .infinity)), L.less(L(all: -.infinity), x))
    return L.select(isNumber, value, L(all: .nan))
  }
}
