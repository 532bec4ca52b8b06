import HydraNumerics

/// Detects a change of the mean with a mean run between false alarms that is guaranteed for every distribution of its
/// class, not only the normal one, and at whatever time one looks.
///
/// A bet on a rise or a fall multiplies what it holds with a factor whose mean is at most 1 while nothing has changed:
/// ```
/// sub-Gaussian (variance proxy scale²)   exp(±λ z - λ²/2),   z = (x - target)/scale
/// bounded, low ≤ x ≤ high                1 ± λ (x - target)/width
/// ```
/// A new unit is staked with every value: M ← (M + 1) × factor, averaged over `bets` sizes λ of either direction. M minus
/// the number of values is a supermartingale, so that the mean run to the first M > `threshold` is at least `threshold`,
/// for any values whose mean, given all before, is the target: dependent ones too.
///
/// - Complexity: O(bets) time and memory per value.
///
/// Source: J. Shin, A. Ramdas, A. Rinaldo, "E-detectors: a nonparametric framework for sequential change detection",
/// New England J. Statistics in Data Science 2 (2024), eqs. 11 (e-SR) and 28 (mixtures).
public struct EDetector: DriftDetector, Hashable, Codable {
  /// What is known of the values while nothing has changed.
  public enum Family: Hashable, Codable, Sendable {
    /// The tails are at most those of a normal distribution with this standard deviation.
    case subGaussian(scale: Double)
    /// All values lie between these; others are counted and left out.
    case bounded(low: Double, high: Double)
  }

  public let target: Double
  public let family: Family
  /// Mean run between false alarms that is guaranteed.
  public let threshold: Double
  public private(set) var notFinite = 0
  /// M, the mean over all bets.
  public private(set) var evidence = 0.0

  private var bets: [Double]
  private var held: [Double]
  private var ages: [Double]
  private var restarts = false

  /// - Precondition: the target lies inside the bounds.
  public init(target: Double, family: Family, threshold: Double, bets count: Int = 6) {
    precondition(threshold > 1 && threshold < 1e100, "threshold \(threshold) is not between 1 and 1e100")
    precondition(count > 0, "no bets")
    (self.target, self.family, self.threshold) = (target, family, threshold)
    let sizes = (0..<count).map { k -> Double in
      // Geometric from bold to timid: 2, 1.2, … for shifts in scales; up to 0.9 of what could lose everything.
      let share = count == 1 ? 0.5 : Double(k) / Double(count - 1)
      return Portable.exp(-3 * share)
    }
    switch family {
    case .subGaussian(let scale):
      precondition(scale > 0, "scale is not positive: \(scale)")
      bets = sizes.map { 2 * $0 } + sizes.map { -2 * $0 }
    case .bounded(let low, let high):
      precondition(low < target && target < high, "the target \(target) is not inside \(low)...\(high)")
      bets = sizes.map { 0.9 * $0 / (target - low) } + sizes.map { -0.9 * $0 / (high - target) }
    }
    held = Array(repeating: 0, count: bets.count)
    ages = held
  }

  public var score: Double { evidence / threshold }
  public var changeAge: Int? {
    let (sum, aged) = (held.reduce(0, +), ages.reduce(0, +))
    return sum > 0 ? max(1, Int((aged / sum).rounded())) : nil
  }
  public var internals: [(name: String, value: Double)] { [("evidence", evidence)] }

  /// Takes the next value and says whether the stream has changed.
  public mutating func update(_ value: Double) -> DriftState {
    guard value.isFinite, isPossible(value) else {
      notFinite += 1
      return .stable
    }
    if restarts { for i in held.indices { (held[i], ages[i]) = (0, 0) } }
    var sum = 0.0
    for i in bets.indices {
      let factor = factor(bets[i], value)
      ages[i] = (ages[i] + held[i] + 1) * factor
      held[i] = (held[i] + 1) * factor
      sum += held[i]
    }
    evidence = sum / Double(bets.count)
    restarts = evidence > threshold
    return restarts ? .drift : .stable
  }

  private func isPossible(_ value: Double) -> Bool {
    guard case .bounded(let low, let high) = family else { return true }
    return value >= low && value <= high
  }

  private func factor(_ bet: Double, _ value: Double) -> Double {
    switch family {
    case .subGaussian(let scale):
      let z = max(-1e8, min(1e8, (value - target) / scale))
      return Portable.exp(max(-600, min(200, bet * z - bet * bet / 2)))
    case .bounded: return 1 + bet * (value - target)
    }
  }
}
