/// Detects a shift of the mean by two one-sided cumulative sums.
///
/// ```
/// z = (x - target) / scale
/// high = max(0, high + z - slack)      low = max(0, low - z - slack)
/// ```
/// Drift is reported when either sum exceeds `threshold`; both then start again from `headStart`.
/// `slack` and `threshold` are in units of `scale`. `slack` = half the shift of interest is the best choice for
/// independent normal values; `CUSUMRunLength` gives the mean number of values between false alarms
/// (slack 0.5, threshold 5: 465) and the threshold for a wanted number. A positive `headStart` (half the threshold is
/// usual) finds a shift that is there from the beginning sooner.
///
///     var detector = CUSUM(target: 0, slack: 0.5, threshold: 5)
///     detector.detections(in: Array(repeating: 0, count: 50) + Array(repeating: 1, count: 50))   // [60, 71, 82, 93]
///
/// - Complexity: O(1) time and memory per value.
///
/// Source: E. S. Page, "Continuous inspection schemes", Biometrika 41 (1954) 100–115; the fast initial response is
/// J. M. Lucas, R. B. Crosier, Technometrics 24 (1982) 199–205.
public struct CUSUM: DriftDetector, Hashable, Codable {
  /// The mean of the stream in control.
  public let target: Double
  /// The standard deviation of the stream in control.
  public let scale: Double
  /// What a value must exceed the target by to count, in `scale`s (the k of the literature).
  public let slack: Double
  /// What a sum must exceed to report drift, in `scale`s (the h of the literature).
  public let threshold: Double
  /// Where both sums start.
  public let headStart: Double

  /// The upper sum after the latest value, before the restart that a drift causes.
  public private(set) var high: Double
  /// The lower sum after the latest value, before the restart that a drift causes.
  public private(set) var low: Double
  /// Number of values in the present run of the upper sum above zero: the shift upwards, if there is one, probably
  /// began that many values ago.
  public private(set) var highRun = 0
  /// Number of values in the present run of the lower sum above zero.
  public private(set) var lowRun = 0
  public private(set) var notFinite = 0
  private var restarts = false

  /// A detector with both sums at `headStart`.
  public init(target: Double, scale: Double = 1, slack: Double, threshold: Double, headStart: Double = 0) {
    precondition(scale > 0, "scale is not positive: \(scale)")
    precondition(slack >= 0, "slack is negative: \(slack)")
    precondition(threshold > 0, "threshold is not positive: \(threshold)")
    precondition(headStart >= 0, "head start is negative: \(headStart)")
    (self.target, self.scale, self.slack, self.threshold) = (target, scale, slack, threshold)
    (self.headStart, high, low) = (headStart, headStart, headStart)
  }

  /// The larger sum as a share of the threshold; above 1 in the step that reports drift.
  public var score: Double { max(high, low) / threshold }

  public var changeAge: Int? { high > low ? highRun : lowRun }
  public var internals: [(name: String, value: Double)] { [("s_plus", high), ("s_minus", low)] }

  /// Takes the next value and says whether the stream has changed.
  public mutating func update(_ value: Double) -> DriftState {
    // max(0, NaN) is 0: a NaN would quietly restart both sums. It is counted instead.
    guard value.isFinite else {
      notFinite += 1
      return .stable
    }
    if restarts { restart() }
    let z = (value - target) / scale
    high = max(0, high + z - slack)
    low = max(0, low - z - slack)
    highRun = high > 0 ? highRun + 1 : 0
    lowRun = low > 0 ? lowRun + 1 : 0
    restarts = max(high, low) > threshold
    return restarts ? .drift : .stable
  }

  /// Takes all the values in turn, as `update` does, and returns the 0-based indices at which drift was reported.
  ///
  /// The sums stay in registers from value to value.
  public mutating func detections(in values: [Double]) -> [Int] {
    var running = self
    var found: [Int] = []
    for index in values.indices where running.update(values[index]) == .drift { found.append(index) }
    self = running
    return found
  }

  private mutating func restart() {
    (high, low, highRun, lowRun, restarts) = (headStart, headStart, 0, 0, false)
  }
}
