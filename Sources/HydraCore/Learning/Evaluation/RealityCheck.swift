import HydraNumerics

/// Whether the best of many strategies beats a benchmark by more than luck in choosing it.
///
/// With means m_k of the n relative performances of strategy k, bootstrap means m*_k and standard deviations
/// ω_k² = n mean((m*_k - m_k)²):
/// ```
/// reality check:  √n max m_k              against  √n max (m*_k - m_k)
/// SPA:            max(0, max √n m_k/ω_k)  against  max(0, max √n (m*_k - g_k)/ω_k)
/// ```
/// g_k is max(m_k, 0) (lower), m_k where m_k ≥ -ω_k √(2 ln ln n / n), else 0 (consistent), or m_k (upper); p-values are
/// the shares of replications that reach the statistic.
///
/// Source: H. White, "A reality check for data snooping", Econometrica 68 (2000) 1097–1126; P. R. Hansen, "A test for
/// superior predictive ability", J. Business & Economic Statistics 23 (2005) 365–380.
public struct RealityCheck: Hashable, Codable, Sendable {
  /// White's p-value.
  public let pValue: Double
  /// Hansen's statistic.
  public let statistic: Double
  public let lower: Double
  public let consistent: Double
  public let upper: Double

  /// Tests performances relative to the benchmark, one row a period and one column a strategy.
  ///
  /// - Parameter indices: for each replication the rows it selects (`StationaryBootstrap.indices`), as many as there
  ///   are.
  public init(performance: Matrix, indices: [[Int]]) {
    precondition(performance.rows > 2 && performance.columns > 0 && !indices.isEmpty, "nothing to test")
    let (n, strategies) = (performance.rows, performance.columns)
    let root = Double(n).squareRoot()
    let means = Self.means(performance, Array(0..<n))
    let resampled = indices.map { Self.means(performance, $0) }
    let deviations = (0..<strategies).map { k in
      let squares = resampled.reduce(0.0) { $0 + ($1[k] - means[k]) * ($1[k] - means[k]) }
      return root * (squares / Double(resampled.count)).squareRoot()
    }
    let replications = Double(resampled.count)

    let best = root * (means.max() ?? 0)
    pValue =
      Double(resampled.count { row in root * (zip(row, means).map { $0 - $1 }.max() ?? 0) >= best }) / replications

    let studentised = (0..<strategies).map { deviations[$0] > 0 ? root * means[$0] / deviations[$0] : 0 }
    let statistic = max(0, studentised.max() ?? 0)
    let slack = (2 * Portable.log(Portable.log(Double(n)))).squareRoot() / root
    func share(_ centre: (Int) -> Double) -> Double {
      let centres = (0..<strategies).map(centre)
      let reached = resampled.count { row in
        var most = 0.0
        for k in 0..<strategies where deviations[k] > 0 {
          most = max(most, root * (row[k] - centres[k]) / deviations[k])
        }
        return most >= statistic
      }
      return Double(reached) / replications
    }
    self.statistic = statistic
    lower = share { max(means[$0], 0) }
    consistent = share { means[$0] >= -deviations[$0] * slack ? means[$0] : 0 }
    upper = share { means[$0] }
  }

  private static func means(_ performance: Matrix, _ rows: [Int]) -> [Double] {
    var sums = [Double](repeating: 0, count: performance.columns)
    for row in rows {
      for k in sums.indices { sums[k] += performance[row, k] }
    }
    return sums.map { $0 / Double(rows.count) }
  }
}
