import HydraNumerics

/// The objective of a search for training parameters of boosted trees: the loss on rows that were not trained on.
///
///     let tuning = try TreesTuning(rows, names: names, splits: WalkForward(folds: 5).splits(LabelInterval.points(n)))
///     var study = try Study(TreesTuning.standardSpace(), pruner: .median)
///     try study.optimize(trials: 50, threads: 2) { try tuning.loss(of: &$0) }
///
/// A parameter of the space is one of LightGBM's, by name or alias; `fixed` ones are the same in all trials. Each split
/// trains on its own rows and is scored on its test rows, with early stopping on these where `early_stopping_round` is
/// fixed, which makes the score a little too kind. After each split the mean loss so far is reported, so that a pruner
/// can stop a hopeless trial before its last split.
public struct TreesTuning: Sendable {
  /// Rows to train on and to be scored on, a pair for each split.
  private let folds: [(train: LabelledRows, test: LabelledRows)]
  private let names: [String]
  private let fixed: [(name: String, value: String)]
  private let categorical: [String]

  /// Throws `LightGBMParameterError` for a fixed parameter or a column of categories that is not known, `SearchError`
  /// without splits.
  public init(
    _ rows: LabelledRows, names: [String], splits: [PurgedSplit], fixed: [(name: String, value: String)] = [],
    categorical: [String] = []
  ) throws {
    try self.init(
      folds: splits.map { (rows.selecting($0.train), rows.selecting($0.test)) }, names: names, fixed: fixed,
      categorical: categorical)
  }

  /// With one set of rows to train on and one to be scored on.
  public init(
    train: LabelledRows, validation: LabelledRows, names: [String], fixed: [(name: String, value: String)] = [],
    categorical: [String] = []
  ) throws {
    try self.init(folds: [(train, validation)], names: names, fixed: fixed, categorical: categorical)
  }

  private init(
    folds: [(train: LabelledRows, test: LabelledRows)], names: [String], fixed: [(name: String, value: String)],
    categorical: [String]
  ) throws {
    guard folds.allSatisfy({ $0.train.features.rows > 0 && $0.test.features.rows > 0 }), !folds.isEmpty else {
      throw SearchError.badSetting(name: "the splits", value: "empty", allowed: "rows to train on and to be scored on")
    }
    _ = try LightGBMParameters(fixed).settings(forFeatures: names, categorical: categorical)
    self.folds = folds
    self.categorical = categorical
    self.names = names
    self.fixed = fixed
  }

  /// The number of splits, which is the number of reports of a trial that is not pruned.
  public var steps: Int { folds.count }

  /// The usual parameters with the ranges in which they usually lie.
  public static func standardSpace() throws(SearchError) -> SearchSpace {
    try SearchSpace([
      .float("learning_rate", 0.01...0.3, logarithmic: true), .integer("num_iterations", 20...500, logarithmic: true),
      .integer("num_leaves", 4...128, logarithmic: true), .integer("min_data_in_leaf", 3...100, logarithmic: true),
      .float("feature_fraction", 0.4...1), .float("bagging_fraction", 0.5...1),
      .float("lambda_l1", 1e-6...10, logarithmic: true), .float("lambda_l2", 1e-6...10, logarithmic: true),
    ])
  }

  /// The parameters of a trial with the fixed ones, which a trial's own replace.
  public func parameters(of trial: Trial) throws -> LightGBMParameters {
    var pairs = fixed
    let own = trial.parameters.map { (name: $0.name, value: $0.value.description) }
    // A share of rows has no effect unless rows are drawn.
    if own.contains(where: { $0.name == "bagging_fraction" }),
      !(own + fixed).contains(where: { $0.name == "bagging_freq" })
    {
      pairs.append(("bagging_freq", "1"))
    }
    return try LightGBMParameters(pairs + own)
  }

  /// The settings of a trial for the columns of the rows.
  public func settings(of trial: Trial) throws -> GradientBoostedTrees.Settings {
    try parameters(of: trial).settings(forFeatures: names, categorical: categorical)
  }

  /// The mean loss of a trial over the splits, in the metric of the objective.
  public func loss(of trial: inout RunningTrial) throws -> Double {
    let settings = try settings(of: trial.trial)
    var sum = 0.0
    for (place, fold) in folds.enumerated() {
      let follows = settings.earlyStoppingRounds != nil
      let model = try GradientBoostedTrees.fit(
        fold.train.features, fold.train.targets, weights: fold.train.weights, names: names,
        validation: follows ? fold.test : nil, settings: settings)
      let predictions = model.predict(fold.test.features)
      sum += settings.objective.loss(
        predictions: predictions, targets: fold.test.targets, weights: fold.test.weights)
      // The last report would only repeat the result.
      if place + 1 < folds.count { try trial.report(sum / Double(place + 1), step: place + 1) }
    }
    return sum / Double(folds.count)
  }
}

extension LabelledRows {
  /// The rows with these indices.
  func selecting(_ rows: [Int]) -> LabelledRows {
    LabelledRows(
      features: features.selecting(rows: rows), targets: rows.map { targets[$0] },
      weights: weights.map { all in rows.map { all[$0] } })
  }
}
