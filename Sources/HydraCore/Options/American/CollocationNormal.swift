import HydraNumerics

/// Eight numbers that are worked on at once.
typealias OctetLanes = SIMD8<Double>

/// exp, Φ and square roots for sums that are wanted to 1e-12: no tables, no pairs of doubles.
///
/// The library's own functions (`ElementaryTables`) are right to the last bit at some three times the cost. The early
/// exercise premium is a correction of a few per cent to a price that they compute; 2e-14 of it is enough.
enum CollocationNormal {
  /// exp(y), with a relative error below 3e-16; y is bounded to -708…708.
  ///
  /// Taylor's series to degree 12 on |r| ≤ ln2/2 (the first term left out: 1.7e-16), even and odd powers apart.
  @inline(__always)
  static func exp(_ y: OctetLanes) -> OctetLanes {
    typealias V = OctetLanes
    let bounded = V.select(V.less(y, V(all: -708)), V(all: -708), V.select(V.less(y, V(all: 708)), y, V(all: 708)))
    let shift = V(all: 0x1.8p52)
    let shifted = V.multiplyAdd(bounded, V(all: 1.4426950408889634), shift)
    let count = shifted - shift
    let r = V.multiplyAdd(
      count, V(all: -1.9082149292705877e-10), V.multiplyAdd(count, V(all: -0.693147180369123816490), bounded))
    let w = r * r
    var even = V.multiplyAdd(w, V(all: 1.0 / 479_001_600), V(all: 1.0 / 3_628_800))
    even = V.multiplyAdd(w, even, V(all: 1.0 / 40320))
    even = V.multiplyAdd(w, even, V(all: 1.0 / 720))
    even = V.multiplyAdd(w, even, V(all: 1.0 / 24))
    even = V.multiplyAdd(w, even, V(all: 0.5))
    even = V.multiplyAdd(w, even, V(all: 1))
    var odd = V.multiplyAdd(w, V(all: 1.0 / 39_916_800), V(all: 1.0 / 362_880))
    odd = V.multiplyAdd(w, odd, V(all: 1.0 / 5040))
    odd = V.multiplyAdd(w, odd, V(all: 1.0 / 120))
    odd = V.multiplyAdd(w, odd, V(all: 1.0 / 6))
    odd = V.multiplyAdd(w, odd, V(all: 1))
    let value = V.multiplyAdd(r, odd, even)
    return V(bits: V.add(value.bits, V.shiftLeft(V.subtract(shifted.bits, shift.bits), 52)))
  }

  /// Φ(x) and φ(x), with relative errors of 2e-14 into the lower tail (and of x² 2^-54 from rounding the exponent).
  ///
  /// The Mills ratio is P(s)/(x + 2), s = κ x/(x + 5) - 1, with P of degree 17 interpolated at Chebyshev points for
  /// 0 ≤ x ≤ 37.5, where φ vanishes: 2.2e-14 against erfcx on 100,001 points.
  @inline(__always)
  static func distribution(_ x: OctetLanes) -> (cdf: OctetLanes, density: OctetLanes) {
    typealias V = OctetLanes
    let size = x.absolute
    let z = V.select(V.less(size, V(all: 37.5)), size, V(all: 37.5))
    let density = exp(z * z * V(all: -0.5)) * V(all: 0.3989422804014327)
    let shifted = z + V(all: 5)
    let raised = z + V(all: 2)
    let inverse = V(all: 1) / (shifted * raised)
    let s = V.multiplyAdd(V(all: 2.2666666666666666) * z, raised * inverse, V(all: -1))
    let w = s * s
    var even = V.multiplyAdd(w, V(all: -2.8742255785295534e-08), V(all: 5.248601963911725e-07))
    even = V.multiplyAdd(w, even, V(all: -8.491323620142391e-06))
    even = V.multiplyAdd(w, even, V(all: 0.0001314578473233673))
    even = V.multiplyAdd(w, even, V(all: -0.0013974309768948322))
    even = V.multiplyAdd(w, even, V(all: -0.01202940525303357))
    even = V.multiplyAdd(w, even, V(all: 0.029254954853240717))
    even = V.multiplyAdd(w, even, V(all: 0.3392920288850303))
    even = V.multiplyAdd(w, even, V(all: 1.4243634714597446))
    var odd = V.multiplyAdd(w, V(all: 3.033306307366325e-08), V(all: -3.9644388486440977e-07))
    odd = V.multiplyAdd(w, odd, V(all: 3.592103035367068e-06))
    odd = V.multiplyAdd(w, odd, V(all: -2.49682224193748e-05))
    odd = V.multiplyAdd(w, odd, V(all: -3.184145924886273e-05))
    odd = V.multiplyAdd(w, odd, V(all: 0.005800749900460551))
    odd = V.multiplyAdd(w, odd, V(all: 0.009148934436283437))
    odd = V.multiplyAdd(w, odd, V(all: -0.13877313482297232))
    odd = V.multiplyAdd(w, odd, V(all: -0.6031441588455433))
    let mills = V.multiplyAdd(s, odd, even) * (shifted * inverse)
    let tail = density * mills
    return (V.select(V.less(x, V(all: 0)), tail, V(all: 1) - tail), density)
  }

  /// Φ and φ of a row of vectors. Vectors that pass through memory stay whole; as arguments they are taken apart.
  @inline(never)
  static func distributions(_ x: LaneRow, cdf: LaneRow, density: LaneRow, blocks: Int) {
    for block in 0..<blocks {
      let value = distribution(x[block: block])
      cdf[block: block] = value.cdf
      density[block: block] = value.density
    }
  }

  /// 1/√h for positive normal h: a guess from the exponent's bits (3.4 %) and four of Newton's steps.
  ///
  /// `squareRoot()` of eight lanes is eight calls on this platform.
  @inline(__always)
  static func reciprocalSquareRoot(_ h: OctetLanes) -> OctetLanes {
    typealias V = OctetLanes
    var y = V(bits: V.subtract(V.integer(0x5FE6_EB50_C7B5_37A9), V.shiftRight(h.bits, 1)))
    let half = h * V(all: -0.5)
    for _ in 0..<4 { y = y * V.multiplyAdd(half * y, y, V(all: 1.5)) }
    return y
  }
}
