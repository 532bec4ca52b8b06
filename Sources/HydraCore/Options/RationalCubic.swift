/// A cubic over a quadratic between two points with given slopes, shaped by one parameter.
///
/// ```
/// with h = x1 - x0, w = (x - x0)/h, v = 1 - w:
/// y = [y1 w³ + (r y1 - h d1) w² v + (r y0 + h d0) w v² + y0 v³] / [1 + (r - 3) w v]
/// ```
/// r = 3 is the Hermite cubic; r → ∞ tends to the straight line. r > -1 keeps the denominator positive.
///
/// Source: R. Delbourgo, J. A. Gregory, "Shape preserving piecewise rational interpolation", SIAM J. Sci. Stat. Comput.
/// 6 (1985) 967–976.
struct RationalCubic {
  var (x0, x1): (Double, Double)
  var (y0, y1): (Double, Double)
  var (slope0, slope1): (Double, Double)
  var r = 3.0

  /// Chooses r so that the second derivative at x1 is `curvature`, but never so small that shape is lost.
  mutating func fit(curvatureAtEnd curvature: Double) {
    let (h, mean) = (x1 - x0, (y1 - y0) / (x1 - x0))
    r = bounded((0.5 * h * curvature + slope1 - slope0) / (slope1 - mean), mean)
  }

  /// Chooses r so that the second derivative at x0 is `curvature`, but never so small that shape is lost.
  mutating func fit(curvatureAtStart curvature: Double) {
    let (h, mean) = (x1 - x0, (y1 - y0) / (x1 - x0))
    r = bounded((0.5 * h * curvature + slope1 - slope0) / (mean - slope0), mean)
  }

  /// The value where the fraction `w` of the interval lies before it and `v` = 1 - w after it.
  func value(before w: Double, after v: Double) -> Double {
    let h = x1 - x0
    guard r < 1e8 else { return y0 * v + y1 * w }
    let inner = (r * y1 - h * slope1) * w + (r * y0 + h * slope0) * v
    return (y1 * w * w * w + inner * w * v + y0 * v * v * v) / (1 + (r - 3) * w * v)
  }

  /// Equations 3.8 and 3.18 of the source: monotone or convex data stay so.
  private func bounded(_ candidate: Double, _ mean: Double) -> Double {
    let isMonotone = slope0 * mean >= 0 && slope1 * mean >= 0
    let isBent = (slope0 <= mean && mean <= slope1) || (slope0 >= mean && mean >= slope1)
    var least = -1 + 1e-8
    if isMonotone && mean != 0 { least = max(least, (slope0 + slope1) / mean) }
    if isBent && slope1 != mean && slope0 != mean {
      least = max(least, abs((slope1 - slope0) / (slope1 - mean)), abs((slope1 - slope0) / (mean - slope0)))
    }
    return candidate.isNaN ? .infinity : max(candidate, least)
  }
}
