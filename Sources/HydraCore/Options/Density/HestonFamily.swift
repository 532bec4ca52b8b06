import HydraNumerics

/// Heston's stochastic variance: ln v0, ln θ, ln κ, ln ξ, artanh ρ; prices by a cosine series on the nodes' range.
///
/// Sources: S. L. Heston, Review of Financial Studies 6 (1993) 327–343, in the form of H. Albrecher et al., "The little
/// Heston trap", Wilmott (2007); F. Fang and C. W. Oosterlee, "A novel pricing method for European options based on
/// Fourier-cosine series expansions", SIAM J. Scientific Computing 31 (2008) 826–848, equations (22)–(24).
struct HestonFamily: DensityFamily {
  let scale, years: Double
  let model = DensityModel.heston
  let halfWidth: Double
  private let frequencies: [Double]
  /// The cosine coefficients of max(k - eˣ, 0) at each strike, row by row.
  private let payoffs: [Double]

  static let terms = 160

  init(scale: Double, years: Double, halfWidth: Double, ladder: StrikeLadder) {
    (self.scale, self.years, self.halfWidth) = (scale, years, halfWidth)
    let u = (0..<Self.terms).map { Double($0) * .pi / (2 * halfWidth) }
    frequencies = u
    let floor = Portable.exp(-halfWidth)
    payoffs = ladder.strikes.indices.flatMap { i in
      let (k, width) = (ladder.strikes[i], ladder.logStrikes[i] + halfWidth)
      return u.map { u in
        let (c, s) = (Portable.cos(u * width), Portable.sin(u * width))
        let indicator = u > 0 ? s / u : width
        let exponential = (c * k - floor + u * s * k) / (1 + u * u)
        return k * indicator - exponential
      }
    }
  }

  var starts: [[Double]] {
    let variance = Portable.log(scale * scale / years)
    return [[variance, variance, Portable.log(2), Portable.log(0.6), 0]]
  }

  func prior(_ p: [Double]) -> [Double] {
    [(p[1] - p[0]) / 0.15, (p[2] - Portable.log(2)) / 0.4, (p[3] - Portable.log(0.6)) / 0.5, p[4] / 0.5]
  }

  /// Coefficients of cos(u (x + halfWidth)) in the density.
  private func coefficients(_ p: [Double]) -> [Double] {
    let exponent = HestonExponent(
      variance: Portable.exp(p[0]), mean: Portable.exp(p[1]), reversion: Portable.exp(p[2]),
      volatility: Portable.exp(p[3]), correlation: Portable.tanh(p[4]), years: years)
    return frequencies.enumerated().map { n, u in
      guard n > 0 else { return 0.5 / halfWidth }
      let value = exponent(u)
      return Portable.exp(value.real) * Portable.cos(value.imaginary + u * halfWidth) / halfWidth
    }
  }

  func calls(_ p: [Double], _ ladder: StrikeLadder) -> [Double] {
    let f = coefficients(p)
    return ladder.strikes.indices.map { i in
      var sum = 0.0
      for n in f.indices { sum += f[n] * payoffs[i * f.count + n] }
      return sum + 1 - ladder.strikes[i]
    }
  }

  /// The series at the nodes; each cosine is turned from node to node, which adds about one rounding a step.
  func density(_ p: [Double], on nodes: LogNodes) -> [Double] {
    let f = coefficients(p)
    var result = [Double](repeating: f[0], count: nodes.count)
    for n in 1..<f.count {
      let start = frequencies[n] * (halfWidth - nodes.halfWidth)
      let (turnCosine, turnSine) = (
        Portable.cos(frequencies[n] * nodes.step), Portable.sin(frequencies[n] * nodes.step)
      )
      var (c, s) = (f[n] * Portable.cos(start), f[n] * Portable.sin(start))
      for i in result.indices {
        result[i] += c
        (c, s) = (c * turnCosine - s * turnSine, s * turnCosine + c * turnSine)
      }
    }
    return result
  }
}

/// ln E[e^{iux}] of Heston's model.
private struct HestonExponent {
  var variance, mean, reversion, volatility, correlation, years: Double

  func callAsFunction(_ u: Double) -> ComplexNumber {
    let square = volatility * volatility
    let b = ComplexNumber(reversion, -correlation * volatility * u)
    let d = (b * b + ComplexNumber(square * u * u, square * u)).squareRoot()
    let (less, more) = (b - d, b + d)
    let g = less / more
    let decay = (d * -years).exponential()
    let one = ComplexNumber(1, 0)
    let ratio = (one - g * decay) / (one - g)
    let level = (less * years - ratio.logarithm() * 2) * (reversion * mean / square)
    let slope = less * (one - decay) / (one - g * decay) * (1 / square)
    return level + slope * variance
  }
}

/// A complex number over portable elementary functions.
struct ComplexNumber: Hashable, Sendable {
  var real, imaginary: Double

  init(_ real: Double, _ imaginary: Double) { (self.real, self.imaginary) = (real, imaginary) }

  static func + (a: Self, b: Self) -> Self { Self(a.real + b.real, a.imaginary + b.imaginary) }
  static func - (a: Self, b: Self) -> Self { Self(a.real - b.real, a.imaginary - b.imaginary) }
  static func * (a: Self, b: Double) -> Self { Self(a.real * b, a.imaginary * b) }
  static func * (a: Self, b: Self) -> Self {
    Self(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
  }
  static func / (a: Self, b: Self) -> Self {
    let scale = 1 / (b.real * b.real + b.imaginary * b.imaginary)
    return Self(
      (a.real * b.real + a.imaginary * b.imaginary) * scale, (a.imaginary * b.real - a.real * b.imaginary) * scale)
  }

  func exponential() -> Self {
    let size = Portable.exp(real)
    return Self(size * Portable.cos(imaginary), size * Portable.sin(imaginary))
  }

  /// The principal value.
  func logarithm() -> Self {
    let angle: Double
    if real > 0 {
      angle = Portable.atan(imaginary / real)
    } else if real < 0 {
      angle = Portable.atan(imaginary / real) + (imaginary < 0 ? -Double.pi : .pi)
    } else {
      angle = imaginary < 0 ? -Double.pi / 2 : .pi / 2
    }
    return Self(0.5 * Portable.log(real * real + imaginary * imaginary), angle)
  }

  /// The root with a non-negative real part.
  func squareRoot() -> Self {
    let size = (real * real + imaginary * imaginary).squareRoot()
    guard size > 0 else { return Self(0, 0) }
    let half = ((size + abs(real)) / 2).squareRoot()
    let other = imaginary / (2 * half)
    guard real < 0 else { return Self(half, other) }
    return Self(abs(other), imaginary < 0 ? -half : half)
  }
}
