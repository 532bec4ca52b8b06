import HydraCore

extension Setting {
  /// Every setting of the agent that an operator may change, by section.
  static var all: [Setting] {
    account + limits + costs + linear + recipe + trees + healing + gate + repairs + experiments + operations
  }

  /// The setting of that key.
  static func named(_ key: String) -> Setting? { all.first { $0.key == key } }

  /// The setting that an option of `hydra run` stands for.
  static func ofOption(_ option: String) -> Setting? { all.first { $0.option == option } }

  private static var account: [Setting] {
    [
      .number(
        "capital", \.capital, 1...1e15, option: "capital",
        "about ten oat contracts at the default target: whole lots do not decide the result, 300 lots a day bear it"),
      .number(
        "volatility-target", \.volatilityTarget, 0.001...1, option: "volatility-target",
        "a year's standard deviation of a tenth of the capital, at an ordinary or stronger forecast"),
      .count(
        "horizon", \.horizon, 1...250, option: "horizon",
        "bars over which a forecast is earned: a round trip of eight ticks spread over two weeks; a choice, not tuned"),
      .number(
        "ordinary-forecast", \.ordinaryForecast, 0.001...10,
        "standard deviations over the horizon that take the whole target; weaker forecasts take less"),
      .count("warm-up-rows", \.warmUpRows, 250...100_000, "three years of labelled rows before the first model"),
      .count("embargo", \.embargo, 0...250, "bars left out between training and test beyond the span of a label"),
      .count("periodic-bars", \.periodicBars, 1...10_000, "the `periodic` arm is trained anew every quarter of a year"),
      .number(
        "no-trade-band", \.noTradeBand, 0...10,
        "of the ordinary position; small corrections are not worth a spread; a choice, not tuned"),
    ]
  }

  private static var limits: [Setting] {
    [
      .count("limits.maximum-position", \.maximumPosition, 0...1_000_000, "lots; a fifth of an ordinary day's volume"),
      .count(
        "limits.maximum-order", \.maximumOrder, 1...1_000_000, "lots; null is twice the position, enough to reverse"),
      .number(
        "limits.participation", \.participation, 0.0001...1, option: "participation",
        "of a day's volume; larger orders move a thin market"),
      .number(
        "limits.maximum-notional", \.maximumNotional, 0...1e15, "currency; the limit in lots says it already"),
      .count(
        "limits.delivery-month-position", \.maximumDeliveryMonthPosition, 0...1_000_000,
        "lots from four days before the delivery month on; an agent cannot take delivery"),
      .number(
        "limits.daily-loss-stop", \.dailyLossStop, 0.0001...1,
        "of the starting capital; past it no new risk is taken for the day"),
      .number(
        "limits.total-loss-stop", \.totalLossStop, 0.0001...1,
        "of the starting capital; past it positions are closed for good"),
      .count(
        "limits.maximum-data-age-seconds", \.maximumDataAgeSeconds, 1...31_536_000,
        "four days pass a long weekend; on older prices no new risk is taken"),
      .number(
        "limits.price-collar", \.priceCollar, 0.0001...10,
        "share of the price; a larger jump is more often a bad tick than a market"),
    ]
  }

  private static var costs: [Setting] {
    [
      .number(
        "costs.multiplier", \.costMultiplier, 0.01...100, option: "cost-multiplier",
        "of the expected cost of every trade; 0.52 and 1.93 are the cost model's 5 % and 95 %"),
      .number(
        "costs.impact", \.impactCoefficient, 0...100,
        "Y of the square-root law; near 1 over many markets, 0.8 is the prior of the grains"),
      .number(
        "costs.margin", \.costMargin, 0...100,
        "new risk only where the expected gain over the horizon exceeds a round trip's expected cost"),
    ]
  }

  private static var recipe: [Setting] {
    [
      .count(
        "recipe.window", \.recipe.window, 250...100_000,
        "bars; seasons repeat once a year, and ten years show too few of them as it is"),
      .count("recipe.decay-half-life", \.recipe.decayHalfLife, 20...100_000, "bars; all training rows weigh alike"),
      .names("recipe.dropped", \.recipe.dropped, "features that are left out: none"),
      .count(
        "recipe.volatility-span", \.recipe.volatilitySpan, 2...1000, "bars of the volatility that sizes positions"),
      .number("recipe.risk-scale", \.recipe.riskScale, 0.01...1, "share of the volatility target: all of it"),
    ]
  }

  private static var trees: [Setting] {
    [
      .count(
        "recipe.trees.rounds", \.recipe.trees.rounds, 1...10_000, option: "rounds",
        "the most; walking forward over the newer half of the rows chooses how many"),
      .number(
        "recipe.trees.learning-rate", \.recipe.trees.learningRate, 0.001...1,
        "strong shrinkage: daily futures returns carry little signal"),
      .count("recipe.trees.leaves", \.recipe.trees.leaves, 2...1024, "richer trees fit noise"),
      .count(
        "recipe.trees.minimum-leaf-rows", \.recipe.trees.minimumLeafRows, 1...100_000,
        "half a year of bars; a leaf of fewer is an anecdote"),
      .number("recipe.trees.l2", \.recipe.trees.l2, 0...1e6, "pulls leaf values towards zero, small leaves more"),
      .number(
        "recipe.trees.feature-fraction", \.recipe.trees.featureFraction, 0.01...1,
        "trees that see different features err differently"),
      .number(
        "recipe.trees.bagging-fraction", \.recipe.trees.baggingFraction, 0.01...1,
        "trees that see different rows err differently"),
      .count(
        "recipe.trees.maximum-bins", \.recipe.trees.maximumBins, 2...255,
        "about 40 rows a bin in ten years; more only follow noise"),
    ]
  }

  private static var healing: [Setting] {
    [
      .number(
        "healing.false-alarms-per-year", \.healing.falseAlarmsPerYear, 0.001...250,
        "of all streams together while nothing changes"),
      .count("healing.evaluation-bars", \.healing.evaluationBars, 60...10_000, "every season is in it twice"),
      .count("healing.refit-bars", \.healing.refitBars, 1...10_000, "as often as the calendar fits the champion"),
      .count(
        "healing.trials", \.healing.trials, 1...1000, option: "trials",
        "recipes around a hypothesis, chosen on training data; each raises the bar for all that follow"),
      .number(
        "healing.hold-significance", \.healing.holdSignificance, 0.000_001...1,
        "weaker evidence is not worth watching"),
      .count(
        "healing.challengers", \.healing.challengers, 0...100,
        "candidates that predict beside the champion; a verdict on one counts as a trial"),
      .count(
        "healing.challenge-bars", \.healing.challengeBars, 20...10_000,
        "how a challenger in shadow stands is journalled each quarter; its verdict may come on any day"),
      .count(
        "healing.challenges", \.healing.challenges, 1...1000, "what has not won in two years of new days is given up"),
      .count("healing.probation-bars", \.healing.probationBars, 20...10_000, "a quarter of a year"),
      .number(
        "healing.rollback-significance", \.healing.rollbackSignificance, 0.000_001...0.5,
        "easier than promotion: the previous champion had proved itself"),
      .count("healing.cool-down", \.healing.coolDown, 1...10_000, "bars between two rounds of experiments"),
    ]
  }

  private static var gate: [Setting] {
    [
      .number(
        "gate.confidence", \.healing.gate.confidence, 0.5...0.999_999,
        "probability of being truly better, deflated for everything ever tried"),
      .number(
        "gate.cost-percentile", \.healing.gate.costPercentile, 0.01...0.99,
        "what survives dear trading is no artefact of a hopeful cost model"),
      .number("gate.minimum-gain", \.healing.gate.minimumGain, 0...1, "of capital a year, at that cost"),
      .number(
        "gate.minimum-variance-gain", \.healing.gate.minimumVarianceGain, 0...10,
        "QLIKE; about a tenth off the error of the volatility"),
      .number(
        "gate.overfitting", \.healing.gate.overfitting, 0.01...1,
        "probability that choosing among the round's candidates chose noise"),
      .count(
        "gate.blocks", \.healing.gate.blocks, 2...16,
        "252 ways to halve ten blocks; of an odd number the one below is taken"),
      .number(
        "gate.drawdown-factor", \.healing.gate.drawdownFactor, 0.1...100, "of the champion's largest fall"),
      .number("gate.drawdown-allowance", \.healing.gate.drawdownAllowance, 0...1, "of capital, on top of it"),
      .number(
        "gate.drawdown-floor", \.healing.gate.drawdownFloor, 0...1,
        "never less: at a volatility target of a tenth, luck alone falls that far in an ordinary year"),
      .number("gate.turnover-factor", \.healing.gate.turnoverFactor, 0.1...100, "of the champion's lots"),
      .number(
        "gate.stress-allowance", \.healing.gate.stressAllowance, 0...1,
        "of capital a year behind the champion at twice the spread, a bar's delay, a quarter of the volume"),
      .number(
        "gate.turnover-allowance", \.healing.gate.turnoverAllowance, 0...1_000_000,
        "lots on top: a champion that hardly trades forbids nothing"),
    ]
  }

  private static var repairs: [Setting] {
    let reasons: [DataFinding.Kind: String] = [
      .badTick: "a misplaced decimal point is sure; what the price was is nearly sure",
      .badValue: "a price is positive and does not quadruple within a row",
      .clockChange: "an hour does not change what is known at the end of a day",
      .crossedQuote: "which side is wrong cannot be told: the quote says nothing",
      .duplicate: "one time has one price, the first; `correct` lets the last one count",
      .highBelowLow: "which of the numbers is wrong cannot be told; `correct` exchanges them",
      .lateReport: "a late report is a report, from its release on",
      .outOfOrder: "`correct` sorts by time",
      .outsideRange: "which of the numbers is wrong cannot be told; `correct` widens the range",
      .restatedReport: "the revision counts from its own release on",
      .sourcesDiffer: "which file is right cannot be told; `correct` takes the contract's bars",
      .staleSettlement: "a market can stand still; `correct` takes the contract's bars where there are any",
      .unitChange: "old position reports are divided to contracts",
      .zeroVolumeRun: "no trade is no fault; `drop` drops a run's bars from the fifth on",
    ]
    return RepairRules.kinds.map { .rule($0, reasons[$0] ?? "") }
  }
}
