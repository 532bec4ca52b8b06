extension GradientBoostedTrees.Settings {
  /// Throws when a setting is outside its range.
  func checked(isUserDefined: Bool = false) throws -> Self {
    try require(isUserDefined || objective.isTrainable, "objective", objective)
    try requireObjective()
    try require(rounds >= 0, "rounds", rounds)
    try require(learningRate > 0 && learningRate.isFinite, "learningRate", learningRate)
    try require(leaves >= 2 && leaves <= 131_072, "leaves", leaves)
    try require((maximumDepth ?? 1) >= 1, "maximumDepth", maximumDepth ?? 1)
    try require(minimumLeafRows >= 0, "minimumLeafRows", minimumLeafRows)
    try require(minimumLeafHessian >= 0, "minimumLeafHessian", minimumLeafHessian)
    try require(l1 >= 0 && l1.isFinite, "l1", l1)
    try require(l2 >= 0 && l2.isFinite, "l2", l2)
    try require(minimumGain >= 0, "minimumGain", minimumGain)
    try require(maximumBins >= 2 && maximumBins <= 65_000, "maximumBins", maximumBins)
    try require(minimumBinRows >= 1, "minimumBinRows", minimumBinRows)
    try require((earlyStoppingRounds ?? 1) >= 1, "earlyStoppingRounds", earlyStoppingRounds ?? 1)
    try requireSampling()
    try requireConstraints()
    return self
  }

  private func require(_ holds: Bool, _ name: String, _ value: some CustomStringConvertible) throws {
    guard holds else { throw TreeFitError.badSetting(name: name, value: value.description) }
  }

  private func requireShare(_ value: Double?, _ name: String) throws {
    guard let value else { return }
    try require(value > 0 && value <= 1, name, value)
  }

  private func requireObjective() throws {
    switch objective {
    case .huber(let delta): try require(delta > 0 && delta.isFinite, "huber delta", delta)
    case .fair(let scale): try require(scale > 0 && scale.isFinite, "fair_c", scale)
    case .tweedie(let power): try require(power > 1 && power < 2, "tweedie_variance_power", power)
    case .quantile(let level): try require(level > 0 && level < 1, "quantile level", level)
    case .quantiles(let levels):
      try require(!levels.isEmpty && zip(levels, levels.dropFirst()).allSatisfy { $0 < $1 }, "quantile levels", levels)
      try require(levels.allSatisfy { $0 > 0 && $0 < 1 }, "quantile levels", levels)
    case .multiclass(let classes), .multiclassOneVersusAll(let classes, _):
      try require(classes >= 2, "num_class", classes)
    case .lambdaRank(let ranking): try require(ranking.truncation >= 1, "truncation", ranking.truncation)
    default: break
    }
    if case .binary = objective { return }
    try require(positiveWeight == 1, "positiveWeight (labels are not binary)", positiveWeight)
    try require(!balancesLabels, "balancesLabels (labels are not binary)", balancesLabels)
    try require(positiveBaggingFraction == nil, "positiveBaggingFraction (labels are not binary)", "a share")
    try require(negativeBaggingFraction == nil, "negativeBaggingFraction (labels are not binary)", "a share")
  }

  private func requireSampling() throws {
    try requireShare(featureFraction, "featureFraction")
    try requireShare(nodeFeatureFraction, "nodeFeatureFraction")
    try requireShare(baggingFraction, "baggingFraction")
    try requireShare(positiveBaggingFraction, "positiveBaggingFraction")
    try requireShare(negativeBaggingFraction, "negativeBaggingFraction")
    try require(baggingInterval >= 0, "baggingInterval", baggingInterval)
    try require(positiveWeight > 0 && positiveWeight.isFinite, "positiveWeight", positiveWeight)
    try require(!balancesLabels || positiveWeight == 1, "positiveWeight beside balancesLabels", positiveWeight)
    if let sampling = oneSidedSampling {
      try require(sampling.top >= 0 && sampling.other > 0, "oneSidedSampling", "\(sampling.top), \(sampling.other)")
      try require(sampling.top + sampling.other <= 1, "oneSidedSampling", "\(sampling.top) + \(sampling.other)")
    }
    switch boosting {
    case .gradient: break
    case .dart(let dropout):
      try require((0...1).contains(dropout.rate), "drop rate", dropout.rate)
      try require((0...1).contains(dropout.skip), "skip probability", dropout.skip)
      // Later rounds change the trees of earlier ones, so that the first rounds are no model of their own.
      try require(earlyStoppingRounds == nil, "earlyStoppingRounds with dart", earlyStoppingRounds ?? 0)
    case .forest:
      try require(oneSidedSampling == nil, "oneSidedSampling in a forest", "a share")
      try require(
        drawsRows || featureFraction < 1 || nodeFeatureFraction < 1 || drawsCuts,
        "boosting: trees of a forest need drawn rows (bagging) or drawn features", "forest")
      try require(objective.renewedQuantile == nil || linearLeaves == nil, "linearLeaves in a forest", "linear")
    }
  }

  /// Whether trees see drawn rows.
  var drawsRows: Bool {
    oneSidedSampling != nil
      || (baggingInterval > 0
        && (baggingFraction < 1 || (positiveBaggingFraction ?? 1) < 1 || (negativeBaggingFraction ?? 1) < 1))
  }

  private func requireConstraints() throws {
    try require(constraints.monotone.allSatisfy { (-1...1).contains($0) }, "monotone", constraints.monotone)
    try require(constraints.monotonePenalty >= 0, "monotonePenalty", constraints.monotonePenalty)
    try require(constraints.pathSmoothing >= 0, "pathSmoothing", constraints.pathSmoothing)
    try require((constraints.largestStep ?? 1) > 0, "largestStep", constraints.largestStep ?? 1)
    try require(constraints.gainFactors.allSatisfy { $0 >= 0 }, "gainFactors", constraints.gainFactors)
    try require(categorical.columns.allSatisfy { $0 >= 0 }, "categorical columns", categorical.columns)
    try require(categorical.l2 >= 0 && categorical.smoothing >= 0, "categorical l2, smoothing", categorical.l2)
    try require(categorical.mostCategories >= 1, "mostCategories", categorical.mostCategories)
    try require(categorical.minimumGroupRows >= 1, "minimumGroupRows", categorical.minimumGroupRows)
    if let linear = linearLeaves {
      try require(linear.l2 >= 0, "linearLeaves l2", linear.l2)
      // The quantiles of residuals that leaves hold under these losses are no linear models.
      try require(objective.renewedQuantile == nil, "linearLeaves with this objective", objective)
    }
    for columns in constraints.interactions {
      try require(columns.allSatisfy { $0 >= 0 }, "interactions", columns)
    }
  }

  /// Throws when a setting speaks of columns that are not there.
  func checked(columns: Int) throws {
    try require(categorical.columns.allSatisfy { $0 < columns }, "categorical columns", categorical.columns)
    try require(
      constraints.monotone.isEmpty || constraints.monotone.count == columns, "monotone", constraints.monotone)
    try require(
      constraints.gainFactors.isEmpty || constraints.gainFactors.count == columns, "gainFactors",
      constraints.gainFactors)
    try require(constraints.interactions.allSatisfy { $0.allSatisfy { $0 < columns } }, "interactions", "a column")
    for column in categorical.columns where constraints.monotone.indices.contains(column) {
      try require(constraints.monotone[column] == 0, "monotone on the categorical column", column)
    }
  }
}
