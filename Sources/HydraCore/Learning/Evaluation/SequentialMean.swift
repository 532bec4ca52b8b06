import HydraNumerics

/// Evidence that the mean of a stream is above zero, which may be looked at after every value and acted upon at any time.
///
/// ```
/// M = 2/√(1 + ρ²V) · exp(x²/2) Φ(x),   x = ρS/√(1 + ρ²V),   ρ = effect/scale
/// S = Σ d,   V = max(Σ d², Σ d² + 2 Σ w(j) Σ d_i d_(i-j), j = 1 … lags),   w(j) = 1 - j/(lags + 1)
/// ```
/// M is what a unit has become that was staked on exp(λS - λ²V/2) for all λ > 0 at once, with the weight of half a normal
/// distribution of width ρ. While values are independent and as likely above as below zero by as much, whatever their
/// tails, M is a supermartingale that begins at 1: the chance that it ever reaches 1/α is at most α, and looking daily
/// costs nothing. V normalises itself, so no variance has to be known; `scale` only says where to stake most. For values
/// that hang together over `lags` neighbours, V holds Bartlett's estimate of that, about zero and never below Σ d², which
/// makes the bound one of large samples; the tests measure what is left of it (AR(1), Student's t with 3 degrees).
///
/// Values that are not finite are left out and counted.
///
/// - Complexity: O(lags) time and memory per value.
///
/// Sources: V. de la Peña, "A general class of exponential inequalities for martingales and ratios", Annals of Probability
/// 27 (1999), for V; S. Howard, A. Ramdas, J. McAuliffe, J. Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence
/// sequences", Annals of Statistics 49 (2021), proposition 6, for M; I. Waudby-Smith, D. Arbour, R. Sinha, E. Kennedy,
/// A. Ramdas, "Time-uniform central limit theory and asymptotic confidence sequences", Annals of Statistics 52 (2024), for
/// dependent values.
public struct SequentialMean: Hashable, Codable, Sendable {
  /// Standard deviation that one value was expected to have, dependence included.
  public let scale: Double
  /// Mean over `scale` at which evidence grows fastest.
  public let effect: Double
  /// Neighbours over which values hang together.
  public let lags: Int
  /// Values taken.
  public private(set) var count = 0
  public private(set) var notFinite = 0
  /// S, the sum of the values.
  public private(set) var sum = 0.0
  private var squares = 0.0
  private var products = 0.0
  private var newest: [Double] = []

  /// - Precondition: `scale` and `effect` are positive, `lags` is not negative.
  public init(scale: Double, effect: Double = 0.2, lags: Int = 0) {
    precondition(scale > 0 && scale.isFinite, "scale is not positive: \(scale)")
    precondition(effect > 0 && effect.isFinite, "effect is not positive: \(effect)")
    precondition(lags >= 0, "lags are negative: \(lags)")
    (self.scale, self.effect, self.lags) = (scale, effect, lags)
  }

  /// Mean of the values; nil before the first.
  public var mean: Double? { count > 0 ? sum / Double(count) : nil }

  /// V, what the sum could have varied by.
  public var variation: Double { max(squares, squares + products) }

  /// ln M: 0 before the first value, above ln(1/α) when the mean is above zero with an error of at most α.
  public var logEvidence: Double { logEvidence(for: sum) }

  /// The same for a mean below zero.
  public var logEvidenceAgainst: Double { logEvidence(for: -sum) }

  /// Takes the next value.
  public mutating func update(_ value: Double) {
    guard value.isFinite else {
      notFinite += 1
      return
    }
    count += 1
    sum += value
    squares += value * value
    for (index, earlier) in newest.enumerated() {
      products += 2 * (1 - Double(index + 1) / Double(lags + 1)) * value * earlier
    }
    guard lags > 0 else { return }
    newest.insert(value, at: 0)
    if newest.count > lags { newest.removeLast() }
  }

  private func logEvidence(for sum: Double) -> Double {
    let rho = effect / scale
    let spread = 1 + rho * rho * variation
    let x = rho * sum / spread.squareRoot()
    // exp(x²/2) Φ(x) would be ∞ · 0 far below zero.
    let log =
      x < 0
      ? Portable.log(Portable.erfcx(-x / 2.0.squareRoot()) / 2) : x * x / 2 + Portable.log(Portable.normalCDF(x))
    return Portable.log(2) - Portable.log(spread) / 2 + log
  }

  /// ln of what a p-value is worth as evidence: (1 - p + p ln p)/(p ln² p), whose mean is 1 while nothing is there.
  ///
  /// It may be multiplied with evidence from later values. `pValue` is in 0…1; 0 gives infinity.
  ///
  /// Source: V. Vovk, R. Wang, "E-values: calibration, combination and applications", Annals of Statistics 49 (2021),
  /// equation 2.
  public static func logEvidence(ofPValue pValue: Double) -> Double {
    precondition((0...1).contains(pValue), "p-value \(pValue) is outside 0...1")
    guard pValue > 0 else { return .infinity }
    // Both sides of the fraction vanish at 1, where it is 1/2 (and 1/2 + (1-p)/6 beside it).
    guard pValue < 0.999 else { return Portable.log(0.5 + (1 - pValue) / 6) }
    let log = Portable.log(pValue)
    return Portable.log((1 - pValue + pValue * log) / (pValue * log * log))
  }
}
