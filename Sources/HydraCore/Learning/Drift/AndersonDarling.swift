import HydraNumerics

/// The two-sample Anderson–Darling test: the distance between two empirical distributions, with the tails weighted up.
///
/// ```
/// A² = (N-1)/N Σ_s 1/n_s Σ_j l_j/N (N M_sj - n_s B_j)² / (B_j (N - B_j) - N l_j/4)
/// ```
/// over the distinct values of the pooled sample: l_j how often the j-th occurs, B_j and M_sj the numbers of pooled values
/// and of values of sample s below it, those equal to it counting half (midranks). `statistic` is (A² - 1)/σ_N.
///
/// The p-value is interpolated between the seven published critical values and is therefore kept within 0.001...0.25:
/// at either end it says "at most" or "at least".
///
/// Source: F. W. Scholz, M. A. Stephens, "K-sample Anderson–Darling tests", J. American Statistical Association 82
/// (1987) 918–924, eq. 7; steps as in scipy 1.17 (`anderson_ksamp`, midrank).
public struct AndersonDarling: Hashable, Codable, Sendable {
  /// (A² - 1)/σ_N: about 0 on average while the distributions are the same.
  public let statistic: Double
  /// Within 0.001...0.25.
  public let pValue: Double

  /// Nil with fewer than four values together, an empty sample, or when all values are equal.
  public init?(_ a: [Double], _ b: [Double]) {
    let (a, b) = (a.ascending(), b.ascending())
    let n = a.count + b.count
    guard !a.isEmpty, !b.isEmpty, n > 3, min(a[0], b[0]) < max(a[a.count - 1], b[b.count - 1]) else { return nil }
    let (size, sizeA, sizeB) = (Double(n), Double(a.count), Double(b.count))
    var (i, j) = (0, 0)
    var (sumA, sumB) = (0.0, 0.0)
    while i < a.count || j < b.count {
      let value = j == b.count || (i < a.count && a[i] <= b[j]) ? a[i] : b[j]
      let (firstA, firstB) = (i, j)
      while i < a.count, a[i] == value { i += 1 }
      while j < b.count, b[j] == value { j += 1 }
      let (equalA, equalB) = (Double(i - firstA), Double(j - firstB))
      let equal = equalA + equalB
      let below = Double(firstA + firstB) + equal / 2
      let weight = equal / size / (below * (size - below) - size * equal / 4)
      let gapA = size * (Double(firstA) + equalA / 2) - below * sizeA
      let gapB = size * (Double(firstB) + equalB / 2) - below * sizeB
      sumA += weight * gapA * gapA
      sumB += weight * gapB * gapB
    }
    let squared = (sumA / sizeA + sumB / sizeB) * (size - 1) / size
    statistic = (squared - 1) / Self.deviation(sizeA, sizeB)
    pValue = Self.pValue(statistic)
  }

  /// The standard deviation of A² for k = 2 samples.
  private static func deviation(_ sizeA: Double, _ sizeB: Double) -> Double {
    let n = sizeA + sizeB
    let inverse = 1 / sizeA + 1 / sizeB
    var (harmonic, double) = (0.0, 0.0)
    // h = Σ 1/i for i < N;  g = Σ_i Σ_{j > i} 1/((N - i) j), summed from the small terms.
    for i in 2..<Int(n) {
      harmonic += 1 / Double(Int(n) + 1 - i)
      double += harmonic / Double(i)
    }
    let (h, g) = (harmonic + 1, double)
    let a = (4 * g - 6) + (10 - 6 * g) * inverse
    let b = (2 * g - 4) * 4 + 16 * h + (2 * g - 14 * h - 4) * inverse - 8 * h + 4 * g - 6
    let c = (6 * h + 2 * g - 2) * 4 + (4 * h - 4 * g + 6) * 2 + (2 * h - 6) * inverse + 4 * h
    let d = (2 * h + 6) * 4 - 8 * h
    return ((((a * n + b) * n + c) * n + d) / ((n - 1) * (n - 2) * (n - 3))).squareRoot()
  }

  /// Levels of the table and critical values for two samples, b0 + b1 + b2 of Scholz and Stephens' table 2.
  private static let levels = [0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001]
  private static let critical = [
    0.675 - 0.245 - 0.105, 1.281 + 0.25 - 0.305, 1.645 + 0.678 - 0.362, 1.96 + 1.149 - 0.391, 2.326 + 1.822 - 0.396,
    2.573 + 2.364 - 0.345, 3.085 + 3.615 - 0.154,
  ]

  /// The logarithm of the level is a parabola in the critical value, fitted by least squares.
  private static func pValue(_ statistic: Double) -> Double {
    guard statistic >= critical[0] else { return levels[0] }
    guard statistic <= critical[6] else { return levels[6] }
    // Orthogonal polynomials over the seven points: no system to solve, no digits lost.
    let mean = critical.reduce(0, +) / 7
    let x = critical.map { $0 - mean }
    let (s2, s3) = (x.reduce(0) { $0 + $1 * $1 }, x.reduce(0) { $0 + $1 * $1 * $1 })
    func second(_ x: Double) -> Double { x * x - s3 / s2 * x - s2 / 7 }
    let logs = levels.map { Portable.log($0) }
    let c0 = logs.reduce(0, +) / 7
    let c1 = zip(x, logs).reduce(0) { $0 + $1.0 * $1.1 } / s2
    let norm = x.reduce(0) { $0 + second($1) * second($1) }
    let c2 = zip(x, logs).reduce(0) { $0 + second($1.0) * $1.1 } / norm
    let at = statistic - mean
    return Portable.exp(c0 + c1 * at + c2 * second(at))
  }
}
