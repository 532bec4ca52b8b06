extension Portable {
  /// The regularised incomplete beta function I_x(a, b), for a, b > 0 and x in 0...1; relative error below 10⁻¹² for
  /// a, b up to 10⁶.
  ///
  /// 0 at x = 0, 1 at x = 1, NaN outside the domain.
  ///
  /// - Complexity: O(√max(a, b)).
  public static func betaI(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x >= 0, x <= 1 else { return .nan }
    return incompleteBeta(x, 1 - x, a, b)
  }

  /// The probability that a Student t variable with `degrees` degrees of freedom is at most t; relative error below
  /// 10⁻¹² for up to 10⁶ degrees, the lower tail included.
  ///
  /// Infinite degrees give the normal distribution. NaN unless the degrees are positive.
  public static func studentTCDF(_ t: Double, degrees: Double) -> Double {
    guard degrees > 0, !t.isNaN else { return .nan }
    if degrees == .infinity { return normalCDF(t) }
    let square = t * t
    if square == .infinity { return t > 0 ? 1 : 0 }
    let x = degrees / (degrees + square)
    let y = square / (degrees + square)
    if square < 1 {
      // In the middle the deviation from a half is the accurate part.
      let half = 0.5 * incompleteBeta(y, x, 0.5, degrees / 2)
      return t < 0 ? 0.5 - half : 0.5 + half
    }
    let tail = 0.5 * incompleteBeta(x, y, degrees / 2, 0.5)
    return t > 0 ? 1 - tail : tail
  }

  /// The probability that |T| exceeds |t|: the two-sided p-value of a t test.
  public static func studentTTwoSided(_ t: Double, degrees: Double) -> Double {
    min(1, 2 * studentTCDF(-abs(t), degrees: degrees))
  }

  /// The probability that an F variable with these degrees of freedom is at most f.
  public static func fCDF(_ f: Double, numerator: Double, denominator: Double) -> Double {
    guard !f.isNaN else { return .nan }
    guard f > 0 else { return 0 }
    guard f < .infinity else { return 1 }
    let scaled = numerator * f
    return incompleteBeta(
      scaled / (scaled + denominator), denominator / (scaled + denominator), numerator / 2, denominator / 2)
  }

  /// The probability that an F variable exceeds f: the p-value of an F test.
  public static func fSurvival(_ f: Double, numerator: Double, denominator: Double) -> Double {
    guard !f.isNaN else { return .nan }
    guard f > 0 else { return 1 }
    guard f < .infinity else { return 0 }
    let scaled = numerator * f
    return incompleteBeta(
      denominator / (scaled + denominator), scaled / (scaled + denominator), denominator / 2, numerator / 2)
  }

  /// The natural logarithm of the beta function Γ(a)Γ(b)/Γ(a + b), for a, b > 0.
  public static func logBeta(_ a: Double, _ b: Double) -> Double {
    guard a > 0, b > 0 else { return .nan }
    let (small, large) = (min(a, b), max(a, b))
    guard large >= 8 else { return logGamma(a) + logGamma(b) - logGamma(a + b) }
    // ln Γ(large) - ln Γ(large + small) by Stirling's formula, its large parts cancelled by hand.
    let sum = large + small
    return logGamma(small) - (large - 0.5) * log1p(small / large) - small * (log(sum) - 1)
      + (stirlingTail(large) - stirlingTail(sum))
  }
}

/// I_x(a, b) where y = 1 - x is passed too, so that neither loses digits.
private func incompleteBeta(_ x: Double, _ y: Double, _ a: Double, _ b: Double) -> Double {
  guard a > 0, b > 0, a < .infinity, b < .infinity else { return .nan }
  if x <= 0 { return 0 }
  if y <= 0 { return 1 }
  // The fraction converges fast below the mean of the distribution.
  let value =
    x * (a + b + 2) <= a + 1
    ? betaFactor(x, y, a, b) / a * betaFraction(x, a, b)
    : 1 - betaFactor(y, x, b, a) / b * betaFraction(y, b, a)
  return min(1, max(0, value))
}

/// xᵃ yᵇ/B(a, b).
private func betaFactor(_ x: Double, _ y: Double, _ a: Double, _ b: Double) -> Double {
  if a >= 8, b >= 8 {
    // Stirling's formula on all three gamma functions, deviations from the mean by `log1pMinus`.
    let sum = a + b
    let deviation = x <= y ? x * sum - a : b - y * sum
    let exponent =
      a * log1pMinus(deviation / a) + b * log1pMinus(-deviation / b)
      + (stirlingTail(sum) - stirlingTail(a) - stirlingTail(b))
    return Portable.exp(exponent) * (a / sum * b / 6.283185307179586).squareRoot()
  }
  let logX = x <= 0.5 ? Portable.log(x) : Portable.log1p(-y)
  let logY = y <= 0.5 ? Portable.log(y) : Portable.log1p(-x)
  return Portable.exp(a * logX + b * logY - Portable.logBeta(a, b))
}

/// The continued fraction DLMF 8.17.22 by the modified Lentz method.
private func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
  let tiny = 1e-300
  func away(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
  var c = 1.0
  var d = 1 / away(1 - (a + b) * x / (a + 1))
  var fraction = d
  for index in 1..<1_000_000 {
    let m = Double(index)
    let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / away(1 + even * d)
    c = away(1 + even / c)
    fraction *= d * c
    let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / away(1 + odd * d)
    c = away(1 + odd / c)
    let change = d * c
    fraction *= change
    if abs(change - 1) < 0x1p-52 { break }
  }
  return fraction
}
