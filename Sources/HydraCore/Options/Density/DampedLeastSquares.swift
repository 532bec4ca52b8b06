/// Least squares of few parameters by Levenberg and Marquardt, over plain arithmetic only.
///
/// `LevenbergMarquardt` of the numerics floor is the more exact one, through LAPACK; here a fit takes dozens of starts, its
/// prior keeps the normal equations well conditioned, and the bits must not depend on the machine's BLAS.
///
/// Source: H. B. Nielsen, "Damping parameter in Marquardt's method", IMM-REP-1999-05.
struct DampedLeastSquares {
  var parameters: [Double]
  var residuals: [Double]
  /// Σ r².
  var sum: Double
  /// Jᵀ J at the parameters, row by row.
  var information: [Double] = []
  private var gradient: [Double] = []
  private var damping = 1e-3
  private(set) var isConverged = false

  init(from start: [Double], _ function: ([Double]) -> [Double]) {
    parameters = start
    residuals = function(start)
    sum = Self.squares(residuals)
    differentiate(function)
  }

  /// Up to so many more steps; ends earlier when the sum of squares or the parameters no longer change.
  mutating func run(iterations: Int, _ function: ([Double]) -> [Double]) {
    let n = parameters.count
    var growth = 2.0
    for _ in 0..<iterations where !isConverged {
      var matrix = information
      for i in 0..<n { matrix[i * n + i] += damping * max(information[i * n + i], 1e-12) }
      guard let factor = Self.cholesky(matrix, n) else {
        damping = damping * growth
        growth *= 2
        if damping > 1e20 { isConverged = true }
        continue
      }
      let step = Self.solve(factor, gradient.map { -$0 }, n)
      let next = (0..<n).map { parameters[$0] + step[$0] }
      let trial = function(next)
      let trialSum = Self.squares(trial)
      var predicted = 0.0
      for i in 0..<n {
        predicted += step[i] * (damping * max(information[i * n + i], 1e-12) * step[i] - gradient[i])
      }
      let actual = sum - trialSum
      if trialSum.isFinite, actual > 0, predicted > 0 {
        let ratio = 2 * actual / predicted - 1
        let isSmall = actual <= 1e-12 * sum || sum < 1e-20
        (parameters, residuals, sum) = (next, trial, trialSum)
        damping = max(damping * max(1.0 / 3, 1 - ratio * ratio * ratio), 1e-14)
        growth = 2
        differentiate(function)
        if isSmall { isConverged = true }
      } else {
        damping *= growth
        growth *= 2
        let isStill = (0..<n).allSatisfy { abs(step[$0]) <= 1e-12 * (abs(parameters[$0]) + 1e-3) }
        if isStill || damping > 1e20 { isConverged = true }
      }
    }
  }

  /// Forward differences of a millionth.
  private mutating func differentiate(_ function: ([Double]) -> [Double]) {
    let n = parameters.count
    let columns = (0..<n).map { k in
      var moved = parameters
      moved[k] += 1e-6 * max(abs(moved[k]), 0.1)
      let size = moved[k] - parameters[k]
      let values = function(moved)
      return residuals.indices.map { (values[$0] - residuals[$0]) / size }
    }
    information = [Double](repeating: 0, count: n * n)
    gradient = columns.map { Self.dot($0, residuals) }
    for i in 0..<n {
      for j in 0...i {
        let value = Self.dot(columns[i], columns[j])
        information[i * n + j] = value
        information[j * n + i] = value
      }
    }
  }

  /// The lower triangle L of a matrix L Lᵀ, row by row; nil when it is not positive definite.
  static func cholesky(_ matrix: [Double], _ n: Int) -> [Double]? {
    var l = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0...i {
        var sum = matrix[i * n + j]
        for k in 0..<j { sum -= l[i * n + k] * l[j * n + k] }
        if i == j {
          guard sum > 0, sum.isFinite else { return nil }
          l[i * n + i] = sum.squareRoot()
        } else {
          l[i * n + j] = sum / l[j * n + j]
        }
      }
    }
    return l
  }

  /// x of L Lᵀ x = b.
  static func solve(_ l: [Double], _ b: [Double], _ n: Int) -> [Double] {
    var x = b
    for i in 0..<n {
      for k in 0..<i { x[i] -= l[i * n + k] * x[k] }
      x[i] /= l[i * n + i]
    }
    return solveTransposed(l, x, n)
  }

  /// x of Lᵀ x = b.
  static func solveTransposed(_ l: [Double], _ b: [Double], _ n: Int) -> [Double] {
    var x = b
    for i in (0..<n).reversed() {
      for k in (i + 1)..<max(n, i + 1) { x[i] -= l[k * n + i] * x[k] }
      x[i] /= l[i * n + i]
    }
    return x
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for i in a.indices { sum += a[i] * b[i] }
    return sum
  }

  private static func squares(_ values: [Double]) -> Double {
    let sum = dot(values, values)
    return sum.isNaN ? .infinity : sum
  }
}
