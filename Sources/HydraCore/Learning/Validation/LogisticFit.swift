import HydraNumerics

/// Maximum likelihood of a logistic model of few inputs, by Newton's method with halved steps.
///
/// Minimises Σ weight [ln(1 + exp(z)) - target z], z = Σ coefficient × input, with targets in [0, 1]. The loss is convex;
/// the step is halved until it falls.
struct LogisticFit {
  private(set) var coefficients: [Double]
  private let inputs: [[Double]]
  private let targets: [Double]
  private let weights: [Double]

  /// - Parameter inputs: one array a coefficient, of as many numbers as there are targets.
  init(_ inputs: [[Double]], targets: [Double], weights: [Double], start: [Double]) {
    self.inputs = inputs
    self.targets = targets
    self.weights = weights
    coefficients = start
    var value = loss(start)
    for _ in 0..<100 {
      let (gradient, hessian) = derivatives()
      guard gradient.contains(where: { abs($0) > 1e-12 }), let step = Self.solved(hessian, gradient) else { break }
      let slope = zip(step, gradient).reduce(0) { $0 + $1.0 * $1.1 }
      var length = 1.0
      var moved = false
      while length > 1e-12 {
        let candidate = zip(coefficients, step).map { $0 - length * $1 }
        let next = loss(candidate)
        if next <= value - 1e-4 * length * slope || (next <= value && slope < 1e-12) {
          (coefficients, value, moved) = (candidate, next, next < value)
          break
        }
        length /= 2
      }
      guard moved else { break }
    }
  }

  private func score(_ coefficients: [Double], _ row: Int) -> Double {
    coefficients.indices.reduce(0) { $0 + coefficients[$1] * inputs[$1][row] }
  }

  private func loss(_ coefficients: [Double]) -> Double {
    Statistics.sum(
      targets.indices.lazy.map { row in
        let z = score(coefficients, row)
        // ln(1 + exp(z)) without overflow.
        return weights[row] * (max(z, 0) + Portable.log1p(Portable.exp(-abs(z))) - targets[row] * z)
      })
  }

  private func derivatives() -> (gradient: [Double], hessian: [[Double]]) {
    let count = coefficients.count
    var gradient = [Double](repeating: 0, count: count)
    // A little on the diagonal keeps the step finite where an input never varies.
    var hessian = (0..<count).map { i in (0..<count).map { $0 == i ? 1e-12 : 0.0 } }
    for row in targets.indices {
      let p = Portable.logistic(score(coefficients, row))
      for i in 0..<count {
        gradient[i] += weights[row] * (p - targets[row]) * inputs[i][row]
        for j in 0...i { hessian[i][j] += weights[row] * p * (1 - p) * inputs[i][row] * inputs[j][row] }
      }
    }
    return (gradient, hessian)
  }

  /// x with A x = b for a symmetric positive definite A, of which the lower triangle is read; nil when it is not.
  static func solved(_ matrix: [[Double]], _ b: [Double]) -> [Double]? {
    var (lower, x) = (matrix, b)
    for i in b.indices {
      for j in 0...i {
        for k in 0..<j { lower[i][j] -= lower[i][k] * lower[j][k] }
        if j < i {
          lower[i][j] /= lower[j][j]
        } else {
          guard lower[i][i] > 0 else { return nil }
          lower[i][i] = lower[i][i].squareRoot()
        }
      }
      for k in 0..<i { x[i] -= lower[i][k] * x[k] }
      x[i] /= lower[i][i]
    }
    for i in b.indices.reversed() {
      for k in i + 1..<max(b.count, i + 1) { x[i] -= lower[k][i] * x[k] }
      x[i] /= lower[i][i]
    }
    return x
  }
}
