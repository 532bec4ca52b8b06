extension Portable {
  /// x to the power y; error ≤ 0.52 ulp (1 where the result is subnormal).
  ///
  /// The logarithm is carried to about 68 bits, so that large exponents lose nothing. Limits follow C: 1 for y = 0 and
  /// for x = 1 even with NaN; a negative x needs an integer y, odd ones giving a negative result; otherwise NaN.
  public static func pow(_ x: Double, _ y: Double) -> Double {
    if y == 0 || x == 1 { return 1 }
    guard !x.isNaN, !y.isNaN else { return .nan }
    let size = abs(x)
    if y.isInfinite { return size == 1 ? 1 : (size > 1) == (y > 0) ? .infinity : 0 }
    let whole = abs(y) >= 0x1p53 || y == y.rounded(.towardZero)
    let odd = whole && abs(y) < 0x1p53 && Int64(y) & 1 == 1
    let negative = x.sign == .minus && odd
    if size == 0 || size == .infinity {
      let value = (size == 0) == (y > 0) ? 0.0 : Double.infinity
      return negative ? -value : value
    }
    guard x > 0 || whole else { return .nan }
    let value = power(size, y)
    return negative ? -value : value
  }

  /// The positive case, both arguments finite.
  private static func power(_ x: Double, _ y: Double) -> Double {
    if x == 1 || y == 1 { return x }
    let (high, low) = logarithmPair(x)
    let product = high * y
    guard abs(product) < 750 else { return product > 0 ? .infinity : 0 }
    return exponential(product, productError(high, y, product) + low * y)
  }
}

/// ln x as a pair of doubles, the relative error of the sum below 2⁻⁶⁷, for positive finite x.
func logarithmPair(_ x: Double) -> (high: Double, low: Double) {
  let parts = LogarithmParts(x)
  // ln(m/c) = 2 artanh(s) with s = (m - c)/(m + c); the difference is exact, the sum and the quotient are pairs.
  let difference = parts.mantissa - parts.center
  let (sum, sumLow) = twoSum(parts.mantissa, parts.center)
  let s = difference / sum
  let product = s * sum
  let sLow = (((difference - product) - productError(s, sum, product)) - s * sumLow) / sum
  let square = s * s
  let series = s * square * (2.0 / 3 + square * (0.4 + square * (2.0 / 7 + square * (2.0 / 9))))
  let table = parts.tabled
  let exponent = Double(parts.exponent)
  let (first, firstLow) = twoSum(exponent * ln2High, table.high)
  let (second, secondLow) = twoSum(first, 2 * s)
  let low = secondLow + (firstLow + ((table.low + exponent * ln2Low) + (2 * sLow + series)))
  let high = second + low
  return (high, low - (high - second))
}

// MARK: - Pairs of doubles

/// a + b as its rounded value and the exact rest.
///
/// Source: D. Knuth, The Art of Computer Programming 2, section 4.2.2, theorem B.
@inline(__always) func twoSum(_ a: Double, _ b: Double) -> (sum: Double, rest: Double) {
  let sum = a + b
  let virtual = sum - a
  return (sum, (a - (sum - virtual)) + (b - virtual))
}

/// a b - product, exactly, where `product` is the rounded product.
///
/// Each factor is split into halves of 26 bits. Factors above 2⁹⁹⁵ would overflow; results below 2⁻⁹⁶⁹ lose bits.
///
/// Source: T. Dekker, "A floating-point technique for extending the available precision", Numer. Math. 18 (1971).
@inline(__always) func productError(_ a: Double, _ b: Double, _ product: Double) -> Double {
  let aScaled = 134_217_729 * a
  let aHigh = aScaled - (aScaled - a)
  let aLow = a - aHigh
  let bScaled = 134_217_729 * b
  let bHigh = bScaled - (bScaled - b)
  let bLow = b - bHigh
  return ((aHigh * bHigh - product) + aHigh * bLow + aLow * bHigh) + aLow * bLow
}
