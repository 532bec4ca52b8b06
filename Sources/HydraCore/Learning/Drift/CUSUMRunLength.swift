import HydraNumerics

/// How long a CUSUM runs, on average, before it signals.
///
/// For independent N(shift, 1) values the mean run length from sum s, with slack k and threshold h, obeys
/// ```
/// L(s) = 1 + Φ(k - shift - s) L(0) + ∫₀ʰ φ(y - s + k - shift) L(y) dy
/// ```
/// solved here by Nyström's method on Gauss–Legendre nodes. The kernel is smooth with unit width, so that nodes less
/// than 0.7 apart leave an error of rounding only: relative 1e-16 × the run length. Run lengths above 1e12 are
/// therefore not to be trusted. Source: D. Brook, D. A. Evans, Biometrika 59 (1972) 539–549; C. S. Van Dobben de Bruyn,
/// "Cumulative Sum Tests" (1968).
public enum CUSUMRunLength {
  /// Mean number of values until the upper sum, started at zero, exceeds `threshold`.
  ///
  ///     CUSUMRunLength.oneSided(slack: 0.5, threshold: 5)   // 930.89 (N(0, 1): between false alarms)
  ///
  /// - Complexity: O(nodes³), with 2.5 nodes for each unit of the threshold and 48 at least.
  public static func oneSided(slack: Double, threshold: Double, shift: Double = 0) -> Double {
    precondition(threshold > 0, "threshold is not positive: \(threshold)")
    let nodes = 48 + max(0, Int(2.5 * (threshold - 12)))
    let rule = GaussLegendre(nodes: nodes, from: 0, to: threshold)
    let lag = slack - shift
    // Unknowns L(0), L(y1) … L(yn): rows are the equation at s = 0 and at each node.
    let n = nodes + 1
    var system = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      let s = i == 0 ? 0 : rule.points[i - 1]
      system[i * n] = -Portable.normalCDF(lag - s)
      for j in 0..<nodes {
        system[i * n + j + 1] = -rule.weights[j] * Portable.normalDensity(rule.points[j] - s + lag)
      }
      system[i * n + i] += 1
    }
    return solve(&system, n: n)
  }

  /// Mean number of values until either sum, both started at zero, exceeds `threshold`: 1/L = 1/L⁺ + 1/L⁻.
  ///
  ///     CUSUMRunLength.twoSided(slack: 0.5, threshold: 5)   // 465.44
  public static func twoSided(slack: Double, threshold: Double, shift: Double = 0) -> Double {
    let upper = oneSided(slack: slack, threshold: threshold, shift: shift)
    let lower = shift == 0 ? upper : oneSided(slack: slack, threshold: threshold, shift: -shift)
    return 1 / (1 / upper + 1 / lower)
  }

  /// Siegmund's approximation of the one-sided mean run length, up to 16 % low for large shifts.
  ///
  /// ```
  /// L ≈ (exp(-2 Δ b) + 2 Δ b - 1) / (2 Δ²),   Δ = shift - slack,  b = threshold + 1.166   (b² at Δ = 0)
  /// ```
  /// Source: D. Siegmund, "Sequential Analysis" (1985), as in Montgomery, "Statistical Quality Control", eq. 9.6.
  public static func siegmund(slack: Double, threshold: Double, shift: Double = 0) -> Double {
    let (drift, b) = (shift - slack, threshold + 1.166)
    guard drift != 0 else { return b * b }
    return (Portable.exp(-2 * drift * b) + 2 * drift * b - 1) / (2 * drift * drift)
  }

  /// The threshold with which the two-sided scheme runs `values` values, on average, between false alarms on
  /// independent N(0, 1) values.
  ///
  ///     CUSUMRunLength.threshold(forARL: 370, slack: 0.5)   // 4.774
  ///
  /// Found by a secant on ln L, which is almost linear in the threshold; relative error of the run length 1e-9.
  public static func threshold(forARL values: Double, slack: Double) -> Double {
    precondition(values > 2 && values < 1e12, "a run length of \(values) values is not between 2 and 1e12")
    precondition(slack >= 0, "slack is negative: \(slack)")
    let wanted = Portable.log(values)
    func excess(_ h: Double) -> Double { Portable.log(twoSided(slack: slack, threshold: h)) - wanted }
    var low = 1e-6
    if excess(low) >= 0 { return low }
    var high = 1.0
    while excess(high) < 0 {
      low = high
      high *= 2
    }
    // Regula falsi (Illinois): keeps the bracket, so that it cannot run away, and converges superlinearly.
    var (fLow, fHigh) = (excess(low), excess(high))
    for _ in 0..<100 {
      let h = (low * fHigh - high * fLow) / (fHigh - fLow)
      let f = excess(h)
      if abs(f) < 1e-10 || high - low < 1e-12 * high { return h }
      if f > 0 {
        (high, fHigh) = (h, f)
        fLow /= 2
      } else {
        (low, fLow) = (h, f)
        fHigh /= 2
      }
    }
    return (low + high) / 2
  }

  /// Solves the n × n system with right-hand side 1 and returns the first unknown. The matrix is I - K with a
  /// substochastic K, diagonally dominant by rows, so that elimination needs no pivoting; eliminating from the last
  /// unknown backwards leaves the first.
  static func solve(_ a: inout [Double], n: Int) -> Double {
    var right = [Double](repeating: 1, count: n)
    a.withUnsafeMutableBufferPointer { a in
      for p in stride(from: n - 1, to: 0, by: -1) {
        for i in 0..<p {
          let factor = a[i * n + p] / a[p * n + p]
          guard factor != 0 else { continue }
          for j in 0..<p { a[i * n + j] -= factor * a[p * n + j] }
          right[i] -= factor * right[p]
        }
      }
    }
    return right[0] / a[0]
  }
}

/// Nodes and weights of Gauss–Legendre quadrature on an interval.
///
/// The nodes are roots of the Legendre polynomial, found by Newton's method from the usual starting guess
/// cos(π (i - ¼)/(n + ½)).
struct GaussLegendre {
  let points: [Double]
  let weights: [Double]

  init(nodes n: Int, from a: Double, to b: Double) {
    precondition(n > 0, "no nodes")
    var points = [Double](repeating: 0, count: n)
    var weights = points
    let (centre, half) = ((a + b) / 2, (b - a) / 2)
    for i in 0..<((n + 1) / 2) {
      var x = Portable.cos(Double.pi * (Double(i) + 0.75) / (Double(n) + 0.5))
      var slope = 0.0
      for _ in 0..<8 {
        var (p0, p1) = (1.0, x)
        for k in 2..<max(3, n + 1) where k <= n {
          (p0, p1) = (p1, ((2 * Double(k) - 1) * x * p1 - (Double(k) - 1) * p0) / Double(k))
        }
        slope = Double(n) * (x * p1 - p0) / (x * x - 1)
        x -= p1 / slope
      }
      points[i] = centre - half * x
      points[n - 1 - i] = centre + half * x
      weights[i] = 2 * half / ((1 - x * x) * slope * slope)
      weights[n - 1 - i] = weights[i]
    }
    (self.points, self.weights) = (points, weights)
  }
}
