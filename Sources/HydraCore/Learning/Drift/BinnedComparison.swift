import HydraNumerics

/// Two samples counted in the same bins.
///
///     let bins = BinnedComparison(reference, recent, edges: BinnedComparison.quantileEdges(reference, bins: 10))
///     bins.populationStability()   // below 0.1: no change to speak of; above 0.25: a large one
public struct BinnedComparison: Hashable, Codable, Sendable {
  public let countsA: [Int]
  public let countsB: [Int]

  /// Counts in ]-∞, e0[, [e0, e1[ … [ek, ∞[ for ascending `edges`.
  public init(_ a: [Double], _ b: [Double], edges: [Double]) {
    (countsA, countsB) = (Self.counts(a, edges), Self.counts(b, edges))
  }

  public init(countsA: [Int], countsB: [Int]) {
    precondition(countsA.count == countsB.count, "\(countsA.count) bins against \(countsB.count)")
    (self.countsA, self.countsB) = (countsA, countsB)
  }

  /// The inner edges that cut a sample in `bins` parts of equal size; equal edges are taken once.
  public static func quantileEdges(_ sample: [Double], bins: Int) -> [Double] {
    let sorted = sample.sorted()
    var edges: [Double] = []
    for i in 1..<max(2, bins) {
      let edge = Statistics.quantile(sorted: sorted, Double(i) / Double(bins))
      if edge != edges.last { edges.append(edge) }
    }
    return edges
  }

  /// The population stability index Σ (q - p) ln(q/p), shares below `floor` raised to it.
  public func populationStability(floor: Double = 1e-4) -> Double {
    zip(shares(countsA), shares(countsB)).reduce(0) { sum, pair in
      let (p, q) = (max(floor, pair.0), max(floor, pair.1))
      return sum + (q - p) * Portable.log(q / p)
    }
  }

  /// The Jensen–Shannon distance to base 2, in 0...1: √(½ Σ p log₂(p/m) + ½ Σ q log₂(q/m)), m = (p + q)/2.
  public var jensenShannon: Double {
    let sum = zip(shares(countsA), shares(countsB)).reduce(0.0) { sum, pair in
      let middle = (pair.0 + pair.1) / 2
      func part(_ share: Double) -> Double { share > 0 ? share * Portable.log(share / middle) : 0 }
      return sum + (part(pair.0) + part(pair.1)) / 2
    }
    return max(0, sum / 0.693_147_180_559_945_3).squareRoot()
  }

  /// The Hellinger distance √(½ Σ (√p - √q)²), in 0...1.
  public var hellinger: Double {
    let sum = zip(shares(countsA), shares(countsB)).reduce(0.0) { sum, pair in
      let gap = pair.0.squareRoot() - pair.1.squareRoot()
      return sum + gap * gap
    }
    return (sum / 2).squareRoot()
  }

  /// Pearson's test of whether both samples fall into the bins alike; bins empty in both are left out. Nil with fewer
  /// than two others.
  public var chiSquared: (statistic: Double, degrees: Int, pValue: Double)? {
    let (totalA, totalB) = (Double(countsA.reduce(0, +)), Double(countsB.reduce(0, +)))
    var (sum, used) = (0.0, 0)
    for (a, b) in zip(countsA, countsB) where a + b > 0 {
      let both = Double(a + b)
      let (expectedA, expectedB) = (both * totalA / (totalA + totalB), both * totalB / (totalA + totalB))
      sum += (Double(a) - expectedA) * (Double(a) - expectedA) / expectedA
      sum += (Double(b) - expectedB) * (Double(b) - expectedB) / expectedB
      used += 1
    }
    guard used > 1, totalA > 0, totalB > 0 else { return nil }
    return (sum, used - 1, Portable.chiSquaredSurvival(sum, degrees: Double(used - 1)))
  }

  private func shares(_ counts: [Int]) -> [Double] {
    let total = Double(counts.reduce(0, +))
    return counts.map { Double($0) / total }
  }

  private static func counts(_ sample: [Double], _ edges: [Double]) -> [Int] {
    var counts = [Int](repeating: 0, count: edges.count + 1)
    for value in sample {
      var (low, high) = (0, edges.count)
      while low < high {
        let middle = (low + high) / 2
        if edges[middle] <= value { low = middle + 1 } else { high = middle }
      }
      counts[low] += 1
    }
    return counts
  }
}
