/// Why no root was found.
public enum RootFindingError: Error, Hashable, Sendable {
  /// The function has the same sign at both ends.
  case notBracketed(atLower: Double, atUpper: Double)
  /// The function is NaN here.
  case notFinite(at: Double)
  /// The steps allowed were used up; the best argument so far.
  case notConverged(best: Double)
}

/// Roots of continuous functions of one variable between two ends of different sign.
public enum RootFinding {
  /// A root and what it took.
  public struct Root: Hashable, Sendable {
    /// Where the function is zero, to the tolerance asked for.
    public var x: Double
    /// The function there.
    public var value: Double
    /// Calls of the function.
    public var evaluations: Int
  }

  /// Brent's method: inverse quadratic interpolation and secants, with bisection where they do not pay.
  ///
  ///     try RootFinding.brent(in: 0...2) { $0 * $0 - 2 }.x   // 1.4142135623730951
  ///
  /// The root is enclosed to `2 |x| 2⁻⁵² + tolerance / 2`; without a tolerance it is 2⁻⁶⁰ of the interval's larger end,
  /// so that a root at zero ends the search too.
  ///
  /// - Complexity: at most about (log₂ of the interval in units of the tolerance)² calls, usually 6 to 12.
  ///
  /// Source: R. P. Brent, Algorithms for Minimization without Derivatives (1973), chapter 4.
  public static func brent(
    in interval: ClosedRange<Double>, tolerance: Double? = nil, maximumEvaluations: Int = 200,
    _ function: (Double) -> Double
  ) throws(RootFindingError) -> Root {
    func value(_ x: Double) throws(RootFindingError) -> Double {
      let y = function(x)
      guard !y.isNaN else { throw .notFinite(at: x) }
      return y
    }
    let tolerance = tolerance ?? smallest(in: interval)
    // b is the best point, a the one before it, [b, c] encloses the root.
    var (a, b) = (interval.lowerBound, interval.upperBound)
    var (fa, fb) = (try value(a), try value(b))
    if fa == 0 { return Root(x: a, value: 0, evaluations: 2) }
    if fb == 0 { return Root(x: b, value: 0, evaluations: 2) }
    guard (fa < 0) != (fb < 0) else { throw .notBracketed(atLower: fa, atUpper: fb) }
    var (c, fc) = (a, fa)
    var step = b - a
    var lastStep = step
    for evaluations in 2...max(2, maximumEvaluations) {
      if (fb > 0) == (fc > 0) {
        (c, fc) = (a, fa)
        (step, lastStep) = (b - a, b - a)
      }
      if abs(fc) < abs(fb) {
        (a, b, c) = (b, c, b)
        (fa, fb, fc) = (fb, fc, fb)
      }
      let least = 2 * abs(b) * 0x1p-52 + 0.5 * tolerance
      let half = 0.5 * (c - b)
      if abs(half) <= least || fb == 0 { return Root(x: b, value: fb, evaluations: evaluations) }
      if abs(lastStep) >= least && abs(fa) > abs(fb) {
        let s = fb / fa
        var (p, q): (Double, Double)
        if a == c {
          (p, q) = (2 * half * s, 1 - s)
        } else {
          let (u, r) = (fa / fc, fb / fc)
          p = s * (2 * half * u * (u - r) - (b - a) * (r - 1))
          q = (u - 1) * (r - 1) * (s - 1)
        }
        if p > 0 { q = -q } else { p = -p }
        if 2 * p < min(3 * half * q - abs(least * q), abs(lastStep * q)) {
          (lastStep, step) = (step, p / q)
        } else {
          (step, lastStep) = (half, half)
        }
      } else {
        (step, lastStep) = (half, half)
      }
      (a, fa) = (b, fb)
      b += abs(step) > least ? step : (half > 0 ? least : -least)
      if least == 0 && b == a { return Root(x: b, value: fb, evaluations: evaluations) }
      fb = try value(b)
    }
    throw .notConverged(best: b)
  }

  /// Newton's method inside a bracket: a step that leaves it, or does not halve it in two tries, becomes a bisection.
  ///
  ///     try RootFinding.newton(in: 0...2, from: 1) { ($0 * $0 - 2, 2 * $0) }.x   // 1.4142135623730951
  ///
  /// Ends when a step is below `2 |x| 2⁻⁵² + tolerance`, by default 2⁻⁶⁰ of the interval's larger end.
  ///
  /// - Parameter function: the value and its derivative.
  public static func newton(
    in interval: ClosedRange<Double>, from start: Double? = nil, tolerance: Double? = nil,
    maximumEvaluations: Int = 200,
    _ function: (Double) -> (value: Double, derivative: Double)
  ) throws(RootFindingError) -> Root {
    func value(_ x: Double) throws(RootFindingError) -> (value: Double, derivative: Double) {
      let y = function(x)
      guard !y.value.isNaN else { throw .notFinite(at: x) }
      return y
    }
    let tolerance = tolerance ?? smallest(in: interval)
    var (low, high) = (interval.lowerBound, interval.upperBound)
    let (atLow, atHigh) = (try value(low).value, try value(high).value)
    if atLow == 0 { return Root(x: low, value: 0, evaluations: 2) }
    if atHigh == 0 { return Root(x: high, value: 0, evaluations: 2) }
    guard (atLow < 0) != (atHigh < 0) else { throw .notBracketed(atLower: atLow, atUpper: atHigh) }
    var x = start.map { min(max($0, low), high) } ?? 0.5 * (low + high)
    var width = high - low
    for evaluations in 3...max(3, maximumEvaluations) {
      let (y, slope) = try value(x)
      if y == 0 { return Root(x: x, value: 0, evaluations: evaluations) }
      if (y < 0) == (atLow < 0) { low = x } else { high = x }
      var next = x - y / slope
      let isSlow = evaluations % 2 == 1 && high - low > 0.5 * width
      if evaluations % 2 == 1 { width = high - low }
      if !(next > low && next < high) || (isSlow && abs(next - x) > 0.25 * (high - low)) { next = 0.5 * (low + high) }
      if abs(next - x) <= 2 * abs(next) * 0x1p-52 + tolerance {
        return Root(x: next, value: y, evaluations: evaluations)
      }
      x = next
    }
    throw .notConverged(best: x)
  }

  private static func smallest(in interval: ClosedRange<Double>) -> Double {
    max(abs(interval.lowerBound), abs(interval.upperBound)) * 0x1p-60
  }
}
