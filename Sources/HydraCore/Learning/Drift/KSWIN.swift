import HydraNumerics

/// Kolmogorov–Smirnov windowing: reports when the latest values of a sliding window are distributed differently from the
/// rest of it.
///
/// The latest `statSize` of the last `windowSize` values are compared with all the older ones by the exact two-sample
/// test at level `alpha`. (The original compares with a random sample of the older ones; all of them give more power, and
/// nothing is left to chance.) After a drift only the latest `statSize` values are kept.
///
/// The level is that of one comparison, and one is made with every value: there is no promise about false alarms.
///
/// - Complexity: O(windowSize) time and memory per value: both parts are kept in order.
///
/// Source: C. Raab, M. Heusinger, F.-M. Schleif, "Reactive soft prototype computing for concept drift streams",
/// Neurocomputing 416 (2020) 340–351; parameters as in river 0.26 (`drift.KSWIN`).
public struct KSWIN: DriftDetector, Hashable, Codable {
  public let alpha: Double
  public let windowSize: Int
  public let statSize: Int
  public private(set) var notFinite = 0
  /// The largest distance of the two distributions at the latest comparison.
  public private(set) var statistic = 0.0

  /// The least distance, in steps of 1/(older × latest), that is significant; one more than possible when none is.
  private let critical: Int
  private var ring: [Double] = []
  private var next = 0
  private var older: [Double] = []
  private var latest: [Double] = []
  private var restarts = false

  /// A detector that has seen nothing; the defaults are river's.
  public init(alpha: Double = 0.005, windowSize: Int = 100, statSize: Int = 30) {
    precondition(alpha > 0 && alpha < 1, "alpha outside (0, 1): \(alpha)")
    precondition(statSize > 0 && windowSize > statSize, "a window of \(windowSize) with \(statSize) latest values")
    (self.alpha, self.windowSize, self.statSize) = (alpha, windowSize, statSize)
    let rest = windowSize - statSize
    critical = KolmogorovSmirnov.criticalSteps(rest, statSize, level: alpha)
    ring.reserveCapacity(windowSize)
    older.reserveCapacity(rest)
    latest.reserveCapacity(statSize)
  }

  public var score: Double { statistic * Double(statSize * (windowSize - statSize)) / Double(critical) }
  public var changeAge: Int? { statSize }
  public var internals: [(name: String, value: Double)] { [("statistic", statistic), ("width", Double(ring.count))] }

  /// Takes the next value and says whether the stream has changed.
  public mutating func update(_ value: Double) -> DriftState {
    guard value.isFinite else {
      notFinite += 1
      return .stable
    }
    if restarts { forgetOlder() }
    if ring.count < windowSize {
      // The latest are those from `ring.count - statSize` on.
      if ring.count >= statSize { move(ring[ring.count - statSize]) }
      ring.append(value)
    } else {
      let leaving = next + windowSize - statSize
      remove(ring[next], from: &older)
      move(ring[leaving >= windowSize ? leaving - windowSize : leaving])
      ring[next] = value
      next = next + 1 == windowSize ? 0 : next + 1
    }
    insert(value, into: &latest)
    guard ring.count == windowSize else { return .stable }
    let steps = largestGap()
    statistic = Double(steps) / Double(older.count * latest.count)
    restarts = steps >= critical
    return restarts ? .drift : .stable
  }

  private mutating func forgetOlder() {
    let ordered = Array(ring[next...] + ring[..<next])
    ring.removeAll(keepingCapacity: true)
    ring.append(contentsOf: ordered.suffix(statSize))
    older.removeAll(keepingCapacity: true)
    (next, statistic, restarts) = (0, 0, false)
  }

  /// A value passes from the latest to the older ones.
  private mutating func move(_ value: Double) {
    remove(value, from: &latest)
    insert(value, into: &older)
  }

  private func insert(_ value: Double, into sorted: inout [Double]) {
    sorted.insert(value, at: sorted.lowerBound(value))
  }

  private func remove(_ value: Double, from sorted: inout [Double]) {
    sorted.remove(at: sorted.lowerBound(value))
  }

  /// max |F_older - F_latest| in steps of 1/(older × latest).
  private func largestGap() -> Int {
    older.withUnsafeBufferPointer { a in
      latest.withUnsafeBufferPointer { b in
        let (up, down) = (b.count, a.count)
        var (i, gap, most) = (0, 0, 0)
        for j in b.indices {
          let value = b[j]
          while i < a.count, a[i] < value {
            gap += up
            i += 1
          }
          // Before b[j] the gap is largest upwards; after it (and what equals it) downwards.
          if j == 0 || b[j - 1] < value { most = max(most, gap) }
          gap -= down
          guard j + 1 == b.count || b[j + 1] > value else { continue }
          while i < a.count, a[i] == value {
            gap += up
            i += 1
          }
          most = max(most, abs(gap))
        }
        return most
      }
    }
  }
}

extension [Double] {
  /// The first place in an ascending array whose value is not below `value`.
  func lowerBound(_ value: Double) -> Int {
    withUnsafeBufferPointer { sorted in
      var (low, count) = (0, sorted.count)
      while count > 0 {
        let half = count / 2
        let isBelow = sorted[low + half] < value
        low = isBelow ? low + half + 1 : low
        count = isBelow ? count - half - 1 : half
      }
      return low
    }
  }
}
