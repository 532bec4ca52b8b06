import HydraNumerics

/// Detects a shift of the mean by an exponentially weighted moving average.
///
/// ```
/// average ← (1 - λ) average + λ (x - target)/scale      drift when |average| > limit √(λ/(2 - λ))
/// ```
/// Small `lambda` finds small shifts, large `lambda` large ones; `EWMARunLength` gives the mean run between false alarms
/// on independent normal values and the limit for a wanted one. The average starts again at 0 after a drift.
///
///     var chart = EWMAChart(target: 0, scale: 1, lambda: 0.1, limit: EWMARunLength.limit(forARL: 370, lambda: 0.1))
///
/// - Complexity: O(1) time and memory per value.
///
/// Source: S. W. Roberts, "Control chart tests based on geometric moving averages", Technometrics 1 (1959) 239–250.
public struct EWMAChart: DriftDetector, Hashable, Codable {
  public let target: Double
  public let scale: Double
  /// Weight of the latest value, in (0, 1].
  public let lambda: Double
  /// In standard deviations of the average.
  public let limit: Double
  /// The average after the latest value, in `scale`s, before the restart that a drift causes.
  public private(set) var average = 0.0
  public private(set) var changeAge: Int? = 0
  public private(set) var notFinite = 0

  private let reach: Double
  private var restarts = false

  /// A chart at its target.
  public init(target: Double = 0, scale: Double = 1, lambda: Double = 0.1, limit: Double = 2.703) {
    precondition(scale > 0, "scale is not positive: \(scale)")
    precondition(lambda > 0 && lambda <= 1, "lambda outside (0, 1]: \(lambda)")
    precondition(limit > 0, "limit is not positive: \(limit)")
    (self.target, self.scale, self.lambda, self.limit) = (target, scale, lambda, limit)
    reach = limit * (lambda / (2 - lambda)).squareRoot()
  }

  public var score: Double { abs(average) / reach }
  public var internals: [(name: String, value: Double)] { [("ewma", average), ("limit", reach)] }

  /// Takes the next value and says whether the stream has changed.
  public mutating func update(_ value: Double) -> DriftState {
    guard value.isFinite else {
      notFinite += 1
      return .stable
    }
    if restarts { (average, changeAge) = (0, 0) }
    let before = average
    average += lambda * ((value - target) / scale - average)
    // The shift, if there is one, began about when the average last crossed its target.
    changeAge = before * average > 0 ? (changeAge ?? 0) + 1 : 1
    restarts = abs(average) > reach
    return restarts ? .drift : .stable
  }
}

/// How long an EWMA chart runs, on average, before it signals.
///
/// For independent N(shift, 1) values the mean run length from average u, with reach h, obeys
/// ```
/// L(u) = 1 + 1/λ ∫₋ₕʰ L(y) φ((y - (1 - λ) u)/λ - shift) dy
/// ```
/// solved by Nyström's method on Gauss–Legendre nodes.
///
/// Source: S. V. Crowder, "A simple method for studying run-length distributions of exponentially weighted moving average
/// charts", Technometrics 29 (1987) 401–407.
public enum EWMARunLength {
  /// Mean number of values until the chart, started at its target, signals; `limit` as in `EWMAChart`.
  ///
  ///     EWMARunLength.mean(lambda: 0.1, limit: 2.814)   // 500
  ///
  /// - Complexity: O(nodes³), with 12 nodes for each λ of half the width, between 48 and 400.
  public static func mean(lambda: Double, limit: Double, shift: Double = 0) -> Double {
    precondition(lambda > 0 && lambda <= 1 && limit > 0, "lambda \(lambda) or limit \(limit) is not possible")
    let reach = limit * (lambda / (2 - lambda)).squareRoot()
    let nodes = min(400, 48 + Int(12 * reach / lambda))
    let rule = GaussLegendre(nodes: nodes, from: -reach, to: reach)
    // Unknowns L(0), L(y1) … L(yn).
    let n = nodes + 1
    var system = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      let u = i == 0 ? 0 : rule.points[i - 1]
      for j in 0..<nodes {
        let z = (rule.points[j] - (1 - lambda) * u) / lambda - shift
        system[i * n + j + 1] = -rule.weights[j] / lambda * Portable.normalDensity(z)
      }
      system[i * n + i] += 1
    }
    return CUSUMRunLength.solve(&system, n: n)
  }

  /// The limit with which the chart runs `values` values, on average, between false alarms on N(0, 1) values.
  ///
  ///     EWMARunLength.limit(forARL: 370, lambda: 0.1)   // 2.702
  public static func limit(forARL values: Double, lambda: Double) -> Double {
    precondition(values > 2 && values < 1e9, "a run length of \(values) values is not between 2 and 1e9")
    var (low, high) = (1e-3, 1.0)
    while mean(lambda: lambda, limit: high) < values { (low, high) = (high, high + 1) }
    for _ in 0..<50 where high - low > 1e-10 {
      let middle = (low + high) / 2
      if mean(lambda: lambda, limit: middle) < values { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
