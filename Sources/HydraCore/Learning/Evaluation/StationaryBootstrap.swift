import HydraNumerics

/// Resamples a dependent series in blocks of random, geometrically distributed length.
///
/// The first index is drawn uniformly; each next one is, with probability p = 1/`meanBlock`, a new uniform draw, and
/// otherwise the successor of the one before (the last is followed by the first). The resampled series is stationary.
///
/// Source: D. N. Politis, J. P. Romano, "The stationary bootstrap", J. American Statistical Association 89 (1994).
public struct StationaryBootstrap: Hashable, Codable, Sendable {
  /// Mean length of a block.
  public let meanBlock: Double
  public let replications: Int
  public let seed: UInt64

  public init(meanBlock: Double, replications: Int = 2000, seed: UInt64 = 42) {
    precondition(meanBlock >= 1, "mean block length below 1: \(meanBlock)")
    precondition(replications > 0, "no replications")
    (self.meanBlock, self.replications, self.seed) = (meanBlock, replications, seed)
  }

  /// The indices that given draws select: `starts` are uniform in 0..<n, `uniforms` in [0, 1), both one for each place.
  public static func indices(starts: [Int], uniforms: [Double], restart p: Double) -> [Int] {
    precondition(starts.count == uniforms.count, "\(starts.count) starts, \(uniforms.count) uniforms")
    var indices = starts
    for i in indices.indices.dropFirst() where uniforms[i] >= p {
      indices[i] = indices[i - 1] + 1 == indices.count ? 0 : indices[i - 1] + 1
    }
    return indices
  }

  /// The indices of one replication of a series of `count` values. Replications are independent streams of `seed`: any
  /// of them can be drawn alone.
  public func indices(count: Int, replication: Int) -> [Int] {
    var random = CounterRandom(seed: seed, stream: "stationary-bootstrap-\(replication)")
    let p = 1 / meanBlock
    var indices = [Int](repeating: 0, count: count)
    for i in 0..<count {
      if i == 0 || random.uniform() < p {
        indices[i] = random.below(count)
      } else {
        indices[i] = indices[i - 1] + 1 == count ? 0 : indices[i - 1] + 1
      }
    }
    return indices
  }
}
