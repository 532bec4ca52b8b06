import HydraNumerics

extension BoundaryCollocation {
  /// The derivatives of ln B at the nodes along directions of (r, q, σ): J ẋ = -Ġ at the solution.
  ///
  /// With dots for derivatives at a fixed boundary, ḋ± = √t (ṙ - q̇)/σ - d∓ σ̇/σ.
  mutating func tangents(_ directions: [ExerciseBoundary.Direction]) -> [[Double]] {
    linearize()
    var columns = directions.map { negativeDerivative(along: $0) }
    guard eliminate(columns: &columns) else {
      return directions.map { _ in Array(repeating: .nan, count: scheme.nodes) }
    }
    return columns.map(Self.flat)
  }

  /// How B(0+) moves: ṙ/r - q̇/q where it is r/q.
  static func startTangent(_ terms: ExerciseBoundary.Terms, _ direction: ExerciseBoundary.Direction) -> Double {
    guard terms.yield > terms.rate else { return 0 }
    return direction.rate / terms.rate - direction.yield / terms.yield
  }

  private func negativeDerivative(along direction: ExerciseBoundary.Direction) -> [V] {
    let (nodes, blocks) = (scheme.nodes, scheme.blocks)
    let (r, q, sigma) = (terms.rate, terms.yield, terms.volatility)
    let drift = (r - q) / (sigma * sigma) - 0.5
    let tilt = (direction.rate - direction.yield) / (sigma * sigma)
    let stretch = direction.volatility / sigma
    let squares = x.map { $0 * $0 }
    let startSquare = start * start
    let startSlope = Self.startTangent(terms, direction) * start
    var result = x
    for node in 0..<nodes {
      let (vector, lane) = (node / 8, node % 8)
      let (s, own) = (deviations[vector][lane], x[vector][lane])
      let tau = s * s / (sigma * sigma)

      let below = V(all: own / s + drift * s)
      let lower = CollocationNormal.distribution(below)
      let upper = CollocationNormal.distribution(below + V(all: s))
      let (dLow, dHigh) = (below[0], below[0] + s)
      let growth = CollocationNormal.exp(V(all: -r * tau))[0]
      let decay = CollocationNormal.exp(V(all: -q * tau))[0]
      let lowMove = tilt * s - dHigh * stretch
      let highMove = tilt * s - dLow * stretch
      var n = growth * lower.cdf[0]
      var d = decay * upper.cdf[0]
      var nMove = growth * (lower.density[0] * lowMove - tau * direction.rate * lower.cdf[0])
      var dMove = decay * (upper.density[0] * highMove - tau * direction.yield * upper.cdf[0])

      for block in 0..<blocks {
        let row = scheme.toPoints + (node * blocks + block) * (nodes + 1)
        var square = row[0] * V(all: startSquare)
        for k in 0..<nodes { square = V.multiplyAdd(row[k + 1], V(all: squares[k / 8][k % 8]), square) }
        let least = V(all: Self.leastSquare)
        square = V.select(V.less(least, square), square, least)
        let inverse = CollocationNormal.reciprocalSquareRoot(square)
        let spread = scheme.sines[block] * V(all: s)
        let below = V.multiplyAdd(
          spread, V(all: drift), V.multiplyAdd(square, inverse, V(all: own)) / spread)
        let above = below + spread
        let lower = CollocationNormal.distribution(below)
        let upper = CollocationNormal.distribution(above)
        // Of the boundary's start, which the nodes do not hold: ∂ ln B(u) = -(row₀ · start · ẋ₀)/√square.
        let shift = row[0] * V(all: startSlope) * inverse / spread
        let lowMove = V(all: tilt) * spread - above * V(all: stretch) + shift
        let highMove = V(all: tilt) * spread - below * V(all: stretch) + shift
        let t = spread * spread * V(all: 1 / (sigma * sigma))
        let weight = scheme.weights[block] * V(all: tau)
        let rateWeight = rateWeights[node * blocks + block]
        let yieldWeight = yieldWeights[node * blocks + block]
        let plainRate = CollocationNormal.exp(t * V(all: -r)) * weight * V(all: direction.rate)
        let plainYield = CollocationNormal.exp(t * V(all: -q)) * weight * V(all: direction.yield)
        n += (rateWeight * lower.cdf).sum()
        d += (yieldWeight * upper.cdf).sum()
        nMove += ((plainRate - rateWeight * t * V(all: direction.rate)) * lower.cdf).sum()
        nMove += (rateWeight * lower.density * lowMove).sum()
        dMove += ((plainYield - yieldWeight * t * V(all: direction.yield)) * upper.cdf).sum()
        dMove += (yieldWeight * upper.density * highMove).sum()
      }
      result[vector][lane] = nMove / n - dMove / d
    }
    return result
  }
}
