import HydraNumerics

/// A bootstrap estimate of an annualised Sharpe ratio, or of the difference of two.
///
/// The interval is the percentile interval over the replications. The p-value is two-sided, for a true value of zero:
/// ```
/// p = (1 + #{|replicated - estimate| ≥ |estimate|}) / (replications + 1)
/// ```
/// Source: O. Ledoit, M. Wolf, "Robust performance hypothesis testing with the Sharpe ratio", J. Empirical Finance 15
/// (2008) 850–859, with the stationary bootstrap and without studentising.
public struct SharpeInterval: Hashable, Codable, Sendable {
  /// Annualised.
  public let estimate: Double
  public let lower: Double
  public let upper: Double
  public let confidence: Double
  public let pValue: Double
  /// Mean block length used.
  public let meanBlock: Double
  public let replications: Int

  /// The annualised Sharpe ratio of a series of returns; nil when it has none.
  ///
  /// - Parameter meanBlock: nil for `StationaryBootstrap.automaticBlock`.
  public static func ratio(
    of returns: [Double], periods: Double = 252, confidence: Double = 0.95, meanBlock: Double? = nil,
    replications: Int = 2000, seed: UInt64 = 42
  ) -> SharpeInterval? {
    guard SampleMoments(returns) != nil else { return nil }
    let block = meanBlock ?? StationaryBootstrap.automaticBlock(for: returns)
    let bootstrap = StationaryBootstrap(meanBlock: block, replications: replications, seed: seed)
    return interval(bootstrap, count: returns.count, confidence: confidence) { indices in
      annualised(returns, indices, periods)
    }
  }

  /// The difference of the annualised Sharpe ratios of two series of the same days, first less second. Both are
  /// resampled with the same indices, so that what they have in common cancels. A series that does not vary (nothing
  /// was traded) counts as a ratio of zero; nil when neither varies.
  ///
  /// - Parameter meanBlock: nil for the larger of the two automatic lengths.
  public static func difference(
    of first: [Double], _ second: [Double], periods: Double = 252, confidence: Double = 0.95,
    meanBlock: Double? = nil, replications: Int = 2000, seed: UInt64 = 42
  ) -> SharpeInterval? {
    precondition(first.count == second.count, "\(first.count) returns against \(second.count)")
    guard SampleMoments(first) != nil || SampleMoments(second) != nil else { return nil }
    let block =
      meanBlock
      ?? max(StationaryBootstrap.automaticBlock(for: first), StationaryBootstrap.automaticBlock(for: second))
    let bootstrap = StationaryBootstrap(meanBlock: block, replications: replications, seed: seed)
    return interval(bootstrap, count: first.count, confidence: confidence) { indices in
      annualised(first, indices, periods) - annualised(second, indices, periods)
    }
  }

  private static func interval(
    _ bootstrap: StationaryBootstrap, count: Int, confidence: Double, statistic: ([Int]) -> Double
  ) -> SharpeInterval {
    precondition(confidence > 0 && confidence < 1, "confidence outside (0, 1): \(confidence)")
    let estimate = statistic(Array(0..<count))
    let replicated = (0..<bootstrap.replications).map { replication in
      statistic(bootstrap.indices(count: count, replication: replication))
    }
    let extreme = replicated.count { abs($0 - estimate) >= abs(estimate) }
    let sorted = replicated.sorted()
    return SharpeInterval(
      estimate: estimate, lower: Statistics.quantile(sorted: sorted, (1 - confidence) / 2),
      upper: Statistics.quantile(sorted: sorted, (1 + confidence) / 2),
      confidence: confidence, pValue: Double(1 + extreme) / Double(bootstrap.replications + 1),
      meanBlock: bootstrap.meanBlock, replications: bootstrap.replications)
  }

  private static func annualised(_ returns: [Double], _ indices: [Int], _ periods: Double) -> Double {
    let n = Double(indices.count)
    var sum = 0.0
    for i in indices { sum += returns[i] }
    let mean = sum / n
    var squares = 0.0
    for i in indices { squares += (returns[i] - mean) * (returns[i] - mean) }
    guard squares > 0 else { return 0 }
    return mean / (squares / (n - 1)).squareRoot() * periods.squareRoot()
  }
}
