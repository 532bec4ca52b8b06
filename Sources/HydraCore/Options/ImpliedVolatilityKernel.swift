import HydraNumerics

// Black's formula inverted: s = σ√T from the value of the out-of-the-money option.
//
// Goals in order: an answer for every attainable price; an error of what the rounding of the inputs alone costs; speed.
// The plan is Jäckel's (2016): a first value by four rational functions, then Householder steps of third order on an
// objective that is nearly straight in s, one per zone. What differs: the residual is formed from pairs of doubles, so
// that the last step is limited by the price's own rounding and not by the evaluation of the formula; the result stays a
// pair until it is divided by √T; a bracket guards every step.
//
// Sources: P. Jäckel, "Let's Be Rational", Wilmott (January 2015) 40–53; A. S. Householder, The Numerical Treatment of
// a Single Nonlinear Equation (1970), 4.4.

/// An out-of-the-money value to invert, in units of the smaller of forward and strike.
struct ImpliedVolatilityProblem {
  /// x = ln(A/B) ≤ 0.
  var x: LanePair<Double>
  /// β = V/A in (0, 1), times 2^512 when `isScaled`.
  var value: LanePair<Double>
  /// 1 - β.
  var complement: LanePair<Double>
  /// Values below 2^-900 are held scaled, so that subnormal numbers lose nothing.
  var isScaled: Bool

  /// The problem of an option that is worth `outside` when the smaller of forward and strike is `near`.
  init(outside: LanePair<Double>, near: LanePair<Double>, x: LanePair<Double>) {
    isScaled = outside.high < 0x1p-900 * near.high
    let reciprocal = 1 / near.high
    self.x = x
    value = LanePair.quotient(outside.scaled(isScaled ? 0x1p512 : 1), near, reciprocal: reciprocal)
    complement = LanePair.quotient(near - outside, near, reciprocal: reciprocal)
  }

  /// s as a pair, or nil if the steps do not settle (no input is known to do that).
  func solution(_ tables: ElementaryTables) -> LanePair<Double> {
    let scale = isScaled ? 0x1p-512 : 1
    // At the money v = erf(s/√8) = s/√(2π) (1 - s²/24 + …); s may be too small to have a reciprocal.
    if x.high == 0 && value.high * scale < 1e-10 {
      return (value * LanePair(all: 2.5066282746310007, -1.8328579980459167e-16)).scaled(scale)
    }
    var (s, objective) = ImpliedVolatilityGuess(tables, x: x.high).start(
      value: value.high * scale, complement: complement.high)
    var (low, high) = (0.0, Double.infinity)
    if !(s > 0 && s < .infinity) { s = max((-2 * x.high).squareRoot(), 1e-8) }
    let logValue = objective == .reciprocalLogarithm ? logarithm(tables, value) : 0

    var step = 0.0
    for _ in 0..<Self.mostSteps {
      let point = Point(tables, x: x, s: s, isScaled: isScaled)
      let isAbove: Bool
      (step, isAbove) = point.step(tables, objective: objective, problem: self, logValue: logValue)
      if isAbove { high = s } else { low = s }
      if step.isNaN || s + step <= low || s + step >= high {
        // Outside what is known to hold the root: halve the bracket, or double s while there is no upper end.
        guard abs(step) > 0x1p-50 * s else { break }
        s = high == .infinity ? 2 * s : 0.5 * (low + high)
        objective = .value
        step = 0
        continue
      }
      // The error after a step is of the order of its fourth power: this was the last one.
      if abs(step) < 1e-5 * s { break }
      s += step
      step = 0
    }
    return LanePair(ordered: s, step)
  }

  private static let mostSteps = 100

  /// ln of a value that may be scaled.
  private func logarithm(_ tables: ElementaryTables, _ value: LanePair<Double>) -> Double {
    let log: LanePair<Double> = tables.log(value.high)
    return isScaled ? log.high - Self.logOfScale.high : log.high
  }

  /// 512 ln 2.
  static let logOfScale = LanePair(high: 354.891356446692, low: 1.1873519686893054e-14)

  /// The formula at one s.
  private struct Point {
    let s: Double
    let x: Double
    let scores: BlackScores<Double>
    /// v, scaled as the problem is, and 1 - v.
    let value: LanePair<Double>
    let complement: LanePair<Double>
    /// dv/ds in the scale of v.
    let vega: Double

    init(_ tables: ElementaryTables, x: LanePair<Double>, s: Double, isScaled: Bool) {
      self.s = s
      self.x = x.high
      scores = BlackScores(
        tables, x: x, s: LanePair(s), reciprocal: 1 / s, densityExponent: isScaled ? logOfScale : nil)
      let (factor, isWhole) = scores.factor(tables)
      let part = scores.density * factor
      let one = LanePair(1.0)
      value = isWhole ? part : one + part
      complement = isWhole ? one - part : -part
      vega = scores.density.high
    }

    /// The Householder step of third order, s - s' = …, and whether v is above the target.
    ///
    /// For g(s) with ν = -g/g':   ν (1 + ½ (g''/g') ν) / (1 + (g''/g') ν + (g'''/g') ν²/6).
    func step(
      _ tables: ElementaryTables, objective: ImpliedVolatilityGuess.Objective, problem: ImpliedVolatilityProblem,
      logValue: Double
    ) -> (step: Double, isAbove: Bool) {
      let difference = (value - problem.value).rounded
      // v''/v' and v'''/v'.
      let inverse = 1 / s
      let h = scores.h.high
      let q = scores.e1.high * scores.e2.high * inverse
      let r = q * q - 3 * h * h * inverse * inverse - 0.25
      let (newton, second, third): (Double, Double, Double)
      switch objective {
      case .value:
        (newton, second, third) = (-difference / vega, q, r)
      case .reciprocalLogarithm:
        let log = problem.logarithm(tables, value)
        let y = vega / value.high
        let ratio = logRatio(tables, value, problem.value)
        newton = -log * ratio / (logValue * y)
        let z = y / log
        second = q - y - 2 * z
        third = r - 3 * y * q + 2 * y * y - 6 * z * (q - y) + 6 * z * z
      case .logarithmOfComplement:
        let y = vega / complement.high
        newton = logRatio(tables, complement, problem.complement) / y
        second = q + y
        third = r + 3 * q * y + 2 * y * y
      }
      let halley = 1 + 0.5 * second * newton
      let cubic = 1 + newton * (second + third * newton / 6)
      let step = newton * max(-0.5, halley / cubic)
      return (step.isNaN ? newton : step, difference > 0)
    }

    /// ln(a / b) with the low parts: as accurate as the pairs when a ≈ b.
    private func logRatio(_ tables: ElementaryTables, _ a: LanePair<Double>, _ b: LanePair<Double>) -> Double {
      let main = tables.logRatio(a.high, b.high)
      return main.high + (main.low + (a.low / a.high - b.low / b.high))
    }
  }
}
