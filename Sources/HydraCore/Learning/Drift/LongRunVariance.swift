/// A running estimate of the long-run variance of a series: n times the variance of the mean of n values.
///
/// ```
/// λ = γ0 + 2 Σ (1 - j/(L+1)) γj,   j = 1 … L
/// ```
/// with autocovariances about zero, forgotten exponentially with a memory of `memory` values and started as if
/// `prior` values of a white series of unit variance had been seen. λ/γ0 is the factor by which dependence shortens
/// the effective sample. Source: W. K. Newey, K. D. West, Econometrica 55 (1987) 703–708 (Bartlett weights).
struct LongRunVariance: Hashable, Codable, Sendable {
  static let lags = 40
  private let memory: Double
  private var weight: Double
  private var covariances = [1.0] + [Double](repeating: 0, count: lags)
  private var recent: [Double] = []

  init(memory: Double, prior: Double) {
    (self.memory, weight) = (memory, prior)
  }

  mutating func update(_ value: Double) {
    weight = min(weight + 1, memory)
    let share = 1 / weight
    covariances[0] += share * (value * value - covariances[0])
    for (lag, earlier) in recent.enumerated() {
      covariances[lag + 1] += share * (value * earlier - covariances[lag + 1])
    }
    recent.insert(value, at: 0)
    if recent.count > Self.lags { recent.removeLast() }
  }

  /// Forgets the latest values but not what was estimated: the next value has no predecessors.
  mutating func interrupt() { recent.removeAll(keepingCapacity: true) }

  var variance: Double { covariances[0] }

  var longRun: Double {
    var sum = covariances[0]
    for lag in 1...Self.lags {
      sum += 2 * (1 - Double(lag) / Double(Self.lags + 1)) * covariances[lag]
    }
    return sum
  }
}
