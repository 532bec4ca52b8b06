import HydraNumerics

/// What a boosted ensemble is trained for, and how its raw scores become predictions.
///
/// The description is the objective line of LightGBM's text format, as in `binary sigmoid:1`, and is what is coded.
public enum TreeObjective: Hashable, Sendable {
  /// ½ (y - s)².
  case squaredError
  /// |y - s|; leaves hold weighted medians.
  case absoluteError
  /// Squared up to `delta` away from the target, linear beyond.
  case huber(delta: Double)
  /// The pinball loss; leaves hold weighted quantiles of `level`.
  case quantile(level: Double)
  /// Counts with mean exp(s).
  case poisson
  /// Labels 0 and 1; the probability of 1 is 1 / (1 + exp(-sigmoid s)).
  case binary(sigmoid: Double)
  /// Labels 0..<classes; softmax of one score per class.
  case multiclass(classes: Int)
  /// Labels 0..<classes; a binary model per class.
  case multiclassOneVersusAll(classes: Int, sigmoid: Double)
  /// An objective that is only read from files; `link` gives its predictions.
  case loaded(name: String, link: Link)

  /// The function from raw score to prediction.
  public enum Link: Hashable, Sendable { case identity, exponential, logistic, softplus, signedSquare }

  /// The number of scores per row, and of trees per round.
  public var scores: Int {
    switch self {
    case .multiclass(let classes), .multiclassOneVersusAll(let classes, _): classes
    default: 1
    }
  }

  /// Whether `fit` knows its gradients.
  public var isTrainable: Bool { if case .loaded = self { false } else { true } }

  /// Turns the raw scores of one row into predictions, in place.
  func applyLink(_ scores: UnsafeMutableBufferPointer<Double>) {
    switch self {
    case .squaredError, .absoluteError, .huber, .quantile: break
    case .poisson: Link.exponential.apply(scores, sharpness: 1)
    case .binary(let sigmoid), .multiclassOneVersusAll(_, let sigmoid): Link.logistic.apply(scores, sharpness: sigmoid)
    case .multiclass: softmax(scores)
    case .loaded(_, let link): link.apply(scores, sharpness: 1)
    }
  }
}

extension TreeObjective.Link {
  func apply(_ scores: UnsafeMutableBufferPointer<Double>, sharpness: Double) {
    for index in scores.indices {
      let score = scores[index]
      switch self {
      case .identity: break
      case .exponential: scores[index] = Portable.exp(score)
      case .logistic: scores[index] = 1 / (1 + Portable.exp(-sharpness * score))
      case .softplus: scores[index] = Portable.log1p(Portable.exp(score))
      case .signedSquare: scores[index] = score < 0 ? -score * score : score * score
      }
    }
  }
}

/// exp(s_k) / Σ exp(s_j), shifted by the largest score so that nothing overflows.
func softmax(_ scores: UnsafeMutableBufferPointer<Double>) {
  guard var largest = scores.first else { return }
  for score in scores where score > largest { largest = score }
  var sum = 0.0
  for index in scores.indices {
    scores[index] = Portable.exp(scores[index] - largest)
    sum += scores[index]
  }
  for index in scores.indices { scores[index] /= sum }
}

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
    case "huber": self = .huber(delta: options["delta"] ?? 0.9)
    case "quantile": self = .quantile(level: options["level"] ?? 0.9)
    case "poisson": self = .poisson
    case "binary": self = .binary(sigmoid: sigmoid)
    case "multiclass", "softmax": self = .multiclass(classes: classes)
    case "multiclassova", "multiclass_ova", "ova", "ovr":
      self = .multiclassOneVersusAll(classes: classes, sigmoid: sigmoid)
    case "gamma", "tweedie": self = .loaded(name: description, link: .exponential)
    case "cross_entropy", "xentropy": self = .loaded(name: description, link: .logistic)
    case "cross_entropy_lambda", "xentlambda": self = .loaded(name: description, link: .softplus)
    case "fair", "mape", "mean_absolute_percentage_error", "lambdarank", "rank_xendcg", "custom", "none":
      self = .loaded(name: description, link: .identity)
    default: return nil
    }
  }

  public var description: String {
    switch self {
    case .squaredError: "regression"
    case .absoluteError: "regression_l1"
    case .huber(let delta): "huber delta:\(delta)"
    case .quantile(let level): "quantile level:\(level)"
    case .poisson: "poisson"
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
