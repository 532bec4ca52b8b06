extension TreeObjective: LosslessStringConvertible {
  /// Reads an objective line, or one of LightGBM's names and aliases; nil when the name is not known.
  public init?(_ description: String) {
    let words = description.split(separator: " ").map(String.init)
    guard let name = words.first else { return nil }
    var options: [String: Double] = [:]
    for word in words.dropFirst() {
      let parts = word.split(separator: ":", maxSplits: 1).map(String.init)
      if parts.count == 2 { options[parts[0]] = Double(parts[1]) }
    }
    let sigmoid = options["sigmoid"] ?? 1
    let classes = options["num_class"].flatMap { Int(exactly: $0) } ?? 1
    guard sigmoid > 0, classes >= 1 else { return nil }
    switch name {
    case "regression", "regression_l2", "l2", "mean_squared_error", "mse", "l2_root", "root_mean_squared_error", "rmse":
      self = words.contains("sqrt") ? .loaded(name: description, link: .signedSquare) : .squaredError
    case "regression_l1", "l1", "mean_absolute_error", "mae": self = .absoluteError
    case "mape", "mean_absolute_percentage_error": self = .absolutePercentageError
    case "huber": self = .huber(delta: options["delta"] ?? 0.9)
    case "fair": self = .fair(scale: options["c"] ?? 1)
    case "quantile": self = .quantile(level: options["level"] ?? 0.9)
    case "gamma": self = .gamma
    case "tweedie": self = .tweedie(power: options["tweedie_variance_power"] ?? 1.5)
    case "cross_entropy", "xentropy": self = .crossEntropy
    case "lambdarank": self = .lambdaRank(RankingLoss())
    case "custom": self = Self.custom(words)
    case "poisson": self = .poisson
    case "binary": self = .binary(sigmoid: sigmoid)
    case "multiclass", "softmax": self = .multiclass(classes: classes)
    case "multiclassova", "multiclass_ova", "ova", "ovr":
      self = .multiclassOneVersusAll(classes: classes, sigmoid: sigmoid)
    case "cross_entropy_lambda", "xentlambda": self = .loaded(name: description, link: .softplus)
    case "rank_xendcg", "xendcg", "xe_ndcg", "none":
      self = .loaded(name: description, link: .identity)
    default: return nil
    }
  }

  /// `custom`, which LightGBM passes over, with what is needed here.
  private static func custom(_ words: [String]) -> TreeObjective {
    var link = Link.identity
    var scores = 1
    for word in words {
      let parts = word.split(separator: ":", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { continue }
      switch parts[0] {
      case "quantiles":
        let levels = parts[1].split(separator: ",").compactMap { Double($0) }
        if !levels.isEmpty { return .quantiles(levels: levels) }
      case "link": link = Link(rawValue: parts[1]) ?? link
      case "num_class": scores = max(Int(parts[1]) ?? 1, 1)
      default: break
      }
    }
    return .userDefined(link: link, scores: scores)
  }

  public var description: String {
    switch self {
    case .squaredError: "regression"
    case .absoluteError: "regression_l1"
    case .huber(let delta): "huber delta:\(delta)"
    case .quantile(let level): "quantile level:\(level)"
    case .quantiles(let levels): "custom quantiles:" + levels.map(shortNumber).joined(separator: ",")
    case .fair(let scale): "fair c:\(shortNumber(scale))"
    case .absolutePercentageError: "mape"
    case .poisson: "poisson"
    case .gamma: "gamma"
    case .tweedie(let power): "tweedie tweedie_variance_power:\(shortNumber(power))"
    case .crossEntropy: "cross_entropy"
    case .lambdaRank: "lambdarank"
    case .userDefined(let link, let scores): "custom link:\(link.rawValue) num_class:\(scores)"
    case .binary(let sigmoid): "binary sigmoid:\(shortNumber(sigmoid))"
    case .multiclass(let classes): "multiclass num_class:\(classes)"
    case .multiclassOneVersusAll(let classes, let sigmoid):
      "multiclassova num_class:\(classes) sigmoid:\(shortNumber(sigmoid))"
    case .loaded(let name, _): name
    }
  }
}

extension TreeObjective: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let objective = TreeObjective(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is not an objective")
    }
    self = objective
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// A number as short as it reads back exactly, whole ones without a fraction.
func shortNumber(_ value: Double) -> String {
  if value.isInfinite || value.isNaN { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
  if value == value.rounded(), abs(value) < 1e15, !(value == 0 && value.sign == .minus) { return "\(Int(value))" }
  return "\(value)"
}
