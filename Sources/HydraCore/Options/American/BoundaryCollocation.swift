import HydraNumerics

// The equation of the boundary, solved at the nodes by Newton's method.
//
// At time to expiry τ the boundary B of a put on a unit of strike satisfies B = N/D with
//
//     N = e^{-rτ} Φ(d-(τ, B)) + ∫ r e^{-rt} Φ(d-(t, B/B(τ-t))) dt,
//     D = e^{-qτ} Φ(d+(τ, B)) + ∫ q e^{-qt} Φ(d+(t, B/B(τ-t))) dt,     t over 0…τ,
//     d±(t, m) = (ln m + (r - q ± σ²/2) t) / (σ√t)
//
// (fixed point system B of the paper; both sides times e^{-rτ} and e^{-qτ}, so that nothing overflows). The paper
// iterates the fixed point. Here G = ln B - ln N + ln D = 0 is solved for all nodes together: the integrands' derivatives
// come with the distribution function for nothing, a step costs one small linear system beside them, and the error is
// squared each time. The matrix also gives the boundary's derivatives in σ, r and q, hence analytic vega and rho.
//
// What is interpolated is (ln B)². Its square root removes the singularity of B at expiry (for r = q,
// ln B ~ -σ √(τ ln 1/τ)) and, unlike (ln B/B(0+))² of the paper, it stays away from zero where r < q: with r just below
// q the boundary changes its character inside the first nodes, and the interpolant of the paper's function dips below 0.
struct BoundaryCollocation {
  typealias V = OctetLanes

  let terms: ExerciseBoundary.Terms
  let scheme: AmericanScheme
  let start: Double
  /// σ√τ and ln B at the nodes.
  var deviations, x: [V]
  /// τ sin²θ-dependent factors: r e^{-rt} dt and q e^{-qt} dt at the points of every node.
  var rateWeights, yieldWeights: [V]
  /// The Jacobian, row by row, and -G.
  var matrix: [V]
  var residual: [V]

  /// ln B at the nodes, its derivatives along directions, and the last step.
  static func solve(
    _ terms: ExerciseBoundary.Terms, scheme: AmericanScheme, directions: [ExerciseBoundary.Direction]
  ) -> (x: [Double], tangents: [[Double]], lastStep: Double) {
    var system = BoundaryCollocation(terms, scheme: scheme)
    if let coarser = scheme.coarser {
      let rough = solve(terms, scheme: coarser, directions: [])
      system.interpolate(rough.x, of: coarser)
    } else {
      system.x = BoundaryGuess(terms).logarithms(deviations: system.deviations)
    }
    let step = system.iterate()
    let tangents = directions.isEmpty ? [] : system.tangents(directions)
    return (flat(system.x), tangents, step)
  }

  private init(_ terms: ExerciseBoundary.Terms, scheme: AmericanScheme) {
    self.terms = terms
    self.scheme = scheme
    start = terms.start
    let (nodes, blocks) = (scheme.nodes, scheme.blocks)
    let spread = terms.volatility * terms.years.squareRoot()
    deviations = (0..<nodes / 8).map { block in
      var places = V()
      for lane in 0..<8 { places[lane] = scheme.places[block * 8 + lane] }
      return places * spread
    }
    x = Array(repeating: V(), count: nodes / 8)
    rateWeights = Array(repeating: V(), count: nodes * blocks)
    yieldWeights = rateWeights
    matrix = Array(repeating: V(), count: nodes * nodes / 8)
    residual = Array(repeating: V(), count: nodes / 8)
    for node in 0..<nodes {
      let tau = terms.years * scheme.places[node] * scheme.places[node]
      for block in 0..<blocks {
        let sine = scheme.sines[block]
        let t = sine * sine * V(all: tau)
        let weight = scheme.weights[block] * V(all: tau)
        let rate = CollocationNormal.exp(t * V(all: -terms.rate)) * weight * V(all: terms.rate)
        rateWeights[node * blocks + block] = rate
        yieldWeights[node * blocks + block] =
          terms.yield == terms.rate
          ? rate : CollocationNormal.exp(t * V(all: -terms.yield)) * weight * V(all: terms.yield)
      }
    }
  }

  /// Takes the values at the nodes from a coarser solution.
  private mutating func interpolate(_ rough: [Double], of coarser: AmericanScheme) {
    guard let matrix = scheme.fromCoarser else { return }
    for block in x.indices {
      let row = matrix + block * (coarser.nodes + 1)
      var square = row[0] * V(all: start * start)
      for k in 0..<coarser.nodes { square = V.multiplyAdd(row[k + 1], V(all: rough[k] * rough[k]), square) }
      square = V.select(V.less(V(all: Self.leastSquare), square), square, V(all: Self.leastSquare))
      x[block] = -square * CollocationNormal.reciprocalSquareRoot(square)
    }
  }

  /// The square of a logarithm is held above this: below it the boundary is the strike.
  static let leastSquare = 1e-30

  static func flat(_ vectors: [V]) -> [Double] { vectors.flatMap { vector in (0..<8).map { vector[$0] } } }
}
