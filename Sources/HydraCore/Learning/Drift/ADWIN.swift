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
  public private(set) var notFinite = 0

  private var rows: ADWINRows
  private var untilTest: Int
  /// What the first boundary found had, in the step that reported drift.
  private var cutScore = 0.0

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
    rows = ADWINRows(maxBuckets: maxBuckets)
    untilTest = clock
  }

  /// The largest difference of means over all boundaries as a share of what the test allows. In the step that reports
  /// drift it is that of the first boundary found, above 1; it is 0 before the grace period is over.
  ///
  /// - Complexity: O(log W): found when it is asked for.
  public var score: Double {
    if detectionsInWindow > 0 { return cutScore }
    return width > gracePeriod ? rows.largestRatio(test) : 0
  }

  private var test: ADWINTest {
    ADWINTest(width: width, total: total, variance: variance * dependence, delta: delta, least: minWindowLength)
  }

  /// The mean of the window, 0 when it is empty.
  public var mean: Double { width == 0 ? 0 : total / Double(width) }
  /// The population variance of the window, m2 / width.
  public var variance: Double { width == 0 ? 0 : m2 / Double(width) }

  public var changeAge: Int? { width }
  public var internals: [(name: String, value: Double)] {
    [("width", Double(width)), ("mean", mean), ("m2", m2), ("variance", variance)]
  }

  /// Takes the next value and says whether the stream has changed.
  public mutating func update(_ value: Double) -> DriftState {
    // The squares of larger ones would overflow, and with them everything the window knows.
    guard abs(value) < 1e150 else {
      notFinite += 1
      return .stable
    }
    if detectionsInWindow > 0 { empty() }
    insert(value)
    untilTest -= 1
    guard untilTest == 0 else { return .stable }
    untilTest = clock
    guard width > gracePeriod, shrink() else { return .stable }
    detectionsInWindow = 1
    return .drift
  }

  private mutating func empty() {
    rows = ADWINRows(maxBuckets: maxBuckets)
    (width, total, m2, untilTest, detectionsInWindow) = (0, 0, 0, clock, 0)
  }

  private mutating func insert(_ value: Double) {
    width += 1
    if width > 1 {
      let before = Double(width - 1)
      let deviation = value - total / before
      m2 += before * deviation * deviation / Double(width)
    }
    total += value
    rows.insert(value)
  }

  /// Drops old buckets as long as some boundary separates two different means; whether any was dropped.
  private mutating func shrink() -> Bool {
    var shrunk = false
    while let ratio = rows.firstCut(test) {
      if !shrunk { cutScore = ratio }
      dropOldest()
      shrunk = true
    }
    return shrunk
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
