/// Least squares with three parameters between bounds, written for fits that must take microseconds.
///
/// The same iteration as `LevenbergMarquardt` (Moré's scaling by the columns of J, Nielsen's damping, parameters at a
/// bound left out of the step), on normal equations in registers and without memory of its own. Smiles have three
/// parameters of like size and residuals that are exact to rounding, so that squaring the condition costs nothing
/// that the quotes would know.
struct ThreeParameterFit {
  /// The sum of squares at a point with half its gradient and the Gauss-Newton matrix JᵀJ.
  struct Equations {
    var sum = 0.0
    var gradient = SIMD3<Double>.zero
    /// (0,0), (1,1), (2,2).
    var diagonal = SIMD3<Double>.zero
    /// (0,1), (0,2), (1,2).
    var mixed = SIMD3<Double>.zero
  }

  var parameters: SIMD3<Double>
  var equations: Equations
  var iterations = 0
  /// Whether the sum of squares settled before the steps ran out.
  var isSettled = false

  /// Steps tried before giving up.
  static let maximumIterations = 100

  /// Minimises from a start that lies between the bounds.
  ///
  /// - Parameters:
  ///   - floor: a sum of squares that is zero but for rounding.
  ///   - tolerance: ends when a step promises less than this share of the sum.
  @inline(__always)
  init(
    from start: SIMD3<Double>, lower: SIMD3<Double>, upper: SIMD3<Double>, floor: Double, tolerance: Double = 1e-9,
    _ evaluate: (SIMD3<Double>) -> Equations
  ) {
    parameters = start.clamped(lowerBound: lower, upperBound: upper)
    equations = evaluate(parameters)
    var scale = equations.diagonal
    var damping = 1e-3
    var growth = 2.0
    while iterations < Self.maximumIterations {
      if !(equations.sum > floor) {
        isSettled = true
        return
      }
      guard equations.sum.isFinite else { return }
      iterations += 1
      scale = pointwiseMax(scale, equations.diagonal)
      let outward =
        ((parameters .<= lower) .& (equations.gradient .> 0)) .| ((parameters .>= upper) .& (equations.gradient .< 0))
      let step = Self.step(equations, held: outward, damping: damping, scale: scale)
      let next = (parameters + step).clamped(lowerBound: lower, upperBound: upper)
      let change = next - parameters
      let predicted = -(2 * dot(equations.gradient, change) + equations.curvature(change))
      if !(predicted > tolerance * equations.sum) {
        // The last, tiny step is still taken if it does not climb: it brings the parameters their last digits.
        let last = evaluate(next)
        if last.sum <= equations.sum { (parameters, equations) = (next, last) }
        isSettled = true
        return
      }
      let trial = evaluate(next)
      let actual = equations.sum - trial.sum
      if actual > 0 {
        (parameters, equations) = (next, trial)
        let u = 2 * actual / predicted - 1
        damping = max(damping * max(1.0 / 3, 1 - u * u * u), 1e-15)
        growth = 2
      } else {
        damping *= growth
        growth *= 2
        if damping > 1e16 { break }
      }
    }
    isSettled = iterations < Self.maximumIterations
  }

  /// (JᵀJ + λ D) δ = -Jᵀr over the parameters that are not held.
  @inline(__always)
  private static func step(
    _ e: Equations, held: SIMDMask<SIMD3<Int64>>, damping: Double, scale: SIMD3<Double>
  ) -> SIMD3<Double> {
    var diagonal = e.diagonal + damping * scale
    // A parameter without influence gets no step.
    let dead = held .| .!(diagonal .> 0)
    diagonal.replace(with: 1, where: dead)
    let right = (-e.gradient).replacing(with: 0, where: dead)
    let a = dead[0] || dead[1] ? 0 : e.mixed[0]
    let b = dead[0] || dead[2] ? 0 : e.mixed[1]
    let c = dead[1] || dead[2] ? 0 : e.mixed[2]
    // LDLᵀ of the symmetric matrix [d0 a b; a d1 c; b c d2].
    let (l10, l20) = (a / diagonal[0], b / diagonal[0])
    let d1 = diagonal[1] - l10 * a
    let l21 = (c - l20 * a) / d1
    let d2 = diagonal[2] - l20 * b - l21 * l21 * d1
    let y1 = right[1] - l10 * right[0]
    let y2 = right[2] - l20 * right[0] - l21 * y1
    let x2 = y2 / d2
    let x1 = y1 / d1 - l21 * x2
    return SIMD3(right[0] / diagonal[0] - l10 * x1 - l20 * x2, x1, x2)
  }
}

extension ThreeParameterFit.Equations {
  /// δᵀ JᵀJ δ.
  @inline(__always) func curvature(_ step: SIMD3<Double>) -> Double {
    dot(diagonal, step * step) + 2
      * (mixed[0] * step[0] * step[1] + mixed[1] * step[0] * step[2] + mixed[2] * step[1] * step[2])
  }

  /// (JᵀJ)⁻¹ by rows; nil when a combination of parameters leaves the residuals unchanged.
  var inverse: [[Double]]? {
    let (a, b, c) = (diagonal[0], mixed[0], mixed[1])
    let (d, e, f) = (diagonal[1], mixed[2], diagonal[2])
    let (m00, m01, m02) = (d * f - e * e, c * e - b * f, b * e - c * d)
    let (m11, m12, m22) = (a * f - c * c, b * c - a * e, a * d - b * b)
    let determinant = a * m00 + b * m01 + c * m02
    guard determinant > 1e-14 * a * d * f, determinant.isFinite else { return nil }
    return [[m00, m01, m02], [m01, m11, m12], [m02, m12, m22]].map { row in row.map { $0 / determinant } }
  }
}

@inline(__always) func dot(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double { a[0] * b[0] + a[1] * b[1] + a[2] * b[2] }
