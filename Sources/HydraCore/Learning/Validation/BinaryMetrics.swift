import HydraNumerics

/// How good probabilities of a yes are: ranking, sharpness, calibration and the calls they lead to.
///
///     let metrics = try BinaryMetrics(labels: [0, 0, 1, 1], probabilities: [0.1, 0.4, 0.35, 0.8])
///     metrics.brier          // 0.158125
///     metrics.ranking.auc    // 0.75
public struct BinaryMetrics: Hashable, Codable, Sendable {
  /// ROC and precision–recall curves, weighted.
  public let ranking: RankingCurve
  /// The weighted mean of (p - y)².
  public let brier: Double
  /// The weighted mean of -ln of the probability of what happened, in nats; probabilities count as at least 2⁻⁵².
  public let logLoss: Double
  /// The weighted share of right calls.
  public let accuracy: Double
  /// Calls counted as rows, without their weights.
  public let confusion: ConfusionMatrix

  /// - Parameters:
  ///   - labels: 0 or 1.
  ///   - probabilities: of label 1.
  ///   - threshold: rows of at least this probability are called 1.
  public init(
    labels: [Double], probabilities: [Double], weights: [Double]? = nil, threshold: Double = 0.5
  ) throws(MetricError) {
    let rows = try ScoredRows(binary: labels, probabilities, weights: weights)
    ranking = try RankingCurve(labels: labels, scores: probabilities, weights: weights)
    let total = Statistics.sum(rows.weights)
    var (squares, logarithms, right): ([Double], [Double], [Double]) = ([], [], [])
    for (row, label) in labels.enumerated() {
      let (p, weight) = (probabilities[row], rows.weights[row])
      squares.append(weight * (p - label) * (p - label))
      let ofOutcome = label == 1 ? p : 1 - p
      logarithms.append(-weight * Portable.log(min(max(ofOutcome, Self.smallest), 1 - Self.smallest)))
      if (p >= threshold) == (label == 1) { right.append(weight) }
    }
    brier = Statistics.sum(squares) / total
    logLoss = Statistics.sum(logarithms) / total
    accuracy = Statistics.sum(right) / total
    confusion = try ConfusionMatrix(
      labels: labels.map { Int($0) }, predictions: probabilities.map { $0 >= threshold ? 1 : 0 }, classes: 2)
  }

  private static let smallest = Double.ulpOfOne
}
