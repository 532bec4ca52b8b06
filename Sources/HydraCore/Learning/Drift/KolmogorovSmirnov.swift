import HydraNumerics

/// The two-sample Kolmogorov–Smirnov test: the largest distance between two empirical distributions.
///
/// ```
/// two-sided D = max |Fa - Fb|     less D⁻ = max(Fb - Fa)     greater D⁺ = max(Fa - Fb)
/// ```
/// "less" is evidence that Fa lies below Fb somewhere, that is, that a tends to be larger.
///
/// Source: the exact p-value by J. L. Hodges, Arkiv för Matematik 3 (1958) 469–486; tests and names as in scipy 1.17
/// (`ks_2samp`).
public struct KolmogorovSmirnov: Hashable, Codable, Sendable {
  /// Which distance is measured.
  public enum Alternative: String, Hashable, Codable, Sendable, CaseIterable {
    case twoSided = "two-sided"
    case less, greater
  }

  /// How the p-value is found.
  public enum Method: String, Hashable, Codable, Sendable, CaseIterable {
    /// Exact while the product of the sizes is at most 10⁶, otherwise asymptotic.
    case automatic
    /// The share of all orders of the pooled sample that reach the statistic; O(n_a n_b).
    case exact
    /// Two-sided: the exact one-sample distribution for n = n_a n_b / (n_a + n_b); one-sided: Hodges' expansion.
    case asymptotic
  }

  public let statistic: Double
  public let pValue: Double
  /// A value at which the distance is reached.
  public let location: Double
  /// +1 where Fa is above Fb there, -1 where it is below.
  public let sign: Int

  /// Neither sample may be empty or hold NaN.
  public init(_ a: [Double], _ b: [Double], alternative: Alternative = .twoSided, method: Method = .automatic) {
    precondition(!a.isEmpty && !b.isEmpty, "an empty sample")
    let gaps = DistributionGaps(a.ascending(), b.ascending())
    let isAbove = alternative == .greater || (alternative == .twoSided && gaps.above.steps >= gaps.below.steps)
    let gap = isAbove ? gaps.above : gaps.below
    sign = isAbove ? 1 : -1
    location = gap.location
    statistic = Double(gap.steps) / Double(gaps.common)
    let exact = method == .exact || (method == .automatic && a.count * b.count <= 1_000_000)
    pValue =
      exact
      ? Self.exact(gap.steps, gaps, isTwoSided: alternative == .twoSided)
      : Self.asymptotic(statistic, a.count, b.count, isTwoSided: alternative == .twoSided)
  }

  private static func asymptotic(_ d: Double, _ sizeA: Int, _ sizeB: Int, isTwoSided: Bool) -> Double {
    let (m, n) = (Double(max(sizeA, sizeB)), Double(min(sizeA, sizeB)))
    let effective = m * n / (m + n)
    if isTwoSided {
      return KolmogorovDistribution.survival(d, count: Int(max(1, effective.rounded(.toNearestOrEven))))
    }
    let z = effective.squareRoot() * d
    let exponent = -2 * z * z - 2 * z * (m + 2 * n) / (m * n * (m + n)).squareRoot() / 3
    return min(1, Portable.exp(exponent))
  }

  /// The least distance, in steps of 1/(n_a n_b), whose exact two-sided p-value is at most `level`; one more than the
  /// largest possible distance when none is.
  static func criticalSteps(_ sizeA: Int, _ sizeB: Int, level: Double) -> Int {
    let gaps = DistributionGaps(sizeA, sizeB)
    // In steps of 1/common, which then become the finer ones; p falls as the distance grows.
    var (low, high) = (1, gaps.common + 1)
    while low < high {
      let middle = (low + high) / 2
      if exact(middle, gaps, isTwoSided: true) <= level { high = middle } else { low = middle + 1 }
    }
    return low > gaps.common ? sizeA * sizeB + 1 : low * (sizeA * sizeB / gaps.common)
  }

  /// By reflection: 2 Σ (-1)^(i+1) C(2n, n + i h)/C(2n, n) for a distance of h/n, or C(2n, n + h)/C(2n, n) one-sided.
  private static func equalSizes(_ steps: Int, _ n: Int, isTwoSided: Bool) -> Double {
    var (share, sum, sign) = (1.0, 0.0, 1.0)
    for k in 1...n {
      share *= Double(n - k + 1) / Double(n + k)
      guard k % steps == 0 else { continue }
      if !isTwoSided { return min(1, share) }
      sum += sign * share
      sign = -sign
      if share < 1e-18 * sum { break }
    }
    return min(1, 2 * sum)
  }

  /// The chance that a random order of the pooled sample reaches the distance. In a path of n_a and n_b steps drawn
  /// without replacement, the mass that first crosses the boundary is summed: all terms are positive, so that small
  /// p-values keep their digits.
  private static func exact(_ steps: Int, _ gaps: DistributionGaps, isTwoSided: Bool) -> Double {
    guard steps > 0 else { return 1 }
    let (m, n) = (gaps.sizeA, gaps.sizeB)
    if m == n { return equalSizes(steps, n, isTwoSided: isTwoSided) }
    let (up, across) = (gaps.common / m, gaps.common / n)
    var crossed = 0.0
    var inside = [Double](repeating: 0, count: n + 1)
    inside.withUnsafeMutableBufferPointer { inside in
      for i in 0...m {
        // Only paths between the boundaries are alive: of this row those from the first alive of the last one on, up to
        // the first beyond the boundary.
        let first = max(0, ((i - 1) * up - steps) / across)
        let last = isTwoSided ? min(n, (i * up + steps) / across + 1) : n
        guard first <= last else { continue }
        for j in first...last {
          let left = Double(m + n - i - j + 1)
          var mass = i == 0 && j == 0 ? 1.0 : 0
          if i > 0 { mass += inside[j] * Double(m - i + 1) / left }
          if j > 0 { mass += inside[j - 1] * Double(n - j + 1) / left }
          let gap = i * up - j * across
          let isOut = (isTwoSided ? abs(gap) : gap) >= steps
          if isOut { crossed += mass }
          inside[j] = isOut ? 0 : mass
        }
      }
    }
    return min(1, crossed)
  }
}

/// The largest distances between two empirical distributions, in whole steps of 1/`common`.
private struct DistributionGaps {
  let sizeA: Int
  let sizeB: Int
  /// Least common multiple of the sizes.
  let common: Int
  private(set) var above: (steps: Int, location: Double)
  private(set) var below: (steps: Int, location: Double)

  /// Sizes alone.
  init(_ a: Int, _ b: Int) {
    (sizeA, sizeB, common) = (a, b, a / Self.divisor(a, b) * b)
    (above, below) = ((0, .nan), (0, .nan))
  }

  init(_ a: [Double], _ b: [Double]) {
    (sizeA, sizeB) = (a.count, b.count)
    common = a.count / Self.divisor(a.count, b.count) * b.count
    let (up, across) = (common / a.count, common / b.count)
    var (i, j) = (0, 0)
    var (above, below): ((steps: Int, location: Double)?, (steps: Int, location: Double)?) = (nil, nil)
    while i < a.count || j < b.count {
      let value = j == b.count || (i < a.count && a[i] <= b[j]) ? a[i] : b[j]
      while i < a.count, a[i] == value { i += 1 }
      while j < b.count, b[j] == value { j += 1 }
      let steps = i * up - j * across
      if above.map({ steps > $0.steps }) ?? true { above = (steps, value) }
      if below.map({ -steps > $0.steps }) ?? true { below = (-steps, value) }
    }
    (self.above, self.below) = (above ?? (0, .nan), below ?? (0, .nan))
  }

  private static func divisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : divisor(b, a % b) }
}
