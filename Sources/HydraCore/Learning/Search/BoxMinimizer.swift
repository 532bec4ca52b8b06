/// Finds a local minimum of a smooth function in a box, by the BFGS method with projected steps.
///
/// Coordinates that stand at a bound and would leave it stay where they are for the step.
///
/// - Complexity: O(n²) an evaluation, beside the function.
///
/// Source: J. Nocedal, S. Wright, "Numerical Optimization", 2nd ed. (2006), chapters 6 and 16.7.
struct BoxMinimizer {
  var mostEvaluations = 40
  /// The minimum is reached when no free slope is larger.
  var slopeTolerance = 1e-6

  /// - Parameter function: writes the gradient and returns the value.
  func minimize(
    from start: [Double], low: [Double], high: [Double], _ function: ([Double], inout [Double]) -> Double
  ) -> (point: [Double], value: Double) {
    let n = start.count
    var x = zip(start, zip(low, high)).map { min(max($0, $1.0), $1.1) }
    var gradient = [Double](repeating: 0, count: n)
    var value = function(x, &gradient)
    var evaluations = 1
    // The inverse of the Hessian, row after row.
    var inverse = Self.identity(n)
    var isFresh = true
    while evaluations < mostEvaluations {
      let isFree = (0..<n).map { i in !((x[i] <= low[i] && gradient[i] > 0) || (x[i] >= high[i] && gradient[i] < 0)) }
      guard (0..<n).contains(where: { isFree[$0] && abs(gradient[$0]) > slopeTolerance }) else { break }
      var direction = [Double](repeating: 0, count: n)
      for i in 0..<n where isFree[i] {
        for j in 0..<n where isFree[j] { direction[i] -= inverse[i * n + j] * gradient[j] }
      }
      var slope = 0.0
      for i in 0..<n { slope += direction[i] * gradient[i] }
      if slope >= 0 {
        if isFresh { break }
        (inverse, isFresh) = (Self.identity(n), true)
        continue
      }
      // The first step of a steep function is cut to a part of the box.
      var length = 1.0
      if isFresh {
        let longest = (0..<n).map { abs(direction[$0]) / max(high[$0] - low[$0], 1e-12) }.max() ?? 1
        length = min(1, 0.2 / max(longest, 1e-300))
      }
      var moved = false
      while evaluations < mostEvaluations {
        var next = x
        var promised = 0.0
        for i in 0..<n {
          next[i] = min(max(x[i] + length * direction[i], low[i]), high[i])
          promised += (next[i] - x[i]) * gradient[i]
        }
        var nextGradient = gradient
        let nextValue = function(next, &nextGradient)
        evaluations += 1
        if nextValue <= value + 1e-4 * promised, nextValue < value {
          Self.update(
            &inverse, step: zip(next, x).map { $0 - $1 }, change: zip(nextGradient, gradient).map { $0 - $1 }, isFresh)
          (x, value, gradient, moved, isFresh) = (next, nextValue, nextGradient, true, false)
          break
        }
        length *= 0.3
        if length < 1e-10 { break }
      }
      guard moved else {
        if isFresh { break }
        (inverse, isFresh) = (Self.identity(n), true)
        continue
      }
    }
    return (x, value)
  }

  private static func identity(_ n: Int) -> [Double] {
    var result = [Double](repeating: 0, count: n * n)
    for i in 0..<n { result[i * n + i] = 1 }
    return result
  }

  private static func update(_ inverse: inout [Double], step: [Double], change: [Double], _ isFresh: Bool) {
    let n = step.count
    var (curvature, size) = (0.0, 0.0)
    for i in 0..<n {
      curvature += step[i] * change[i]
      size += change[i] * change[i]
    }
    guard curvature > 1e-12 * size, size > 0 else { return }
    // The scale of the first update (Nocedal and Wright, equation 6.20).
    if isFresh { for i in 0..<n { inverse[i * n + i] = curvature / size } }
    var product = [Double](repeating: 0, count: n)
    for i in 0..<n { for j in 0..<n { product[i] += inverse[i * n + j] * change[j] } }
    var quadratic = 0.0
    for i in 0..<n { quadratic += change[i] * product[i] }
    let scale = (1 + quadratic / curvature) / curvature
    for i in 0..<n {
      for j in 0..<n {
        inverse[i * n + j] += scale * step[i] * step[j] - (product[i] * step[j] + step[i] * product[j]) / curvature
      }
    }
  }
}
