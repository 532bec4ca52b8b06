/// Labels, predictions or weights from which no metric or calibration can be computed.
public enum MetricError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No rows.
  case empty
  /// Something has another length than the labels.
  case lengthMismatch(what: String, expected: Int, found: Int)
  /// A value that its place does not allow.
  case badValue(what: String, row: Int, value: Double, allowed: String)
  /// All labels are of one class where both are needed.
  case oneClass
  /// A setting outside its range.
  case badSetting(name: String, value: String, allowed: String)

  public var description: String {
    switch self {
    case .empty: "there are no rows"
    case .lengthMismatch(let what, let expected, let found): "\(found) \(what) for \(expected) labels"
    case .badValue(let what, let row, let value, let allowed): "row \(row): \(what) is \(value), not \(allowed)"
    case .oneClass: "all labels are of one class"
    case .badSetting(let name, let value, let allowed): "\(name) is \(value), not \(allowed)"
    }
  }
}

/// Labels with one prediction each, checked.
struct ScoredRows: Hashable, Codable, Sendable {
  let labels: [Double]
  let scores: [Double]
  /// All ones where none are given.
  let weights: [Double]

  init(_ labels: [Double], _ scores: [Double], weights: [Double]?) throws(MetricError) {
    guard !labels.isEmpty else { throw .empty }
    guard scores.count == labels.count else {
      throw .lengthMismatch(what: "predictions", expected: labels.count, found: scores.count)
    }
    if let weights, weights.count != labels.count {
      throw .lengthMismatch(what: "weights", expected: labels.count, found: weights.count)
    }
    self.labels = labels
    self.scores = scores
    self.weights = weights ?? [Double](repeating: 1, count: labels.count)
    try Self.require(labels, "label", "finite", \.isFinite)
    try Self.require(self.weights, "weight", "finite and not negative") { $0.isFinite && $0 >= 0 }
    guard self.weights.contains(where: { $0 > 0 }) else {
      throw .badSetting(name: "the sum of weights", value: "0", allowed: "positive")
    }
  }

  /// Labels 0 and 1 with probabilities of 1.
  init(binary labels: [Double], _ scores: [Double], weights: [Double]?) throws(MetricError) {
    try self.init(labels, scores, weights: weights)
    try Self.require(labels, "label", "0 or 1") { $0 == 0 || $0 == 1 }
    try Self.require(scores, "prediction", "a probability") { $0 >= 0 && $0 <= 1 }
  }

  static func require(
    _ values: [Double], _ what: String, _ allowed: String, _ holds: (Double) -> Bool
  ) throws(MetricError) {
    for (row, value) in values.enumerated() where !holds(value) {
      throw .badValue(what: what, row: row, value: value, allowed: allowed)
    }
  }
}
