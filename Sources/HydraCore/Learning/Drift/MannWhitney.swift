import HydraNumerics

/// The Mann–Whitney test: whether values of one sample tend to be larger than those of another.
///
/// ```
/// U = R_a - n_a (n_a + 1)/2      z = (|U - n_a n_b/2| - ½) / s
/// s² = n_a n_b / 12 ((N + 1) - Σ (t³ - t) / (N (N - 1))),   t: sizes of groups of equal values
/// ```
/// Two-sided p-value by the normal approximation with continuity correction. U counts the pairs in which the value of
/// a is larger, equal ones half.
///
/// Source: H. B. Mann, D. R. Whitney, Annals of Mathematical Statistics 18 (1947) 50–60.
public struct MannWhitney: Hashable, Codable, Sendable {
  public let u: Double
  public let pValue: Double
  /// U / (n_a n_b): the probability that a value of a exceeds one of b, equality counting half.
  public let superiority: Double

  public init(_ a: [Double], _ b: [Double]) {
    precondition(!a.isEmpty && !b.isEmpty, "an empty sample")
    let (m, n) = (Double(a.count), Double(b.count))
    let pooled = a + b
    let ranks = Statistics.ranks(pooled)
    u = ranks[..<a.count].reduce(0, +) - m * (m + 1) / 2
    superiority = u / (m * n)
    let total = m + n
    let ties = Self.tieSizes(pooled).reduce(0.0) { $0 + ($1 * $1 * $1 - $1) }
    let variance = m * n / 12 * ((total + 1) - ties / (total * (total - 1)))
    guard variance > 0 else {
      pValue = 1
      return
    }
    let z = (abs(u - m * n / 2) - 0.5) / variance.squareRoot()
    pValue = min(1, 2 * Portable.normalCDF(-z))
  }

  private static func tieSizes(_ values: [Double]) -> [Double] {
    var sizes: [Double] = []
    var last: Double?
    for value in values.sorted() {
      if value == last { sizes[sizes.count - 1] += 1 } else { sizes.append(1) }
      last = value
    }
    return sizes
  }
}
