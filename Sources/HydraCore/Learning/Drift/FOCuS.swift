import HydraNumerics

/// The exact likelihood-ratio test for a shift of the mean of any size at any time, in a normal stream.
///
/// ```
/// statistic = max over τ < n of (S_n - S_τ)² / (2 (n - τ)),   S the sums of (x - target)/scale
/// ```
/// Drift is reported when it exceeds `threshold`. No shift size has to be chosen, as `CUSUM` wants it: this is the largest
/// of the CUSUM statistics of all sizes. Only change points on the lower (for rises) and upper (for falls) convex hull of
/// the sums can ever win, and the others are forgotten for good.
///
/// `FOCuS.threshold(forARL:)` gives the threshold for a mean run between false alarms on independent normal values.
///
/// - Complexity: O(log n) memory and time per value on average after n values without a change.
///
/// Source: G. Romano, I. A. Eckley, P. Fearnhead, G. Rigaill, "Fast online changepoint detection via functional pruning
/// CUSUM statistics", J. Machine Learning Research 24 (2023), algorithm 2 (known pre-change mean).
public struct FOCuS: DriftDetector, Hashable, Codable {
  /// A possible last value before a change.
  private struct Candidate: Hashable, Codable, Sendable {
    var count: Double
    var sum: Double
  }

  public let target: Double
  public let scale: Double
  public let threshold: Double
  public private(set) var notFinite = 0
  /// Twice this is a squared number of standard deviations.
  public private(set) var statistic = 0.0
  public private(set) var changeAge: Int?

  private var count = 0.0
  private var sum = 0.0
  private var rises: [Candidate] = []
  private var falls: [Candidate] = []
  private var restarts = false

  /// A detector that has seen nothing.
  public init(target: Double = 0, scale: Double = 1, threshold: Double) {
    precondition(scale > 0, "scale is not positive: \(scale)")
    precondition(threshold > 0, "threshold is not positive: \(threshold)")
    (self.target, self.scale, self.threshold) = (target, scale, threshold)
  }

  public var score: Double { statistic / threshold }
  public var internals: [(name: String, value: Double)] {
    [("statistic", statistic), ("candidates", Double(rises.count + falls.count))]
  }

  /// Takes the next value and says whether the stream has changed.
  public mutating func update(_ value: Double) -> DriftState {
    guard value.isFinite else {
      notFinite += 1
      return .stable
    }
    if restarts {
      (count, sum, statistic, changeAge) = (0, 0, 0, nil)
      rises.removeAll(keepingCapacity: true)
      falls.removeAll(keepingCapacity: true)
    }
    Self.add(Candidate(count: count, sum: sum), to: &rises)
    Self.add(Candidate(count: count, sum: -sum), to: &falls)
    count += 1
    // Bounded, so that one monstrous value cannot make sums of infinity.
    sum += max(-1e100, min(1e100, (value - target) / scale))
    let (up, upAge) = best(rises, sum)
    let (down, downAge) = best(falls, -sum)
    (statistic, changeAge) = up >= down ? (up, upAge) : (down, downAge)
    restarts = statistic > threshold
    if !restarts, count > 1e9 { rebase() }
    return restarts ? .drift : .stable
  }

  /// A new candidate drives out those at or above its sum (a rise from it is steeper) and those above the hull.
  private static func add(_ new: Candidate, to hull: inout [Candidate]) {
    while let last = hull.last {
      if last.sum >= new.sum {
        hull.removeLast()
        continue
      }
      guard hull.count > 1 else { break }
      let before = hull[hull.count - 2]
      let isAbove =
        (last.sum - before.sum) * (new.count - last.count) >= (new.sum - last.sum) * (last.count - before.count)
      guard isAbove else { break }
      hull.removeLast()
    }
    hull.append(new)
  }

  private func best(_ hull: [Candidate], _ sum: Double) -> (Double, Int?) {
    var (most, age): (Double, Double) = (0, 0)
    for candidate in hull {
      let rise = sum - candidate.sum
      guard rise > 0 else { continue }
      let length = count - candidate.count
      let value = rise * rise / (2 * length)
      if value > most { (most, age) = (value, length) }
    }
    return (most, most > 0 ? Int(age) : nil)
  }

  /// Counts and sums start again from the oldest candidate, so that they keep their digits however long the stream.
  private mutating func rebase() {
    let base = min(rises.first?.count ?? count, falls.first?.count ?? count)
    let level = sum
    count -= base
    sum = 0
    for i in rises.indices { (rises[i].count, rises[i].sum) = (rises[i].count - base, rises[i].sum - level) }
    for i in falls.indices { (falls[i].count, falls[i].sum) = (falls[i].count - base, falls[i].sum + level) }
  }
}
