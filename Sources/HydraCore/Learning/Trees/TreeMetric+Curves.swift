extension TreeMetric {
  /// The weighted probability that a row of label 1 scores above one of label 0; NaN without both labels.
  func areaUnderCurve(_ scores: [Double], _ targets: [Double], _ weights: [Double]?) -> Double {
    var (negatives, positives, wins) = (0.0, 0.0, 0.0)
    forEachTie(scores, targets, weights) { ones, zeros in
      wins += ones * (negatives + zeros / 2)
      negatives += zeros
      positives += ones
    }
    return wins / (negatives * positives)
  }

  /// Σ (recall step) × precision, from the highest score down; NaN without label 1.
  func averagePrecision(_ scores: [Double], _ targets: [Double], _ weights: [Double]?) -> Double {
    var (all, positives, sum) = (0.0, 0.0, 0.0)
    forEachTie(scores.map { -$0 }, targets, weights) { ones, zeros in
      positives += ones
      all += ones + zeros
      if all > 0 { sum += ones * positives / all }
    }
    return sum / positives
  }

  /// Calls `body` with the weights of label 1 and label 0 at each score, lowest first.
  private func forEachTie(
    _ scores: [Double], _ targets: [Double], _ weights: [Double]?, _ body: (_ ones: Double, _ zeros: Double) -> Void
  ) {
    let order = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
    var start = 0
    while start < order.count {
      var end = start
      var (ones, zeros) = (0.0, 0.0)
      while end < order.count, scores[order[end]] == scores[order[start]] || end == start {
        let weight = weights?[order[end]] ?? 1
        if targets[order[end]] > 0 { ones += weight } else { zeros += weight }
        end += 1
      }
      body(ones, zeros)
      start = end
    }
  }
}

extension TreeMetric: LosslessStringConvertible {
  /// Reads one of LightGBM's names, as in `auc` or `ndcg@3`; nil when it is not known.
  public init?(_ description: String) {
    let parts = description.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
    switch parts[0] {
    case "rmse", "root_mean_squared_error", "l2_root": self = .rootMeanSquare
    case "r2": self = .determination
    case "gamma_deviance", "gamma-deviance": self = .gammaDeviance
    case "binary_error": self = .binaryError
    case "auc": self = .areaUnderCurve
    case "average_precision": self = .averagePrecision
    case "multi_error": self = .multiclassError
    case "ndcg", "lambdarank", "map", "mean_average_precision":
      guard parts.count <= 2, let limit = parts.count == 2 ? Int(parts[1]) : 5, limit >= 1 else { return nil }
      self = parts[0].hasPrefix("m") ? .meanAveragePrecision(at: limit) : .ndcg(at: limit)
      return
    case "binary_logloss": self = .loss(.binary(sigmoid: 1))
    default:
      guard let objective = TreeObjective(description), objective.isTrainable else { return nil }
      self = .loss(objective)
    }
    if parts.count > 1 { return nil }
  }

  public var description: String {
    switch self {
    case .loss(let objective): objective.metric
    case .rootMeanSquare: "rmse"
    case .determination: "r2"
    case .gammaDeviance: "gamma_deviance"
    case .binaryError: "binary_error"
    case .areaUnderCurve: "auc"
    case .averagePrecision: "average_precision"
    case .multiclassError: "multi_error"
    case .ndcg(let limit): "ndcg@\(limit)"
    case .meanAveragePrecision(let limit): "map@\(limit)"
    }
  }

  /// What is written where the metric must be read again with all its constants.
  private var coded: String { if case .loss(let objective) = self { objective.description } else { description } }
}

extension TreeMetric: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let metric = TreeMetric(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is not a metric")
    }
    self = metric
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(coded)
  }
}
