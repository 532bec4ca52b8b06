import HydraNumerics

/// Derivatives of the objectives that can be trained.
///
/// Scores, gradients and hessians of several classes stand class after class: row r of class k is at `k * rows + r`.
extension TreeObjective {
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
    case .quantiles(let levels):
      for (label, level) in levels.enumerated() {
        for row in range {
          gradients[label * rows + row] = scores[label * rows + row] >= targets[row] ? 1 - level : -level
        }
      }
    case .absolutePercentageError:
      for row in range {
        let difference = scores[row] - targets[row]
        gradients[row] = (difference > 0 ? 1 : difference < 0 ? -1 : 0) * residualWeight(of: targets[row])
      }
    case .fair(let scale):
      for row in range {
        let difference = scores[row] - targets[row]
        let share = scale / (abs(difference) + scale)
        gradients[row] = share * difference
        hessians?[row] = share * share
      }
    case .gamma:
      for row in range {
        let ratio = targets[row] * Portable.exp(-scores[row])
        gradients[row] = 1 - ratio
        hessians?[row] = ratio
      }
    case .tweedie(let power):
      for row in range {
        let low = targets[row] * Portable.exp((1 - power) * scores[row])
        let high = Portable.exp((2 - power) * scores[row])
        gradients[row] = high - low
        hessians?[row] = (2 - power) * high - (1 - power) * low
      }
    case .crossEntropy:
      for row in range {
        let share = 1 / (1 + Portable.exp(-scores[row]))
        gradients[row] = share - targets[row]
        hessians?[row] = share * (1 - share)
      }
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
    case .lambdaRank, .userDefined, .loaded: break
    }
    guard let weights else { return }
    for label in 0..<self.scores {
      let offset = label * rows
      for row in range {
        gradients[offset + row] *= weights[row]
        guard let hessians else { continue }
        hessians[offset + row] = hasConstantHessian ? weights[row] : hessians[offset + row] * weights[row]
      }
    }
  }
}
