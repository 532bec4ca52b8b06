import HydraNumerics

extension GradientBoostedTrees {
  /// Trains an ensemble; the short form of `fit(_:names:validation:settings:…)`.
  public static func fit(
    _ features: Matrix, _ targets: [Double], weights: [Double]? = nil, names: [String]? = nil,
    validation: LabelledRows? = nil, settings: Settings = Settings(), threads: Int = 1,
    progress: ((WorkProgress) throws -> Void)? = nil
  ) throws -> GradientBoostedTrees {
    try fit(
      LabelledRows(features: features, targets: targets, weights: weights), names: names, validation: validation,
      settings: settings, threads: threads, progress: progress)
  }

  /// Trains an ensemble.
  ///
  /// Missing feature values are NaN (and zero, when the settings say so); each split learns where they go, and where it
  /// saw none they go with the majority. Rows of weight 0 count for nothing but `minimumLeafRows`. Without any useful
  /// split the model is a constant.
  ///
  /// - Parameters:
  ///   - names: one per column; `Column_0` and so on when nil.
  ///   - validation: rows whose metrics are followed after each round, and stop training early when the settings say so.
  ///   - base: an ensemble of as many scores whose rounds come first; new trees are fitted to what it leaves.
  ///   - objective: a program's own loss, in place of that of the settings.
  ///   - metrics: a program's own metrics, after those of the settings.
  ///   - threads: changes the time taken, never the result.
  ///   - progress: called after each round, and with all rounds done when training ended early; an error that it throws
  ///     ends training.
  /// - Throws: `TreeFitError`, or `CancellationError` when the task is cancelled, which is looked for between rounds.
  public static func fit(
    _ rows: LabelledRows, names: [String]? = nil, validation: LabelledRows? = nil, settings: Settings = Settings(),
    continuing base: GradientBoostedTrees? = nil, objective: UserObjective? = nil, metrics: [UserMetric] = [],
    threads: Int = 1, progress: ((WorkProgress) throws -> Void)? = nil
  ) throws -> GradientBoostedTrees {
    let features = rows.features
    var settings = settings
    if let objective { settings.objective = .userDefined(link: objective.link, scores: objective.scores) }
    settings = try settings.checked(isUserDefined: objective != nil)
    try settings.checked(columns: features.columns)
    let names = names ?? (0..<features.columns).map { "Column_\($0)" }
    guard names.count == features.columns else {
      throw TreeFitError.lengthMismatch(what: "feature names", expected: features.columns, found: names.count)
    }
    guard features.rows > 0 else { throw TreeFitError.noRows }
    try check(rows, settings)
    if let validation { try check(validation, settings, columns: features.columns) }
    if let base { try checkBase(base, settings, columns: features.columns) }
    try Task.checkCancellation()
    let matrix = BinnedMatrix(features, settings: settings, threads: threads)
    var run = BoostingRun(
      matrix, rows: rows, settings: settings, objective: objective,
      continuing: base?.rawScores(features, threads: threads), threads: threads)
    var follower = validation.map {
      ValidationFollower(
        $0, settings: settings, metrics: metrics, starts: run.starts,
        base: base?.rawScores($0.features, threads: threads))
    }
    if settings.earlyStoppingRounds != nil, follower?.hasMetrics == false {
      throw TreeFitError.badSetting(name: "earlyStoppingRounds without a metric", value: "\(settings.objective)")
    }
    var reported = 0
    for round in 1...max(settings.rounds, 1) where settings.rounds > 0 {
      try Task.checkCancellation()
      guard try run.addRound() else { break }
      if follower?.follow(run.changes) == true { break }
      reported = round
      try progress?(WorkProgress(done: round, total: settings.rounds))
    }
    if reported < settings.rounds { try progress?(WorkProgress(done: settings.rounds, total: settings.rounds)) }
    return finished(run, follower, names: names, settings: settings, base: base, threads: threads)
  }

  /// The model of a run, with what happened in it.
  private static func finished(
    _ run: BoostingRun, _ follower: ValidationFollower?, names: [String], settings: Settings,
    base: GradientBoostedTrees?, threads: Int
  ) -> GradientBoostedTrees {
    let width = settings.objective.scores
    let trained = run.trees.count / width
    let kept = settings.earlyStoppingRounds == nil ? trained : min(follower?.bestRound ?? trained, trained)
    var trees = (base?.trees ?? []) + run.trees(rounds: kept)
    if trees.isEmpty { trees = run.constants() }
    let history = follower?.history ?? []
    func model(_ result: BoostingHistory?) -> GradientBoostedTrees {
      GradientBoostedTrees(
        featureNames: names, featureRanges: featureRanges(of: run.rows.features, run.matrix, threads: threads),
        objective: settings.objective, trees: trees, averagesRounds: settings.boosting == .forest,
        parameters: settings.parameterLines(), history: result)
    }
    // The scores of the rows are at hand unless rounds were taken back.
    let atHand = kept == trained && trained > 0 ? run.predictions() : nil
    let predictions = atHand ?? model(nil).predict(run.rows.features, threads: threads)
    let first = settings.metrics.first
    let loss =
      switch settings.objective {
      case .lambdaRank: TreeMetric.ndcg(at: 5).value(predictions: predictions, rows: run.rows)
      case .userDefined: first?.value(predictions: predictions, rows: run.rows) ?? .nan
      default:
        settings.objective.loss(predictions: predictions, targets: run.rows.targets, weights: run.rows.weights)
      }
    return model(
      BoostingHistory(
        bestRound: max(trees.count / width - (base?.rounds ?? 0), 0), metric: settings.objective.metric,
        trainingLoss: loss, validationLoss: history.first?.values ?? [], validationMetrics: history))
  }

  /// `[low:high]` of each column, its categories, or `none` where no two values differ.
  private static func featureRanges(of features: Matrix, _ matrix: BinnedMatrix, threads: Int) -> [String] {
    let binned = Dictionary(uniqueKeysWithValues: zip(matrix.columns, matrix.bins))
    return parallelMap(features.columns, threads: threads) { column in
      if let categories = binned[column]?.categories { return categories.map { "\($0)" }.joined(separator: ":") }
      var (low, high) = (Double.infinity, -Double.infinity)
      for row in 0..<features.rows {
        let value = features[row, column]
        low = value < low ? value : low
        high = value > high ? value : high
      }
      return low < high ? "[\(shortNumber(low)):\(shortNumber(high))]" : "none"
    }
  }
}
