/// The exponential of eight numbers at once for densities and kernels, where the last digits do not matter.
enum LaneExponential {
  typealias Lanes = SIMD8<Double>

  /// exp(x), relative error below 2e-14; 0 below -700. For x up to 700.
  ///
  /// ```
  /// x = k ln 2 + r,  |r| ≤ ln2 / 2:   exp(x) = 2^k (1 + r + … + r¹¹/11!)
  /// ```
  @inline(__always)
  static func exp(_ x: Lanes) -> Lanes {
    let bounded = x.replacing(with: -700, where: x .< -700)
    // Adding 1.5 · 2^52 leaves the nearest integer in the low bits.
    let shifted = bounded * 1.4426950408889634 + 0x1.8p52
    let k = shifted - 0x1.8p52
    let r = (bounded - k * 0.6931471805598903) - k * 5.497923018708371e-14
    var sum = Lanes(repeating: 2.505210838544172e-08)
    sum = sum * r + 2.755731922398589e-07
    sum = sum * r + 2.7557319223985893e-06
    sum = sum * r + 2.48015873015873e-05
    sum = sum * r + 0.0001984126984126984
    sum = sum * r + 0.001388888888888889
    sum = sum * r + 0.008333333333333333
    sum = sum * r + 0.041666666666666664
    sum = sum * r + 0.16666666666666666
    sum = sum * r + 0.5
    sum = sum * r + 1
    sum = sum * r + 1
    let bits = unsafeBitCast(shifted, to: SIMD8<Int64>.self)
    let scale = unsafeBitCast((bits &+ 1023) &<< 52, to: Lanes.self)
    return (sum * scale).replacing(with: 0, where: x .< -700)
  }
}
