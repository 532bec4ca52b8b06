import HydraNumerics

extension BoundaryCollocation {
  /// Newton's steps until they are small; the last step in standard deviations.
  ///
  /// Each error is about the square of the one before; what is left after a step of `tolerance` is below the error of
  /// the discretisation. A step of more than one deviation is shortened to that.
  mutating func iterate() -> Double {
    var last = Double.infinity
    for _ in 0..<Self.mostSteps {
      linearize()
      var columns = [residual]
      guard eliminate(columns: &columns) else { return .infinity }
      let steps = columns[0]
      var largest = 0.0
      for block in x.indices {
        let size = (steps[block] / deviations[block]).absolute
        // `max` of a NaN would be quiet about it.
        for lane in 0..<8 where !(size[lane] <= largest) { largest = size[lane] }
      }
      guard largest.isFinite else { return .infinity }
      let factor = largest > 1 ? 1 / largest : 1
      for block in x.indices {
        let next = x[block] + steps[block] * V(all: factor)
        let top = V(all: start) - deviations[block] * V(all: 1e-13)
        x[block] = V.select(V.less(next, top), next, top)
      }
      last = largest
      if largest < scheme.tolerance { break }
    }
    return last
  }

  private static let mostSteps = 12

  /// Fills the Jacobian ∂G/∂x and -G at the present x.
  mutating func linearize() {
    let (nodes, blocks, width) = (scheme.nodes, scheme.blocks, scheme.nodes / 8)
    let (r, q, sigma) = (terms.rate, terms.yield, terms.volatility)
    let squares = x.map { $0 * $0 }
    let drift = (r - q) / (sigma * sigma) - 0.5
    let startSquare = V(all: start * start)

    // The terms outside the integrals, for eight nodes at a time.
    var numerators = residual
    var denominators = residual
    var numeratorSlopes = residual
    var denominatorSlopes = residual
    for block in x.indices {
      let s = deviations[block]
      let tau = s * s * V(all: 1 / (sigma * sigma))
      let growth = CollocationNormal.exp(tau * V(all: -r))
      let decay = CollocationNormal.exp(tau * V(all: -q))
      let below = V.multiplyAdd(s, V(all: drift), x[block] / s)
      let lower = CollocationNormal.distribution(below)
      let upper = CollocationNormal.distribution(below + s)
      numerators[block] = growth * lower.cdf
      denominators[block] = decay * upper.cdf
      numeratorSlopes[block] = growth * lower.density / s
      denominatorSlopes[block] = decay * upper.density / s
    }

    withUnsafeTemporaryAllocation(of: V.self, capacity: 2 * blocks + width) { scratch in
      let lowerSlopes = scratch.baseAddress!
      let upperSlopes = lowerSlopes + blocks
      let row = upperSlopes + blocks
      for node in 0..<nodes {
        let (vector, lane) = (node / 8, node % 8)
        let s = deviations[vector][lane]
        let own = V(all: x[vector][lane])
        var (n, d, nSlope, dSlope) = (V(), V(), V(), V())
        for block in 0..<blocks {
          let matrixRow = scheme.toPoints + (node * blocks + block) * (nodes + 1)
          var square = matrixRow[0] * startSquare
          for k in 0..<nodes {
            square = V.multiplyAdd(matrixRow[k + 1], V(all: squares[k / 8][k % 8]), square)
          }
          let least = V(all: Self.leastSquare)
          square = V.select(V.less(least, square), square, least)
          let inverse = CollocationNormal.reciprocalSquareRoot(square)
          let spread = scheme.sines[block] * V(all: s)
          let inverseSpread = V(all: 1) / spread
          // ln(B/B(u)) with ln B(u) = -√square.
          let moneyness = V.multiplyAdd(square, inverse, own)
          let below = V.multiplyAdd(spread, V(all: drift), moneyness * inverseSpread)
          let lower = CollocationNormal.distribution(below)
          let upper = CollocationNormal.distribution(below + spread)
          let rateWeight = rateWeights[node * blocks + block]
          let yieldWeight = yieldWeights[node * blocks + block]
          n = V.multiplyAdd(rateWeight, lower.cdf, n)
          d = V.multiplyAdd(yieldWeight, upper.cdf, d)
          let lowerSlope = rateWeight * lower.density * inverseSpread
          let upperSlope = yieldWeight * upper.density * inverseSpread
          nSlope = nSlope + lowerSlope
          dSlope = dSlope + upperSlope
          // d ln B(u) of d(square): -1/(2√square).
          lowerSlopes[block] = lowerSlope * inverse
          upperSlopes[block] = upperSlope * inverse
        }
        let numerator = numerators[vector][lane] + n.sum()
        let denominator = denominators[vector][lane] + d.sum()
        numerators[vector][lane] = numerator
        denominators[vector][lane] = denominator
        let (perN, perD) = (1 / numerator, 1 / denominator)
        let ownSlope =
          1 - (numeratorSlopes[vector][lane] + nSlope.sum()) * perN
          + (denominatorSlopes[vector][lane] + dSlope.sum()) * perD

        for k in 0..<width { row[k] = V() }
        for block in 0..<blocks {
          // ∂G/∂(square) = (n'/N - d'/D)(-1/2√square); with ∂(square)/∂x = 2x the twos cancel.
          let slopes = upperSlopes[block] * V(all: perD) - lowerSlopes[block] * V(all: perN)
          var column = scheme.toPointsByNode + (node * blocks + block) * 8 * width
          for lane in 0..<8 {
            let slope = V(all: slopes[lane])
            for k in 0..<width { row[k] = V.multiplyAdd(slope, column[k], row[k]) }
            column += width
          }
        }
        for k in 0..<width { matrix[node * width + k] = row[k] * x[k] }
        matrix[node * width + vector][lane] += ownSlope
      }
    }
    let tables = ElementaryTables.shared
    for block in x.indices {
      let ratio: V = tables.log(numerators[block] / denominators[block])
      residual[block] = ratio - x[block]
    }
  }

  /// Solves matrix · y = column for every column, by elimination with row exchanges; false when the matrix is singular.
  ///
  /// The matrix is left eliminated.
  mutating func eliminate(columns: inout [[V]]) -> Bool {
    let (nodes, width) = (scheme.nodes, scheme.nodes / 8)
    for pivot in 0..<nodes {
      let (vector, lane) = (pivot / 8, pivot % 8)
      var best = pivot
      for row in pivot..<nodes
      where abs(matrix[row * width + vector][lane]) > abs(matrix[best * width + vector][lane]) { best = row }
      if best != pivot {
        for k in vector..<width { matrix.swapAt(pivot * width + k, best * width + k) }
        for column in columns.indices {
          let kept = columns[column][vector][lane]
          columns[column][vector][lane] = columns[column][best / 8][best % 8]
          columns[column][best / 8][best % 8] = kept
        }
      }
      let head = matrix[pivot * width + vector][lane]
      guard head != 0, head.isFinite else { return false }
      for row in pivot + 1..<max(nodes, pivot + 1) {
        let factor = matrix[row * width + vector][lane] / head
        guard factor != 0 else { continue }
        for k in vector..<width {
          matrix[row * width + k] = V.multiplyAdd(V(all: -factor), matrix[pivot * width + k], matrix[row * width + k])
        }
        for column in columns.indices {
          columns[column][row / 8][row % 8] -= factor * columns[column][vector][lane]
        }
      }
    }
    for pivot in stride(from: nodes - 1, through: 0, by: -1) {
      let (vector, lane) = (pivot / 8, pivot % 8)
      let inverse = 1 / matrix[pivot * width + vector][lane]
      for column in columns.indices {
        let value = columns[column][vector][lane] * inverse
        columns[column][vector][lane] = value
        for row in 0..<pivot {
          columns[column][row / 8][row % 8] -= value * matrix[row * width + vector][lane]
        }
      }
    }
    return true
  }
}
