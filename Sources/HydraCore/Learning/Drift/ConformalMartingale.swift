import HydraNumerics

/// Tests whether a stream is exchangeable by betting against conformal p-values.
///
/// The p-value of a value is the share of the remembered ones that are smaller, equal ones counted at random: uniform
/// and independent while the stream is exchangeable (independent, say), whatever its distribution. Three players bet
/// f(p) = 1 + ε (p - ½), ε ∈ {-1, 0, 1}, on its being large, anything, or small; a share `jump` of what they hold is dealt
/// out evenly before every bet. Each value brings a unit of new money, so that the total minus the number of values is a
/// martingale and the mean run between false alarms is at least `threshold`.
///
/// The guarantee is exact while all values since the start (or the last drift) are remembered, and close to it after
/// `window` values. On dependent streams there is none: use `CalibratedDetector`.
///
/// - Complexity: O(log window) comparisons and a move of at most `window` numbers per value.
///
/// Source: V. Vovk et al., "Retrain or not retrain: conformal test martingales for change-point detection", COPA 2021
/// (simple jumper); the new money is the Shiryaev–Roberts form of the same paper, section 4.
public struct ConformalMartingale: DriftDetector, Hashable, Codable {
  public let threshold: Double
  public let jump: Double
  public let window: Int
  public let seed: UInt64
  public private(set) var notFinite = 0
  /// The p-value of the latest value.
  public private(set) var pValue = 0.5

  private var reference: TrailingRanks
  private var held = SIMD3<Double>(0, 0, 0)
  private var aged = SIMD3<Double>(0, 0, 0)
  private var random: CounterRandom
  private var restarts = false

  /// A detector that has seen nothing; `seed` is for ties.
  public init(threshold: Double = 10_000, jump: Double = 0.01, window: Int = 2000, seed: UInt64 = 42) {
    precondition(threshold > 1 && threshold < 1e100, "threshold \(threshold) is not between 1 and 1e100")
    precondition(jump >= 0 && jump <= 1 && window > 1, "jump \(jump) outside 0...1 or window \(window) below 2")
    (self.threshold, self.jump, self.window, self.seed) = (threshold, jump, window, seed)
    reference = TrailingRanks(capacity: window)
    random = CounterRandom(seed: seed, stream: "conformal ties")
  }

  /// What all players hold.
  public var evidence: Double { held.sum() }
  public var score: Double { evidence / threshold }
  public var changeAge: Int? { evidence > 0 ? max(1, Int((aged.sum() / evidence).rounded())) : nil }
  public var internals: [(name: String, value: Double)] { [("p", pValue), ("evidence", evidence)] }

  /// Takes the next value and says whether the stream has changed.
  public mutating func update(_ value: Double) -> DriftState {
    guard value.isFinite else {
      notFinite += 1
      return .stable
    }
    if restarts {
      (held, aged) = (.zero, .zero)
      reference = TrailingRanks(capacity: window)
    }
    let (below, equal) = reference.counts(value)
    // A stream that has never moved says nothing either way: there is nothing to bet on.
    let known = reference.count
    reference.insert(value)
    guard equal < known else { return .stable }
    pValue = (Double(below) + random.uniformOpen() * Double(equal + 1)) / Double(known + 1)
    let factor = 1 + SIMD3(-1, 0, 1) * (pValue - 0.5)
    aged = (dealt(aged + held) + 1.0 / 3) * factor
    held = (dealt(held) + 1.0 / 3) * factor
    restarts = evidence > threshold
    return restarts ? .drift : .stable
  }

  private func dealt(_ amounts: SIMD3<Double>) -> SIMD3<Double> {
    (1 - jump) * amounts + jump / 3 * amounts.sum()
  }
}
