import HydraNumerics

/// The distribution of the one-sample Kolmogorov–Smirnov distance of n values from their continuous distribution.
///
/// | where | how | relative error |
/// |---|---|---|
/// | d ≥ ½ | twice the one-sided probability | rounding |
/// | n ≤ 140, n d² > 4; n > 140, n d² ≥ 2.2 | the same | 1e-6, far less in the tail |
/// | n ≤ 140; n d^1.5 ≤ 1.4 | matrix power of Marsaglia, Tsang and Wang | 1e-12 |
/// | n > 140 | expansion of Pelz and Good | 1e-6 |
/// ```
/// P(D⁺ ≥ d) = d Σ C(n, j) (d + j/n)^(j-1) (1 - d - j/n)^(n-j),   j = 0 … ⌊n (1 - d)⌋
/// ```
/// The regimes are those of scipy (`kstwo`), so that p-values agree with it to 1e-9.
///
/// Source: R. Simard, P. L'Ecuyer, J. Statistical Software 39/11 (2011); G. Marsaglia, W. W. Tsang, J. Wang, ibid. 8/18
/// (2003); W. Pelz, I. J. Good, J. Royal Statistical Society B 38 (1976) 152–156.
public enum KolmogorovDistribution {
  /// The probability that the distance of `count` values is at least `distance`.
  public static func survival(_ distance: Double, count n: Int) -> Double {
    precondition(n > 0, "no values")
    let (d, size) = (distance, Double(n))
    if d >= 1 { return 0 }
    if 2 * size * d <= 1 { return 1 }
    let square = size * d * d
    if d >= 0.5 || (n <= 140 ? square > 4 : square >= 2.2) { return min(1, 2 * oneSided(d, n)) }
    let isSmall = n <= 140 || (n <= 100_000 && size * d * d.squareRoot() <= 1.4)
    return min(1, max(0, 1 - (isSmall ? matrixCDF(d, n) : expandedCDF(d, size))))
  }

  /// P(D⁺ ≥ d), all terms positive.
  private static func oneSided(_ d: Double, _ n: Int) -> Double {
    let size = Double(n)
    var sum = 0.0
    for j in 0...Int(size * (1 - d)) {
      let share = Double(j) / size
      let rest = 1 - d - share
      guard rest > 0 || j == n else { continue }
      let logTerm =
        logBinomial(n, j) + Double(j - 1) * Portable.log(d + share) + (j == n ? 0 : Double(n - j) * Portable.log(rest))
      sum += Portable.exp(logTerm)
    }
    return d * sum
  }

  private static func logBinomial(_ n: Int, _ k: Int) -> Double {
    Portable.logGamma(Double(n) + 1) - Portable.logGamma(Double(k) + 1) - Portable.logGamma(Double(n - k) + 1)
  }

  /// P(D < d) ≈ K0 + K1/√n + K2/n + K3/n^1.5 at z = d √n, each Kj in the form that converges fast for small z: sums
  /// over odd m of polynomials times q^(m²), q = e^(-π²/(8 z²)), and over all k of polynomials times q^(4 k²).
  private static func expandedCDF(_ d: Double, _ n: Double) -> Double {
    let z = d * n.squareRoot()
    let (z2, z3) = (z * z, z * z * z)
    let (z4, z6, z7) = (z2 * z2, z3 * z3, z3 * z3 * z)
    let pi2 = 9.869_604_401_089_358
    let rate = -pi2 / (8 * z2)
    var sums = [0.0, 0.0, 0.0, 0.0]
    let terms = Int((16 * z / Double.pi).rounded(.up))
    for k in stride(from: max(1, terms), through: 1, by: -1) {
      let m = Double(2 * k - 1)
      let (m2, m4) = (m * m, m * m * m * m)
      let weight = Portable.exp(rate * m2)
      sums[0] += weight
      sums[1] += weight * (m2 * pi2 / 4 - z2)
      sums[2] += weight * (6 * z6 + 2 * z4 + m2 * (2 * z4 - 5 * z2) * pi2 / 4 + m4 * pi2 * pi2 * (1 - 2 * z2) / 16)
      let third = pi2 * (135 * z4 - 96 * z6) / 4 * m2 + pi2 * pi2 * (212 * z4 - 60 * z2) / 16 * m4
      let fourth = pi2 * pi2 * pi2 * (5 - 30 * z2) / 64 * m4 * m2
      sums[3] += weight * (third + fourth - 30 * z6 - 90 * z4 * z4)
    }
    let root = 2.506_628_274_631_000_2  // √(2π)
    let scales = [z, 6 * z4, 72 * z7, 6480 * z7 * z3]
    var parts = zip(sums, scales).map { root * $0 / $1 }
    for k in stride(from: max(1, terms), through: 1, by: -1) {
      let k2 = Double(k * k)
      let weight = Portable.exp(4 * rate * k2)
      parts[2] -= root * pi2 * k2 * weight / (36 * z3)
      parts[3] += root * pi2 * k2 * weight * (3 * z2 - pi2 * k2) / (216 * z6)
    }
    return parts[0] + parts[1] / n.squareRoot() + parts[2] / n + parts[3] / (n * n.squareRoot())
  }

  /// P(D < d) = n!/nⁿ times the middle element of Hⁿ, with H of size 2k - 1, k = ⌊nd⌋ + 1, h = k - nd.
  private static func matrixCDF(_ d: Double, _ n: Int) -> Double {
    let size = Double(n)
    let k = Int(size * d) + 1
    let m = 2 * k - 1
    let h = Double(k) - size * d
    var matrix = [Double](repeating: 0, count: m * m)
    for i in 0..<m {
      for j in 0..<m where i - j + 1 >= 0 { matrix[i * m + j] = 1 }
    }
    var power = 1.0
    for i in 0..<m {
      power *= h
      matrix[i * m] -= power
      matrix[(m - 1) * m + m - 1 - i] -= power
    }
    if 2 * h > 1 {
      var last = 1.0
      for _ in 0..<m { last *= 2 * h - 1 }
      matrix[(m - 1) * m] += last
    }
    for i in 0..<m {
      for j in 0..<m where i - j + 1 > 0 {
        for divisor in 1...(i - j + 1) { matrix[i * m + j] /= Double(divisor) }
      }
    }
    var result = ScaledMatrix.power(ScaledMatrix(values: matrix, exponent: 0, size: m), n)
    var value = result.values[(k - 1) * m + k - 1]
    for i in 1...n {
      value *= Double(i) / size
      if value < 1e-140 {
        value *= 1e140
        result.exponent -= 140
      }
    }
    return value * Portable.pow(10, Double(result.exponent))
  }
}

/// A square matrix times a power of ten, so that its powers do not overflow.
private struct ScaledMatrix {
  var values: [Double]
  var exponent: Int
  let size: Int

  static func power(_ base: ScaledMatrix, _ n: Int) -> ScaledMatrix {
    guard n > 1 else { return base }
    let half = power(base, n / 2)
    let square = product(half, half)
    return n % 2 == 0 ? square : product(base, square)
  }

  private static func product(_ a: ScaledMatrix, _ b: ScaledMatrix) -> ScaledMatrix {
    let m = a.size
    var result = ScaledMatrix(
      values: [Double](repeating: 0, count: m * m), exponent: a.exponent + b.exponent, size: m)
    for i in 0..<m {
      for k in 0..<m {
        let factor = a.values[i * m + k]
        for j in 0..<m { result.values[i * m + j] += factor * b.values[k * m + j] }
      }
    }
    if result.values[(m / 2) * m + m / 2] > 1e140 {
      for i in result.values.indices { result.values[i] *= 1e-140 }
      result.exponent += 140
    }
    return result
  }
}
