import HydraNumerics

/// P-values of distances between two samples of numbers by random relabelling of the pooled sample.
///
/// (1 + # of B relabellings whose distance is at least the observed) / (B + 1): exact in level whatever the
/// distribution, as long as the values are exchangeable, and never 0.
///
/// - Complexity: O(N log N + B N) time.
public enum RelabelledDistance {
  /// The distance.
  public enum Distance: Sendable { case wasserstein, energy }

  /// The share of relabellings, the given one among them, with a distance at least as large.
  public static func pValue(
    _ distance: Distance, _ a: [Double], _ b: [Double], permutations: Int, seed: UInt64
  ) -> Double {
    precondition(!a.isEmpty && !b.isEmpty && permutations > 0, "an empty sample, or no relabelling")
    let pooled = a + b
    let order = pooled.indices.sorted { (pooled[$0], $0) < (pooled[$1], $1) }
    let widths = (0..<(order.count - 1)).map { pooled[order[$0 + 1]] - pooled[order[$0]] }
    // Whether the value of that rank is of a.
    var isFirst = order.map { $0 < a.count }
    let (shareA, shareB) = (1 / Double(a.count), 1 / Double(b.count))
    func measure(_ isFirst: [Bool]) -> Double {
      var (gap, sum) = (0.0, 0.0)
      for (i, width) in widths.enumerated() {
        gap += isFirst[i] ? shareA : -shareB
        sum += (distance == .energy ? gap * gap : abs(gap)) * width
      }
      return sum
    }
    let observed = measure(isFirst)
    let reach = observed - 1e-12 * observed
    var random = CounterRandom(seed: seed, stream: "relabelling")
    var reached = 1
    for _ in 0..<permutations {
      random.shuffle(&isFirst)
      if measure(isFirst) >= reach { reached += 1 }
    }
    return Double(reached) / Double(permutations + 1)
  }
}
