import HydraNumerics

/// Derivatives and starting scores of the objectives that can be trained.
///
/// Scores, gradients and hessians of several classes stand class after class: row r of class k is at `k * rows + r`.
extension TreeObjective {
  /// Whether the hessian of every row is its weight, and 1 without weights.
  var hasConstantHessian: Bool {
    switch self {
    case .squaredError, .absoluteError, .huber, .quantile: true
    default: false
    }
  }

  /// The level of the quantile of residuals that leaves hold, for losses whose hessian says nothing.
  var renewedQuantile: Double? {
    switch self {
    case .absoluteError: 0.5
    case .quantile(let level): level
    default: nil
    }
  }

  /// Throws for the first target that the objective cannot have.
  func check(targets: [Double]) throws {
    for (row, target) in targets.enumerated() {
      guard target.isFinite else { throw TreeFitError.notFinite(what: "target", row: row) }
      switch self {
      case .binary where target != 0 && target != 1:
        throw TreeFitError.badTarget(row: row, value: target, expected: "0 or 1")
      case .poisson where target < 0: throw TreeFitError.badTarget(row: row, value: target, expected: "0 or more")
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
    case .squaredError, .huber: return [mean { $0 }]
    case .absoluteError: return [sampleQuantile(0.5, of: targets, weights: weights)]
    case .quantile(let level): return [sampleQuantile(level, of: targets, weights: weights)]
    case .poisson: return [Portable.log(max(mean { $0 }, 1e-15))]
    case .binary(let sigmoid): return [logit(mean { $0 }, sigmoid)]
    case .multiclass(let classes):
      return (0..<classes).map { label in Portable.log(max(mean { $0 == Double(label) ? 1 : 0 }, 1e-15)) }
    case .multiclassOneVersusAll(let classes, let sigmoid):
      return (0..<classes).map { label in logit(mean { $0 == Double(label) ? 1 : 0 }, sigmoid) }
    case .loaded: return [0]
    }
  }

  /// Writes the first and second derivatives of the loss at the scores of a range of rows.
  ///
  /// Hessians are written only where they are not constant, or where there are weights.
  func derivatives(
    _ range: Range<Int>, rows: Int, scores: UnsafePointer<Double>, targets: UnsafePointer<Double>,
    weights: UnsafePointer<Double>?, gradients: UnsafeMutablePointer<Double>, hessians: UnsafeMutablePointer<Double>?
  ) {
    switch self {
    case .squaredError:
      for row in range { gradients[row] = scores[row] - targets[row] }
    case .absoluteError:
      for row in range {
        let difference = scores[row] - targets[row]
        gradients[row] = difference > 0 ? 1 : difference < 0 ? -1 : 0
      }
    case .huber(let delta):
      for row in range { gradients[row] = min(max(scores[row] - targets[row], -delta), delta) }
    case .quantile(let level):
      for row in range { gradients[row] = scores[row] >= targets[row] ? 1 - level : -level }
    case .poisson:
      // The hessian is kept e^0.7 above its value, LightGBM's safeguard against steps that overshoot.
      let safeguard = Portable.exp(0.7)
      for row in range {
        let mean = Portable.exp(scores[row])
        gradients[row] = mean - targets[row]
        hessians?[row] = mean * safeguard
      }
    case .binary(let sigmoid):
      binaryDerivatives(range, scores, targets, positive: 1, sigmoid, gradients, hessians)
    case .multiclassOneVersusAll(let classes, let sigmoid):
      for label in 0..<classes {
        let offset = label * rows
        binaryDerivatives(
          range, scores + offset, targets, positive: Double(label), sigmoid, gradients + offset,
          hessians.map { $0 + offset })
      }
    case .multiclass(let classes):
      softmaxDerivatives(range, rows, classes, scores, targets, gradients, hessians)
    case .loaded: break
    }
    guard let weights else { return }
    for label in 0..<self.scores {
      for row in range {
        gradients[label * rows + row] *= weights[row]
        guard let hessians else { continue }
        if hasConstantHessian { hessians[row] = weights[row] } else { hessians[label * rows + row] *= weights[row] }
      }
    }
  }
}

/// With p = 1 / (1 + exp(-σ s)): gradient σ (p - y), hessian σ² p (1 - p).
private func binaryDerivatives(
  _ range: Range<Int>, _ scores: UnsafePointer<Double>, _ targets: UnsafePointer<Double>, positive: Double,
  _ sigmoid: Double, _ gradients: UnsafeMutablePointer<Double>, _ hessians: UnsafeMutablePointer<Double>?
) {
  for row in range {
    let sign = targets[row] == positive ? 1.0 : -1.0
    // σ times the probability of the other label.
    let response = sigmoid / (1 + Portable.exp(sign * sigmoid * scores[row]))
    gradients[row] = -sign * response
    hessians?[row] = response * (sigmoid - response)
  }
}

/// Gradient p_k - [y = k], hessian K / (K - 1) p_k (1 - p_k); the factor makes two classes agree with binary loss.
private func softmaxDerivatives(
  _ range: Range<Int>, _ rows: Int, _ classes: Int, _ scores: UnsafePointer<Double>, _ targets: UnsafePointer<Double>,
  _ gradients: UnsafeMutablePointer<Double>, _ hessians: UnsafeMutablePointer<Double>?
) {
  let factor = Double(classes) / Double(classes - 1)
  withUnsafeTemporaryAllocation(of: Double.self, capacity: classes) { shares in
    for row in range {
      for label in 0..<classes { shares[label] = scores[label * rows + row] }
      softmax(shares)
      for label in 0..<classes {
        gradients[label * rows + row] = shares[label] - (targets[row] == Double(label) ? 1 : 0)
        hessians?[label * rows + row] = factor * shares[label] * (1 - shares[label])
      }
    }
  }
}

/// A quantile. Without weights it is interpolated between the order statistics at (n - 1) level; with weights it is
/// the smallest value up to which the weights reach their share of the total.
func sampleQuantile(_ level: Double, of values: [Double], weights: [Double]?) -> Double {
  guard !values.isEmpty else { return 0 }
  guard let weights else {
    let sorted = values.sorted()
    let position = Double(values.count - 1) * level
    let below = Int(position)
    guard below + 1 < sorted.count else { return sorted[below] }
    return sorted[below] + (sorted[below + 1] - sorted[below]) * (position - Double(below))
  }
  let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
  var total = 0.0
  for index in order { total += weights[index] }
  var reached = 0.0
  for index in order {
    reached += weights[index]
    if reached >= level * total { return values[index] }
  }
  return values[order[order.count - 1]]
}
