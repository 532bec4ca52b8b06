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
  private let memory: CollocationMemory
  /// σ√τ, ln B and its square at the nodes.
  let deviations, x, squares: LaneRow
  /// r e^{-rt} dt and q e^{-qt} dt at the points of every node.
  let rateWeights, yieldWeights: LaneRow
  /// The Jacobian, row by row, and -G, which elimination turns into Newton's step.
  let matrix, residual: LaneRow
  /// N, D and their slopes at the nodes; two rows of points.
  let numerators, denominators, numeratorSlopes, denominatorSlopes: LaneRow
  let lowerSlopes, upperSlopes: LaneRow
  /// Of one node: d- at its points and d+ after them, Φ and φ there; 1/√square and 1/(σ√t) at its points.
  let scores, cdfs, densities, inverseRoots, inverseSpreads: LaneRow
  /// A row of nodes for each direction of a derivative.
  let columns: [LaneRow]

  /// ln B at the nodes, its derivatives along directions, and the last step.
  static func solve(
    _ terms: ExerciseBoundary.Terms, scheme: AmericanScheme, directions: [ExerciseBoundary.Direction]
  ) -> (x: [Double], tangents: [[Double]], lastStep: Double) {
    let system = BoundaryCollocation(terms, scheme: scheme, columns: directions.count)
    // Rows are bare memory, which ends with its owner.
    return withExtendedLifetime(system) {
      if let coarser = scheme.coarser {
        let rough = BoundaryCollocation(terms, scheme: coarser, columns: 0)
        withExtendedLifetime(rough) {
          rough.guess()
          _ = rough.iterate(tolerance: coarser.tolerance)
          system.interpolate(rough)
        }
      } else {
        system.guess()
      }
      let step = system.iterate(tolerance: directions.isEmpty ? scheme.tolerance : scheme.tolerance / 8)
      let tangents = directions.isEmpty ? [] : system.tangents(directions)
      return ((0..<scheme.nodes).map { system.x[$0] }, tangents, step)
    }
  }

  private init(_ terms: ExerciseBoundary.Terms, scheme: AmericanScheme, columns count: Int) {
    self.terms = terms
    self.scheme = scheme
    start = terms.start
    let (nodes, blocks, width) = (scheme.nodes, scheme.blocks, scheme.nodes / 8)
    let memory = CollocationMemory(blocks: 2 * nodes * blocks + nodes * width + (8 + count) * width + 10 * blocks)
    self.memory = memory
    deviations = memory.row(blocks: width)
    x = memory.row(blocks: width)
    squares = memory.row(blocks: width)
    rateWeights = memory.row(blocks: nodes * blocks)
    yieldWeights = memory.row(blocks: nodes * blocks)
    matrix = memory.row(blocks: nodes * width)
    residual = memory.row(blocks: width)
    numerators = memory.row(blocks: width)
    denominators = memory.row(blocks: width)
    numeratorSlopes = memory.row(blocks: width)
    denominatorSlopes = memory.row(blocks: width)
    lowerSlopes = memory.row(blocks: blocks)
    upperSlopes = memory.row(blocks: blocks)
    scores = memory.row(blocks: 2 * blocks)
    cdfs = memory.row(blocks: 2 * blocks)
    densities = memory.row(blocks: 2 * blocks)
    inverseRoots = memory.row(blocks: blocks)
    inverseSpreads = memory.row(blocks: blocks)
    columns = (0..<count).map { _ in memory.row(blocks: width) }

    let spread = terms.volatility * terms.years.squareRoot()
    let isOneRate = terms.yield == terms.rate
    for node in 0..<nodes {
      deviations[node] = scheme.places[node] * spread
      let tau = terms.years * scheme.places[node] * scheme.places[node]
      for block in 0..<blocks {
        let sine = scheme.sines[block]
        let t = sine * sine * V(all: tau)
        let weight = scheme.weights[block] * V(all: tau)
        let rate = CollocationNormal.exp(t * V(all: -terms.rate)) * weight * V(all: terms.rate)
        rateWeights[block: node * blocks + block] = rate
        yieldWeights[block: node * blocks + block] =
          isOneRate ? rate : CollocationNormal.exp(t * V(all: -terms.yield)) * weight * V(all: terms.yield)
      }
    }
  }

  /// First values from the quadratic approximation.
  private func guess() {
    let guess = BoundaryGuess(terms)
    for block in 0..<scheme.nodes / 8 { x[block: block] = guess.logarithm(deviations[block: block]) }
  }

  /// First values from a coarser solution: the quadratic approximation, times what it was wrong by at the coarser nodes.
  ///
  /// That factor is smooth. The boundary itself is not known to a share of σ√τ between expiry and the first coarser node.
  private func interpolate(_ rough: BoundaryCollocation) {
    guard let matrix = scheme.fromCoarser else { return }
    let guess = BoundaryGuess(terms)
    let coarser = rough.scheme
    for block in 0..<coarser.nodes / 8 {
      let factor = rough.x[block: block] / guess.logarithm(rough.deviations[block: block])
      rough.squares[block: block] = factor
    }
    for block in 0..<scheme.nodes / 8 {
      let row = matrix + block * (coarser.nodes + 1)
      // The factor at expiry is not known; it is taken to be that of the first node.
      var factor = row[0] * V(all: rough.squares[0])
      for k in 0..<coarser.nodes { factor = V.multiplyAdd(row[k + 1], V(all: rough.squares[k]), factor) }
      let value = guess.logarithm(deviations[block: block]) * factor
      let top = V.multiplyAdd(deviations[block: block], V(all: -1e-13), V(all: start))
      x[block: block] = V.select(V.less(value, top), value, top)
    }
  }

  /// The square of ln B between the nodes, from the row of an interpolation matrix.
  @inline(__always)
  func square(_ row: UnsafePointer<V>) -> V {
    var (even, odd) = (row[0] * V(all: start * start), V())
    for k in stride(from: 0, to: scheme.nodes, by: 2) {
      odd = V.multiplyAdd(row[k + 1], V(all: squares[k]), odd)
      even = V.multiplyAdd(row[k + 2], V(all: squares[k + 1]), even)
    }
    return Self.bounded(even + odd)
  }

  /// The square of a logarithm is held above 1e-30: below it the boundary is the strike.
  @inline(__always)
  static func bounded(_ square: V) -> V {
    V.select(V.less(V(all: 1e-30), square), square, V(all: 1e-30))
  }
}
