import HydraNumerics

/// The strikes of one expiry prepared for SABR's calibration: eight to a vector, the last one padded with weight 0.
struct SABRStrikes: ~Copyable {
  typealias Lanes = SIMD8<Double>

  /// (FK)^((1-β)/2) ln(F/K).
  private let distance: UnsafeMutablePointer<Lanes>
  /// 1 / (FK)^((1-β)/2), and that over Hagan's denominator.
  private let inverse, leading: UnsafeMutablePointer<Lanes>
  private let target, weight: UnsafeMutablePointer<Lanes>
  let vectors: Int
  let years, beta: Double

  /// - Precondition: all strikes plus the shift are positive.
  init(
    forward: Double, years: Double, beta: Double, shift: Double, strikes: [Double], volatilities: [Double],
    weights: [Double]?
  ) {
    vectors = (strikes.count + 7) / 8
    (self.years, self.beta) = (years, beta)
    distance = .allocate(capacity: 5 * vectors)
    inverse = distance + vectors
    leading = inverse + vectors
    target = leading + vectors
    weight = target + vectors
    let tables = ElementaryTables.shared
    let base = Lanes(all: forward + shift)
    let complement = 1 - beta
    for block in 0..<vectors {
      var (k, v, w) = (base, Lanes.zero, Lanes.zero)
      for lane in 0..<min(8, strikes.count - 8 * block) {
        k[lane] = strikes[8 * block + lane] + shift
        v[lane] = volatilities[8 * block + lane]
        w[lane] = weights?[8 * block + lane] ?? 1
      }
      let logarithm: Lanes = tables.logRatio(base, k).rounded
      let square: Lanes = logarithm * logarithm * Lanes(all: complement * complement)
      let tail: Lanes = Lanes(all: 1.0 / 24) + square * Lanes(all: 1.0 / 1920)
      let denominator: Lanes = Lanes(all: 1) + square * tail
      var power = Lanes(all: 1)
      if beta != 1 {
        let centre: Lanes = tables.log(k).rounded + logarithm * Lanes(all: 0.5)
        power = tables.exp(LanePair(centre * Lanes(all: complement))).rounded
      }
      (distance + block).initialize(to: power * logarithm)
      (inverse + block).initialize(to: Lanes(all: 1) / power)
      (leading + block).initialize(to: Lanes(all: 1) / (power * denominator))
      (target + block).initialize(to: v)
      (weight + block).initialize(to: w)
    }
  }

  deinit { distance.deallocate() }

  /// Σ w σ²: the scale of a sum of squares.
  var size: Double {
    var sum = Lanes.zero
    for block in 0..<vectors { sum += weight[block] * target[block] * target[block] }
    return sum.sum()
  }

  /// Half the gradient and the Gauss-Newton matrix of Σ w (σ(α, ρ, ν) - target)² by α, artanh ρ and ν.
  ///
  /// At |ρ| near 1 a smile whose strikes reach z > 1 changes with the logarithm of 1 - |ρ|, as artanh ρ does.
  @inline(__always)
  func equations(_ parameters: SIMD3<Double>) -> ThreeParameterFit.Equations {
    let rho = Portable.tanh(parameters[1])
    let shared = SABRGradient<Lanes>.Shared(
      alpha: parameters[0], rho: rho, nu: parameters[2], beta: beta, years: years)
    let stretch = Lanes(all: (1 - rho) * (1 + rho))
    let tables = ElementaryTables.shared
    var squares = ResidualSquares()
    for block in 0..<vectors {
      let g = SABRGradient(
        tables, shared, distance: distance[block], inverse: inverse[block], leading: leading[block])
      squares.add(g.volatility - target[block], g.byAlpha, g.byRho * stretch, g.byNu, weight: weight[block])
    }
    return squares.equations
  }
}

/// Σ w r², its half gradient and JᵀJ, summed eight lanes at a time.
struct ResidualSquares {
  typealias Lanes = SIMD8<Double>

  private var sum = Lanes.zero
  private var gradient = (Lanes.zero, Lanes.zero, Lanes.zero)
  private var diagonal = (Lanes.zero, Lanes.zero, Lanes.zero)
  private var mixed = (Lanes.zero, Lanes.zero, Lanes.zero)

  @inline(__always) init() {}

  @inline(__always)
  mutating func add(_ residual: Lanes, _ d0: Lanes, _ d1: Lanes, _ d2: Lanes, weight: Lanes) {
    let (w0, w1, w2): (Lanes, Lanes, Lanes) = (weight * d0, weight * d1, weight * d2)
    sum += weight * residual * residual
    gradient.0 += w0 * residual
    gradient.1 += w1 * residual
    gradient.2 += w2 * residual
    diagonal.0 += w0 * d0
    diagonal.1 += w1 * d1
    diagonal.2 += w2 * d2
    mixed.0 += w0 * d1
    mixed.1 += w0 * d2
    mixed.2 += w1 * d2
  }

  var equations: ThreeParameterFit.Equations {
    @inline(__always) get {
      ThreeParameterFit.Equations(
        sum: sum.sum(), gradient: SIMD3(gradient.0.sum(), gradient.1.sum(), gradient.2.sum()),
        diagonal: SIMD3(diagonal.0.sum(), diagonal.1.sum(), diagonal.2.sum()),
        mixed: SIMD3(mixed.0.sum(), mixed.1.sum(), mixed.2.sum()))
    }
  }
}
