import HydraNumerics

/// Gauss–Legendre points and weights on [0, 1], which integrate every polynomial of degree below 2n exactly.
struct UnitQuadrature: Sendable {
  private(set) var points: [Double] = []
  private(set) var weights: [Double] = []

  /// Newton's method on the Legendre polynomial, from the usual cosine approximation of its roots; the points agree
  /// with tables to the last bit or two up to n = 64.
  ///
  /// Source: W. Press et al., "Numerical Recipes", 3rd ed. (2007), section 4.6.
  init(count: Int) {
    precondition(count >= 1, "\(count) points")
    for index in 0..<count {
      var root = Portable.cos(Double.pi * (Double(index) + 0.75) / (Double(count) + 0.5))
      var slope = 0.0
      for _ in 0..<10 {
        var (value, previous) = (1.0, 0.0)
        for degree in 0..<count {
          let next = (Double(2 * degree + 1) * root * value - Double(degree) * previous) / Double(degree + 1)
          (previous, value) = (value, next)
        }
        slope = Double(count) * (root * value - previous) / (root * root - 1)
        let step = value / slope
        root -= step
        if abs(step) < 1e-15 { break }
      }
      points.append((1 - root) / 2)
      weights.append(1 / ((1 - root * root) * slope * slope))
    }
  }
}
