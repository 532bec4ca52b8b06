import HydraNumerics

/// Metrics on rows that are not trained on, round by round.
struct ValidationFollower {
  private struct Followed {
    let name: String
    let isHigherBetter: Bool
    let value: ([Double], LabelledRows) -> Double
    var values: [Double] = []
    var best = 0.0
    var bestRound = 0
  }

  private let rows: LabelledRows
  private let settings: GradientBoostedTrees.Settings
  private var metrics: [Followed]
  private let starts: [Double]
  /// Sums of the values of the trees, row after row, without the starting scores.
  private var sums: [Double]
  private var rounds = 0
  /// The metric that stopped training.
  private var stopper = 0

  /// - Parameter base: raw scores of an ensemble that is continued.
  init(
    _ rows: LabelledRows, settings: GradientBoostedTrees.Settings, metrics user: [UserMetric], starts: [Double],
    base: [Double]?
  ) {
    self.rows = rows
    self.settings = settings
    self.starts = starts
    sums = base ?? Array(repeating: 0, count: rows.targets.count * settings.objective.scores)
    var chosen = settings.metrics
    if chosen.isEmpty {
      switch settings.objective {
      case .lambdaRank: chosen = [.ndcg(at: 5)]
      case .userDefined: break
      default: chosen = [.loss(settings.objective)]
      }
    }
    metrics =
      chosen.map { metric in
        Followed(name: metric.description, isHigherBetter: metric.isHigherBetter) {
          metric.value(predictions: $0, rows: $1)
        }
      } + user.map { Followed(name: $0.name, isHigherBetter: $0.isHigherBetter, value: $0.value) }
  }

  var hasMetrics: Bool { !metrics.isEmpty }
  var history: [MetricHistory] { metrics.map { MetricHistory(name: $0.name, values: $0.values) } }
  /// The best round by the metric that stopped training, or by the first.
  var bestRound: Int { metrics.isEmpty ? rounds : metrics[stopper].bestRound }

  /// Takes in what a round changed; true when a metric has not improved for as many rounds as the settings say.
  mutating func follow(_ changes: [RegressionTree]) -> Bool {
    rounds += 1
    let width = settings.objective.scores
    let forest = CompiledForest(changes)
    sums.withUnsafeMutableBufferPointer { sums in
      rows.features.values.withUnsafeBufferPointer { values in
        guard let input = values.baseAddress, let output = sums.baseAddress else { return }
        forest.addScores(
          input, columns: rows.features.columns, rows: 0..<rows.targets.count, trees: changes.count, width: width,
          to: output)
      }
    }
    let share = settings.boosting == .forest ? 1 / Double(rounds) : 1
    var predictions = sums.indices.map { sums[$0] * share + starts[$0 % width] }
    settings.objective.applyLinks(&predictions)
    var hasStopped = false
    for index in metrics.indices {
      let value = metrics[index].value(predictions, rows)
      metrics[index].values.append(value)
      let gained = metrics[index].isHigherBetter ? value - metrics[index].best : metrics[index].best - value
      if gained > settings.earlyStoppingMinimumImprovement || rounds == 1 {
        (metrics[index].best, metrics[index].bestRound) = (value, rounds)
      }
      guard let patience = settings.earlyStoppingRounds, !hasStopped, index == 0 || !settings.stopsOnFirstMetricOnly
      else { continue }
      if rounds - metrics[index].bestRound >= patience { (hasStopped, stopper) = (true, index) }
    }
    return hasStopped
  }
}
