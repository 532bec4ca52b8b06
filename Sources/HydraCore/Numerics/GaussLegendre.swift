/// Gauss-Legendre quadrature on -1…1.
///
///     GaussLegendre.rule(2)   // [(node: -0.577…, weight: 1), (node: 0.577…, weight: 1)]
public enum GaussLegendre {
  /// The nodes from low to high and their weights; exact for polynomials up to degree 2·`count` - 1.
  ///
  /// Newton's method on the Legendre polynomial from Tricomi's first value; nodes are right to a few units in the last
  /// place, weights to some 1e-15.
  ///
  /// - Precondition: `count` is positive.
  /// - Complexity: O(count²).
  public static func rule(_ count: Int) -> [(node: Double, weight: Double)] {
    precondition(count > 0, "a rule of \(count) points")
    let n = Double(count)
    var rule = [(node: Double, weight: Double)](repeating: (0, 0), count: count)
    for index in 0..<(count + 1) / 2 {
      var x = Portable.cos(Double.pi * (Double(index) + 0.75) / (n + 0.5))
      var slope = 0.0
      for _ in 0..<8 {
        // (k + 1) P' = (2k + 1) x P - k P'', from P0 = 1 and P1 = x.
        var (previous, value) = (1.0, x)
        for k in 1..<max(count, 1) {
          let k = Double(k)
          (previous, value) = (value, ((2 * k + 1) * x * value - k * previous) / (k + 1))
        }
        slope = n * (x * value - previous) / (x * x - 1)
        let step = value / slope
        x -= step
        if abs(step) < 1e-16 { break }
      }
      if count % 2 == 1 && index == count / 2 { x = 0 }
      let weight = 2 / ((1 - x * x) * slope * slope)
      rule[index] = (-x, weight)
      rule[count - 1 - index] = (x, weight)
    }
    return rule
  }
}
