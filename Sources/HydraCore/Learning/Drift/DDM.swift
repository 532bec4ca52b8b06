/// Drift detection method: reports when the error rate of a learner has risen well above its best.
///
/// With p the share of errors (1) so far and s = √(p (1 - p)/n), the p and s of least p + s are remembered; warning and
/// drift are reported when p + s exceeds p_min + `warningThreshold` s_min and p_min + `driftThreshold` s_min.
/// Values outside 0...1 are counted and left out.
///
/// Source: J. Gama et al., "Learning with drift detection", SBIA 2004; steps as in river 0.26 (`drift.binary.DDM`).
public struct DDM: DriftDetector, Hashable, Codable {
  /// Number of values before anything is remembered or reported.
  public let warmStart: Int
  public let warningThreshold: Double
  public let driftThreshold: Double
  /// Share of errors since the start.
  public private(set) var errorRate = 0.0
  public private(set) var notFinite = 0

  private var count = 0
  private var leastRate = 0.0
  private var leastDeviation = 0.0
  private var isRemembering = false
  private var leastCount = 0
  private var restarts = false

  public init(warmStart: Int = 30, warningThreshold: Double = 2, driftThreshold: Double = 3) {
    (self.warmStart, self.warningThreshold, self.driftThreshold) = (warmStart, warningThreshold, driftThreshold)
  }

  public var changeAge: Int? { isRemembering ? count - leastCount : nil }
  public var internals: [(name: String, value: Double)] { [("p", errorRate), ("p_min", leastRate)] }

  /// Takes the next value and says whether the stream has changed.
  public mutating func update(_ value: Double) -> DriftState {
    guard value >= 0, value <= 1 else {
      notFinite += 1
      return .stable
    }
    if restarts { (errorRate, count, isRemembering, restarts) = (0, 0, false, false) }
    count += 1
    errorRate += (value - errorRate) / Double(count)
    guard count > warmStart else { return .stable }
    let deviation = (errorRate * (1 - errorRate) / Double(count)).squareRoot()
    let level = errorRate + deviation
    if !isRemembering || level <= leastRate + leastDeviation {
      (leastRate, leastDeviation, leastCount, isRemembering) = (errorRate, deviation, count, true)
    }
    restarts = level > leastRate + driftThreshold * leastDeviation
    if restarts { return .drift }
    return level > leastRate + warningThreshold * leastDeviation ? .warning : .stable
  }
}
