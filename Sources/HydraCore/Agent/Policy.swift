import HydraLearning
import HydraNumerics

/// A fitted champion or challenger: a linear forecast, trees for what it leaves, how they were made, and how their
/// forecasts are sized.
///
/// Daily markets say so little that most of what can be learnt is linear: see ``LinearPath``. The trees are grown on what
/// the linear forecasts, as they were made at the time, left of the labels.
public struct Policy: Hashable, Codable, Sendable {
  public var recipe: Recipe
  public var model: GradientBoostedTrees
  /// The linear forecast as it stood at the fit; nil without one.
  public var linear: LinearModel?
  /// Whether the linear forecast stays as it is: that of a champion brought back, which knows another world.
  public var isPinned = false
  /// Names of the features that the model reads, in its column order.
  public var features: [String]
  /// Dates of the first and the last training row.
  public var trainedFrom: CivilDate
  public var trainedTo: CivilDate
  public var trainingRows: Int
  /// Mean of what the trees were trained on (labels less the linear forecasts), which is not part of the forecasts, and
  /// the labels' standard deviation.
  public var labelMean: Double
  public var labelDeviation: Double
  /// Mean squared error on the validation rows at the chosen number of rounds, on all rows where they are too few for
  /// trees; nil where the number was given.
  public var validationLoss: Double?
  /// Champions whose weighted forecasts stand in place of the model's; the model is then the newest of them.
  public var ensemble: ChampionEnsemble?

  /// Why no policy could be fitted.
  public enum FitError: Error, Hashable, Sendable, CustomStringConvertible {
    case tooFewRows(Int, needed: Int)
    case unknownFeature(String)
    /// The recipe leaves every feature out.
    case noFeatures
    /// The linear forecast is one of other features.
    case linearFeatures(Int, needed: Int)

    public var description: String {
      switch self {
      case .tooFewRows(let rows, let needed): "\(rows) training rows, \(needed) needed"
      case .unknownFeature(let name): "'\(name)' is not a feature"
      case .noFeatures: "the recipe leaves every feature out"
      case .linearFeatures(let count, let needed):
        "the linear forecast has \(count) coefficients for \(needed) features"
      }
    }
  }

  /// Fewest rows from which anything is fitted: the shortest window that may be proposed.
  public static let fewestRows = 30

  /// Fewest rows from which trees are grown: a year.
  public static let minimumRows = 250

  /// Parts into which the newer half of the rows is cut to choose the number of rounds.
  public static let folds = 4

  /// Fits the recipe to the rows whose labels end before row `limit`.
  ///
  /// The number of rounds is chosen by walking forward over the newer half of the rows in ``folds`` parts: before each,
  /// trees are grown on the older rows whose labels ended, less `embargo` bars, before it begins (purged); the fewest
  /// rounds within one standard error of the smallest loss are taken, and the trees are grown on all rows with them. One
  /// split alone would let a single year decide. When no number beats none clearly, there are no trees: no skill is an
  /// answer. With fewer than ``minimumRows`` rows there are none either, and the linear forecast stands alone.
  /// `rounds` names a number that was chosen before and leaves the search out.
  public static func fit(
    _ recipe: Recipe, to history: FeatureHistory, before limit: Int, embargo: Int, seed: UInt64, threads: Int,
    rounds chosen: Int? = nil
  ) throws -> Policy {
    let rows = trainingRows(recipe, history, before: limit, embargo: embargo)
    guard rows.count >= fewestRows else { throw FitError.tooFewRows(rows.count, needed: fewestRows) }
    guard history.names.contains(where: { !recipe.dropped.contains($0) }) else { throw FitError.noFeatures }
    let columns = history.names.indices.filter { !recipe.dropped.contains(history.names[$0]) }
    let names = columns.map { history.names[$0] }
    // Extreme outcomes of a fat-tailed market would steer the squared loss alone: beyond three deviations they count
    // as three. Their mean is taken out: what a market earned on average over some years says nothing about the next
    // one that its own error would not drown, and a model without skill shall hold no position.
    let raw = rows.map { min(3, max(-3, history.label($0))) }
    let left = zip(rows, raw).map { row, label in label - history.linearForecast(row, columns: columns) }
    let mean = Statistics.mean(left)
    let targets = left.map { $0 - mean }
    let newest = rows[rows.count - 1]
    let weights = rows.map { row in
      (recipe.decayHalfLife.map { Portable.exp(-Double(newest - row) / Double($0) * 0.6931471805599453) } ?? 1)
        * likeness(of: row, to: newest, recipe, history)
    }
    func labelled(_ range: Range<Int>) -> LabelledRows {
      LabelledRows(
        features: history.matrix(rows: Array(rows[range]), columns: columns), targets: Array(targets[range]),
        weights: Array(weights[range]))
    }
    var settings = recipe.trees
    settings.seed = seed
    settings.earlyStoppingRounds = nil

    var loss: Double?
    if rows.count < minimumRows {
      settings.rounds = 0
      loss = meanLoss(of: labelled(0..<rows.count), against: 0)
    } else if let chosen {
      settings.rounds = chosen
    } else {
      let losses = try foldLosses(rows: rows, purge: history.horizon + 1 + embargo, settings.rounds) { training, part in
        let (training, validation) = (labelled(training), labelled(part))
        let trial = try GradientBoostedTrees.fit(
          training.features, training.targets, weights: training.weights, names: names, validation: validation,
          settings: settings, threads: threads)
        return [meanLoss(of: validation, against: Statistics.mean(training.targets))]
          + (trial.history?.validationLoss ?? [])
      }
      (settings.rounds, loss) = chosenRounds(losses)
    }
    let all = labelled(0..<rows.count)
    let model = try GradientBoostedTrees.fit(
      all.features, targets, weights: weights, names: names, settings: settings, threads: threads)
    let linear = history.linearModel(at: min(limit, history.count) - 1)?.columns(columns)
    return Policy(
      recipe: recipe, model: model, linear: linear, features: names, trainedFrom: history.dates[rows[0]],
      trainedTo: history.dates[newest], trainingRows: rows.count, labelMean: mean,
      labelDeviation: Statistics.standardDeviation(raw), validationLoss: loss)
  }

  /// The rows that a recipe trains on: the newest ones of its window, from its first day on where it has one, and then no
  /// fewer than ``minimumRows``.
  static func trainingRows(_ recipe: Recipe, _ history: FeatureHistory, before limit: Int, embargo: Int) -> [Int] {
    let rows = history.trainingRows(before: limit, window: recipe.window, embargo: embargo)
    guard let since = recipe.since else { return rows }
    return rows.suffix(max(minimumRows, rows.count { history.dates[$0] >= since }))
  }

  /// Weight of a row by how like the newest one's its volatility was; never below a twentieth, since a world of which
  /// nothing is known is worse than one that was a little different.
  private static func likeness(of row: Int, to newest: Int, _ recipe: Recipe, _ history: FeatureHistory) -> Double {
    guard let width = recipe.similarityWidth else { return 1 }
    let (then, now) = (history.volatilities[row], history.volatilities[newest])
    guard then > 0, now > 0 else { return 1 }
    let distance = Portable.log(then / now) / width
    return max(0.05, Portable.exp(-distance * distance / 2))
  }

  /// Losses after 0, 1, … `rounds` rounds on each of the parts, with the parts' shares of all their rows; `curve` gives
  /// those of one part.
  private static func foldLosses(
    rows: [Int], purge: Int, _ rounds: Int, _ curve: (_ training: Range<Int>, _ part: Range<Int>) throws -> [Double]
  ) throws -> [FoldLosses] {
    let half = rows.count / 2
    return try (0..<folds).map { fold in
      let part = half + (rows.count - half) * fold / folds..<half + (rows.count - half) * (fold + 1) / folds
      let limit = rows[part.lowerBound] - purge
      let before = 0..<(rows.firstIndex { $0 >= limit } ?? 0)
      let values = try curve(before, part)
      // Trees that stopped growing for want of a split keep their last loss.
      let losses = (0...rounds).map { values[min($0, values.count - 1)] }
      return FoldLosses(share: Double(part.count) / Double(rows.count - half), losses: losses)
    }
  }

  struct FoldLosses {
    var share: Double
    var losses: [Double]
  }

  /// The fewest rounds whose loss is no more than one standard error, of its difference over the parts, above the least
  /// loss, and that loss.
  ///
  /// The least of many losses is the least by luck, too; what cannot be told from it with fewer trees is taken.
  /// Source: L. Breiman et al., "Classification and Regression Trees" (1984), section 3.4.3.
  static func chosenRounds(_ parts: [FoldLosses]) -> (rounds: Int, loss: Double) {
    let counts = parts[0].losses.indices
    func mean(_ rounds: Int) -> Double { parts.reduce(0) { $0 + $1.share * $1.losses[rounds] } }
    let means = counts.map(mean)
    let best = counts.min { means[$0] < means[$1] } ?? 0
    let fewest = counts.first { rounds in
      let differences = parts.map { $0.losses[rounds] - $0.losses[best] }
      let error = Statistics.standardDeviation(differences) / Double(differences.count).squareRoot()
      return means[rounds] - means[best] <= error
    }
    return (fewest ?? best, means[fewest ?? best])
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
    policy.ensemble = nil
    let targets = rows.map { row in
      min(3, max(-3, history.label(row))) - history.linearForecast(row, columns: columns) - labelMean
    }
    policy.model = try model.refitLeaves(to: history.matrix(rows: rows, columns: columns), targets, decay: keep)
    policy.linear = history.linearModel(at: min(limit, history.count) - 1)?.columns(columns)
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
    if let linear, linear.means.count != result.count {
      throw .linearFeatures(linear.means.count, needed: result.count)
    }
    return result
  }

  /// The forecast for a row of a history, in standard deviations of the horizon's price change.
  public func forecast(_ row: some RandomAccessCollection<Double>, columns: [Int]) -> Double {
    if let ensemble { return ensemble.forecast(row) }
    let start = row.startIndex
    return model.predict(columns.map { row[row.index(start, offsetBy: $0)] })
      + (linear?.predict(row, columns: columns) ?? 0)
  }
}
