import HydraNumerics

/// How probable it is that choosing the best of several strategies on past data chose noise.
///
/// The rows are cut into S blocks; for each choice of S/2 of them the strategy with the highest Sharpe ratio there is
/// ranked on the other half. With rank w of N (1 = worst) the logit is ln(ω/(1 - ω)), ω = w/(N + 1).
///
/// Source: D. H. Bailey, J. M. Borwein, M. López de Prado, Q. J. Zhu, "The probability of backtest overfitting",
/// J. Computational Finance 20 (2017): combinatorially symmetric cross-validation.
public struct BacktestOverfitting: Hashable, Codable, Sendable {
  /// Share of splits in which the chosen strategy was at or below the median of the other half (logit ≤ 0).
  public let probability: Double
  /// One for each split, in lexicographic order of the blocks chosen.
  public let logits: [Double]
  /// Share of splits in which the chosen strategy lost on the other half.
  public let lossProbability: Double
  /// Slope of the Sharpe ratio on the other half against that on the chosen half; below zero, choosing harms.
  public let degradationSlope: Double

  /// Evaluates returns with one row a period and one column a strategy, in `blocks` (even) blocks of rows, the first
  /// ones a row longer where the rows do not divide evenly.
  public init(returns: Matrix, blocks: Int) {
    precondition(blocks > 1 && blocks % 2 == 0, "the number of blocks is not even: \(blocks)")
    precondition(returns.rows >= 2 * blocks, "\(returns.rows) rows are too few for \(blocks) blocks")
    precondition(returns.columns > 1, "nothing to choose from")
    let ranges = evenRanges(of: returns.rows, parts: blocks)
    var (inside, outside, logits) = ([Double](), [Double](), [Double]())
    for chosen in combinations(of: blocks, choosing: blocks / 2) {
      let rest = (0..<blocks).filter { !chosen.contains($0) }
      let past = Self.ratios(returns, chosen.map { ranges[$0] })
      let future = Self.ratios(returns, rest.map { ranges[$0] })
      var best = 0
      for k in past.indices where past[k] > past[best] { best = k }
      let below = Double(future.count { $0 < future[best] })
      let equal = Double(future.count { $0 == future[best] })
      let share = (below + (equal + 1) / 2) / Double(future.count + 1)
      logits.append(Portable.log(share / (1 - share)))
      inside.append(past[best])
      outside.append(future[best])
    }
    let splits = Double(logits.count)
    self.logits = logits
    probability = Double(logits.count { $0 <= 0 }) / splits
    lossProbability = Double(outside.count { $0 < 0 }) / splits
    degradationSlope = Self.slope(inside, outside)
  }

  /// Sharpe ratio of each strategy over some rows; 0 for one that does not vary.
  private static func ratios(_ returns: Matrix, _ ranges: [Range<Int>]) -> [Double] {
    let n = Double(ranges.reduce(0) { $0 + $1.count })
    return (0..<returns.columns).map { k in
      var sum = 0.0
      for row in ranges.joined() { sum += returns[row, k] }
      let mean = sum / n
      var squares = 0.0
      for row in ranges.joined() { squares += (returns[row, k] - mean) * (returns[row, k] - mean) }
      return squares > 0 ? mean / (squares / (n - 1)).squareRoot() : 0
    }
  }

  private static func slope(_ x: [Double], _ y: [Double]) -> Double {
    let n = Double(x.count)
    let (meanX, meanY) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
    var (cross, squares) = (0.0, 0.0)
    for (a, b) in zip(x, y) {
      cross += (a - meanX) * (b - meanY)
      squares += (a - meanX) * (a - meanX)
    }
    return squares > 0 ? cross / squares : 0
  }
}
