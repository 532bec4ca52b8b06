import HydraNumerics

// The parts of SABR's expansions that cancel when written as in the paper.
//
// Goals, in order: correct at the limits (K = F, nu = 0, |rho| near 1); 1e-13 relative everywhere; derivatives with the
// value; the same bits for one strike and for eight; speed.
//
// With x(z) = ln[(J + z - ρ)/(1 - ρ)], J² = 1 - 2ρz + z², everything that the smile needs is χ = z/x(z). The sign of z
// can move to ρ: χ(z, ρ) = χ(-z, -ρ), so that z ≥ 0 is enough. There
//
//   J² = (1 - z)² + 2z(1 - ρ)                          sums of positive terms
//   x = log1p(2z / (J + 1 - z))      for z < 1         (multiply numerator and denominator of the paper's quotient by
//   x = log1p((J + z - 1) / (1 - ρ)) for z ≥ 1          J + 1 - z)
//
// has no cancellation anywhere. Derivatives: dx/dz = 1/J, dx/dρ = z² / [J (J + 1 - ρz)].

/// χ = z/x(z) of SABR with ∂χ/∂z and ∂χ/∂ρ.
struct SABRRatio<L: DoubleLanes> {
  var value: L
  var slope: L
  var correlationSlope: L
}

/// What depends on the correlation alone: computed once for all strikes.
struct SABRCorrelation: Sendable {
  let rho: Double
  /// Coefficients of z in ∂χ/∂z, constant term first.
  let slopes: (Double, Double, Double, Double, Double, Double, Double, Double)

  /// Below this |z| the derivatives come from the series, whose first dropped term is below 1e-13.
  static let seriesBound = 0.02

  init(_ rho: Double) {
    self.rho = rho
    let r = rho * rho
    slopes = (
      -rho / 2, (2 - 3 * r) / 6, rho * (5 - 6 * r) / 8, (-34 + r * (240 - 225 * r)) / 180,
      rho * (-74 + r * (275 - 210 * r)) / 96, (1468 + r * (-24381 + r * (61740 - 39690 * r))) / 10080,
      rho * (15467 + r * (-117_012 + r * (224_910 - 124_740 * r))) / 17280,
      (-55718 + r * (1_680_240 + r * (-8_051_400 + r * (12_474_000 - 6_081_075 * r)))) / 453_600
    )
  }

  /// J of the paper at z, free of cancellation.
  @inline(__always)
  func root<L: DoubleLanes>(_ z: L) -> L {
    let size = z.absolute
    let signed = L.select(L.less(z, L(all: 0)), L(all: -rho), L(all: rho))
    let distance = L(all: 1) - size
    return (distance * distance + L(all: 2) * size * (L(all: 1) - signed)).squareRoot()
  }

  /// χ at z with its derivatives.
  @inline(__always)
  func ratio<L: DoubleLanes>(_ tables: ElementaryTables, _ z: L) -> SABRRatio<L> {
    let (zero, one) = (L(all: 0), L(all: 1))
    let size = z.absolute
    let isNegative = L.less(z, zero)
    let gap = one - L.select(isNegative, L(all: -rho), L(all: rho))
    let distance = one - size
    let root = (distance * distance + L(all: 2) * size * gap).squareRoot()
    let sum = root + distance.absolute
    let isBelow = L.less(size, one)
    let growth = L.select(isBelow, L(all: 2) * size, sum) / L.select(isBelow, sum, gap)
    // log1p: what rounding 1 + growth lost enters with the first derivative of the logarithm.
    let whole = one + growth
    let x = tables.log(whole).rounded + (growth - (whole - one)) / whole
    let isZero = L.not(L.less(zero, x))
    let chi = L.select(isZero, one, size / L.select(isZero, one, x))

    let isSmall = L.less(size, L(all: Self.seriesBound))
    let plain = chi * (one - chi / root) / L.select(isSmall, one, z)
    let slope = L.select(isSmall, series(z), plain)

    let opposite = one - L(all: rho) * z
    let isAhead = L.less(zero, opposite)
    let far = (root - opposite) / L.select(isAhead, one, L(all: (1 - rho) * (1 + rho)) * z)
    let near = z / L.select(isAhead, root + opposite, one)
    let correlation = -(chi * chi) * L.select(isAhead, near, far) / root
    return SABRRatio(value: chi, slope: slope, correlationSlope: correlation)
  }

  /// ∂χ/∂z for small z.
  @inline(__always)
  func series<L: DoubleLanes>(_ z: L) -> L {
    var sum = L(all: slopes.7)
    sum = sum * z + L(all: slopes.6)
    sum = sum * z + L(all: slopes.5)
    sum = sum * z + L(all: slopes.4)
    sum = sum * z + L(all: slopes.3)
    sum = sum * z + L(all: slopes.2)
    sum = sum * z + L(all: slopes.1)
    return sum * z + L(all: slopes.0)
  }

  /// ∂²χ/∂z² at z.
  func curvature(_ z: Double, chi: Double) -> Double {
    if abs(z) < Self.seriesBound {
      let c = slopes
      let high = 4 * c.4 + z * (5 * c.5 + z * (6 * c.6 + z * 7 * c.7))
      return c.1 + z * (2 * c.2 + z * (3 * c.3 + z * high))
    }
    let (x, j) = (z / chi, root(z))
    return (-2 / j + 2 * chi / (j * j) + z * (z - rho) / (j * j * j)) / (x * x)
  }
}
