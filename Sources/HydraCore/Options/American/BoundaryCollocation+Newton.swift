import HydraNumerics

extension BoundaryCollocation {
  /// Newton's steps until they are small; the last step in standard deviations.
  ///
  /// Each error is about the square of the one before; what is left after a step of the scheme's tolerance is below
  /// the error of the discretisation. A step of more than one deviation is shortened to that.
  func iterate(tolerance: Double) -> Double {
    var last = Double.infinity
    for _ in 0..<Self.mostSteps {
      linearize()
      guard eliminate([residual]) else { return .infinity }
      var largest = 0.0
      for node in 0..<scheme.nodes {
        let size = abs(residual[node] / deviations[node])
        // `max` of a NaN would be quiet about it.
        if !(size <= largest) { largest = size }
      }
      guard largest.isFinite else { return .infinity }
      let factor = V(all: largest > 1 ? 1 / largest : 1)
      for block in 0..<scheme.nodes / 8 {
        let next = V.multiplyAdd(residual[block: block], factor, x[block: block])
        let top = V.multiplyAdd(deviations[block: block], V(all: -1e-13), V(all: start))
        x[block: block] = V.select(V.less(next, top), next, top)
      }
      last = largest
      if largest < tolerance { break }
    }
    return last
  }

  private static let mostSteps = 12

  /// Fills the Jacobian ∂G/∂x and -G at the present x.
  func linearize() {
    let width = scheme.nodes / 8
    let (r, q, sigma) = (terms.rate, terms.yield, terms.volatility)
    let drift = V(all: (r - q) / (sigma * sigma) - 0.5)

    // The terms outside the integrals, for eight nodes at a time.
    for block in 0..<width {
      let (s, own) = (deviations[block: block], x[block: block])
      squares[block: block] = own * own
      let tau = s * s * V(all: 1 / (sigma * sigma))
      let growth = CollocationNormal.exp(tau * V(all: -r))
      let decay = r == q ? growth : CollocationNormal.exp(tau * V(all: -q))
      let below = V.multiplyAdd(s, drift, own / s)
      let lower = CollocationNormal.distribution(below)
      let upper = CollocationNormal.distribution(below + s)
      numerators[block: block] = growth * lower.cdf
      denominators[block: block] = decay * upper.cdf
      numeratorSlopes[block: block] = growth * lower.density / s
      denominatorSlopes[block: block] = decay * upper.density / s
    }
    for node in 0..<scheme.nodes { fillRow(node, drift: drift) }
    let tables = ElementaryTables.shared
    for block in 0..<width {
      let ratio: V = tables.log(numerators[block: block] / denominators[block: block])
      residual[block: block] = ratio - x[block: block]
    }
  }

  /// The integrals of one node and its row of the Jacobian.
  private func fillRow(_ node: Int, drift: V) {
    let (nodes, blocks, width) = (scheme.nodes, scheme.blocks, scheme.nodes / 8)
    let s = V(all: deviations[node])
    let own = V(all: x[node])
    var (n, d, nSlope, dSlope) = (V(), V(), V(), V())
    for block in 0..<blocks {
      let square = square(scheme.toPoints + (node * blocks + block) * (nodes + 1))
      let inverse = CollocationNormal.reciprocalSquareRoot(square)
      let spread = scheme.sines[block] * s
      let inverseSpread = V(all: 1) / spread
      // ln(B/B(u)) with ln B(u) = -√square.
      let moneyness = V.multiplyAdd(square, inverse, own)
      let below = V.multiplyAdd(spread, drift, moneyness * inverseSpread)
      scores[block: block] = below
      scores[block: blocks + block] = below + spread
      inverseRoots[block: block] = inverse
      inverseSpreads[block: block] = inverseSpread
    }
    CollocationNormal.distributions(scores, cdf: cdfs, density: densities, blocks: 2 * blocks)
    for block in 0..<blocks {
      let rateWeight = rateWeights[block: node * blocks + block]
      let yieldWeight = yieldWeights[block: node * blocks + block]
      let (inverse, inverseSpread) = (inverseRoots[block: block], inverseSpreads[block: block])
      n = V.multiplyAdd(rateWeight, cdfs[block: block], n)
      d = V.multiplyAdd(yieldWeight, cdfs[block: blocks + block], d)
      let lowerSlope = rateWeight * densities[block: block] * inverseSpread
      let upperSlope = yieldWeight * densities[block: blocks + block] * inverseSpread
      nSlope = nSlope + lowerSlope
      dSlope = dSlope + upperSlope
      // d ln B(u) of d(square): -1/(2√square).
      lowerSlopes[block: block] = lowerSlope * inverse
      upperSlopes[block: block] = upperSlope * inverse
    }
    let numerator = numerators[node] + n.sum()
    let denominator = denominators[node] + d.sum()
    numerators[node] = numerator
    denominators[node] = denominator
    let (perN, perD) = (1 / numerator, 1 / denominator)
    let ownSlope = 1 - (numeratorSlopes[node] + nSlope.sum()) * perN + (denominatorSlopes[node] + dSlope.sum()) * perD

    // ∂G/∂(square) = (n'/N - d'/D)(-1/2√square); with ∂(square)/∂x = 2x the twos cancel.
    for block in 0..<blocks {
      upperSlopes[block: block] =
        upperSlopes[block: block] * V(all: perD) - lowerSlopes[block: block] * V(all: perN)
    }
    let row = matrix.from(block: node * width)
    for k in 0..<width {
      var column = scheme.toPointsByNode + node * blocks * 8 * width + k
      var (even, odd) = (V(), V())
      for point in stride(from: 0, to: 8 * blocks, by: 2) {
        even = V.multiplyAdd(V(all: upperSlopes[point]), column[0], even)
        odd = V.multiplyAdd(V(all: upperSlopes[point + 1]), column[width], odd)
        column += 2 * width
      }
      row[block: k] = (even + odd) * x[block: k]
    }
    row[node] += ownSlope
  }

  /// Solves matrix · y = column for every column, in its place, by elimination with row exchanges; false when the matrix
  /// is singular. The matrix is left eliminated.
  func eliminate(_ columns: [LaneRow]) -> Bool {
    let (nodes, width) = (scheme.nodes, scheme.nodes / 8)
    for pivot in 0..<nodes {
      let first = pivot / 8
      let own = matrix.from(block: pivot * width)
      var (best, size) = (pivot, abs(own[pivot]))
      for row in pivot + 1..<max(nodes, pivot + 1) {
        let candidate = abs(matrix.from(block: row * width)[pivot])
        if candidate > size { (best, size) = (row, candidate) }
      }
      guard size > 0, size.isFinite else { return false }
      if best != pivot {
        let other = matrix.from(block: best * width)
        for k in first..<width { (own[block: k], other[block: k]) = (other[block: k], own[block: k]) }
        for column in columns { (column[pivot], column[best]) = (column[best], column[pivot]) }
      }
      let inverse = 1 / own[pivot]
      for row in pivot + 1..<max(nodes, pivot + 1) {
        let below = matrix.from(block: row * width)
        let factor = below[pivot] * inverse
        for k in first..<width { below[block: k] = V.multiplyAdd(V(all: -factor), own[block: k], below[block: k]) }
        for column in columns { column[row] -= factor * column[pivot] }
      }
    }
    for pivot in stride(from: nodes - 1, through: 0, by: -1) {
      let inverse = 1 / matrix.from(block: pivot * width)[pivot]
      for column in columns {
        let value = column[pivot] * inverse
        column[pivot] = value
        for row in 0..<pivot { column[row] -= value * matrix.from(block: row * width)[pivot] }
      }
    }
    return true
  }
}
