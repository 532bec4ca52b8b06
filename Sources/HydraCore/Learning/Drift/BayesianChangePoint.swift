import HydraNumerics

/// Bayesian online change-point detection: the distribution of the time since the last change, given all values.
///
/// Between changes values are normal with unknown mean and variance (a normal-gamma prior), and a change comes with
/// probability 1/`hazard` at any value:
/// ```
/// P(r + 1) ∝ P(r) (1 - 1/H) π(x | r)      P(0) ∝ Σ P(r) (1/H) π(x | prior)
/// ```
/// with π Student's predictive density of the run. Drift is reported when the probability that the last change was within
/// the latest `window` values (but is older than `least` values) exceeds `threshold`; then only these runs remain.
/// A probability is no promise about the frequency of false alarms: there is none when the model is wrong.
///
/// - Complexity: O(`mostRuns`) time and memory per value; the least probable runs are dropped beyond that.
///
/// Source: R. P. Adams, D. J. C. MacKay, "Bayesian online changepoint detection", arXiv:0710.3742 (2007).
public struct BayesianChangePoint: DriftDetector, Hashable, Codable {
  /// One possible time of the last change and what was seen since.
  private struct Run: Hashable, Codable, Sendable {
    var length: Int
    var probability: Double
    var mean: Double
    var confidence: Double
    var shape: Double
    var spread: Double
    /// ln Γ(shape + ½) - ln Γ(shape), which only depends on the length.
    var gammas: Double
  }

  public let target: Double
  public let scale: Double
  /// Mean number of values between changes.
  public let hazard: Double
  public let threshold: Double
  public let window: Int
  public let least: Int
  public let mostRuns: Int
  public private(set) var notFinite = 0
  /// The probability that the last change was recent, after the latest value.
  public private(set) var recent = 0.0
  /// Most probable number of values since the last change.
  public private(set) var changeAge: Int?

  private var runs: [Run] = []
  private var sinceRestart = 0

  /// `target` and `scale`: where values are expected and how far from there a new level may be.
  public init(
    target: Double = 0, scale: Double = 1, hazard: Double = 1000, threshold: Double = 0.9, window: Int = 50,
    least: Int = 3, mostRuns: Int = 200
  ) {
    precondition(scale > 0 && hazard > 1, "scale \(scale) is not positive or hazard \(hazard) not above 1")
    precondition(threshold > 0 && threshold < 1, "threshold outside (0, 1): \(threshold)")
    precondition(least > 0 && window > least && mostRuns > window, "impossible numbers of values or runs")
    (self.target, self.scale, self.hazard, self.threshold) = (target, scale, hazard, threshold)
    (self.window, self.least, self.mostRuns) = (window, least, mostRuns)
    runs = [fresh(probability: 1)]
  }

  public var score: Double { recent / threshold }
  public var internals: [(name: String, value: Double)] {
    [("recent", recent), ("run", Double(changeAge ?? 0)), ("runs", Double(runs.count))]
  }

  /// Takes the next value and says whether the stream has changed.
  public mutating func update(_ value: Double) -> DriftState {
    guard value.isFinite else {
      notFinite += 1
      return .stable
    }
    let z = max(-1e6, min(1e6, (value - target) / scale))
    var changed = 0.0
    var most = -Double.infinity
    var logs = [Double](repeating: 0, count: runs.count)
    for i in runs.indices {
      logs[i] = Portable.log(runs[i].probability) + predictive(runs[i], z)
      most = max(most, logs[i])
    }
    var total = 0.0
    for i in runs.indices {
      let mass = Portable.exp(logs[i] - most)
      total += mass
      changed += mass / hazard
      runs[i].probability = mass * (1 - 1 / hazard)
      observe(&runs[i], z)
    }
    runs.append(fresh(probability: changed))
    for i in runs.indices { runs[i].probability = max(runs[i].probability / total, 1e-300) }
    prune()
    sinceRestart += 1
    recent = runs.reduce(0) { $1.length >= least && $1.length < window ? $0 + $1.probability : $0 }
    changeAge = runs.max { ($0.probability, $1.length) < ($1.probability, $0.length) }?.length
    // Before that, every run is recent: the start of the stream is not a change.
    guard sinceRestart > window, recent > threshold else { return .stable }
    runs.removeAll { $0.length >= window }
    let rest = runs.reduce(0) { $0 + $1.probability }
    for i in runs.indices { runs[i].probability /= rest }
    sinceRestart = 0
    changeAge = runs.max { ($0.probability, $1.length) < ($1.probability, $0.length) }?.length
    return .drift
  }

  private func fresh(probability: Double) -> Run {
    // A level about as far from the target as the scale, a variance of about scale².
    Run(length: 0, probability: probability, mean: 0, confidence: 0.2, shape: 2, spread: 2, gammas: Self.gammas(2))
  }

  private static func gammas(_ shape: Double) -> Double { Portable.logGamma(shape + 0.5) - Portable.logGamma(shape) }

  /// ln π(z | run).
  private func predictive(_ run: Run, _ z: Double) -> Double {
    let spread = 2 * run.spread * (run.confidence + 1) / run.confidence
    let deviation = z - run.mean
    return run.gammas - 0.5 * Portable.log(Double.pi * spread)
      - (run.shape + 0.5) * Portable.log1p(deviation * deviation / spread)
  }

  private func observe(_ run: inout Run, _ z: Double) {
    let deviation = z - run.mean
    run.spread += run.confidence * deviation * deviation / (2 * (run.confidence + 1))
    run.mean += deviation / (run.confidence + 1)
    run.confidence += 1
    // g(a) = ln Γ(a + ½) - ln Γ(a) has g(a + ½) = ln a - g(a).
    run.gammas = Portable.log(run.shape) - run.gammas
    run.shape += 0.5
    run.length += 1
  }

  /// Keeps the newest `window` runs, whose mass is looked at, and the most probable of the others.
  private mutating func prune() {
    guard runs.count > mostRuns else { return }
    let candidates = runs.indices.filter { runs[$0].length >= window }
    if let least = candidates.min(by: { runs[$0].probability < runs[$1].probability }) { runs.remove(at: least) }
  }
}
