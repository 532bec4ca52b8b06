import HydraNumerics

extension TreeObjective {
  /// The name of the loss, as LightGBM calls it.
  public var metric: String {
    switch self {
    case .squaredError: "l2"
    case .absoluteError: "l1"
    case .huber: "huber"
    case .quantile: "quantile"
    case .poisson: "poisson"
    case .binary: "binary_logloss"
    case .multiclass, .multiclassOneVersusAll: "multi_logloss"
    case .loaded(let name, _): name
    }
  }

  /// The weighted mean loss of predictions (after the link), laid out row after row.
  ///
  /// Squared error without the ½, log losses with probabilities kept 1e-15 away from 0; NaN for objectives that are
  /// only read from files, and without rows.
  public func loss(predictions: [Double], targets: [Double], weights: [Double]? = nil) -> Double {
    precondition(predictions.count == targets.count * scores, "\(predictions.count) predictions")
    var (sum, total) = (0.0, 0.0)
    for row in targets.indices {
      let weight = weights?[row] ?? 1
      sum += weight * loss(predictions[row * scores..<(row + 1) * scores], targets[row])
      total += weight
    }
    return sum / total
  }

  private func loss(_ prediction: ArraySlice<Double>, _ target: Double) -> Double {
    let first = prediction.first ?? .nan
    let difference = first - target
    switch self {
    case .squaredError: return difference * difference
    case .absoluteError: return abs(difference)
    case .huber(let delta):
      return abs(difference) <= delta ? difference * difference / 2 : delta * (abs(difference) - delta / 2)
    case .quantile(let level): return difference > 0 ? (1 - level) * difference : -level * difference
    case .poisson: return first - target * Portable.log(max(first, 1e-10))
    case .binary: return -Portable.log(max(target == 1 ? first : 1 - first, 1e-15))
    case .multiclass: return -Portable.log(max(share(prediction, target), 1e-15))
    case .multiclassOneVersusAll:
      var sum = 0.0
      for value in prediction { sum += value }
      return -Portable.log(max(sum > 0 ? share(prediction, target) / sum : 0, 1e-15))
    case .loaded: return .nan
    }
  }

  private func share(_ prediction: ArraySlice<Double>, _ label: Double) -> Double {
    guard let label = Int(exactly: label), prediction.indices.contains(prediction.startIndex + label) else {
      return .nan
    }
    return prediction[prediction.startIndex + label]
  }
}
