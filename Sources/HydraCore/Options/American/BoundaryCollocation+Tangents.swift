import HydraNumerics

extension BoundaryCollocation {
  /// The derivatives of ln B at the nodes along directions of (r, q, σ): J ẋ = -Ġ at the solution.
  ///
  /// With dots for derivatives at a fixed boundary, ḋ± = √t (ṙ - q̇)/σ - d∓ σ̇/σ.
  func tangents(_ directions: [ExerciseBoundary.Direction]) -> [[Double]] {
    linearize()
    for (direction, column) in zip(directions, columns) {
      for node in 0..<scheme.nodes { column[node] = negativeDerivative(of: node, along: direction) }
    }
    let isRegular = eliminate(columns)
    return columns.map { column in (0..<scheme.nodes).map { isRegular ? column[$0] : .nan } }
  }

  /// How B(0+) moves: ṙ/r - q̇/q where it is r/q.
  static func startTangent(_ terms: ExerciseBoundary.Terms, _ direction: ExerciseBoundary.Direction) -> Double {
    guard terms.yield > terms.rate else { return 0 }
    return direction.rate / terms.rate - direction.yield / terms.yield
  }

  /// -Ġ of one node.
  private func negativeDerivative(of node: Int, along direction: ExerciseBoundary.Direction) -> Double {
    let (nodes, blocks) = (scheme.nodes, scheme.blocks)
    let (r, q, sigma) = (terms.rate, terms.yield, terms.volatility)
    let drift = V(all: (r - q) / (sigma * sigma) - 0.5)
    let tilt = V(all: (direction.rate - direction.yield) / (sigma * sigma))
    let stretch = V(all: direction.volatility / sigma)
    let startSlope = V(all: Self.startTangent(terms, direction) * start)
    let (rateMove, yieldMove) = (V(all: direction.rate), V(all: direction.yield))
    let (s, own) = (V(all: deviations[node]), V(all: x[node]))
    let perVariance = V(all: 1 / (sigma * sigma))
    let tau = s * s * perVariance

    let below = V.multiplyAdd(s, drift, own / s)
    let lower = CollocationNormal.distribution(below)
    let upper = CollocationNormal.distribution(below + s)
    let growth = CollocationNormal.exp(tau * V(all: -r))
    let decay = CollocationNormal.exp(tau * V(all: -q))
    let lowMove = tilt * s - (below + s) * stretch
    let highMove = tilt * s - below * stretch
    var nMove = (growth * (lower.density * lowMove - tau * rateMove * lower.cdf))[0]
    var dMove = (decay * (upper.density * highMove - tau * yieldMove * upper.cdf))[0]

    for block in 0..<blocks {
      let row = scheme.toPoints + (node * blocks + block) * (nodes + 1)
      let square = square(row)
      let inverse = CollocationNormal.reciprocalSquareRoot(square)
      let spread = scheme.sines[block] * s
      let below = V.multiplyAdd(spread, drift, V.multiplyAdd(square, inverse, own) / spread)
      let above = below + spread
      let lower = CollocationNormal.distribution(below)
      let upper = CollocationNormal.distribution(above)
      // Of the boundary's start, which the nodes do not hold: ∂ ln B(u) = -(row₀ · start · ẋ₀)/√square.
      let shift = row[0] * startSlope * inverse / spread
      let lowMove = tilt * spread - above * stretch + shift
      let highMove = tilt * spread - below * stretch + shift
      let t = spread * spread * perVariance
      let weight = scheme.weights[block] * tau
      let rateWeight = rateWeights[block: node * blocks + block]
      let yieldWeight = yieldWeights[block: node * blocks + block]
      let plainRate = CollocationNormal.exp(t * V(all: -r)) * weight * rateMove
      let plainYield = CollocationNormal.exp(t * V(all: -q)) * weight * yieldMove
      nMove += ((plainRate - rateWeight * t * rateMove) * lower.cdf + rateWeight * lower.density * lowMove).sum()
      dMove += ((plainYield - yieldWeight * t * yieldMove) * upper.cdf + yieldWeight * upper.density * highMove).sum()
    }
    return nMove / numerators[node] - dMove / denominators[node]
  }
}
