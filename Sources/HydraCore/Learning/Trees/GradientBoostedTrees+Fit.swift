import HydraNumerics

extension GradientBoostedTrees {
  /// Trains an ensemble.
  ///
  /// Missing feature values are NaN; each split learns where they go, and where it saw none they go with the majority.
  /// Rows of weight 0 count for nothing but `minimumLeafRows`. Without any useful split the model is a constant.
  ///
  /// - Parameters:
  ///   - weights: not negative; nil weighs all rows the same.
  ///   - names: one per column; `Column_0` and so on when nil.
  ///   - validation: rows whose loss is followed after each round, and stops training early when the settings say so.
  ///   - threads: changes the time taken, never the result.
  ///   - progress: called after each round, and with all rounds done when training ended early; an error that it throws
  ///     ends training.
  /// - Throws: `TreeFitError`, or `CancellationError` when the task is cancelled, which is looked for between rounds.
  public static func fit(
    _ features: Matrix, _ targets: [Double], weights: [Double]? = nil, names: [String]? = nil,
    validation: LabelledRows? = nil, settings: Settings = Settings(), threads: Int = 1,
    progress: ((WorkProgress) throws -> Void)? = nil
  ) throws -> GradientBoostedTrees {
    let settings = try settings.checked()
    let names = names ?? (0..<features.columns).map { "Column_\($0)" }
    guard names.count == features.columns else {
      throw TreeFitError.lengthMismatch(what: "feature names", expected: features.columns, found: names.count)
    }
    guard features.rows > 0 else { throw TreeFitError.noRows }
    try check(targets, weights, rows: features.rows, settings.objective)
    if let validation {
      guard validation.features.columns == features.columns || validation.features.rows == 0 else {
        throw TreeFitError.lengthMismatch(
          what: "validation columns", expected: features.columns, found: validation.features.columns)
      }
      try check(validation.targets, validation.weights, rows: validation.features.rows, settings.objective)
    }
    try Task.checkCancellation()
    let matrix = BinnedMatrix(
      features, maximumBins: settings.maximumBins, minimumBinRows: settings.minimumBinRows, threads: threads)
    var run = BoostingRun(matrix, targets: targets, weights: weights, settings: settings, threads: threads)
    var follower = validation.map { ValidationFollower($0, objective: settings.objective) }
    var reported = 0
    for round in 1...max(settings.rounds, 1) where settings.rounds > 0 {
      try Task.checkCancellation()
      guard run.addRound() else { break }
      if follower?.follow(run.trees.suffix(settings.objective.scores), patience: settings.earlyStoppingRounds) == true {
        break
      }
      reported = round
      try progress?(WorkProgress(done: round, total: settings.rounds))
    }
    if reported < settings.rounds { try progress?(WorkProgress(done: settings.rounds, total: settings.rounds)) }
    var trees = run.trees
    if settings.earlyStoppingRounds != nil, let follower {
      trees.removeLast(trees.count - follower.bestRound * settings.objective.scores)
    }
    if trees.isEmpty { trees = run.constants() }
    let model = GradientBoostedTrees(featureNames: names, objective: settings.objective, trees: trees)
    // The scores of the rows are at hand unless rounds were taken back.
    let isWhole = trees.count == run.trees.count
    let loss = settings.objective.loss(
      predictions: isWhole ? run.predictions() : model.predict(features, threads: threads), targets: targets,
      weights: weights)
    return GradientBoostedTrees(
      featureNames: names, featureRanges: featureRanges(of: features), objective: settings.objective, trees: trees,
      parameters: settings.parameterLines(),
      history: BoostingHistory(
        bestRound: model.rounds, metric: settings.objective.metric, trainingLoss: loss,
        validationLoss: follower?.losses ?? []))
  }

  static func check(_ targets: [Double], _ weights: [Double]?, rows: Int, _ objective: TreeObjective) throws {
    guard targets.count == rows else {
      throw TreeFitError.lengthMismatch(what: "targets", expected: rows, found: targets.count)
    }
    try objective.check(targets: targets)
    guard let weights else { return }
    guard weights.count == rows else {
      throw TreeFitError.lengthMismatch(what: "weights", expected: rows, found: weights.count)
    }
    for (row, weight) in weights.enumerated() {
      guard weight.isFinite else { throw TreeFitError.notFinite(what: "weight", row: row) }
      guard weight >= 0 else { throw TreeFitError.negativeWeight(row: row, value: weight) }
    }
  }

  /// `[low:high]` of each column, `none` where no two values differ.
  private static func featureRanges(of features: Matrix) -> [String] {
    (0..<features.columns).map { column in
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

/// The loss on rows that are not trained on, round by round.
private struct ValidationFollower {
  let rows: LabelledRows
  let objective: TreeObjective
  private(set) var losses: [Double] = []
  private(set) var bestRound = 0
  private var best = Double.infinity
  private var scores: [Double]

  init(_ rows: LabelledRows, objective: TreeObjective) {
    self.rows = rows
    self.objective = objective
    scores = [Double](repeating: 0, count: rows.targets.count * objective.scores)
  }

  /// Takes in the trees of a round; true when the loss has not improved for `patience` rounds.
  mutating func follow(_ trees: ArraySlice<RegressionTree>, patience: Int?) -> Bool {
    let width = objective.scores
    let forest = CompiledForest(Array(trees))
    scores.withUnsafeMutableBufferPointer { scores in
      rows.features.values.withUnsafeBufferPointer { values in
        guard let input = values.baseAddress, let output = scores.baseAddress else { return }
        forest.addScores(
          input, columns: rows.features.columns, rows: 0..<rows.targets.count, trees: width, width: width, to: output)
      }
    }
    var predictions = scores
    predictions.withUnsafeMutableBufferPointer { buffer in
      for row in rows.targets.indices {
        objective.applyLink(UnsafeMutableBufferPointer(rebasing: buffer[row * width..<(row + 1) * width]))
      }
    }
    let loss = objective.loss(predictions: predictions, targets: rows.targets, weights: rows.weights)
    losses.append(loss)
    if loss < best || losses.count == 1 { (best, bestRound) = (loss, losses.count) }
    guard let patience else { return false }
    return losses.count - bestRound >= patience
  }
}
