import HydraNumerics

/// What can be followed on rows that are not trained on, under LightGBM's names.
///
///     TreeMetric("auc")?.value(predictions: predictions, rows: validation)
public enum TreeMetric: Hashable, Sendable {
  /// The mean loss of an objective.
  case loss(TreeObjective)
  /// The square root of the mean squared error.
  case rootMeanSquare
  /// 1 - squared error / variance.
  case determination
  /// Twice the gamma deviance.
  case gammaDeviance
  /// The share of wrong labels, with ½ as the border.
  case binaryError
  /// The area under the ROC curve, ties counting half.
  case areaUnderCurve
  /// The mean precision at the ranks of label 1.
  case averagePrecision
  /// The share of rows whose class does not have the highest prediction (of equals the others count first).
  case multiclassError
  /// The mean normalised discounted cumulative gain of the first ranks of each query; 1 for one without gain.
  case ndcg(at: Int)
  /// The mean average precision of the first ranks of each query.
  case meanAveragePrecision(at: Int)

  /// Whether larger is better.
  public var isHigherBetter: Bool {
    switch self {
    case .loss, .rootMeanSquare, .gammaDeviance, .binaryError, .multiclassError: false
    case .determination, .areaUnderCurve, .averagePrecision, .ndcg, .meanAveragePrecision: true
    }
  }

  /// Whether rows must come in queries.
  var needsQueries: Bool {
    switch self {
    case .ndcg, .meanAveragePrecision: true
    default: false
    }
  }

  /// The metric of predictions (after the link), laid out row after row; NaN where it is not defined.
  public func value(predictions: [Double], rows: LabelledRows) -> Double {
    let (targets, weights) = (rows.targets, rows.weights)
    switch self {
    case .loss(let objective): return objective.loss(predictions: predictions, targets: targets, weights: weights)
    case .rootMeanSquare:
      return TreeObjective.squaredError.loss(predictions: predictions, targets: targets, weights: weights).squareRoot()
    case .determination:
      let (mean, error) = (Self.mean(of: targets, weights), TreeMetric.loss(.squaredError))
      let spread = error.value(predictions: targets.map { _ in mean }, rows: rows)
      return 1 - error.value(predictions: predictions, rows: rows) / spread
    case .gammaDeviance:
      let terms = targets.indices.map { row in
        let ratio = targets[row] / (predictions[row] + 1e-9)
        return ratio - Portable.log(ratio) - 1
      }
      return 2 * Self.mean(of: terms, weights) * Double(targets.count)
    case .binaryError:
      return Self.mean(of: targets.indices.map { (predictions[$0] > 0.5) == (targets[$0] > 0) ? 0 : 1 }, weights)
    case .areaUnderCurve: return areaUnderCurve(predictions, targets, weights)
    case .averagePrecision: return averagePrecision(predictions, targets, weights)
    case .multiclassError:
      let classes = predictions.count / max(targets.count, 1)
      let misses = targets.indices.map { row -> Double in
        let shares = predictions[row * classes..<(row + 1) * classes]
        let own = shares[shares.startIndex + Int(targets[row])]
        return shares.count { $0 >= own } > 1 ? 1 : 0
      }
      return Self.mean(of: misses, weights)
    case .ndcg(let limit):
      return Self.queryMean(predictions, rows) { grades in
        let ideal = RankingLoss.discountedGain(grades.sorted(by: >), limit: limit)
        return ideal > 0 ? RankingLoss.discountedGain(grades, limit: limit) / ideal : 1
      }
    case .meanAveragePrecision(let limit):
      return Self.queryMean(predictions, rows) { grades in
        let relevant = min(grades.count { $0 > 0 }, limit)
        guard relevant > 0 else { return 1 }
        var (hits, sum) = (0.0, 0.0)
        for (rank, grade) in grades.prefix(limit).enumerated() where grade > 0 {
          hits += 1
          sum += hits / Double(rank + 1)
        }
        return sum / Double(relevant)
      }
    }
  }

  private static func mean(of values: [Double], _ weights: [Double]?) -> Double {
    var (sum, total) = (0.0, 0.0)
    for row in values.indices {
      sum += (weights?[row] ?? 1) * values[row]
      total += weights?[row] ?? 1
    }
    return sum / total
  }

  /// The mean over queries of a figure of their grades in predicted order; NaN without queries.
  private static func queryMean(
    _ predictions: [Double], _ rows: LabelledRows, _ figure: ([Double]) -> Double
  ) -> Double {
    guard let queries = rows.queries else { return .nan }
    var (sum, start) = (0.0, 0)
    for count in queries {
      let order = (start..<start + count).sorted { (-predictions[$0], $0) < (-predictions[$1], $1) }
      sum += figure(order.map { rows.targets[$0] })
      start += count
    }
    return sum / Double(queries.count)
  }
}
