import HydraNumerics

/// Adaptive windowing: keeps the longest recent window whose two parts have the same mean.
///
/// The window is an exponential histogram: row r holds at most `maxBuckets` buckets of 2^r values each, as total and
/// sum of squared deviations. Every `clock` values each boundary between an older part (n0 values) and a newer part
/// (n1 values) is tested, W = n0 + n1, v = m2 / W:
/// ```
/// |mean0 - mean1| > √(2 m v d) + ⅔ d m,   d = ln(2 ln W / δ),   m = 1/(n0 - L + 1) + 1/(n1 - L + 1)
/// ```
/// with L = `minWindowLength`. Where it holds, the oldest bucket is dropped and the test starts again. A drift empties
/// the window, but only at the next value, so that `width` and `mean` can be read in the step that reported it.
/// As `delta` grows, detection is quicker and false alarms more frequent; `delta` bounds their rate loosely.
///
///     var detector = ADWIN()
///     detector.detections(in: Array(repeating: 0, count: 500) + Array(repeating: 1, count: 500))   // [511]
///
/// The steps are those of river 0.26 (`drift.ADWIN`); what it calls `variance` is the `m2` here, a sum, not a mean.
///
/// - Complexity: O(log W) memory; O(1) amortised time a value and O(log W) every `clock` values.
///
/// Source: A. Bifet, R. Gavaldà, "Learning from time-changing data with adaptive windowing", SDM 2007;
/// B. Babcock et al., "Maintaining variance and k-medians over data stream windows", PODS 2003, for the buckets.
public struct ADWIN: DriftDetector, Hashable, Codable {
  /// Confidence of one test: smaller is stricter.
  public let delta: Double
  /// Number of values between two tests.
  public let clock: Int
  /// Most buckets a row may hold before its two oldest merge into the next row.
  public let maxBuckets: Int
  /// Fewest values on either side of a tested boundary.
  public let minWindowLength: Int
  /// No test until the window is longer than this.
  public let gracePeriod: Int

  /// By how much the variance of a mean exceeds that of independent values, v / n: 1 unless the caller knows that
  /// neighbouring values depend on each other. The bound then takes v × `dependence` for v.
  public var dependence = 1.0

  /// Number of values in the window.
  public private(set) var width = 0
  /// Sum of the values in the window.
  public private(set) var total = 0.0
  /// Sum of squared deviations from the mean of the window.
  public private(set) var m2 = 0.0
  /// Number of drifts since the window was last emptied: 1 right after a drift, otherwise 0.
  public private(set) var detectionsInWindow = 0
  /// The largest difference of means at the latest test as a share of what the test allows. In the step that reports
  /// drift it is that of the first boundary found, above 1; it is 0 before the first test.
  public private(set) var score = 0.0
  public private(set) var notFinite = 0

  private var rows = ADWINRows()
  private var tick = 0

  /// A detector with an empty window; the defaults are river's.
  public init(
    delta: Double = 0.002, clock: Int = 32, maxBuckets: Int = 5, minWindowLength: Int = 5, gracePeriod: Int = 10
  ) {
    precondition(delta > 0, "delta is not positive: \(delta)")
    precondition(clock > 0 && maxBuckets > 0 && minWindowLength > 0, "clock, bucket count or window length below 1")
    self.delta = delta
    self.clock = clock
    self.maxBuckets = maxBuckets
    self.minWindowLength = minWindowLength
    self.gracePeriod = gracePeriod
    rows = ADWINRows(capacity: maxBuckets + 1)
  }

  /// The mean of the window, 0 when it is empty.
  public var mean: Double { width == 0 ? 0 : total / Double(width) }
  /// The population variance of the window, m2 / width.
  public var variance: Double { width == 0 ? 0 : m2 / Double(width) }

  public var internals: [(name: String, value: Double)] {
    [("width", Double(width)), ("mean", mean), ("m2", m2), ("variance", variance)]
  }

  /// Takes the next value and says whether the stream has changed.
  public mutating func update(_ value: Double) -> DriftState {
    guard value.isFinite else {
      notFinite += 1
      return .stable
    }
    if detectionsInWindow > 0 { empty() }
    insert(value)
    tick += 1
    guard tick % clock == 0, width > gracePeriod, shrink() else { return .stable }
    detectionsInWindow = 1
    return .drift
  }

  private mutating func empty() {
    rows = ADWINRows(capacity: maxBuckets + 1)
    (width, total, m2, tick, detectionsInWindow) = (0, 0, 0, 0, 0)
    score = 0
  }

  private mutating func insert(_ value: Double) {
    rows.append(total: value, m2: 0, row: 0)
    width += 1
    if width > 1 {
      let before = Double(width - 1)
      let deviation = value - total / before
      m2 += before * deviation * deviation / Double(width)
    }
    total += value
    rows.compress(maxBuckets: maxBuckets)
  }

  /// Drops old buckets as long as some boundary separates two different means; whether any was dropped.
  private mutating func shrink() -> Bool {
    var shrunk = false
    var first = 0.0
    while hasCut() {
      if !shrunk { first = score }
      dropOldest()
      shrunk = true
    }
    if shrunk { score = first }
    return shrunk
  }

  private mutating func hasCut() -> Bool {
    // Everything but n0, n1 is the same for all boundaries of one pass.
    let confidence = Portable.log(2 * Portable.log(Double(width)) / delta)
    let spread = 2 * variance * dependence
    let least = Double(minWindowLength)
    var (n0, n1, u0, u1) = (0.0, Double(width), 0.0, total)
    score = 0
    for row in stride(from: rows.counts.count - 1, through: 0, by: -1) {
      let size = Double(1 << row)
      for k in 0..<rows.counts[row] - (row == 0 ? 1 : 0) {
        let u = rows.total(row, k)
        n0 += size
        n1 -= size
        u0 += u
        u1 -= u
        guard n1 >= least, n0 >= least else { continue }
        let m = 1 / (n0 - least + 1) + 1 / (n1 - least + 1)
        let bound = (m * spread * confidence).squareRoot() + 2.0 / 3 * confidence * m
        let difference = abs(u0 / n0 - u1 / n1)
        if difference > score * bound { score = difference / bound }
        if difference > bound { return true }
      }
    }
    return false
  }

  private mutating func dropOldest() {
    let (bucketTotal, bucketM2, size) = rows.removeOldest()
    let n = Double(size)
    width -= size
    total -= bucketTotal
    let rest = Double(width)
    let difference = bucketTotal / n - total / rest
    m2 -= bucketM2 + n * rest * difference * difference / (n + rest)
  }
}

/// The exponential histogram of `ADWIN`: row r holds buckets of 2^r values, oldest first.
struct ADWINRows: Hashable, Codable, Sendable {
  private(set) var counts: [Int] = [0]
  private var totals: [Double] = []
  private var m2s: [Double] = []
  private var capacity = 0

  init() {}

  init(capacity: Int) {
    self.capacity = capacity
    totals = Array(repeating: 0, count: capacity)
    m2s = totals
  }

  func total(_ row: Int, _ k: Int) -> Double { totals[row * capacity + k] }

  mutating func append(total: Double, m2: Double, row: Int) {
    if row == counts.count {
      counts.append(0)
      totals.append(contentsOf: repeatElement(0, count: capacity))
      m2s.append(contentsOf: repeatElement(0, count: capacity))
    }
    totals[row * capacity + counts[row]] = total
    m2s[row * capacity + counts[row]] = m2
    counts[row] += 1
  }

  /// Merges the two oldest buckets of every overfull row into one bucket of the next row.
  mutating func compress(maxBuckets: Int) {
    var row = 0
    while row < counts.count, counts[row] > maxBuckets {
      let (first, n) = (row * capacity, Double(1 << row))
      let difference = totals[first] / n - totals[first + 1] / n
      append(
        total: totals[first] + totals[first + 1],
        m2: m2s[first] + m2s[first + 1] + n * n * difference * difference / (n + n), row: row + 1)
      removeFirst(2, row: row)
      row += 1
    }
  }

  mutating func removeOldest() -> (total: Double, m2: Double, size: Int) {
    let row = counts.count - 1
    let oldest = (totals[row * capacity], m2s[row * capacity], 1 << row)
    removeFirst(1, row: row)
    if counts[row] == 0, row > 0 {
      counts.removeLast()
      totals.removeLast(capacity)
      m2s.removeLast(capacity)
    }
    return oldest
  }

  private mutating func removeFirst(_ n: Int, row: Int) {
    let first = row * capacity
    for k in n..<max(n, counts[row]) {
      totals[first + k - n] = totals[first + k]
      m2s[first + k - n] = m2s[first + k]
    }
    counts[row] -= n
  }
}
