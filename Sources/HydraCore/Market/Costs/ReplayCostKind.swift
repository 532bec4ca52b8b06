import HydraNumerics

/// A figure of costs and accounts by name, from JSON to JSON: the format of `vectors/replay/costs.json`.
///
///     try ReplayCostKind.shrink.evaluate(["obs": [0.5, 1.3], "sd": 0.9, "prior_mean": 0.6, "prior_sd": 0.3])
public enum ReplayCostKind: String, CaseIterable, Sendable {
  case expectedCost = "expected_cost"
  case almgrenChriss = "almgren_chriss"
  case propagator
  case shrink
  case regression = "bayes_reg"
  case account
  case shortfall
  case continuous

  /// The members of `expected` for an input object.
  public func evaluate(_ json: JSONValue) throws(ScenarioError) -> JSONValue {
    let input = CostInput(json: json, place: rawValue)
    return switch self {
    case .expectedCost: try Self.expectedCost(input)
    case .almgrenChriss: try Self.almgrenChriss(input)
    case .propagator: try Self.propagator(input)
    case .shrink: try Self.shrink(input)
    case .regression: try Self.regression(input)
    case .account: try Self.account(input)
    case .shortfall: try Self.shortfall(input)
    case .continuous: try Self.continuous(input)
    }
  }

  private static func expectedCost(_ input: CostInput) throws(ScenarioError) -> JSONValue {
    var cost = CostModel(halfSpread: try input.number("spread") / 2)
    cost.spreadMultiplier = try input.number("m_tod")
    cost.impactCoefficient = try input.number("Y")
    cost.impactExponent = try input.number("delta")
    cost.impactMultiplier = try input.number("g_tod")
    let lots = try input.integer("qty")
    let estimate = cost.expected(
      lots: lots, averageDailyVolume: try input.number("adv"), dailyVolatility: try input.number("sigma_daily"))
    let currency = (estimate.total * (try input.number("point_value")) + (try input.number("fee"))) * Double(lots)
    return [
      "half_spread": .number(estimate.halfSpread), "impact": .number(estimate.impact),
      "total": .number(estimate.total), "currency": .number(currency),
    ]
  }

  private static func almgrenChriss(_ input: CostInput) throws(ScenarioError) -> JSONValue {
    let slices = try input.integer("N")
    guard (1...1_000_000).contains(slices) else { throw input.fault("'N' is \(slices), not from 1 to 1000000") }
    let schedule = ExecutionSchedule(
      lots: try input.number("X"), slices: slices, interval: try input.number("tau"),
      volatility: try input.number("sigma"), temporaryImpact: try input.number("eta"),
      permanentImpact: try input.number("gamma"), fixedCost: try input.number("eps"),
      riskAversion: try input.number("lam"))
    guard let schedule else { throw input.fault("has no schedule: eta - gamma tau/2, N and tau have to be positive") }
    return [
      "kappa": .number(schedule.urgency), "trades": JSONValue(schedule.trades),
      "expected_shortfall": .number(schedule.expectedShortfall), "variance": .number(schedule.variance),
    ]
  }

  private static func propagator(_ input: CostInput) throws(ScenarioError) -> JSONValue {
    let propagator = ImpactPropagator(
      coefficient: try input.number("Y"), dailyVolatility: try input.number("sigma_daily"),
      averageDailyVolume: try input.number("adv"), exponent: try input.number("delta"),
      decayTime: try input.number("t0"), decayExponent: try input.number("beta"))
    let trades = try input.pairs("trades").map { (time: $0.0, lots: $0.1) }
    let probes = try input.numbers("probe")
    return ["displacement": JSONValue(probes.map { propagator.displacement(at: $0, after: trades) })]
  }

  private static func shrink(_ input: CostInput) throws(ScenarioError) -> JSONValue {
    let posterior = NormalShrinkage(
      observations: try input.numbers("obs"), deviation: try input.number("sd"),
      priorMean: try input.number("prior_mean"), priorDeviation: try input.number("prior_sd"))
    return [
      "mean": .number(posterior.mean), "sd": .number(posterior.standardDeviation),
      "weight_on_data": .number(posterior.dataWeight), "p05": .number(posterior.quantile(0.05)),
      "p95": .number(posterior.quantile(0.95)),
    ]
  }

  private static func regression(_ input: CostInput) throws(ScenarioError) -> JSONValue {
    let fit: BayesianRegression
    do {
      fit = try BayesianRegression(
        rows: input.rows("X"), targets: input.numbers("y"), noise: input.number("noise_sd"),
        priorMean: input.numbers("prior_mean"), priorDeviation: input.numbers("prior_sd"))
    } catch let error as ScenarioError {
      throw error
    } catch {
      throw input.fault("cannot be fitted: \(error)")
    }
    let row = try input.numbers("x_new")
    guard row.count == fit.mean.count else { throw input.fault("'x_new' has \(row.count) values") }
    let prediction = fit.predict(row)
    return [
      "mean": JSONValue(fit.mean), "cov": .array(fit.covariance.map { JSONValue($0) }),
      "predict_mean": .number(prediction.mean), "predict_sd": .number(prediction.deviation),
    ]
  }

  private static func shortfall(_ input: CostInput) throws(ScenarioError) -> JSONValue {
    guard let side = input.json["side"]?.string.flatMap(Side.init(rawValue:)) else {
      throw input.fault("'side' is neither buy nor sell")
    }
    let fills = try input.pairs("fills")
    guard fills.allSatisfy({ abs($0.1) < 1e9 && $0.1 == $0.1.rounded() }) else {
      throw input.fault("'fills' has part lots")
    }
    let shortfall = ImplementationShortfall(
      side, lots: try input.integer("qty"), decision: try input.number("decision"),
      arrival: try input.number("arrival"), end: try input.number("end"),
      fills: fills.map { ($0.0, Int($0.1)) }, pointValue: try input.number("point_value"), fee: try input.number("fee"))
    return [
      "delay": .number(shortfall.delay), "trading": .number(shortfall.trading),
      "opportunity": .number(shortfall.opportunity), "fees": .number(shortfall.fees),
      "total": .number(shortfall.total),
    ]
  }

  private static func continuous(_ input: CostInput) throws(ScenarioError) -> JSONValue {
    let contracts = input.json["contracts"]?.array ?? []
    let closes = contracts.compactMap { $0["close"]?.doubles }
    let names = contracts.map { $0["name"]?.string }
    let rolls = try input.numbers("rolls").map { Int($0) }
    let bars = closes.first?.count ?? 0
    guard closes.count == contracts.count, closes.allSatisfy({ $0.count == bars }), rolls.count < max(1, closes.count),
      rolls.allSatisfy({ $0 > 0 && $0 < bars }), zip(rolls, rolls.dropFirst()).allSatisfy({ $0 < $1 })
    else { throw input.fault("'contracts' and 'rolls' do not fit") }
    let series = ContinuousContract(closes: closes, rolls: rolls)
    return [
      "contract": .array(series.contract.map { JSONValue(names[$0]) }), "raw": JSONValue(series.raw),
      "back_difference": JSONValue(series.difference), "back_ratio": JSONValue(series.ratio),
    ]
  }
}
