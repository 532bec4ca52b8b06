extension Portable {
  /// The density of the standard normal distribution, exp(-x²/2)/√(2π); error ≤ 1.8 ulp.
  ///
  /// x² is carried as a pair, so that the tails are as accurate as the middle.
  public static func normalDensity(_ x: Double) -> Double {
    guard abs(x) < 40 else { return x.isNaN ? .nan : 0 }
    let square = x * x
    return 0.3989422804014327 * exponential(-0.5 * square, -0.5 * productError(x, x, square))
  }

  /// The standard normal distribution function, the probability of a value below x; error ≤ 6 ulp, tails included.
  ///
  /// 0 below -38.5, 1 above 8.3.
  public static func normalCDF(_ x: Double) -> Double {
    let scaled = x * 0.7071067811865476
    let size = abs(scaled)
    if size <= 0.46875 { return 0.5 + 0.5 * errorFunctionCore(scaled) }
    guard size < 28 else { return x.isNaN ? .nan : x > 0 ? 1 : 0 }
    let square = x * x
    // exp(-x²/2) takes the exact square of x; rounding x/√2 first would cost x²/2 ulps.
    let tail = 0.5 * exponential(-0.5 * square, -0.5 * productError(x, x, square)) * scaledComplement(size)
    return x > 0 ? 1 - tail : tail
  }

  /// The standard normal quantile, the x with `normalCDF(x) == p`; error ≤ 6 ulp of x for p ≤ 0.5.
  ///
  /// Above a half the spacing of p itself is the limit: use the quantile of the complement where that matters.
  /// ∓infinity at 0 and 1, NaN outside 0...1.
  ///
  /// Source: M. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37
  /// (1988), PPND16.
  public static func normalQuantile(_ p: Double) -> Double {
    let q = p - 0.5
    if abs(q) <= 0.425 {
      let r = 0.180625 - q * q
      return q * ratio(quantileCentral, r)
    }
    guard p > 0, p < 1 else { return p == 0 ? -.infinity : p == 1 ? .infinity : .nan }
    let root = (-log(q < 0 ? p : 1 - p)).squareRoot()
    let size = root <= 5 ? ratio(quantileTail, root - 1.6) : ratio(quantileFarTail, root - 5)
    return q < 0 ? -size : size
  }

  /// The error function, 2/√π ∫₀ˣ exp(-t²) dt; error ≤ 3.2 ulp.
  ///
  /// Source: W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23 (1969).
  public static func erf(_ x: Double) -> Double {
    let size = abs(x)
    if size <= 0.46875 { return errorFunctionCore(x) }
    guard size < 6 else { return x.isNaN ? .nan : x > 0 ? 1 : -1 }
    let value = 1 - complement(size)
    return x > 0 ? value : -value
  }

  /// 1 - erf(x), without cancellation; error ≤ 6 ulp.
  ///
  /// 0 above 26.55.
  public static func erfc(_ x: Double) -> Double {
    let size = abs(x)
    if size <= 0.46875 { return 1 - errorFunctionCore(x) }
    guard size < 28 else { return x.isNaN ? .nan : x > 0 ? 0 : 2 }
    return x > 0 ? complement(size) : 2 - complement(size)
  }

  /// exp(x²) erfc(x) for x ≥ 0, which falls like 1/(x√π); error ≤ 5 ulp. NaN below zero.
  public static func erfcx(_ x: Double) -> Double {
    guard x >= 0 else { return .nan }
    if x <= 0.46875 {
      let square = x * x
      return exponential(square, productError(x, x, square)) * (1 - errorFunctionCore(x))
    }
    return scaledComplement(x)
  }
}

/// erf(x) for |x| ≤ 0.46875.
@inline(__always) private func errorFunctionCore(_ x: Double) -> Double { x * ratio(errorCentral, x * x) }

/// erfc(x) for x > 0.46875.
private func complement(_ x: Double) -> Double {
  let square = x * x
  return exponential(-square, -productError(x, x, square)) * scaledComplement(x)
}

/// exp(x²) erfc(x) for x > 0.46875.
private func scaledComplement(_ x: Double) -> Double {
  if x <= 4 { return ratio(errorMiddle, x) }
  let inverse = 1 / (x * x)
  return (0.5641895835477563 - inverse * ratio(errorTail, inverse)) / x
}

/// A numerator and a denominator of one degree, their coefficients in turn from the highest power down.
typealias RationalTable = [SIMD2<Double>]

@inline(__always) private func ratio(_ table: RationalTable, _ x: Double) -> Double {
  table.withUnsafeBufferPointer { table in
    var sums = table[0]
    for index in 1..<table.count { sums = sums * x + table[index] }
    return sums[0] / sums[1]
  }
}

/// erf(x)/x on |x| ≤ 0.46875 in x² (Cody 1969, table II, n = 4); relative error below 10⁻¹⁸.
private let errorCentral: RationalTable = [
  [1.85777706184603153e-1, 1], [3.16112374387056560e00, 2.36012909523441209e01],
  [1.13864154151050156e02, 2.44024637934444173e02], [3.77485237685302021e02, 1.28261652607737228e03],
  [3.20937758913846947e03, 2.84423683343917062e03],
]

/// exp(x²) erfc(x) on 0.46875...4 in x (Cody 1969, table III, n = 8); relative error below 10⁻¹⁸.
private let errorMiddle: RationalTable = [
  [2.15311535474403846e-8, 1], [5.64188496988670089e-1, 1.57449261107098347e01],
  [8.88314979438837594e0, 1.17693950891312499e02], [6.61191906371416295e01, 5.37181101862009858e02],
  [2.98635138197400131e02, 1.62138957456669019e03], [8.81952221241769090e02, 3.29079923573345963e03],
  [1.71204761263407058e03, 4.36261909014324716e03], [2.05107837782607147e03, 3.43936767414372164e03],
  [1.23033935479799725e03, 1.23033935480374942e03],
]

/// x²(1/√π - x exp(x²) erfc(x)) above 4 in 1/x² (Cody 1969, table IV, n = 5); relative error below 10⁻¹⁸.
private let errorTail: RationalTable = [
  [1.63153871373020978e-2, 1], [3.05326634961232344e-1, 2.56852019228982242e00],
  [3.60344899949804439e-1, 1.87295284992346725e00], [1.25781726111229246e-1, 5.27905102951428412e-1],
  [1.60837851487422766e-2, 6.05183413124413191e-2], [6.58749161529837803e-4, 2.33520497626869185e-3],
]

/// Quantile divided by p - ½, for |p - ½| ≤ 0.425, in 0.180625 - (p - ½)² (AS 241).
let quantileCentral: RationalTable = [
  [2.5090809287301226727e3, 5.2264952788528545610e3], [3.3430575583588128105e4, 2.8729085735721942674e4],
  [6.7265770927008700853e4, 3.9307895800092710610e4], [4.5921953931549871457e4, 2.1213794301586595867e4],
  [1.3731693765509461125e4, 5.3941960214247511077e3], [1.9715909503065514427e3, 6.8718700749205790830e2],
  [1.3314166789178437745e2, 4.2313330701600911252e1], [3.3871328727963666080e0, 1],
]

/// Size of the quantile for √(-ln p) up to 5, in √(-ln p) - 1.6 (AS 241).
let quantileTail: RationalTable = [
  [7.74545014278341407640e-4, 1.05075007164441684324e-9], [2.27238449892691845833e-2, 5.47593808499534494600e-4],
  [2.41780725177450611770e-1, 1.51986665636164571966e-2], [1.27045825245236838258e0, 1.48103976427480074590e-1],
  [3.64784832476320460504e0, 6.89767334985100004550e-1], [5.76949722146069140550e0, 1.67638483018380384940e0],
  [4.63033784615654529590e0, 2.05319162663775882187e0], [1.42343711074968357734e0, 1],
]

/// Size of the quantile for √(-ln p) above 5, in √(-ln p) - 5 (AS 241).
let quantileFarTail: RationalTable = [
  [2.01033439929228813265e-7, 2.04426310338993978564e-15], [2.71155556874348757815e-5, 1.42151175831644588870e-7],
  [1.24266094738807843860e-3, 1.84631831751005468180e-5], [2.65321895265761230930e-2, 7.86869131145613259100e-4],
  [2.96560571828504891230e-1, 1.48753612908506148525e-2], [1.78482653991729133580e0, 1.36929880922735805310e-1],
  [5.46378491116411436990e0, 5.99832206555887937690e-1], [6.65790464350110377720e0, 1],
]
