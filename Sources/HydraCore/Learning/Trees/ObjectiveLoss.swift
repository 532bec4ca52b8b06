import HydraNumerics

extension TreeObjective {
  /// The name of the loss, as LightGBM calls it.
  public var metric: String {
    switch self {
    case .squaredError: "l2"
    case .absoluteError: "l1"
    case .huber: "huber"
    case .quantile: "quantile"
    case .quantiles: "quantiles"
    case .fair: "fair"
    case .absolutePercentageError: "mape"
    case .poisson: "poisson"
    case .gamma: "gamma"
    case .tweedie: "tweedie"
    case .crossEntropy: "cross_entropy"
    case .lambdaRank: "ndcg@5"
    case .userDefined: "custom"
    case .binary: "binary_logloss"
    case .multiclass, .multiclassOneVersusAll: "multi_logloss"
    case .loaded(let name, _): name
    }
  }

  /// The weighted mean loss of predictions (after the link), laid out row after row.
  ///
  /// Squared error without the ½, log losses with probabilities kept 1e-15 away from 0; NaN for objectives that are
  /// only read from files, that need queries or closures, and without rows.
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
    case .quantiles(let levels):
      var sum = 0.0
      for (label, level) in levels.enumerated() {
        let difference = prediction[prediction.startIndex + label] - target
        sum += difference > 0 ? (1 - level) * difference : -level * difference
      }
      return sum / Double(levels.count)
    case .fair(let scale):
      return scale * abs(difference) - scale * scale * Portable.log1p(abs(difference) / scale)
    case .absolutePercentageError: return abs(difference) / max(1, abs(target))
    case .gamma: return target / max(first, 1e-10) + Portable.log(max(first, 1e-10))
    case .tweedie(let power):
      let log = Portable.log(max(first, 1e-10))
      return Portable.exp((2 - power) * log) / (2 - power) - target * Portable.exp((1 - power) * log) / (1 - power)
    case .crossEntropy:
      return -target * Portable.log(max(first, 1e-15)) - (1 - target) * Portable.log(max(1 - first, 1e-15))
    case .poisson: return first - target * Portable.log(max(first, 1e-10))
    case .binary: return -Portable.log(max(target == 1 ? first : 1 - first, 1e-15))
    case .multiclass: return -Portable.log(max(share(prediction, target), 1e-15))
    case .multiclassOneVersusAll:
      var sum = 0.0
      for value in prediction { sum += value }
      return -Portable.log(max(sum > 0 ? share(prediction, target) / sum : 0, 1e-15))
    case .lambdaRank, .userDefined, .loaded: return .nan
    }
  }

  private func share(_ prediction: ArraySlice<Double>, _ label: Double) -> Double {
    guard let label = Int(exactly: label), prediction.indices.contains(prediction.startIndex + label) else {
      return .nan
    }
    return prediction[prediction.startIndex + label]
  }
}
