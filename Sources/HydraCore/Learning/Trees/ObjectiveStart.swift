import HydraNumerics

/// What the objectives that can be trained ask of targets, where they start, and what their leaves hold.
extension TreeObjective {
  /// Whether the hessian of every row is its weight, and 1 without weights.
  var hasConstantHessian: Bool {
    switch self {
    case .squaredError, .absoluteError, .absolutePercentageError, .huber, .quantile, .quantiles: true
    default: false
    }
  }

  /// The level of the quantile of residuals that leaves hold, for losses whose hessian says nothing.
  var renewedQuantile: Double? {
    switch self {
    case .absoluteError, .absolutePercentageError: 0.5
    case .quantile(let level): level
    case .quantiles(let levels): levels.first
    default: nil
    }
  }

  /// The same for one of several scores.
  func renewedQuantile(ofScore label: Int) -> Double? {
    if case .quantiles(let levels) = self { levels[label] } else { renewedQuantile }
  }

  /// A factor for the weight of a row where residuals are counted.
  func residualWeight(of target: Double) -> Double {
    if case .absolutePercentageError = self { 1 / max(1, abs(target)) } else { 1 }
  }

  /// The quantile of residuals that a leaf holds, weighted as the objective has it.
  func leafQuantile(
    _ level: Double, rows: [Int], targets: [Double], scores: UnsafePointer<Double>, weights: [Double]?
  ) -> Double {
    var isWeighted = weights != nil
    if case .absolutePercentageError = self { isWeighted = true }
    return sampleQuantile(
      level, of: rows.map { targets[$0] - scores[$0] },
      weights: isWeighted ? rows.map { (weights?[$0] ?? 1) * residualWeight(of: targets[$0]) } : nil)
  }

  /// Throws for the first target that the objective cannot have.
  func check(targets: [Double]) throws {
    for (row, target) in targets.enumerated() {
      guard target.isFinite else { throw TreeFitError.notFinite(what: "target", row: row) }
      switch self {
      case .binary where target != 0 && target != 1:
        throw TreeFitError.badTarget(row: row, value: target, expected: "0 or 1")
      case .poisson where target < 0, .tweedie where target < 0:
        throw TreeFitError.badTarget(row: row, value: target, expected: "0 or more")
      case .gamma where target <= 0: throw TreeFitError.badTarget(row: row, value: target, expected: "above 0")
      case .crossEntropy where target < 0 || target > 1:
        throw TreeFitError.badTarget(row: row, value: target, expected: "in 0...1")
      case .lambdaRank(let ranking):
        guard let grade = Int(exactly: target), grade >= 0, grade < ranking.grades else {
          throw TreeFitError.badTarget(row: row, value: target, expected: "a whole number in 0..<\(ranking.grades)")
        }
      case .multiclass(let classes), .multiclassOneVersusAll(let classes, _):
        guard let label = Int(exactly: target), label >= 0, label < classes else {
          throw TreeFitError.badTarget(row: row, value: target, expected: "a whole number in 0..<\(classes)")
        }
      default: break
      }
    }
  }

  /// The constant score with the least loss, one per class (for Huber's loss the mean, as LightGBM has it).
  func startingScores(targets: [Double], weights: [Double]?) -> [Double] {
    func mean(_ value: (Double) -> Double) -> Double {
      var (sum, total) = (0.0, 0.0)
      for row in targets.indices {
        let weight = weights?[row] ?? 1
        sum += weight * value(targets[row])
        total += weight
      }
      return total > 0 ? sum / total : 0
    }
    func logit(_ share: Double, _ sigmoid: Double) -> Double {
      let share = min(max(share, 1e-15), 1 - 1e-15)
      return Portable.log(share / (1 - share)) / sigmoid
    }
    switch self {
    case .squaredError, .huber, .fair: return [mean { $0 }]
    case .absoluteError: return [sampleQuantile(0.5, of: targets, weights: weights)]
    case .absolutePercentageError:
      return [
        sampleQuantile(
          0.5, of: targets, weights: targets.indices.map { (weights?[$0] ?? 1) * residualWeight(of: targets[$0]) })
      ]
    case .quantiles(let levels): return levels.map { sampleQuantile($0, of: targets, weights: weights) }
    case .quantile(let level): return [sampleQuantile(level, of: targets, weights: weights)]
    case .poisson, .gamma, .tweedie: return [Portable.log(max(mean { $0 }, 1e-15))]
    case .crossEntropy: return [logit(mean { $0 }, 1)]
    case .binary(let sigmoid): return [logit(mean { $0 }, sigmoid)]
    case .multiclass(let classes):
      return (0..<classes).map { label in Portable.log(max(mean { $0 == Double(label) ? 1 : 0 }, 1e-15)) }
    case .multiclassOneVersusAll(let classes, let sigmoid):
      return (0..<classes).map { label in logit(mean { $0 == Double(label) ? 1 : 0 }, sigmoid) }
    case .lambdaRank, .loaded: return [0]
    case .userDefined(_, let scores): return Array(repeating: 0, count: scores)
    }
  }
}
