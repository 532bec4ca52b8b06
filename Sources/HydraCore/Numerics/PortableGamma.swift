extension Portable {
  /// The natural logarithm of the gamma function for x > 0; error ≤ 4.5 ulp (the zeros at 1 and 2 included).
  ///
  /// Infinite at 0 and at infinity, NaN below zero.
  public static func logGamma(_ x: Double) -> Double {
    guard x > 0, x < .infinity else { return x == 0 || x == .infinity ? .infinity : .nan }
    if x >= 8 {
      // Past 2⁵⁴ the half and the tail are below an ulp.
      return (x - 0.5) * (log(x) - 1) + (0.4189385332046727 + stirlingTail(x))
    }
    // Γ(x) = Γ(x + 1)/x, where x + 1 itself would be rounded.
    if x < 1 { return x * (x - 1) * logGammaQuotient(x - 0.5) - log(x) }
    // Γ(x) = (x - 1)(x - 2)… Γ(y) with y in 1...2.
    var rest = x
    var product = 1.0
    while rest > 2 {
      rest -= 1
      product *= rest
    }
    return (rest - 1) * (rest - 2) * logGammaQuotient(rest - 1.5) + log(product)
  }

  /// The lower regularised incomplete gamma function P(a, x) = γ(a, x)/Γ(a), for a > 0 and x ≥ 0; relative error
  /// below 10⁻¹³ for a up to 10⁶.
  ///
  /// 0 at x = 0, 1 at infinity, NaN outside the domain.
  ///
  /// - Complexity: O(√a) where x is near a.
  public static func gammaP(_ a: Double, _ x: Double) -> Double {
    guard a > 0, a < .infinity, x >= 0 else { return .nan }
    if x == 0 { return 0 }
    if x == .infinity { return 1 }
    return x < a + 1 ? gammaSeries(a, x) : 1 - gammaFraction(a, x)
  }

  /// The upper regularised incomplete gamma function Q(a, x) = 1 - P(a, x), without cancellation; relative error below
  /// 10⁻¹³ for a up to 10⁶.
  public static func gammaQ(_ a: Double, _ x: Double) -> Double {
    guard a > 0, a < .infinity, x >= 0 else { return .nan }
    if x == 0 { return 1 }
    if x == .infinity { return 0 }
    return x < a + 1 ? 1 - gammaSeries(a, x) : gammaFraction(a, x)
  }

  /// The probability that a chi-squared variable with `degrees` degrees of freedom is at most x.
  public static func chiSquaredCDF(_ x: Double, degrees: Double) -> Double {
    x.isNaN ? .nan : gammaP(degrees / 2, max(x, 0) / 2)
  }

  /// The probability that a chi-squared variable exceeds x: the p-value of a chi-squared test.
  public static func chiSquaredSurvival(_ x: Double, degrees: Double) -> Double {
    x.isNaN ? .nan : gammaQ(degrees / 2, max(x, 0) / 2)
  }
}

/// ln Γ(x)/((x - 1)(x - 2)) at x = 1.5 + t for |t| ≤ ½; the two factors make the zeros exact.
private func logGammaQuotient(_ t: Double) -> Double {
  var sum = logGammaCoefficients[0]
  for coefficient in logGammaCoefficients[1...] { sum = sum * t + coefficient }
  return sum
}

/// ln Γ(x) - ((x - ½) ln x - x + ½ ln 2π) for x ≥ 8: Stirling's series; the first dropped term is below 2⁻⁵³.
func stirlingTail(_ x: Double) -> Double {
  let inverse = 1 / x
  let square = inverse * inverse
  var sum = -3617.0 / 122_400
  for coefficient in [
    1.0 / 156, -691.0 / 360_360, 1.0 / 1188, -1.0 / 1680, 1.0 / 1260, -1.0 / 360, 1.0 / 12,
  ] { sum = sum * square + coefficient }
  return sum * inverse
}

/// ln(1 + x) - x without cancellation, for x > -1.
func log1pMinus(_ x: Double) -> Double {
  guard abs(x) < 0.5 else { return Portable.log1p(x) - x }
  // With t = x/(2 + x): ln(1 + x) = 2 artanh t and 2t - x = -tx.
  let t = x / (2 + x)
  let square = t * t
  var sum = 0.0
  // t² ≤ 1/9: the first dropped term is below 2⁻⁵⁸ of the first.
  for index in stride(from: 35.0, through: 3, by: -2) { sum = sum * square + 1 / index }
  return t * (2 * square * sum - x)
}

/// xᵃ e⁻ˣ/Γ(a + 1).
private func gammaFactor(_ a: Double, _ x: Double) -> Double {
  if a < 8 { return Portable.exp(a * Portable.log(x) - x - Portable.logGamma(a + 1)) }
  // Stirling's formula taken out, so that the large parts cancel in exact arithmetic and not in doubles.
  let exponent = a * log1pMinus((x - a) / a) - stirlingTail(a)
  return Portable.exp(exponent) / (6.283185307179586 * a).squareRoot()
}

/// P(a, x) for x below a + 1 (DLMF 8.7.1).
private func gammaSeries(_ a: Double, _ x: Double) -> Double {
  var term = 1.0
  var sum = 1.0
  var index = a
  // The terms fall at least as fast as x/(a + k), so the loop ends; its length is O(√a) near x = a.
  while term > sum * 0x1p-56 {
    index += 1
    term *= x / index
    sum += term
  }
  return min(1, gammaFactor(a, x) * sum)
}

/// Q(a, x) for x of at least a + 1: the continued fraction DLMF 8.9.2 by Lentz's method as modified by Thompson and
/// Barnett, J. Comput. Phys. 64 (1986).
private func gammaFraction(_ a: Double, _ x: Double) -> Double {
  let tiny = 1e-300
  var b = x + 1 - a
  var c = 1 / tiny
  var d = 1 / b
  var fraction = d
  for index in 1..<1_000_000 {
    let k = Double(index)
    let numerator = -k * (k - a)
    b += 2
    d = numerator * d + b
    if abs(d) < tiny { d = tiny }
    c = b + numerator / c
    if abs(c) < tiny { c = tiny }
    d = 1 / d
    let change = d * c
    fraction *= change
    if abs(change - 1) < 0x1p-52 { break }
  }
  return min(1, gammaFactor(a, x) * a * fraction)
}
