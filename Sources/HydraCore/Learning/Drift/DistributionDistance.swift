import HydraNumerics

/// Distances between two samples that keep a meaning without a test.
public enum DistributionDistance {
  /// The Wasserstein distance of order one, in the unit of the values: ∫ |Fa - Fb|, the least mean distance by which
  /// the values of one sample must be moved to make the other. Weights are relative; nil for equal ones.
  public static func wasserstein(
    _ a: [Double], _ b: [Double], weightsA: [Double]? = nil, weightsB: [Double]? = nil
  ) -> Double {
    var sum = 0.0
    forEachGap(a, b, weightsA, weightsB) { gap, width in sum += abs(gap) * width }
    return sum
  }

  /// The energy distance √(2 ∫ (Fa - Fb)²), in the square root of the unit of the values.
  /// Source: G. J. Székely, M. L. Rizzo, "Energy statistics", J. Statistical Planning and Inference 143 (2013).
  public static func energy(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    forEachGap(a, b, nil, nil) { gap, width in sum += gap * gap * width }
    return (2 * sum).squareRoot()
  }

  /// Calls with Fa - Fb and the width of each interval between neighbouring values of the pooled sample.
  private static func forEachGap(
    _ a: [Double], _ b: [Double], _ weightsA: [Double]?, _ weightsB: [Double]?, _ body: (Double, Double) -> Void
  ) {
    precondition(!a.isEmpty && !b.isEmpty, "an empty sample")
    let (sampleA, sampleB) = (WeightedSample(a, weightsA), WeightedSample(b, weightsB))
    let pooled = (a + b).sorted()
    var (i, j) = (0, 0)
    for (low, high) in zip(pooled, pooled.dropFirst()) where high > low {
      while i < a.count, sampleA.values[i] <= low { i += 1 }
      while j < b.count, sampleB.values[j] <= low { j += 1 }
      body(sampleA.share(i) - sampleB.share(j), high - low)
    }
  }

  private struct WeightedSample {
    let values: [Double]
    /// Sum of the weights of the first i values.
    let sums: [Double]

    init(_ values: [Double], _ weights: [Double]?) {
      let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
      self.values = order.map { values[$0] }
      var sums = [0.0]
      for i in order { sums.append(sums[sums.count - 1] + (weights?[i] ?? 1)) }
      self.sums = sums
    }

    func share(_ count: Int) -> Double { sums[count] / sums[sums.count - 1] }
  }
}
