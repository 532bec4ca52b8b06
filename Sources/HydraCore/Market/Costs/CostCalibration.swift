import HydraNumerics

/// What trading costs in a market, learned from own fills and quoted book walks, with a prior from its liquid cousins.
///
/// ```
/// cost = a · (spread/2 · m) + Y · (σ_D (Q/ADV)^δ g) + noise              price units per contract
/// ```
/// `a` and `Y` have no unit, so what cousins of the market show about them carries over although their spreads and
/// volatilities differ. With few own fills the prior leads: ``isPriorDominated`` says so.
public struct CostCalibration: Hashable, Codable, Sendable {
  /// One fill or one walk through a quoted book.
  public struct Observation: Hashable, Codable, Sendable {
    /// spread/2 · m, in price units.
    public var halfSpread: Double
    /// σ_D (Q/ADV)^δ g, in price units.
    public var impact: Double
    /// What was paid against the mid at the decision, in price units per contract.
    public var cost: Double

    public init(halfSpread: Double, impact: Double, cost: Double) {
      (self.halfSpread, self.impact, self.cost) = (halfSpread, impact, cost)
    }

    /// From what was known when trading; δ is 1/2 unless told.
    public init(
      halfSpread: Double, lots: Int, averageDailyVolume: Double, dailyVolatility: Double, exponent: Double = 0.5,
      cost: Double
    ) {
      let share = Double(lots) / averageDailyVolume
      let power = exponent == 0.5 ? share.squareRoot() : Portable.pow(share, exponent)
      self.init(halfSpread: halfSpread, impact: dailyVolatility * power, cost: cost)
    }
  }

  /// What is believed of `a` and `Y` before own fills.
  public struct Prior: Hashable, Codable, Sendable {
    public var mean: [Double]
    public var deviation: [Double]

    /// - Precondition: two of each, deviations above 0.
    public init(mean: [Double], deviation: [Double]) {
      precondition(mean.count == 2 && deviation.count == 2 && deviation.allSatisfy { $0 > 0 })
      (self.mean, self.deviation) = (mean, deviation)
    }

    /// Without cousins: a near 1, Y near 0.8.
    public static let standard = Prior(mean: [1, 0.8], deviation: [0.3, 0.4])

    /// From the calibrations of cousins: their mean by precision, and a deviation that holds their own doubt and how much
    /// they differ from one another, times `widening` (above 1 for a market that is less like them).
    public init(cousins: [CostCalibration], widening: Double = 1.5) {
      guard !cousins.isEmpty else {
        self = .standard
        return
      }
      var (mean, deviation) = ([0.0, 0], [0.0, 0])
      for index in 0..<2 {
        let values = cousins.map { $0.regression.mean[index] }
        let variances = cousins.map { $0.regression.covariance[index][index] }
        let weights = variances.map { 1 / $0 }
        let total = weights.reduce(0, +)
        mean[index] = zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 } / total
        let between = values.reduce(0) { $0 + ($1 - mean[index]) * ($1 - mean[index]) } / Double(values.count)
        let within = variances.reduce(0, +) / Double(variances.count)
        deviation[index] = widening * (between + within).squareRoot()
      }
      self.init(mean: mean, deviation: deviation)
    }
  }

  /// Posterior of `a` and `Y`.
  public let regression: BayesianRegression
  public let observations: Int
  /// Share of each coefficient's precision that comes from own observations, 0 … 1.
  public let dataWeight: [Double]

  /// Whether the prior leads: fewer than about thirty fills.
  public var isPriorDominated: Bool { observations < 30 || (dataWeight.min() ?? 0) < 0.5 }

  /// - Parameters:
  ///   - noise: standard deviation of one observation, in price units; above 0.
  ///   - degreesOfFreedom: of Student's t for the noise, so that a few wild fills do not decide; nil is normal.
  /// Throws what the regression throws.
  /// - Complexity: O(observations), thirty times with Student's t.
  public init(
    _ observations: [Observation], prior: Prior = .standard, noise: Double, degreesOfFreedom: Double? = nil
  ) throws(BayesianRegression.FitError) {
    var weights = [Double](repeating: 1, count: observations.count)
    var fit = try Self.fit(observations, weights, prior, noise)
    if let degrees = degreesOfFreedom {
      guard degrees > 0 else { throw .notFinite }
      // Scale mixture of normals: a far value counts less.
      for _ in 0..<30 {
        weights = observations.map { item in
          let residual = item.cost - fit.mean[0] * item.halfSpread - fit.mean[1] * item.impact
          return (degrees + 1) / (degrees + residual * residual / (noise * noise))
        }
        fit = try Self.fit(observations, weights, prior, noise)
      }
    }
    regression = fit
    self.observations = observations.count
    dataWeight = (0..<2).map { index in
      1 - min(1, fit.covariance[index][index] / (prior.deviation[index] * prior.deviation[index]))
    }
  }

  private static func fit(
    _ observations: [Observation], _ weights: [Double], _ prior: Prior, _ noise: Double
  ) throws(BayesianRegression.FitError) -> BayesianRegression {
    let roots = weights.map { $0.squareRoot() }
    return try BayesianRegression(
      rows: zip(observations, roots).map { [$0.halfSpread * $1, $0.impact * $1] },
      targets: zip(observations, roots).map { $0.cost * $1 }, noise: noise, priorMean: prior.mean,
      priorDeviation: prior.deviation)
  }

  /// The interval that holds the cost of one more trade with a probability.
  public func interval(halfSpread: Double, impact: Double, probability: Double = 0.9) -> ClosedRange<Double> {
    let prediction = regression.predict([halfSpread, impact])
    let reach = prediction.deviation * Portable.normalQuantile(0.5 + probability / 2)
    return (prediction.mean - reach)...(prediction.mean + reach)
  }

  /// `a` and `Y` at a percentile of the expected cost of a typical trade: the posterior's mean moved along the direction in
  /// which that cost changes most for its probability.
  ///
  /// Their cost of the typical trade is exactly the percentile of what is believed of it. Neither falls below 0.
  public func coefficients(percentile: Double, halfSpread: Double, impact: Double) -> (spread: Double, impact: Double) {
    let (row, covariance) = ([halfSpread, impact], regression.covariance)
    let slope = (0..<2).map { covariance[$0][0] * row[0] + covariance[$0][1] * row[1] }
    let variance = row[0] * slope[0] + row[1] * slope[1]
    guard variance > 0 else { return (regression.mean[0], regression.mean[1]) }
    let reach = Portable.normalQuantile(percentile) / variance.squareRoot()
    return (max(0, regression.mean[0] + reach * slope[0]), max(0, regression.mean[1] + reach * slope[1]))
  }
}
