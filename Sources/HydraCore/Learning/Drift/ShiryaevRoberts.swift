import HydraNumerics

/// Detects a shift of the mean of normal values by summing the likelihood ratios of all possible change points.
///
/// ```
/// R± ← (1 + R±) exp(±δ z - δ²/2),   z = (x - target)/scale      drift when (R⁺ + R⁻)/2 > threshold
/// ```
/// While nothing has changed, (R⁺ + R⁻)/2 minus the number of values is a martingale, so that the mean run between false
/// alarms is at least `threshold`, exactly, for independent N(target, scale) values. For a shift of δ scales it is, to
/// first order, the quickest detection there is with that run.
///
/// - Complexity: O(1) time and memory per value.
///
/// Source: A. N. Shiryaev, Theory of Probability and its Applications 8 (1963) 22–46; S. W. Roberts, Technometrics 8
/// (1966) 411–430; M. Pollak, Annals of Statistics 13 (1985) 206–227.
public struct ShiryaevRoberts: DriftDetector, Hashable, Codable {
  public let target: Double
  public let scale: Double
  /// The shift the ratios are made for, in `scale`s.
  public let shift: Double
  public let threshold: Double
  public private(set) var notFinite = 0
  /// The sum for shifts up.
  public private(set) var high = 0.0
  /// The sum for shifts down.
  public private(set) var low = 0.0

  // Sums of (ratio × number of values since): their share of the sums dates the change.
  private var highAge = 0.0
  private var lowAge = 0.0
  private var restarts = false

  /// A detector that has seen nothing.
  public init(target: Double = 0, scale: Double = 1, shift: Double = 1, threshold: Double) {
    precondition(scale > 0 && shift > 0, "scale \(scale) or shift \(shift) is not positive")
    precondition(threshold > 1 && threshold < 1e200, "threshold \(threshold) is not between 1 and 1e200")
    (self.target, self.scale, self.shift, self.threshold) = (target, scale, shift, threshold)
  }

  public var score: Double { (high + low) / 2 / threshold }
  public var changeAge: Int? {
    let sum = max(high, low)
    return sum > 0 ? max(1, Int(((high > low ? highAge : lowAge) / sum).rounded())) : nil
  }
  public var internals: [(name: String, value: Double)] { [("r_plus", high), ("r_minus", low)] }

  /// Takes the next value and says whether the stream has changed.
  public mutating func update(_ value: Double) -> DriftState {
    guard value.isFinite else {
      notFinite += 1
      return .stable
    }
    if restarts { (high, low, highAge, lowAge) = (0, 0, 0, 0) }
    // One value may carry any evidence, but nothing may overflow: e^200 is drift for every possible threshold's sum.
    let z = max(-1e8, min(1e8, (value - target) / scale))
    let up = Portable.exp(max(-600, min(200, shift * z - shift * shift / 2)))
    let down = Portable.exp(max(-600, min(200, -shift * z - shift * shift / 2)))
    // Everything grows one value older, and a change at this value joins.
    highAge = (highAge + high + 1) * up
    lowAge = (lowAge + low + 1) * down
    high = (high + 1) * up
    low = (low + 1) * down
    restarts = (high + low) / 2 > threshold
    return restarts ? .drift : .stable
  }
}
