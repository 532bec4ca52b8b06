import HydraNumerics

/// The rising step function that is nearest to the labels in the mean square, straight between its steps.
///
///     let isotonic = try IsotonicCalibration(scores: [0.1, 0.4, 0.5, 0.9], labels: [0, 1, 0, 1])
///     isotonic.calibrated(0.45)      // 0.5: the two in the middle stand in the wrong order and are pooled
///
/// Scores of one value are taken together first. Beyond the scores seen, the value at the end counts. Labels may be any
/// numbers, so that it also fits a monotone regression.
///
/// - Complexity: O(n log n) to fit (pooling itself is O(n)), O(log n) a score.
///
/// Source: M. Ayer et al., "An empirical distribution function for sampling with incomplete information", Annals of
/// Mathematical Statistics 26 (1955); B. Zadrozny, C. Elkan, KDD 8 (2002) for its use here.
public struct IsotonicCalibration: Calibration, Hashable, Codable {
  /// Scores at the corners of the function, rising.
  public let thresholds: [Double]
  /// The values at the corners, not falling.
  public let values: [Double]

  public init(scores: [Double], labels: [Double], weights: [Double]? = nil) throws(MetricError) {
    let rows = try ScoredRows(labels, scores, weights: weights)
    try ScoredRows.require(scores, "score", "finite", \.isFinite)
    let counted = scores.indices.filter { rows.weights[$0] > 0 }
    let order = counted.sorted { (scores[$0], labels[$0]) < (scores[$1], labels[$1]) }
    var points: [(x: Double, y: Double, weight: Double)] = []
    for row in order {
      let weight = rows.weights[row]
      // Scores that differ in the last bits only are one score.
      if let last = points.last, scores[row] - last.x < 1e-15 {
        points[points.count - 1].y += weight * labels[row]
        points[points.count - 1].weight += weight
      } else {
        points.append((scores[row], weight * labels[row], weight))
      }
    }
    // Sums and weights of pooled blocks; a block that is not above the one before it joins it.
    var blocks: [(sum: Double, weight: Double, points: Int)] = []
    for point in points {
      var block = (sum: point.y, weight: point.weight, points: 1)
      while let before = blocks.last, before.sum * block.weight >= block.sum * before.weight {
        block = (before.sum + block.sum, before.weight + block.weight, before.points + block.points)
        blocks.removeLast()
      }
      blocks.append(block)
    }
    var (thresholds, values): ([Double], [Double]) = ([], [])
    var first = 0
    for block in blocks {
      let last = first + block.points - 1
      for corner in first == last ? [first] : [first, last] {
        thresholds.append(points[corner].x)
        values.append(block.sum / block.weight)
      }
      first = last + 1
    }
    self.thresholds = thresholds
    self.values = values
  }

  /// The probability for a score; NaN for a score outside of what the calibration takes.
  public func calibrated(_ score: Double) -> Double {
    guard !score.isNaN, let low = thresholds.first, let high = thresholds.last else { return .nan }
    if score <= low { return values[0] }
    if score >= high { return values[values.count - 1] }
    var (left, right) = (0, thresholds.count - 1)
    while right - left > 1 {
      let middle = (left + right) / 2
      if thresholds[middle] <= score { left = middle } else { right = middle }
    }
    let share = (score - thresholds[left]) / (thresholds[right] - thresholds[left])
    return values[left] + share * (values[right] - values[left])
  }
}
