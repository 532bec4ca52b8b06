extension Portable {
  /// The sine of an angle in radians; error ≤ 0.75 ulp for every finite argument, NaN for infinite ones.
  public static func sin(_ x: Double) -> Double {
    let angle = ReducedAngle(x)
    switch angle.quadrant & 3 {
    case 0: return sineKernel(angle.high, angle.low)
    case 1: return cosineKernel(angle.high, angle.low)
    case 2: return -sineKernel(angle.high, angle.low)
    default: return -cosineKernel(angle.high, angle.low)
    }
  }

  /// The cosine of an angle in radians; error ≤ 0.75 ulp for every finite argument, NaN for infinite ones.
  public static func cos(_ x: Double) -> Double {
    let angle = ReducedAngle(x)
    switch angle.quadrant & 3 {
    case 0: return cosineKernel(angle.high, angle.low)
    case 1: return -sineKernel(angle.high, angle.low)
    case 2: return -cosineKernel(angle.high, angle.low)
    default: return sineKernel(angle.high, angle.low)
    }
  }

  /// The angle in -π/2...π/2 whose tangent is x; error ≤ 0.8 ulp.
  ///
  /// Source: the argument reduction and polynomial of FDLIBM's `s_atan.c` (Sun Microsystems, 1993).
  public static func atan(_ x: Double) -> Double {
    let size = abs(x)
    guard size < 0x1p66 else { return x.isNaN ? x : x > 0 ? 0x1.921fb54442d18p0 : -0x1.921fb54442d18p0 }
    guard size >= 0x1p-27 else { return x }
    // arctan at the centres ½, 1, 3/2 and infinity, in two parts.
    let (t, high, low): (Double, Double, Double)
    switch size {
    case ..<0.4375: (t, high, low) = (size, 0, 0)
    case ..<0.6875:
      (t, high, low) = ((2 * size - 1) / (2 + size), 4.63647609000806093515e-01, 2.26987774529616870924e-17)
    case ..<1.1875: (t, high, low) = ((size - 1) / (size + 1), 7.85398163397448278999e-01, 3.06161699786838301793e-17)
    case ..<2.4375:
      (t, high, low) = ((size - 1.5) / (1 + 1.5 * size), 9.82793723247329054082e-01, 1.39033110312309984516e-17)
    default: (t, high, low) = (-1 / size, 1.57079632679489655800e+00, 6.12323399573676603587e-17)
    }
    let square = t * t
    var sum = arctangentCoefficients[0]
    for coefficient in arctangentCoefficients[1...] { sum = sum * square + coefficient }
    let correction = t * (square * sum)
    let value = high == 0 ? t - correction : high - ((correction - low) - t)
    return x < 0 ? -value : value
  }
}

/// Coefficients of t² upwards in 1 - arctan(t)/t on |t| < 7/16, the highest first (FDLIBM); error below 2⁻⁵⁸.
private let arctangentCoefficients: [Double] = [
  1.62858201153657823623e-02, -3.65315727442169155270e-02, 4.97687799461593236017e-02, -5.83357013379057348645e-02,
  6.66107313738753120669e-02, -7.69187620504482999495e-02, 9.09088713343650656196e-02, -1.11111104054623557880e-01,
  1.42857142725034663711e-01, -1.99999999998764832476e-01, 3.33333333333329318027e-01,
]

/// An angle less a multiple of π/2: x = quadrant π/2 + high + low, |high| ≤ π/4.
private struct ReducedAngle {
  var quadrant = 0
  var high: Double
  var low = 0.0

  init(_ x: Double) {
    let size = abs(x)
    high = x
    if size <= 0.785398163397448 { return }
    guard size < .infinity else {
      high = .nan
      return
    }
    if size < 1_600_000 { reduceByParts(x) } else { reduceByTable(x) }
  }

  /// Subtracts n π/2 with π/2 in parts of 33 bits, so that n times each of the first three is exact for n < 2²⁰.
  ///
  /// Source: W. Cody and W. Waite, Software Manual for the Elementary Functions (1980); the parts are FDLIBM's.
  private mutating func reduceByParts(_ x: Double) {
    let nearest = (x * 0.63661977236758134308 + 0x1.8p52) - 0x1.8p52
    let first = x - nearest * 1.57079632673412561417e+00
    let (second, secondRest) = twoSum(first, -(nearest * 6.07710050630396597660e-11))
    let (third, thirdRest) = twoSum(second, -(nearest * 2.02226624871116645580e-21))
    let rest = (secondRest + thirdRest) - nearest * 8.47842766036889956997e-32
    high = third + rest
    low = rest - (high - third)
    quadrant = Int(nearest)
  }

  /// Multiplies by 192 bits of 2/π, chosen so that whole turns drop out.
  ///
  /// Source: M. Payne and R. Hanek, "Radian reduction for trigonometric functions", SIGNUM Newsletter 18 (1983).
  private mutating func reduceByTable(_ x: Double) {
    let mantissa = x.significandBitPattern | 1 << 52
    // x = mantissa · 2^exponent; bits of 2/π with a weight of 2^(2 - exponent) or more give whole turns.
    let exponent = Int(x.exponent) - 52
    let start = exponent - 2
    var words = SIMD4<UInt64>(wordOfTwoOverPi(start), wordOfTwoOverPi(start + 64), wordOfTwoOverPi(start + 128), 0)
    let bottom = mantissa.multipliedFullWidth(by: words[2])
    let middle = mantissa.multipliedFullWidth(by: words[1])
    let (middleLow, carry) = middle.low.addingReportingOverflow(bottom.high)
    words = SIMD4(mantissa &* words[0] &+ middle.high &+ (carry ? 1 : 0), middleLow, bottom.low, 0)
    var turns = Int(words[0] >> 62)
    // Drop the quadrant; the rest is a fraction of π/2 with the top bit worth ½.
    words = SIMD4(words[0] << 2 | words[1] >> 62, words[1] << 2 | words[2] >> 62, words[2] << 2, 0)
    let aboveHalf = words[0] >> 63 == 1
    if aboveHalf {
      turns += 1
      words = ~words
    }
    // Take the leading 64 and the next 64 bits. (After inversion the value is short by 2⁻¹⁹², which is negligible.)
    var scale = 1.0
    if words[0] == 0 {
      words = SIMD4(words[1], words[2], 0, 0)
      scale = 0x1p-64
    }
    let zeros = UInt64(words[0].leadingZeroBitCount)
    if zeros > 0 {
      words = SIMD4(words[0] << zeros | words[1] >> (64 - zeros), words[1] << zeros | words[2] >> (64 - zeros), 0, 0)
    }
    scale *= powerOfTwo(-Int(zeros))
    let top = Double(words[0] >> 11) * 0x1p-53
    let next = Double((words[0] & 0x7ff) << 42 | words[1] >> 22) * 0x1p-106
    // Times π/2 as a pair.
    let product = top * 1.5707963267948966
    let rest =
      productError(top, 1.5707963267948966, product) + (top * 6.123233995736766e-17 + next * 1.5707963267948966)
    let sign = aboveHalf ? -scale : scale
    high = (product + rest) * sign
    low = (rest - ((product + rest) - product)) * sign
    quadrant = turns
    if x < 0 { (high, low, quadrant) = (-high, -low, -turns) }
  }

  /// 64 bits of 2/π from a bit position on; zeros in front of the first.
  private func wordOfTwoOverPi(_ bit: Int) -> UInt64 {
    let index = bit >> 6
    let shift = UInt64(bit & 63)
    let first = index >= 0 ? twoOverPi[index] : 0
    guard shift > 0 else { return first }
    let second = index + 1 >= 0 ? twoOverPi[index + 1] : 0
    return first << shift | second >> (64 - shift)
  }
}

/// sin(x + low) for |x| ≤ π/4. Source: FDLIBM `k_sin.c`; polynomial error below 2⁻⁵⁸.
@inline(__always) private func sineKernel(_ x: Double, _ low: Double) -> Double {
  let square = x * x
  let cube = square * x
  let tail =
    8.33333333332248946124e-03 + square
    * (-1.98412698298579493134e-04 + square
      * (2.75573137070700676789e-06 + square * (-2.50507602534068634195e-08 + square * 1.58969099521155010221e-10)))
  return x - ((square * (0.5 * low - cube * tail) - low) + cube * 1.66666666666666324348e-01)
}

/// cos(x + low) for |x| ≤ π/4. Source: FDLIBM `k_cos.c`; polynomial error below 2⁻⁵⁸.
@inline(__always) private func cosineKernel(_ x: Double, _ low: Double) -> Double {
  let square = x * x
  let tail =
    square
    * (4.16666666666666019037e-02 + square
      * (-1.38888888888741095749e-03 + square
        * (2.48015872894767294178e-05 + square
          * (-2.75573143513906633035e-07 + square
            * (2.08757232129817482790e-09 + square * -1.13596475577881948265e-11)))))
  let half = 0.5 * square
  let leading = 1 - half
  return leading + (((1 - leading) - half) + (square * tail - x * low))
}
