import HydraNumerics

/// A sum of regression trees, trained by gradient boosting or read from a LightGBM text model.
///
///     var settings = GradientBoostedTrees.Settings()
///     settings.rounds = 50
///     let model = try GradientBoostedTrees.fit(features, targets, settings: settings, threads: 2)
///     let forecast = model.predict(features)          // one number a row
///     try model.lightGBMText()                        // loads in LightGBM
///
/// The raw score of a row is the sum of the values of the leaves it reaches; the link of the objective turns it into a
/// prediction (for a random forest, after division by the rounds). The same rows, settings and seed give the same bytes
/// on every machine and for any number of threads.
///
/// Source: J. Friedman, "Greedy function approximation: a gradient boosting machine", Annals of Statistics 29 (2001);
/// G. Ke et al., "LightGBM: a highly efficient gradient boosting decision tree", NIPS 30 (2017).
public struct GradientBoostedTrees: Sendable {
  /// The columns that the model takes, in their order.
  public let featureNames: [String]
  /// The range `[low:high]`, the categories `3:1:2` or `none` of each feature, as the model file states them.
  public let featureRanges: [String]
  /// What the model was trained for, and with it the link of its predictions.
  public let objective: TreeObjective
  /// Tree t belongs to round t / scores and score t % scores.
  public private(set) var trees: [RegressionTree]
  /// Whether raw scores are divided by the number of rounds before the link (a random forest).
  public let averagesRounds: Bool
  /// Lines of the parameter block of the model file, as in `learning_rate: 0.1`.
  public let parameters: [String]
  /// What happened while training; nil for a model that was read.
  public let history: BoostingHistory?
  /// The trees laid out for fast descent; always made of `trees`.
  let forest: CompiledForest

  public init(
    featureNames: [String], featureRanges: [String]? = nil, objective: TreeObjective, trees: [RegressionTree],
    averagesRounds: Bool = false, parameters: [String] = [], history: BoostingHistory? = nil
  ) {
    precondition(trees.count % objective.scores == 0, "\(trees.count) trees for \(objective.scores) scores")
    self.featureNames = featureNames
    self.featureRanges = featureRanges ?? featureNames.map { _ in "none" }
    self.objective = objective
    self.trees = trees
    self.averagesRounds = averagesRounds
    self.parameters = parameters
    self.history = history
    forest = CompiledForest(trees)
  }

  /// The number of raw scores per row: 1, or one per class.
  public var scores: Int { objective.scores }
  /// The number of rounds of boosting in the model.
  public var rounds: Int { trees.count / objective.scores }
  /// The number of columns that the model takes.
  public var features: Int { featureNames.count }

  /// The same ensemble with other trees in place of its own.
  func replacing(trees: [RegressionTree]) -> GradientBoostedTrees {
    GradientBoostedTrees(
      featureNames: featureNames, featureRanges: featureRanges, objective: objective, trees: trees,
      averagesRounds: averagesRounds, parameters: parameters, history: history)
  }

  /// The ensemble of the first rounds only.
  public func prefix(rounds: Int) -> GradientBoostedTrees {
    replacing(trees: Array(trees.prefix(max(rounds, 0) * scores)))
  }
}

/// What happened while an ensemble was trained.
public struct BoostingHistory: Hashable, Codable, Sendable {
  /// The number of rounds kept: that of the smallest validation loss when training stopped early.
  public var bestRound: Int
  /// The name of the loss, as LightGBM calls it.
  public var metric: String
  /// The loss on the training rows after the last round kept.
  public var trainingLoss: Double
  /// The first metric on the validation rows after each round that was trained; empty without validation rows.
  public var validationLoss: [Double]
  /// All metrics on the validation rows, in the order of the settings, those of the program last.
  public var validationMetrics: [MetricHistory] = []
}

/// One metric, round by round.
public struct MetricHistory: Hashable, Codable, Sendable {
  /// Its name, as LightGBM calls it.
  public var name: String
  /// After each round.
  public var values: [Double]
}

/// Features with targets, for validation.
public struct LabelledRows: Sendable {
  /// A row per sample; missing values are NaN.
  public var features: Matrix
  /// One per row.
  public var targets: [Double]
  /// One per row, not negative; nil weighs all the same.
  public var weights: [Double]?
  /// The numbers of rows of consecutive queries, for ranking; nil where rows stand alone.
  public var queries: [Int]?

  public init(features: Matrix, targets: [Double], weights: [Double]? = nil, queries: [Int]? = nil) {
    self.features = features
    self.targets = targets
    self.weights = weights
    self.queries = queries
  }
}

extension GradientBoostedTrees: Hashable {
  public static func == (left: GradientBoostedTrees, right: GradientBoostedTrees) -> Bool {
    left.objective == right.objective && left.averagesRounds == right.averagesRounds
      && left.featureNames == right.featureNames && left.featureRanges == right.featureRanges
      && left.trees == right.trees && left.parameters == right.parameters
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(featureNames)
    hasher.combine(trees)
  }
}
