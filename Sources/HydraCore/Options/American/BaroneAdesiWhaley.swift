import HydraNumerics

/// The quadratic approximation of American options.
///
/// ```
/// V = v(S) + φ (S*/λ) [1 - e^{-qT} Φ(φ d1(S*))] (S/S*)^λ   before the critical price S*, intrinsic value beyond it
/// ```
/// λ is the root of λ² + (N - 1) λ - M/h = 0 of the sign of φ, h = 1 - e^{-rT}, M = 2r/σ², N = 2(r - q)/σ². S* is solved
/// to the last digits. Errors are some thousandths of the strike, largest for years of life.
///
/// Source: G. Barone-Adesi, R. E. Whaley, "Efficient analytic approximation of American option values", J. Finance 42
/// (1987) 301–320.
struct BaroneAdesiWhaley {
  /// The value of the formula.
  let price: Double
  /// S*, where exercise begins.
  let critical: Double

  /// - Precondition: the problem has one boundary (see `AmericanProblem.Nature`).
  init(_ problem: AmericanProblem) {
    let tables = ElementaryTables.shared
    let sign = problem.kind.sign
    let (r, q, years) = (problem.rate, problem.yield, problem.years)
    let variance = problem.volatility * problem.volatility
    let s = problem.volatility * years.squareRoot()
    let h = -Portable.expm1(-r * years)
    let k = -Portable.expm1(-q * years)
    let ratio = r == 0 ? 2 / (variance * years) : 2 * r / variance / h
    let n = 2 * (r - q) / variance - 1
    let root = (n * n + 4 * ratio).squareRoot()
    // The root of the wanted sign, written so that nothing cancels.
    let lambda = sign * n > 0 ? 2 * sign * ratio / (root + sign * n) : 0.5 * (sign * root - n)

    // S e^{-qT} Φ(-φ d1) + φ λ o(S) = (λ - 1) S k - λ h, with o the European option of the other kind and K = 1: the
    // logarithms of both sides, as functions of x = ln S.
    let decay = tables.exp(-q * years)
    let carry = (r - q) * years
    func difference(_ x: Double) -> (value: Double, slope: Double) {
      let spot = tables.exp(x)
      let d1 = (x + carry) / s + 0.5 * s
      let paid = spot * decay * tables.normalCDF(-sign * d1)
      let other = Black76.price(
        problem.kind.opposite, forward: tables.exp(x + carry), strike: 1, years: years, volatility: problem.volatility,
        rate: r)
      let left = paid + sign * lambda * other
      let right = (lambda - 1) * spot * k - lambda * h
      let slope = (1 - lambda) * paid - sign * spot * decay * Normal.density(d1) / s
      return (tables.log(left / right), slope / left - (lambda - 1) * spot * k / right)
    }
    // The right side is positive beyond this, and exercise never begins on the wrong side of the strike.
    let edge = k == 0 ? .nan : lambda * h / ((lambda - 1) * k)
    let start: Double = edge > 0 ? sign * max(sign * tables.log(edge), 0) : 0
    let x = Self.root(from: start, sign: sign, scale: s, difference)

    let criticalRatio = tables.exp(x)
    critical = problem.strike * criticalRatio
    guard sign * (problem.spot - critical) < 0 else {
      price = problem.intrinsic
      return
    }
    let d1 = (x + carry) / s + 0.5 * s
    let weight = sign * critical / lambda * (1 - decay * tables.normalCDF(sign * d1))
    let distance: Double = tables.log(problem.spot / critical)
    price = problem.european + weight * tables.exp(lambda * distance)
  }

  /// The zero of a function that comes from +∞ at `start` and falls in the direction of `sign`: Newton in a bracket.
  private static func root(
    from start: Double, sign: Double, scale: Double, _ function: (Double) -> (value: Double, slope: Double)
  ) -> Double {
    var (near, far) = (start, start + sign * scale)
    var doublings = 0
    while doublings < 100, !(function(far).value < 0) {
      near = far
      far = start + 2 * (far - start)
      doublings += 1
    }
    var x = far
    for _ in 0..<100 {
      let (value, slope) = function(x)
      if value < 0 { far = x } else { near = x }
      var next = x - value / slope
      let isInside = sign * (next - near) > 0 && sign * (far - next) > 0
      // The next error would be of the order of this step's square.
      if isInside && abs(next - x) <= 1e-9 * scale * min(1, scale) { return next }
      if !isInside { next = 0.5 * (near + far) }
      if abs(next - x) <= 1e-15 * max(scale, abs(x)) { return next }
      x = next
    }
    return x
  }
}
