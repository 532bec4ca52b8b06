/// Turns a stream of any level, scale, distribution and persistence into scores that are close to independent standard
/// normal as long as the stream keeps its behaviour, so that one threshold holds for every stream.
///
/// 1. Deviation from the trailing level: d = x - level, an exponential mean over `window` values of winsorised x.
/// 2. Innovation: e = d - φ d₋₁, φ the trailing lag-one autocorrelation, corrected for its small-sample bias
///    (1 + 3φ)/n and raised by one standard error: whitening a little too much costs some power, too little costs
///    false alarms.
/// 3. Volatility: z = e / s, s an exponential mean of |e| over `scaleMemory` values, so that clusters of volatility
///    do not pass for shifts.
/// 4. Rank of z among the trailing `window` of them, as a normal score: no assumption about tails, and an outlier
///    counts for what its rank says, no more.
/// 5. Long-run variance of the scores, where it is above their variance: what dependence is left shortens the
///    effective sample, and detectors get scores as a share of their long-run deviation.
///
/// A stream that mostly repeats a few values (hits and misses, counts) skips steps 1 to 3: its values are ranked as they
/// are, since any scaling would break their ties.
///
/// φ and the long-run variance are those of 50 to 100 values ago, so that a shift in progress cannot hide itself.
/// The first `warmUp` values after a start have no score.
struct StreamNormaliser: Hashable, Codable, Sendable {
  /// What is estimated slowly and used frozen.
  struct Dynamics: Hashable, Codable, Sendable {
    var persistence = 0.0
    var inflation = 1.0
  }

  /// A normal score, and the long-run variance of such scores (their variance, about 1, unless they are dependent).
  struct Score {
    let value: Double
    let dependence: Double

    /// The score as a share of its long-run standard deviation.
    var standardised: Double { value / dependence.squareRoot() }
  }

  static let scaleMemory = 30.0
  static let freeze = 50
  static let winsor = 8.0

  let warmUp: Int
  let window: Int
  private(set) var used = Dynamics()
  private var pending = Dynamics()
  private var sinceFreeze = 0

  private var isDiscrete = false
  private var early: [Double] = []
  private var level = 0.0
  private var absoluteDeviation = 0.0
  private var count = 0
  private var lastDeviation: Double?
  private var covariance0 = 0.0
  private var covariance1 = 0.0
  private var covarianceWeight = 0.0
  private var scale = 0.0
  private var ranks: TrailingRanks
  private var spread: LongRunVariance

  init(warmUp: Int, window: Int) {
    precondition(warmUp >= 10, "a warm-up of \(warmUp) values is too short to learn a stream from")
    precondition(window >= warmUp, "the window is shorter than the warm-up")
    (self.warmUp, self.window) = (warmUp, window)
    ranks = TrailingRanks(capacity: window)
    spread = LongRunVariance(memory: 2 * Double(window), prior: 100)
  }

  /// Whether the values of the warm-up are still being collected.
  var isLearning: Bool { count < warmUp }

  /// The score of the next value; nil during the warm-up and for a value that is not finite.
  mutating func score(_ value: Double) -> Score? {
    guard value.isFinite else {
      lastDeviation = nil
      return nil
    }
    if count < warmUp {
      count += 1
      early.append(value)
      if count == warmUp { settle() }
      return nil
    }
    count += 1
    let z = standardise(value)
    let raw = ranks.score(z)
    ranks.insert(z)
    spread.update(raw)
    advance()
    return Score(value: raw, dependence: used.inflation)
  }

  /// Starts again after a change: level, scale and ranks are forgotten, the dynamics are kept.
  mutating func restart() {
    (count, level, absoluteDeviation, scale, lastDeviation) = (0, 0, 0, 0, nil)
    early.removeAll(keepingCapacity: true)
    ranks = TrailingRanks(capacity: window)
    spread.interrupt()
    pending = used
    sinceFreeze = 0
  }

  /// Learns level, persistence and scale from the values of the warm-up, which become the first reference.
  private mutating func settle() {
    let n = Double(warmUp)
    let ordered = early.sorted()
    let median = (ordered[(warmUp - 1) / 2] + ordered[warmUp / 2]) / 2
    absoluteDeviation = early.reduce(0) { $0 + abs($1 - median) } / n
    level = early.reduce(0) { $0 + winsorised($1, about: median) } / n
    lastDeviation = nil
    for value in early { learnDynamics(winsorised(value, about: level) - level) }
    isDiscrete = zip(ordered, ordered.dropFirst()).count { $0 == $1 } > warmUp / 2
    used.persistence = persistence
    pending = used
    lastDeviation = nil
    let innovations = early.map { value in
      let deviation = value - level
      defer { lastDeviation = deviation }
      return innovation(deviation)
    }
    scale = innovations.reduce(0) { $0 + abs($1) } / n
    for (value, e) in zip(early, innovations) { ranks.insert(isDiscrete ? value : ratio(e)) }
    early.removeAll()
  }

  private mutating func standardise(_ value: Double) -> Double {
    let deviation = value - level
    let e = innovation(deviation)
    let z = isDiscrete ? value : ratio(e)
    scale += (abs(e) - scale) / min(Double(count), Self.scaleMemory)
    let share = 1 / min(Double(count), Double(window))
    let calm = winsorised(value, about: level) - level
    learnDynamics(calm)
    absoluteDeviation += share * (abs(calm) - absoluteDeviation)
    level += share * calm
    lastDeviation = deviation
    return z
  }

  private func innovation(_ deviation: Double) -> Double {
    let phi = used.persistence
    guard let lastDeviation else { return deviation * (1 - phi * phi).squareRoot() }
    return deviation - phi * lastDeviation
  }

  /// e / scale, kept finite: only its rank matters.
  private func ratio(_ e: Double) -> Double {
    guard scale > 0 else { return e == 0 ? 0 : e > 0 ? 1e12 : -1e12 }
    return max(-1e12, min(1e12, e / scale))
  }

  private func winsorised(_ value: Double, about centre: Double) -> Double {
    let reach = Self.winsor * absoluteDeviation
    return max(centre - reach, min(centre + reach, value))
  }

  private mutating func learnDynamics(_ deviation: Double) {
    defer { lastDeviation = deviation }
    guard let lastDeviation else { return }
    covarianceWeight = min(covarianceWeight + 1, 2 * Double(window))
    covariance0 += (deviation * deviation - covariance0) / covarianceWeight
    covariance1 += (deviation * lastDeviation - covariance1) / covarianceWeight
  }

  private var persistence: Double {
    guard covariance0 > 0, covarianceWeight > 10 else { return 0 }
    let n = covarianceWeight
    let raw = covariance1 / covariance0
    let unbiased = raw + (1 + 3 * raw) / n
    let error = (max(0, 1 - unbiased * unbiased) / n).squareRoot()
    return max(-0.5, min(0.98, unbiased + error))
  }

  private mutating func advance() {
    sinceFreeze += 1
    guard sinceFreeze == Self.freeze else { return }
    sinceFreeze = 0
    used = pending
    let variance = max(0.1, min(1, spread.variance))
    pending = Dynamics(persistence: persistence, inflation: max(variance, min(50, spread.longRun)))
  }
}
