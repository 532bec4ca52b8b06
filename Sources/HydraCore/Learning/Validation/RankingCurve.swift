import HydraNumerics

/// How well scores rank the rows of class 1 above those of class 0: ROC and precision–recall curves and their areas.
///
///     let curve = try RankingCurve(labels: [0, 0, 1, 1], scores: [0.1, 0.4, 0.35, 0.8])
///     curve.auc                  // 0.75
///     curve.averagePrecision     // 0.8333333333333333
///
/// Rows of equal score are one point of each curve. What is not defined, as the area with labels of one class, is NaN.
///
/// - Complexity: O(n log n).
///
/// Source: T. Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27 (2006); J. Davis, M. Goadrich,
/// "The relationship between precision-recall and ROC curves", ICML 23 (2006).
public struct RankingCurve: Hashable, Codable, Sendable {
  /// The distinct scores, falling.
  public private(set) var thresholds: [Double] = []
  /// The weight of rows of class 1 with a score of at least each threshold.
  public private(set) var truePositives: [Double] = []
  /// The weight of rows of class 0 with a score of at least each threshold.
  public private(set) var falsePositives: [Double] = []

  /// - Parameters:
  ///   - labels: 0 or 1.
  ///   - scores: any numbers, larger ones speaking for class 1; NaN is refused.
  public init(labels: [Double], scores: [Double], weights: [Double]? = nil) throws(MetricError) {
    let rows = try ScoredRows(labels, scores, weights: weights)
    try ScoredRows.require(labels, "label", "0 or 1") { $0 == 0 || $0 == 1 }
    try ScoredRows.require(scores, "prediction", "a number") { !$0.isNaN }
    let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    var (positive, negative) = (0.0, 0.0)
    for (place, row) in order.enumerated() {
      if labels[row] == 1 { positive += rows.weights[row] } else { negative += rows.weights[row] }
      if place + 1 < order.count, scores[order[place + 1]] == scores[row] { continue }
      thresholds.append(scores[row])
      truePositives.append(positive)
      falsePositives.append(negative)
    }
  }

  private var positives: Double { truePositives.last ?? 0 }
  private var negatives: Double { falsePositives.last ?? 0 }

  /// The area under the ROC curve: the chance that a row of class 1 scores above one of class 0, ties counting half.
  public var auc: Double {
    var (sum, lastTrue, lastFalse) = (0.0, 0.0, 0.0)
    for place in thresholds.indices {
      sum += (falsePositives[place] - lastFalse) * (truePositives[place] + lastTrue) / 2
      (lastTrue, lastFalse) = (truePositives[place], falsePositives[place])
    }
    let pairs = positives * negatives
    return pairs > 0 ? sum / pairs : .nan
  }

  /// Σ (recall gained at a threshold) × (precision there).
  public var averagePrecision: Double {
    var (sum, lastTrue) = (0.0, 0.0)
    for place in thresholds.indices {
      let called = truePositives[place] + falsePositives[place]
      if called > 0 { sum += (truePositives[place] - lastTrue) * truePositives[place] / called }
      lastTrue = truePositives[place]
    }
    return positives > 0 ? sum / positives : .nan
  }

  /// The area under the precision–recall curve by trapezoids, starting at precision 1; too kind between far points.
  public var precisionRecallArea: Double {
    let curve = precisionRecall
    var sum = 0.0
    for place in 1..<max(curve.count, 1) {
      let (low, high) = (curve[place - 1], curve[place])
      sum += (low.recall - high.recall) * (low.precision + high.precision) / 2
    }
    return positives > 0 ? sum : .nan
  }

  /// One threshold: rows with at least this score are called class 1.
  public struct RatePoint: Hashable, Codable, Sendable {
    /// Infinity at the start, where nothing is called class 1.
    public var threshold: Double
    /// The share of class 0 that is called class 1.
    public var falsePositiveRate: Double
    /// The share of class 1 that is called class 1.
    public var truePositiveRate: Double
  }

  /// The ROC curve from (0, 0) to (1, 1); points in the middle of a straight line are left out.
  public var roc: [RatePoint] {
    let hits = [0] + truePositives
    let alarms = [0] + falsePositives
    var points: [RatePoint] = []
    for place in hits.indices {
      // The first threshold is kept even where the line goes on straight from the origin, as the usual programs do.
      if place > 1, place + 1 < hits.count,
        hits[place + 1] - hits[place] == hits[place] - hits[place - 1],
        alarms[place + 1] - alarms[place] == alarms[place] - alarms[place - 1]
      {
        continue
      }
      points.append(
        RatePoint(
          threshold: place == 0 ? .infinity : thresholds[place - 1],
          falsePositiveRate: negatives > 0 ? alarms[place] / negatives : .nan,
          truePositiveRate: positives > 0 ? hits[place] / positives : .nan))
    }
    return points
  }

  /// One threshold of the precision–recall curve.
  public struct PrecisionPoint: Hashable, Codable, Sendable {
    /// Infinity at the end, where nothing is called class 1.
    public var threshold: Double
    /// The share of class 1 among what is called class 1; 1 where nothing is.
    public var precision: Double
    /// The share of class 1 that is called class 1.
    public var recall: Double
  }

  /// The precision–recall curve, by rising threshold.
  public var precisionRecall: [PrecisionPoint] {
    var points = thresholds.indices.reversed().map { place in
      let called = truePositives[place] + falsePositives[place]
      return PrecisionPoint(
        threshold: thresholds[place], precision: called > 0 ? truePositives[place] / called : 0,
        recall: positives > 0 ? truePositives[place] / positives : 1)
    }
    points.append(PrecisionPoint(threshold: .infinity, precision: 1, recall: 0))
    return points
  }
}
