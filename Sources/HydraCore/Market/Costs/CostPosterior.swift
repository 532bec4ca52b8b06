import HydraNumerics

/// What is believed of the costs of a market, for a typical order in it.
public struct CostPosterior: Hashable, Codable, Sendable {
  public var calibration: CostCalibration
  /// spread/2 · m and σ_D (Q/ADV)^δ g of the typical order, in price units.
  public var halfSpread: Double
  public var impact: Double
  /// The markets whose fills the prior comes from; none where it is the standard one.
  public var cousins: [String] = []

  public init(_ calibration: CostCalibration, halfSpread: Double, impact: Double) {
    (self.calibration, self.halfSpread, self.impact) = (calibration, halfSpread, impact)
  }

  /// From a file of own fills and quoted walks; the typical order is their mean.
  public init(_ observations: [CostCalibration.Observation], prior: CostCalibration.Prior, noise: Double)
    throws(BayesianRegression.FitError)
  {
    let count = Double(max(1, observations.count))
    self.init(
      try CostCalibration(observations, prior: prior, noise: noise),
      halfSpread: observations.reduce(0) { $0 + $1.halfSpread } / count,
      impact: observations.reduce(0) { $0 + $1.impact } / count)
  }

  /// From own fills and those of other markets: the cousins' calibrations are the prior, see
  /// ``CostCalibration/Prior/init(cousins:widening:)``.
  ///
  /// The typical order is the mean of own fills; without any, the mean of the cousins' with the own half-spread.
  ///
  /// - Parameters:
  ///   - noise: standard deviation of one observation in every market, in price units.
  ///   - halfSpread: of this market, in price units, where it is known.
  init(
    _ own: [CostCalibration.Observation], cousins: [(market: String, observations: [CostCalibration.Observation])],
    noise: Double, widening: Double, halfSpread: Double?
  ) throws(BayesianRegression.FitError) {
    var calibrations: [CostCalibration] = []
    for cousin in cousins { calibrations.append(try CostCalibration(cousin.observations, noise: noise)) }
    let prior = CostCalibration.Prior(cousins: calibrations, widening: widening)
    let typical = own.isEmpty ? cousins.flatMap(\.observations) : own
    try self.init(typical, prior: prior, noise: noise)
    if own.isEmpty {
      calibration = try CostCalibration([], prior: prior, noise: noise)
      if let halfSpread { self.halfSpread = halfSpread }
    }
    self.cousins = cousins.map(\.market)
  }

  /// What a run says of it: the coefficients of spread and impact, how much is own knowledge, and the cost of the typical
  /// order in price units with the band that holds 90 % of fills.
  var json: JSONValue {
    let (mean, covariance) = (calibration.regression.mean, calibration.regression.covariance)
    let band = calibration.interval(halfSpread: halfSpread, impact: impact)
    return [
      "observations": JSONValue(calibration.observations), "cousins": JSONValue(cousins),
      "prior_dominated": JSONValue(calibration.isPriorDominated), "data_weight": JSONValue(calibration.dataWeight),
      "spread_mean": .number(mean[0]), "spread_sd": .number(covariance[0][0].squareRoot()),
      "impact_mean": .number(mean[1]), "impact_sd": .number(covariance[1][1].squareRoot()),
      "cost_p05": .number(band.lowerBound), "cost_mean": .number((band.lowerBound + band.upperBound) / 2),
      "cost_p95": .number(band.upperBound),
    ]
  }
}
