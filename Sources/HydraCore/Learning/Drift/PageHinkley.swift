/// Detects a change of the mean by the Page–Hinkley test: the largest excursion of the cumulative deviation from the
/// running mean.
///
/// ```
/// up   = α up + (x - mean) - δ      rise = up - min(up)
/// down = α down + (x - mean) + δ    fall = max(down) - down
/// ```
/// Drift is reported after `minInstances` values when rise (or fall, as `mode` says) exceeds `threshold`; everything
/// starts again at the next value. `delta` and `threshold` are in the unit of the values.
///
/// - Complexity: O(1) time and memory per value.
///
/// Source: D. V. Hinkley, "Inference about the change-point from cumulative sum tests", Biometrika 58 (1971);
/// steps as in river 0.26 (`drift.PageHinkley`).
public struct PageHinkley: DriftDetector, Hashable, Codable {
  /// Which changes of the mean are reported.
  public enum Mode: String, Hashable, Codable, Sendable, CaseIterable { case up, down, both }

  /// Fewest values before a drift may be reported.
  public let minInstances: Int
  /// The magnitude of change that is tolerated.
  public let delta: Double
  /// What the excursion must exceed.
  public let threshold: Double
  /// Forgetting factor of the cumulative sums, in (0, 1].
  public let alpha: Double
  public let mode: Mode

  /// Excursion upwards after the latest value.
  public private(set) var rise = 0.0
  /// Excursion downwards after the latest value.
  public private(set) var fall = 0.0
  /// Mean of the values since the start.
  public private(set) var mean = 0.0
  public private(set) var notFinite = 0

  private var count = 0
  private var up = 0.0
  private var down = 0.0
  private var least = 0.0
  private var most = 0.0
  private var leastCount = 0
  private var mostCount = 0
  private var restarts = false

  /// A detector that has seen nothing; the defaults are river's.
  public init(
    minInstances: Int = 30, delta: Double = 0.005, threshold: Double = 50, alpha: Double = 0.9999, mode: Mode = .both
  ) {
    precondition(threshold > 0, "threshold is not positive: \(threshold)")
    precondition(alpha > 0 && alpha <= 1, "alpha outside (0, 1]: \(alpha)")
    (self.minInstances, self.delta, self.threshold) = (minInstances, delta, threshold)
    (self.alpha, self.mode) = (alpha, mode)
  }

  public var score: Double { (mode == .up ? rise : mode == .down ? fall : max(rise, fall)) / threshold }
  public var changeAge: Int? { count - (mode == .up || (mode == .both && rise > fall) ? leastCount : mostCount) }
  public var internals: [(name: String, value: Double)] { [("stat_up", rise), ("stat_down", fall)] }

  /// Takes the next value and says whether the stream has changed.
  public mutating func update(_ value: Double) -> DriftState {
    // Sums of larger ones could overflow and never recover.
    guard abs(value) < 1e300 else {
      notFinite += 1
      return .stable
    }
    if restarts { restart() }
    count += 1
    mean += (value - mean) / Double(count)
    let deviation = value - mean
    up = alpha * up + deviation - delta
    down = alpha * down + deviation + delta
    // The extremes start at the first value, not at zero.
    if count == 1 || up < least { (least, leastCount) = (up, count) }
    if count == 1 || down > most { (most, mostCount) = (down, count) }
    rise = up - least
    fall = most - down
    restarts = count >= minInstances && ((mode != .down && rise > threshold) || (mode != .up && fall > threshold))
    return restarts ? .drift : .stable
  }

  private mutating func restart() {
    (rise, fall, mean, count, up, down, restarts) = (0, 0, 0, 0, 0, 0, false)
  }
}
