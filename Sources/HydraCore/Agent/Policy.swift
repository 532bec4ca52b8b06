import HydraLearning
import HydraNumerics

/// A fitted champion or challenger: the trees, how they were made, and how their forecasts are sized.
public struct Policy: Hashable, Codable, Sendable {
  public var recipe: Recipe
  public var model: GradientBoostedTrees
  /// Names of the features that the model reads, in its column order.
  public var features: [String]
  /// Dates of the first and the last training row.
  public var trainedFrom: CivilDate
  public var trainedTo: CivilDate
  public var trainingRows: Int
  /// Mean and standard deviation of the labels that it was trained on.
  public var labelMean: Double
  public var labelDeviation: Double
  /// Mean squared error on the validation rows at the chosen number of rounds.
  public var validationLoss: Double

  /// Why no policy could be fitted.
  public enum FitError: Error, Hashable, Sendable, CustomStringConvertible {
    case tooFewRows(Int, needed: Int)
    case unknownFeature(String)

    public var description: String {
      switch self {
      case .tooFewRows(let rows, let needed): "\(rows) training rows, \(needed) needed"
      case .unknownFeature(let name): "'\(name)' is not a feature"
      }
    }
  }

  /// Fewest rows from which anything is fitted: a year.
  public static let minimumRows = 250

  /// Fits the recipe to the rows whose labels end before row `limit`.
  ///
  /// The number of rounds is chosen on the newest fifth of the rows, separated from the others by the span of a label
  /// (purged) and by `embargo` bars; the trees are then grown on all rows with that number. When no round beats the
  /// mean, the model is the mean: no skill is an answer.
  public static func fit(
    _ recipe: Recipe, to history: FeatureHistory, before limit: Int, embargo: Int, seed: UInt64, threads: Int
  ) throws -> Policy {
    let rows = history.trainingRows(before: limit, window: recipe.window, embargo: embargo)
    guard rows.count >= minimumRows else { throw FitError.tooFewRows(rows.count, needed: minimumRows) }
    let columns = history.names.indices.filter { !recipe.dropped.contains(history.names[$0]) }
    var settings = recipe.trees
    settings.seed = seed
    // Extreme outcomes of a fat-tailed market would steer the squared loss alone: beyond three deviations they count
    // as three.
    let targets = rows.map { min(3, max(-3, history.label($0))) }
    let newest = rows[rows.count - 1]
    let weights = recipe.decayHalfLife.map { halfLife in
      rows.map { Portable.exp(-Double(newest - $0) / Double(halfLife) * 0.6931471805599453) }
    }

    let split = rows.count - rows.count / 5
    let purge = rows[split] - history.horizon - 1 - embargo
    let before = rows.prefix(split).prefix { $0 < purge }
    let training = LabelledRows(
      features: history.matrix(rows: Array(before), columns: columns), targets: Array(targets.prefix(before.count)),
      weights: weights.map { Array($0.prefix(before.count)) })
    let validation = LabelledRows(
      features: history.matrix(rows: Array(rows[split...]), columns: columns), targets: Array(targets[split...]),
      weights: weights.map { Array($0[split...]) })
    let names = columns.map { history.names[$0] }
    let trial = try GradientBoostedTrees.fit(
      training.features, training.targets, weights: training.weights, names: names, validation: validation,
      settings: settings, threads: threads)
    let losses = trial.history?.validationLoss ?? []
    let baseline = meanLoss(of: validation, against: Statistics.mean(training.targets))
    let best = losses.min() ?? .infinity
    settings.rounds = best < baseline ? trial.history?.bestRound ?? 0 : 0
    settings.earlyStoppingRounds = nil
    let model = try GradientBoostedTrees.fit(
      history.matrix(rows: rows, columns: columns), targets, weights: weights, names: names,
      settings: settings, threads: threads)
    let mean = Statistics.mean(targets)
    return Policy(
      recipe: recipe, model: model, features: names, trainedFrom: history.dates[rows[0]],
      trainedTo: history.dates[newest], trainingRows: rows.count, labelMean: mean,
      labelDeviation: Statistics.standardDeviation(targets),
      validationLoss: min(best, baseline))
  }

  /// Mean squared error of a constant forecast.
  private static func meanLoss(of rows: LabelledRows, against constant: Double) -> Double {
    let weights = rows.weights ?? [Double](repeating: 1, count: rows.targets.count)
    var (sum, total) = (0.0, 0.0)
    for (target, weight) in zip(rows.targets, weights) {
      sum += weight * (target - constant) * (target - constant)
      total += weight
    }
    return total > 0 ? sum / total : .greatestFiniteMagnitude
  }

  /// The same trees with leaf values refitted to the newest `bars` rows before `limit`.
  public func refitted(
    to history: FeatureHistory, before limit: Int, bars: Int, embargo: Int, keep: Double = 0.3
  ) throws -> Policy {
    let rows = history.trainingRows(before: limit, window: bars, embargo: embargo)
    guard rows.count >= 60 else { throw FitError.tooFewRows(rows.count, needed: 60) }
    let columns = try columns(in: history.names)
    var policy = self
    policy.model = try model.refitLeaves(
      to: history.matrix(rows: rows, columns: columns), rows.map { min(3, max(-3, history.label($0))) }, decay: keep)
    policy.trainedTo = history.dates[rows[rows.count - 1]]
    return policy
  }

  /// Positions of the model's features among all of a history's.
  public func columns(in names: [String]) throws(FitError) -> [Int] {
    var result: [Int] = []
    for name in features {
      guard let index = names.firstIndex(of: name) else { throw .unknownFeature(name) }
      result.append(index)
    }
    return result
  }

  /// The forecast for a row of a history, in standard deviations of the horizon's price change.
  public func forecast(_ row: some RandomAccessCollection<Double>, columns: [Int]) -> Double {
    let start = row.startIndex
    return model.predict(columns.map { row[row.index(start, offsetBy: $0)] })
  }
}
