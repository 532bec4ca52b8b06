import HydraNumerics

/// The two-sample Cramér–von Mises test: the mean squared distance between two empirical distributions.
///
/// ```
/// U = n_a Σ (r_i - i)² + n_b Σ (s_j - j)²      T = U/(n_a n_b N) - (4 n_a n_b - 1)/(6 N)
/// ```
/// r, s: ranks of the sorted samples in the pooled one. The p-value is exact (all orders counted, no ties) when the
/// larger sample has at most 20 values, otherwise from the limit distribution with the first two moments matched.
///
/// Source: T. W. Anderson, Annals of Mathematical Statistics 33 (1962) 1148–1159; Y. Xiao, A. Gordon, A. Yakovlev,
/// J. Statistical Software 17/8 (2006) for the exact distribution.
public struct CramerVonMises: Hashable, Codable, Sendable {
  /// How the p-value is found.
  public enum Method: String, Hashable, Codable, Sendable, CaseIterable { case automatic, exact, asymptotic }

  public let statistic: Double
  public let pValue: Double

  public init(_ a: [Double], _ b: [Double], method: Method = .automatic) {
    precondition(a.count > 1 && b.count > 1, "a sample of fewer than two values")
    let ranks = Statistics.ranks(a.sorted() + b.sorted())
    let (m, n) = (Double(a.count), Double(b.count))
    var (sumA, sumB) = (0.0, 0.0)
    for i in a.indices { sumA += (ranks[i] - Double(i + 1)) * (ranks[i] - Double(i + 1)) }
    for j in b.indices {
      let gap = ranks[a.count + j] - Double(j + 1)
      sumB += gap * gap
    }
    let u = m * sumA + n * sumB
    let total = m + n
    statistic = u / (m * n * total) - (4 * m * n - 1) / (6 * total)
    let exact = method == .exact || (method == .automatic && max(a.count, b.count) <= 20)
    pValue = exact ? Self.exact(u, a.count, b.count) : Self.asymptotic(statistic, m, n)
  }

  private static func asymptotic(_ statistic: Double, _ m: Double, _ n: Double) -> Double {
    let total = m + n
    let mean = (1 + 1 / total) / 6
    let product = m * n
    let spread = (total + 1) * (4 * product * total - 3 * (m * m + n * n) - 2 * product)
    let variance = spread / (45 * total * total * 4 * product)
    let matched = 1.0 / 6 + (statistic - mean) / (45 * variance).squareRoot()
    return matched < 0.003 ? 1 : max(0, 1 - limitCDF(matched))
  }

  /// The limit distribution of the statistic.
  /// ```
  /// 1/(π^1.5 √x) Σ Γ(k + ½)/Γ(k + 1) √(4k + 1) e^-q K¼(q),   q = (4k + 1)²/(16 x)
  /// ```
  /// Source: T. W. Anderson, D. A. Darling, Annals of Mathematical Statistics 23 (1952), eq. 4.35.
  static func limitCDF(_ x: Double) -> Double {
    guard x > 0 else { return 0 }
    var sum = 0.0
    for k in 0..<1000 {
      let y = Double(4 * k + 1)
      let q = y * y / (16 * x)
      let ratio = Portable.exp(Portable.logGamma(Double(k) + 0.5) - Portable.logGamma(Double(k) + 1))
      let term = ratio * y.squareRoot() * Portable.exp(-2 * q) * scaledBessel(q)
      sum += term
      if term < 1e-17 * sum { break }
    }
    return min(1, sum / (5.568_327_996_831_708 * x.squareRoot()))
  }

  /// e^q K¼(q) = ∫₀^∞ exp(-q (cosh t - 1)) cosh(t/4) dt, by the trapezoidal rule, whose error falls exponentially.
  private static func scaledBessel(_ q: Double) -> Double {
    let step = 0.0625
    var sum = 0.5
    for i in 1..<2000 {
      let t = Double(i) * step
      let grown = Portable.exp(t)
      let quarter = Portable.exp(t / 4)
      let term = Portable.exp(-q * ((grown + 1 / grown) / 2 - 1)) * (quarter + 1 / quarter) / 2
      sum += term
      if term < 1e-18 { break }
    }
    return sum * step
  }

  /// The share of orders of the pooled sample whose statistic is at least that of `u`. For each number of values of
  /// either sample passed, the sums of squared gaps are counted.
  private static func exact(_ u: Double, _ sizeA: Int, _ sizeB: Int) -> Double {
    let divisor = greatestDivisor(sizeA, sizeB)
    let common = sizeA / divisor * sizeB
    let (a, b) = (common / sizeA, common / sizeB)
    let total = sizeA + sizeB
    let square = Double(common) * Double(common)
    let product = Double(sizeA) * Double(sizeB)
    // The gap sum that belongs to U: whole without ties, and rounded down with them.
    let scaled = square * Double(total) * (6 * u - product * (4 * product - 1)) / (6 * product * product)
    let least = (scaled + 1e-6).rounded(.down)
    var columns = [[Double: Double]](repeating: [:], count: sizeB + 1)
    for i in 0...sizeA {
      for j in 0...sizeB {
        var counts: [Double: Double] = i == 0 && j == 0 ? [0: 1] : [:]
        if i > 0 { counts = columns[j] }
        if j > 0 {
          // Keys are summed one by one, each into its own place: the order of the dictionary leaves no trace.
          for (sum, count) in columns[j - 1] { counts[sum, default: 0] += count }
        }
        let gap = Double(a * i - b * j)
        columns[j] = i == 0 && j == 0 ? counts : shifted(counts, by: gap * gap)
      }
    }
    let all = columns[sizeB].keys.sorted()
    var (reached, ways) = (0.0, 0.0)
    for sum in all {
      let count = columns[sizeB][sum] ?? 0
      ways += count
      if sum >= least { reached += count }
    }
    return reached / ways
  }

  private static func shifted(_ counts: [Double: Double], by amount: Double) -> [Double: Double] {
    var result: [Double: Double] = [:]
    result.reserveCapacity(counts.count)
    for (sum, count) in counts { result[sum + amount] = count }
    return result
  }

  private static func greatestDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestDivisor(b, a % b) }
}
