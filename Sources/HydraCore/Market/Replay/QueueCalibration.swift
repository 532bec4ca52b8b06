import HydraNumerics

/// The exponent of a ``QueueModel`` learned from what cancelled orders were really ahead or behind, by maximum likelihood
/// with shrinkage.
///
/// ```
/// maximise over ln n:   Σ ln p(F, B; n) of lots cancelled behind + Σ ln (1 − p) of those ahead − (ln n − m₀)²/(2 s₀²)
/// ```
/// The prior (default: n = 1 within a factor of e) keeps few observations from deciding. The deviation is that of the
/// curvature at the maximum.
public struct QueueCalibration: Hashable, Codable, Sendable {
  /// The models with an exponent.
  public enum Family: String, Codable, Sendable, CaseIterable {
    case power
    case power2
    case power3

    /// The model with an exponent.
    public func model(_ exponent: Double) -> QueueModel {
      switch self {
      case .power: .power(exponent)
      case .power2: .power2(exponent)
      case .power3: .power3(exponent)
      }
    }
  }

  /// A lot that was cancelled while somebody waited at its price.
  public struct Cancel: Hashable, Codable, Sendable {
    /// Lots ahead of the one who waited, and behind.
    public var ahead: Double
    public var behind: Double
    /// Whether the lot stood behind.
    public var wasBehind: Bool

    public init(ahead: Double, behind: Double, wasBehind: Bool) {
      (self.ahead, self.behind, self.wasBehind) = (ahead, behind, wasBehind)
    }
  }

  public var family: Family
  /// n at the maximum.
  public var exponent: Double
  /// Standard deviation of ln n.
  public var logDeviation: Double
  public var observations: Int
  /// Share of the precision that comes from observations, 0 … 1.
  public var dataWeight: Double
  /// Log-likelihood at the maximum, without the prior.
  public var logLikelihood: Double

  /// The calibrated model.
  public var model: QueueModel { family.model(exponent) }

  /// n at a percentile of what is believed, 0 < p < 1.
  public func exponent(at p: Double) -> Double { exponent * Portable.exp(logDeviation * Portable.normalQuantile(p)) }

  /// - Parameters:
  ///   - prior: mean of ln n.
  ///   - priorDeviation: of ln n, above 0.
  /// - Complexity: O(observations) for each of about a hundred evaluations.
  public init(_ family: Family, cancels: [Cancel], prior: Double = 0, priorDeviation: Double = 1) {
    precondition(priorDeviation > 0, "the prior's deviation is \(priorDeviation)")
    // Where nothing stood on one side the model has no choice, and the outcome tells nothing.
    let useful = cancels.filter { $0.ahead > 0 && $0.behind > 0 }
    func likelihood(_ log: Double) -> Double {
      let model = family.model(Portable.exp(log))
      return useful.reduce(0) { sum, cancel in
        let p = min(max(model.behindProbability(ahead: cancel.ahead, behind: cancel.behind), 1e-12), 1 - 1e-12)
        return sum + Portable.log(cancel.wasBehind ? p : 1 - p)
      }
    }
    self.init(family, observations: useful.count, prior, priorDeviation, likelihood)
  }

  /// The same from own live fills: for each exponent tried, the probability that each order would have been filled by its
  /// end (from queue draws of a replay), with what really happened.
  ///
  /// - Precondition: at least three exponents, rising, each with as many probabilities as there are orders.
  public init(
    _ family: Family, exponents: [Double], probabilities: [[Double]], wereFilled: [Bool], prior: Double = 0,
    priorDeviation: Double = 1
  ) {
    precondition(exponents.count >= 3 && probabilities.count == exponents.count && priorDeviation > 0)
    precondition(probabilities.allSatisfy { $0.count == wereFilled.count } && exponents.allSatisfy { $0 > 0 })
    let logs = exponents.map { Portable.log($0) }
    let sums = probabilities.map { row in
      zip(row, wereFilled).reduce(0) { sum, pair in
        let p = min(max(pair.0, 1e-6), 1 - 1e-6)
        return sum + Portable.log(pair.1 ? p : 1 - p)
      }
    }
    // Between the exponents tried the log-likelihood is taken as straight lines.
    func likelihood(_ log: Double) -> Double {
      let right = min(max(logs.firstIndex { $0 >= log } ?? logs.count - 1, 1), logs.count - 1)
      let share = min(max((log - logs[right - 1]) / (logs[right] - logs[right - 1]), 0), 1)
      return sums[right - 1] * (1 - share) + sums[right] * share
    }
    self.init(family, observations: wereFilled.count, prior, priorDeviation, likelihood)
  }

  private init(
    _ family: Family, observations: Int, _ prior: Double, _ priorDeviation: Double, _ likelihood: (Double) -> Double
  ) {
    let priorPrecision = 1 / (priorDeviation * priorDeviation)
    func objective(_ log: Double) -> Double {
      likelihood(log) - (log - prior) * (log - prior) * priorPrecision / 2
    }
    // A coarse look first: the likelihood of a mixture of queues may have more than one hump.
    var best = stride(from: -4.0, through: 4.0, by: 0.25).max { objective($0) < objective($1) } ?? 0
    var (low, high) = (best - 0.25, best + 0.25)
    let ratio = 0.618_033_988_749_895
    for _ in 0..<60 {
      let (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
      if objective(left) < objective(right) { low = left } else { high = right }
    }
    best = (low + high) / 2
    let step = 0.05
    let curvature = -(objective(best + step) - 2 * objective(best) + objective(best - step)) / (step * step)
    let precision = max(curvature, priorPrecision)
    self.family = family
    self.observations = observations
    exponent = Portable.exp(best)
    logDeviation = (1 / precision).squareRoot()
    dataWeight = 1 - priorPrecision / precision
    logLikelihood = likelihood(best)
  }

  /// Cancels out of a recorded stream of single orders: each cancel is seen by one other order of its price, drawn at
  /// random, for which it stood ahead or behind.
  ///
  /// - Complexity: O(events × orders at a price).
  public static func cancels(of events: [ReplayEvent], seed: UInt64 = 42) -> [Cancel] {
    var queue = QueueWitness(seed: seed)
    return events.compactMap { queue.apply($0) }
  }
}
