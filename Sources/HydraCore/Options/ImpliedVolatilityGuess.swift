import HydraNumerics

/// A first value of s = σ√T for the out-of-the-money value v = V/A with x = ln(A/B) ≤ 0: right to about 10⁻².
///
/// Four zones of v, cut at s_low < s_c < s_high where s_c = √(2|x|) is the inflection of v(s). There e1 = 0, so in units
/// of A everything is closed form:
///
/// ```
/// v(s_c) = 1/2 - R(s_c)/√(2π),   v'(s_c) = 1/√(2π),   s_low, s_high = s_c + R(s_c) ∓ √(π/2)
/// ```
/// (s_low and s_high are where the tangent at s_c meets 0 and 1). The inner zones interpolate s(v) directly. The lower
/// one interpolates f(v) = 2π|x|/(3√3) Φ(-|x|/(√3 s))³, which behaves like the value itself as s → 0 (slope 1 in units
/// of √(AB)), the upper one f(v) = Φ(-s/2) (slope -√(A/B)/2 at the bound); both are then inverted.
///
/// Source: P. Jäckel, "Let's Be Rational", Wilmott (January 2015) 40–53, section 4, restated in units of A.
struct ImpliedVolatilityGuess {
  private let tables: ElementaryTables
  private let x: Double
  private let middle: Double
  private let valueAtMiddle: Double
  private let low: Double
  private let high: Double

  private static let rootTwoPi = 2.5066282746310007
  private static let rootHalfPi = 1.2533141373155003
  private static let rootThree = 1.7320508075688772

  init(_ tables: ElementaryTables, x: Double) {
    self.tables = tables
    self.x = x
    middle = (-2 * x).squareRoot()
    let m = middle
    // √(π/2) - R(m); three terms of its series where the difference would cancel.
    let drop =
      m < 1e-3
      ? m * (1 - m * (0.5 * Self.rootHalfPi - m / 3))
      : Self.rootHalfPi - tables.millsRatio(LanePair(m)).high
    valueAtMiddle = drop / Self.rootTwoPi
    low = m < 1e-3 ? m * m * (0.5 * Self.rootHalfPi - m / 3) : m - drop
    high = m - drop + 2 * Self.rootHalfPi
  }

  /// What the solver should drive to zero.
  enum Objective {
    /// 1/ln v - 1/ln β: nearly straight in s for small values.
    case reciprocalLogarithm
    /// v - β.
    case value
    /// ln of the distance from the upper bound.
    case logarithmOfComplement
  }

  /// The value and its complement 1 - v come separately: each is exact where it is small.
  func start(value: Double, complement: Double) -> (s: Double, objective: Objective) {
    if value <= valueAtMiddle {
      let (valueAtLow, vegaAtLow) = point(low)
      if value < valueAtLow { return (lowerZone(value, valueAtLow, vegaAtLow), .reciprocalLogarithm) }
      var curve = RationalCubic(
        x0: valueAtLow, x1: valueAtMiddle, y0: low, y1: middle, slope0: 1 / vegaAtLow, slope1: Self.rootTwoPi)
      curve.fit(curvatureAtEnd: 0)
      let width = valueAtMiddle - valueAtLow
      return (curve.value(before: (value - valueAtLow) / width, after: (valueAtMiddle - value) / width), .value)
    }
    let (valueAtHigh, vegaAtHigh) = point(high)
    if value > valueAtHigh {
      return (upperZone(complement, 1 - valueAtHigh, vegaAtHigh), .logarithmOfComplement)
    }
    var curve = RationalCubic(
      x0: valueAtMiddle, x1: valueAtHigh, y0: middle, y1: high, slope0: Self.rootTwoPi, slope1: 1 / vegaAtHigh)
    curve.fit(curvatureAtStart: 0)
    let width = valueAtHigh - valueAtMiddle
    return (curve.value(before: (value - valueAtMiddle) / width, after: (valueAtHigh - value) / width), .value)
  }

  /// v and dv/ds at s.
  private func point(_ s: Double) -> (value: Double, vega: Double) {
    guard s > 0 else { return (0, 0) }
    let scores = BlackScores(tables, x: LanePair(x), s: LanePair(s), reciprocal: 1 / s)
    let (factor, isWhole) = scores.factor(tables)
    let part = scores.density.high * factor.high
    return (isWhole ? part : 1 + part, scores.density.high)
  }

  private func lowerZone(_ value: Double, _ valueAtLow: Double, _ vegaAtLow: Double) -> Double {
    // In units of √(AB) the value is e^{x/2} v.
    let unit = tables.exp(0.5 * x)
    let (end, slopeOfValue) = (unit * valueAtLow, unit * vegaAtLow)
    let scale = 2 * Double.pi * -x / (3 * Self.rootThree)
    let z = -x / (Self.rootThree * low)
    let mills = tables.millsRatio(LanePair(z)).high
    let tail = tables.normalCDF(-z)
    let atLow = scale * tail * tail * tail
    // f'(v) = z² R² e^{s²/8};  d ln f'/ds = s/4 - (2 + 2z R'/R + …)/s with R'/R = z - 1/R.
    let slope = z * z * mills * mills * tables.exp(0.125 * low * low)
    let growth = 0.25 * low - (2 + 2 * z * (z - 1 / mills)) / low
    var curve = RationalCubic(x0: 0, x1: end, y0: 0, y1: atLow, slope0: 1, slope1: slope)
    curve.fit(curvatureAtEnd: slope * growth / slopeOfValue)
    let w = unit * value / end
    var f = curve.value(before: w, after: 1 - w)
    if !(f > 0) { f = (atLow * w + end * (1 - w)) * w }
    let root = tables.exp(tables.log(f / scale) / 3)
    return x / (Self.rootThree * Normal.quantile(min(root, 0.4999999)))
  }

  private func upperZone(_ complement: Double, _ rest: Double, _ vegaAtHigh: Double) -> Double {
    let unit = tables.exp(0.5 * x)
    let h = x / high
    let growth = tables.exp(0.5 * h * h)
    // f'(v) = -e^{x/2} e^{h²/2} / 2.
    let slope = -0.5 * unit * growth
    var curve = RationalCubic(
      x0: -rest, x1: 0, y0: tables.normalCDF(-0.5 * high), y1: 0, slope0: slope, slope1: -0.5 * unit)
    curve.fit(curvatureAtStart: -slope * h * h / (high * vegaAtHigh))
    let v = complement / rest
    var f = curve.value(before: 1 - v, after: v)
    if !(f > 0) { f = (curve.y0 * v + 0.5 * unit * rest * (1 - v)) * v }
    return -2 * Normal.quantile(min(f, 0.4999999))
  }
}
