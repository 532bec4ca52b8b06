import HydraNumerics

/// A statistic of honest evaluation by name, from JSON to JSON: what `hydra evaluate KIND FILE` does.
///
///     try EvaluationKind.psr.evaluate(["sr": 0.4, "bench": 0, "n": 72, "skew": -0.3, "kurtosis": 4])
///     // {"psr":0.9987640589312846}
public enum EvaluationKind: String, CaseIterable, Sendable {
  case sharpe, psr, dsr, cscv
  case purgedFolds = "purged_kfold"
  case combinatorialPurgedFolds = "cpcv"
  case stationaryBootstrap = "stationary_bootstrap"
  case realityCheck = "reality_check"
  case dieboldMariano = "diebold_mariano"
  case multipleTesting = "multiple_testing"

  /// The statistics of an input object.
  public func evaluate(_ input: JSONValue) throws(EvaluationError) -> JSONValue {
    let input = EvaluationInput(json: input)
    return switch self {
    case .sharpe: try Self.sharpe(input)
    case .psr: ["psr": .number(try input.ratio().probability(above: input.number("bench")))]
    case .dsr: try Self.deflated(input)
    case .cscv: try Self.overfitting(input)
    case .purgedFolds: try Self.folds(input)
    case .combinatorialPurgedFolds: try Self.combinatorial(input)
    case .stationaryBootstrap: try Self.bootstrap(input)
    case .realityCheck: try Self.superiority(input)
    case .dieboldMariano: try Self.forecasts(input)
    case .multipleTesting: try Self.corrections(input)
    }
  }

  private static func sharpe(_ input: EvaluationInput) throws(EvaluationError) -> JSONValue {
    let returns = try input.numbers("returns")
    let benchmark = try input.number("bench", default: 0)
    guard let sharpe = SharpeRatio(returns: returns), let mean = NeweyWest(returns, lags: 5) else {
      throw .unusable("returns", "has fewer than two values, or all are equal")
    }
    var result: JSONValue = [
      "sharpe": .number(sharpe.ratio), "skew": .number(sharpe.skewness), "kurtosis": .number(sharpe.kurtosis),
      "psr_0": .number(sharpe.probability(above: 0)), "psr_bench": .number(sharpe.probability(above: benchmark)),
      "max_drawdown": .number(maximumDrawdown(of: returns)), "newey_west_t_lag5": .number(mean.t),
    ]
    if let length = sharpe.minimumTrackRecord() { result["min_trl_5pct"] = .number(length) }
    return result
  }

  private static func deflated(_ input: EvaluationInput) throws(EvaluationError) -> JSONValue {
    let trials = try input.integer("trials", atLeast: 1)
    let variance = try input.number("var_trials")
    guard variance >= 0 else { throw .unusable("var_trials", "is negative") }
    return [
      "expected_max_sr": .number(SharpeRatio.expectedMaximum(trials: trials, variance: variance)),
      "dsr": .number(try input.ratio().deflated(trials: trials, variance: variance)),
    ]
  }

  private static func overfitting(_ input: EvaluationInput) throws(EvaluationError) -> JSONValue {
    let returns = try input.matrix("returns")
    let blocks = try input.integer("blocks", atLeast: 2)
    guard blocks % 2 == 0 else { throw .unusable("blocks", "is not even") }
    guard returns.rows >= 2 * blocks, returns.columns > 1 else {
      throw .unusable("returns", "has fewer than two rows a block or fewer than two columns")
    }
    let result = BacktestOverfitting(returns: returns, blocks: blocks)
    return [
      "pbo": .number(result.probability), "logits": JSONValue(result.logits),
      "prob_oos_loss": .number(result.lossProbability), "degradation_slope": .number(result.degradationSlope),
    ]
  }

  private static func folds(_ input: EvaluationInput) throws(EvaluationError) -> JSONValue {
    let labels = try input.labels()
    let k = try input.integer("k", atLeast: 2, atMost: labels.count)
    let splits = PurgedFolds(folds: k, embargo: .rows(try input.integer("embargo", atLeast: 0))).splits(labels)
    return ["folds": .array(splits.map { ["test": JSONValue($0.test), "train": JSONValue($0.train)] })]
  }

  private static func combinatorial(_ input: EvaluationInput) throws(EvaluationError) -> JSONValue {
    let labels = try input.labels()
    let groups = try input.integer("groups", atLeast: 2, atMost: labels.count)
    let chosen = try input.integer("k", atLeast: 1, atMost: groups - 1)
    let embargo = PurgedSplit.Embargo.rows(try input.integer("embargo", atLeast: 0))
    let folds = CombinatorialPurgedFolds(groups: groups, testGroups: chosen, embargo: embargo)
    let splits = folds.splits(labels).map { groups, split -> JSONValue in
      ["groups": JSONValue(groups), "test": JSONValue(split.test), "train": JSONValue(split.train)]
    }
    return ["splits": .array(splits), "paths": JSONValue(folds.paths)]
  }

  private static func bootstrap(_ input: EvaluationInput) throws(EvaluationError) -> JSONValue {
    let n = try input.integer("n", atLeast: 1)
    let starts = try input.integers("starts", below: n)
    let uniforms = try input.numbers("u")
    guard starts.count == n, uniforms.count == n else { throw .unusable("starts", "and u have not n values") }
    let restart = try input.number("p")
    let indices = StationaryBootstrap.indices(starts: starts, uniforms: uniforms, restart: restart)
    return ["indices": JSONValue(indices)]
  }

  private static func superiority(_ input: EvaluationInput) throws(EvaluationError) -> JSONValue {
    let performance = try input.matrix("performance")
    guard performance.rows > 2 else { throw .unusable("performance", "has fewer than three rows") }
    let indices = try input.indices("indices", rows: performance.rows)
    let check = RealityCheck(performance: performance, indices: indices)
    return [
      "rc_p": .number(check.pValue), "spa_stat": .number(check.statistic),
      "spa_p": [
        "lower": .number(check.lower), "consistent": .number(check.consistent), "upper": .number(check.upper),
      ],
    ]
  }

  private static func forecasts(_ input: EvaluationInput) throws(EvaluationError) -> JSONValue {
    let (first, second) = (try input.numbers("e1"), try input.numbers("e2"))
    guard first.count == second.count else { throw .unusable("e2", "is not as long as e1") }
    let name = try input.string("loss", default: "squared")
    guard let loss = DieboldMariano.Loss(rawValue: name) else {
      throw .unusable("loss", "is '\(name)', neither squared nor absolute")
    }
    let horizon = try input.integer("h", atLeast: 1)
    guard let test = DieboldMariano(errors: first, second, horizon: horizon, loss: loss) else {
      throw .unusable("e1", "and e2 are too short or never differ")
    }
    return ["stat": .number(test.statistic), "p": .number(test.pValue)]
  }

  private static func corrections(_ input: EvaluationInput) throws(EvaluationError) -> JSONValue {
    let pValues = try input.numbers("p")
    guard pValues.allSatisfy({ $0 >= 0 && $0 <= 1 }) else { throw .unusable("p", "has a value outside 0...1") }
    return [
      "bh_rejected": JSONValue(MultipleTesting.benjaminiHochberg(pValues, rate: try input.number("q"))),
      "holm_adjusted": JSONValue(MultipleTesting.holm(pValues)),
    ]
  }
}
