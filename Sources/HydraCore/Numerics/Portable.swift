/// Elementary and special functions whose results have the same bits on every machine.
///
/// Goals, in this order:
/// 1. The same bits everywhere: only + - * / and square roots of doubles, each correctly rounded by IEEE 754, in a
///    fixed order; integers and bit patterns for the rest. No system library, no fused multiply-add, no vector units.
/// 2. Defined limits: NaN in, NaN out; infinities, zeros and the ends of the domain as in C's annex F where C has the
///    function.
/// 3. Accuracy: the largest error over the tested points stands at each function, in units in the last place (ulp) of
///    the result, against 60-digit references (Scripts/portable_references.py).
/// 4. Speed: within a small factor of the system's library.
///
/// Everything that ends up in a journal or in generated data uses these instead of the system's `exp`, `log` and so on.
public enum Portable {}

extension Portable {
  /// e to the power x; error ≤ 0.52 ulp (1 where the result is subnormal).
  ///
  /// 0 below -745.13, infinite above 709.78.
  public static func exp(_ x: Double) -> Double { exponential(x, 0) }

  /// e to the power x, less 1, without cancellation near zero; error ≤ 0.65 ulp.
  public static func expm1(_ x: Double) -> Double {
    let size = abs(x)
    if size < 0.25 {
      guard size >= 0x1p-54 else { return x }
      // Taylor's series; the first dropped term is x¹⁵/15! < 2⁻⁶⁸ x.
      var sum = inverseFactorials[0]
      for index in 1..<12 { sum = sum * x + inverseFactorials[index] }
      return x + (0.5 * (x * x) + x * x * x * sum)
    }
    if x < -40 { return -1 }
    if !(x < 700) { return exp(x) }
    let parts = ExponentialParts(x, 0)
    let scale = powerOfTwo(parts.exponent)
    let (sum, rest) = twoSum(parts.high * scale, -1)
    return sum + (rest + parts.low * scale)
  }

  /// The natural logarithm; error ≤ 0.54 ulp.
  ///
  /// -infinity at ±0, NaN below zero.
  public static func log(_ x: Double) -> Double {
    guard x > 0, x < .infinity else { return x == 0 ? -.infinity : x > 0 ? x : .nan }
    let parts = LogarithmParts(x)
    let distance = parts.mantissa - 1
    // Close to 1 the table would cancel; the difference from 1 is exact there.
    if parts.exponent == 0, abs(distance) < 0.0625 { return logarithmNearOne(distance) }
    return parts.value(adding: 0)
  }

  /// The natural logarithm of 1 + x, without cancellation near zero; error ≤ 0.54 ulp.
  ///
  /// -infinity at -1, NaN below.
  public static func log1p(_ x: Double) -> Double {
    if abs(x) < 0.0625 { return abs(x) < 0x1p-54 ? x : logarithmNearOne(x) }
    guard x > -1, x < .infinity else { return x == -1 ? -.infinity : x > 0 ? x : .nan }
    let (sum, rest) = twoSum(1, x)
    return LogarithmParts(sum).value(adding: rest)
  }

  /// The logarithm to base 10; error ≤ 0.52 ulp.
  public static func log10(_ x: Double) -> Double {
    guard x > 0, x < .infinity else { return log(x) }
    let (high, low) = logarithmPair(x)
    // 1/ln 10 as a pair.
    return high * 0.4342944819032518
      + (productError(high, 0.4342944819032518, high * 0.4342944819032518)
        + (low * 0.4342944819032518 + high * 1.098319650216765e-17))
  }

  /// The hyperbolic tangent; error ≤ 2 ulp.
  public static func tanh(_ x: Double) -> Double {
    let size = abs(x)
    guard size >= 0x1p-28 else { return x }
    let value: Double
    if size >= 22 {
      value = 1
    } else if size >= 1 {
      value = 1 - 2 / (expm1(2 * size) + 2)
    } else if size < 1 {
      let falling = expm1(-2 * size)
      value = -falling / (falling + 2)
    } else {
      return x
    }
    return x < 0 ? -value : value
  }

  /// 1 / (1 + e⁻ˣ), the logistic function; error ≤ 2.2 ulp on both sides.
  public static func logistic(_ x: Double) -> Double {
    if x >= 0 { return 1 / (1 + exp(-x)) }
    let rising = exp(x)
    return rising / (1 + rising)
  }
}

// MARK: - Exponential

/// e^(x + low) as (high + low) 2^exponent, with `high` from a table of 2^(j/64).
struct ExponentialParts {
  let high: Double
  let low: Double
  let exponent: Int

  /// - Precondition: |x| < 750, |low| far below 1.
  @inline(__always) init(_ x: Double, _ rest: Double) {
    // Adding 1.5 · 2⁵² rounds to an integer, ties to even.
    let nearest = (x * 92.332482616893657 + 0x1.8p52) - 0x1.8p52
    // ln 2 / 64 in two parts; the first has 32 bits, so that its product with `nearest` is exact.
    let r = (x - nearest * 0x1.62e42feep-7) - nearest * 0x1.a39ef35793c76p-39 + rest
    let steps = Int(nearest)
    let entry = 2 * (steps & 63)
    let (tableHigh, tableLow) = (exponentialTable[entry], exponentialTable[entry + 1])
    // |r| ≤ ln 2 / 128; the first dropped term is r⁷/5040 < 2⁻⁶⁴.
    let series = r + r * r * (0.5 + r * (1.0 / 6 + r * (1.0 / 24 + r * (1.0 / 120 + r * (1.0 / 720)))))
    high = tableHigh
    low = tableLow + tableHigh * series
    exponent = steps >> 6
  }
}

/// e^(x + rest) for a `rest` far smaller than x.
@inline(__always) func exponential(_ x: Double, _ rest: Double) -> Double {
  guard x <= 709.782712893384, x >= -745.1332191019412 else { return x > 0 ? .infinity : x < 0 ? 0 : .nan }
  let parts = ExponentialParts(x, rest)
  let value = parts.high + parts.low
  // Near the ends the power of two itself would overflow or be subnormal.
  if parts.exponent > 1000 { return value * powerOfTwo(parts.exponent - 100) * 0x1p100 }
  if parts.exponent < -1000 { return value * powerOfTwo(parts.exponent + 100) * 0x1p-100 }
  return value * powerOfTwo(parts.exponent)
}

/// 2^exponent for -1022...1023.
@inline(__always) func powerOfTwo(_ exponent: Int) -> Double { Double(bitPattern: UInt64(exponent + 1023) << 52) }

/// 1/14!, 1/13! … 1/3!.
private let inverseFactorials: [Double] = [
  1.1470745597729725e-11, 1.6059043836821613e-10, 2.08767569878681e-09, 2.505210838544172e-08, 2.755731922398589e-07,
  2.7557319223985893e-06, 2.48015873015873e-05, 0.0001984126984126984, 0.001388888888888889, 0.008333333333333333,
  0.041666666666666664, 0.16666666666666666,
]

// MARK: - Logarithm

/// A positive number as mantissa · 2^exponent, with the mantissa between √½ and √2 near a table point j/128.
struct LogarithmParts {
  let mantissa: Double
  let exponent: Int
  /// j/128, at most 1/256 from the mantissa.
  let center: Double
  private let entry: Int

  @inline(__always) init(_ x: Double) {
    var bits = x.bitPattern
    var shift = 0
    if bits < 0x0010_0000_0000_0000 {
      bits = (x * 0x1p54).bitPattern
      shift = -54
    }
    // Subtracting the bits of √½ leaves the exponent of the mantissa's range in the top bits.
    let excess = Int64(bitPattern: bits &- 0x3fe6_a09e_667f_3bcd) >> 52
    exponent = Int(excess) + shift
    mantissa = Double(bitPattern: bits &- UInt64(bitPattern: excess << 52))
    let step = Int(mantissa * 128 + 0.5)
    center = Double(step) * 0.0078125
    entry = 2 * (step - 90)
  }

  /// ln(center) as a pair.
  @inline(__always) var tabled: (high: Double, low: Double) { (logarithmTable[entry], logarithmTable[entry + 1]) }

  /// ln(x + rest), for x not close to 1 and a `rest` below half an ulp of x.
  @inline(__always) func value(adding rest: Double) -> Double {
    // A `rest` other than zero comes with x of at least 2⁻⁵³ and at most 2⁵⁴, where the power of two is normal.
    let scaled = rest == 0 ? 0 : rest * powerOfTwo(-exponent)
    let r = ((mantissa - center) + scaled) / center
    // |r| ≤ 2⁻⁷·⁵; the first dropped term is r⁸/8 < 2⁻⁶³.
    let series = r * r * (-0.5 + r * (1.0 / 3 + r * (-0.25 + r * (0.2 + r * (-1.0 / 6 + r * (1.0 / 7))))))
    let table = tabled
    let (sum, error) = twoSum(Double(exponent) * ln2High, table.high)
    return sum + (r + (series + (error + (table.low + Double(exponent) * ln2Low))))
  }
}

/// ln 2 to 32 bits, and the rest of it.
let ln2High = 0x1.62e42feep-1
let ln2Low = 0x1.a39ef35793c76p-33

/// ln(1 + f) for |f| < 1/16; the first dropped term is f¹⁵/15 < 2⁻⁵⁹ f.
@inline(__always) func logarithmNearOne(_ f: Double) -> Double {
  var sum = -1.0 / 14
  sum = sum * f + 1.0 / 13
  sum = sum * f - 1.0 / 12
  sum = sum * f + 1.0 / 11
  sum = sum * f - 1.0 / 10
  sum = sum * f + 1.0 / 9
  sum = sum * f - 1.0 / 8
  sum = sum * f + 1.0 / 7
  sum = sum * f - 1.0 / 6
  sum = sum * f + 1.0 / 5
  sum = sum * f - 1.0 / 4
  sum = sum * f + 1.0 / 3
  return f + (f * f * f * sum - 0.5 * (f * f))
}
