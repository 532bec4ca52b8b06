/// Nonlinear least squares: parameters that minimise Σ r(p)², between bounds.
///
/// Each step minimises ‖J δ + r‖² + λ ‖D δ‖² as a linear least-squares problem of the stacked matrix [J; √λ D], which
/// keeps the digits that the normal equations would square away. D holds the largest norm each column of J has had, so
/// that the result does not depend on the units of the parameters. λ follows the ratio of the reduction found to the
/// one the linear model promised. Parameters at a bound whose gradient points outwards are left out of the step.
///
///     let fit = try LevenbergMarquardt().minimize(from: [-1.2, 1]) { p in [10 * (p[1] - p[0] * p[0]), 1 - p[0]] }
///     fit.parameters   // [1.0, 1.0] up to rounding
///
/// Sources: J. J. Moré, "The Levenberg-Marquardt algorithm: implementation and theory", Lecture Notes in Mathematics 630
/// (1978) 105–116; H. B. Nielsen, "Damping parameter in Marquardt's method", IMM-REP-1999-05.
public struct LevenbergMarquardt: Hashable, Codable, Sendable {
  /// Steps tried before giving up.
  public var maximumIterations = 200
  /// Ends when the sum of squares falls by less than this share, in fact and by the model.
  public var valueTolerance = 1e-15
  /// Ends when the scaled step is below this share of the scaled parameters.
  public var stepTolerance = 1e-14
  /// Ends when the cosine between the residuals and each column of J is below this.
  public var gradientTolerance = 1e-14
  /// λ of the first step, in units of D².
  public var firstDamping = 1e-3

  public init() {}

  /// Why the iteration ended.
  public enum Ending: String, Hashable, Codable, Sendable {
    /// The residuals are orthogonal to the Jacobian's columns, or zero.
    case gradient
    /// The sum of squares no longer falls.
    case value
    /// The parameters no longer move.
    case step
    /// `maximumIterations` were used up.
    case iterations
  }

  /// The parameters found.
  public struct Fit: Hashable, Codable, Sendable {
    public var parameters: [Double]
    public var residuals: [Double]
    /// Σ r².
    public var sumOfSquares: Double
    public var ending: Ending
    /// Steps tried.
    public var iterations: Int
    /// Calls of the residuals, those for differences included.
    public var evaluations: Int
  }

  /// Minimises from a first guess.
  ///
  /// - Parameters:
  ///   - start: the first parameters; moved onto the bounds where outside.
  ///   - lower: least values; none by default.
  ///   - upper: greatest values; none by default.
  ///   - jacobian: ∂r_i/∂p_j, row i; central differences by default. The residuals must stay defined half a
  ///     difference (6e-6 of the size) beyond the bounds where it is left out.
  ///   - residuals: r(p), always the same number of values. NaN or infinite values make a step fail.
  /// - Throws: `.notFinite` when the residuals at the start are not finite.
  public func minimize(
    from start: [Double], lower: [Double]? = nil, upper: [Double]? = nil, jacobian: (([Double]) -> Matrix)? = nil,
    _ residuals: ([Double]) -> [Double]
  ) throws(FactorizationError) -> Fit {
    let count = start.count
    let low = lower ?? Array(repeating: -.infinity, count: count)
    let high = upper ?? Array(repeating: .infinity, count: count)
    precondition(low.count == count && high.count == count, "bounds for \(count) parameters")
    precondition(zip(low, high).allSatisfy { $0 <= $1 }, "a lower bound is above the upper one")
    func clamp(_ p: [Double]) -> [Double] { p.indices.map { min(max(p[$0], low[$0]), high[$0]) } }

    var p = clamp(start)
    var r = residuals(p)
    var evaluations = 1
    var sum = Self.squares(r)
    guard sum.isFinite else { throw .notFinite }
    func derivatives(at p: [Double]) -> Matrix {
      if let jacobian { return jacobian(p) }
      evaluations += 2 * count
      return Self.differences(p, rows: r.count, residuals)
    }
    var j = derivatives(at: p)
    var scale = [Double](repeating: 0, count: count)
    var damping = firstDamping
    var growth = 2.0

    for iteration in 0..<maximumIterations {
      try j.requireFinite()
      let gradient = j.transposedTimes(Matrix(column: r)).values
      let norms = (0..<count).map { Self.squares(j.column($0)).squareRoot() }
      for k in 0..<count { scale[k] = max(scale[k], norms[k]) }
      var free: [Int] = []
      for k in 0..<count where norms[k] > 0 {
        let isHeldLow = p[k] == low[k] && gradient[k] > 0
        let isHeldHigh = p[k] == high[k] && gradient[k] < 0
        if !isHeldLow && !isHeldHigh { free.append(k) }
      }
      let size = sum.squareRoot()
      func done(_ ending: Ending) -> Fit {
        Fit(
          parameters: p, residuals: r, sumOfSquares: sum, ending: ending, iterations: iteration,
          evaluations: evaluations)
      }
      var cosine = 0.0
      for k in free { cosine = max(cosine, abs(gradient[k]) / (norms[k] * size)) }
      if sum == 0 || cosine <= gradientTolerance { return done(.gradient) }

      let step = try Self.step(j, r, free: free, scale: scale, damping: damping)
      var next = p
      for (k, shift) in zip(free, step) { next[k] += shift }
      next = clamp(next)
      let change = zip(next, p).map { $0 - $1 }
      let moved = Self.squares(free.map { scale[$0] * change[$0] }).squareRoot()
      let reach = Self.squares(free.map { scale[$0] * p[$0] }).squareRoot()

      let trial = residuals(next)
      evaluations += 1
      let trialSum = Self.squares(trial)
      let actual = sum - trialSum
      let linear: [Double] = j * change
      let predicted = sum - Self.squares(zip(r, linear).map { $0 + $1 })
      let ratio = predicted > 0 ? actual / predicted : -1
      if trialSum.isFinite && actual > 0 {
        (p, r, sum) = (next, trial, trialSum)
        if actual <= valueTolerance * trialSum && predicted <= valueTolerance * trialSum { return done(.value) }
        j = derivatives(at: p)
        let u = 2 * ratio - 1
        damping = max(damping * max(1.0 / 3, 1 - u * u * u), 1e-20)
        growth = 2
      } else {
        if trialSum.isFinite && abs(actual) <= valueTolerance * sum && predicted <= valueTolerance * sum {
          return done(.value)
        }
        damping *= growth
        growth *= 2
      }
      if moved <= stepTolerance * reach { return done(.step) }
      if damping > 1e30 { return done(.step) }
    }
    return Fit(
      parameters: p, residuals: r, sumOfSquares: sum, ending: .iterations, iterations: maximumIterations,
      evaluations: evaluations)
  }

  /// δ of the free parameters.
  private static func step(
    _ j: Matrix, _ r: [Double], free: [Int], scale: [Double], damping: Double
  ) throws(FactorizationError) -> [Double] {
    let (m, n) = (j.rows, free.count)
    var stacked = Matrix(rows: m + n, columns: n, repeating: 0)
    for row in 0..<m { for (column, k) in free.enumerated() { stacked[row, column] = j[row, k] / scale[k] } }
    for column in 0..<n { stacked[m + column, column] = damping.squareRoot() }
    let solution = try LinearLeastSquares(stacked, r.map { -$0 } + Array(repeating: 0, count: n))
    return zip(solution.coefficients, free).map { $0 / scale[$1] }
  }

  /// Central differences with a step of the cube root of the precision.
  private static func differences(_ p: [Double], rows: Int, _ residuals: ([Double]) -> [Double]) -> Matrix {
    var result = Matrix(rows: rows, columns: p.count, repeating: 0)
    for k in p.indices {
      let size = 6e-6 * max(abs(p[k]), 1e-4)
      var (up, down) = (p, p)
      up[k] += size
      down[k] -= size
      let (after, before) = (residuals(up), residuals(down))
      for row in 0..<rows { result[row, k] = (after[row] - before[row]) / (up[k] - down[k]) }
    }
    return result
  }

  private static func squares(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } }
}
