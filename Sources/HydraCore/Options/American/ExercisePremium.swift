import HydraNumerics

/// The early exercise premium of a put on a unit of strike, and how it moves.
///
/// ```
/// e(m) = ∫ [ r e^{-rt} Φ(-d-(t, m/B(T-t))) - q m e^{-qt} Φ(-d+(t, m/B(T-t))) ] dt,   t over 0…T
/// ```
/// Slopes in m at a fixed boundary are exact: the boundary does not depend on m.
///
/// Source: I. J. Kim, "The analytic valuation of American options", Review of Financial Studies 3 (1990) 547–572.
struct ExercisePremium {
  typealias V = OctetLanes

  /// e(m) and its first and second derivatives in m.
  private(set) var value = 0.0
  private(set) var slope = 0.0
  private(set) var curvature = 0.0
  /// The derivative of e along each direction of the boundary.
  private(set) var moves: [Double] = []

  /// - Parameter m: what the put is written on per unit of strike, above the critical price.
  init(_ boundary: ExerciseBoundary, at m: Double, slopes: Bool = false) {
    let (scheme, terms) = (boundary.scheme, boundary.terms)
    let (r, q, sigma) = (terms.rate, terms.yield, terms.volatility)
    let spreadOfLife = sigma * terms.years.squareRoot()
    let drift = (r - q) / (sigma * sigma) - 0.5
    let logarithm: Double = ElementaryTables.shared.log(m)
    let start = terms.start
    let nodes = scheme.nodes
    let perVolatility = 1 / (sigma * sigma)
    let (v, s1, s2) = boundary.logarithms.withUnsafeBufferPointer { x in
      var (value, slope, curvature) = (V(), V(), V())
      for block in 0..<scheme.priceBlocks {
        let point = Point(scheme, block, x, start: start)
        let spread = scheme.priceSines[block] * V(all: spreadOfLife)
        let inverseSpread = V(all: 1) / spread
        let moneyness = V.multiplyAdd(point.square, point.inverseRoot, V(all: logarithm))
        let below = V.multiplyAdd(spread, V(all: drift), moneyness * inverseSpread)
        let above = below + spread
        let lower = CollocationNormal.distribution(-below)
        let upper = CollocationNormal.distribution(-above)
        let t = spread * spread * V(all: perVolatility)
        let weight = scheme.priceWeights[block] * V(all: terms.years)
        let rate = CollocationNormal.exp(t * V(all: -r)) * weight * V(all: r)
        let yield = q == r ? rate : CollocationNormal.exp(t * V(all: -q)) * weight * V(all: q)
        value = value + (rate * lower.cdf - yield * V(all: m) * upper.cdf)
        guard slopes else { continue }
        let lowerSlope = rate * lower.density * inverseSpread * V(all: 1 / m)
        let upperSlope = yield * upper.density * inverseSpread
        slope = slope + (upperSlope - lowerSlope - yield * upper.cdf)
        let bend = lowerSlope * (V(all: 1) + below * inverseSpread) + upperSlope * (V(all: 1) - above * inverseSpread)
        curvature = curvature + bend * V(all: 1 / m)
      }
      return (value.sum(), slope.sum(), curvature.sum())
    }
    (value, slope, curvature) = (v, s1, s2)
    guard slopes else { return }
    moves = boundary.directions.indices.map { index in
      Self.move(boundary, along: index, at: m, nodes: nodes)
    }
  }

  /// The boundary between the nodes: its squared logarithm and the inverse root of that.
  private struct Point {
    var square, inverseRoot: V

    @inline(__always)
    init(_ scheme: AmericanScheme, _ block: Int, _ x: UnsafeBufferPointer<Double>, start: Double) {
      let row = scheme.toPricePoints + block * (scheme.nodes + 1)
      var square = row[0] * V(all: start * start)
      for k in 0..<scheme.nodes { square = V.multiplyAdd(row[k + 1], V(all: x[k] * x[k]), square) }
      self.square = BoundaryCollocation.bounded(square)
      inverseRoot = CollocationNormal.reciprocalSquareRoot(self.square)
    }
  }

  /// The derivative of e along a direction, the boundary moving with it.
  private static func move(_ boundary: ExerciseBoundary, along index: Int, at m: Double, nodes: Int) -> Double {
    let (scheme, terms, direction) = (boundary.scheme, boundary.terms, boundary.directions[index])
    let (r, q, sigma) = (terms.rate, terms.yield, terms.volatility)
    let spreadOfLife = sigma * terms.years.squareRoot()
    let drift = (r - q) / (sigma * sigma) - 0.5
    let tilt = (direction.rate - direction.yield) / (sigma * sigma)
    let stretch = direction.volatility / sigma
    let logarithm: Double = ElementaryTables.shared.log(m)
    let start = terms.start
    let startSlope = BoundaryCollocation.startTangent(terms, direction) * start
    let tangent = boundary.tangents[index]
    return boundary.logarithms.withUnsafeBufferPointer { x in
      var sum = V()
      for block in 0..<scheme.priceBlocks {
        let point = Point(scheme, block, x, start: start)
        let row = scheme.toPricePoints + block * (nodes + 1)
        // Half the derivative of the square; that of ln B = -√square is -half/√square.
        var half = row[0] * V(all: startSlope)
        for k in 0..<nodes { half = V.multiplyAdd(row[k + 1], V(all: x[k] * tangent[k]), half) }
        let spread = scheme.priceSines[block] * V(all: spreadOfLife)
        let shift = half * point.inverseRoot / spread
        let moneyness = V.multiplyAdd(point.square, point.inverseRoot, V(all: logarithm))
        let below = V.multiplyAdd(spread, V(all: drift), moneyness / spread)
        let above = below + spread
        let lower = CollocationNormal.distribution(-below)
        let upper = CollocationNormal.distribution(-above)
        let t = spread * spread * V(all: 1 / (sigma * sigma))
        let weight = scheme.priceWeights[block] * V(all: terms.years)
        let rate = CollocationNormal.exp(t * V(all: -r)) * weight
        let yield = CollocationNormal.exp(t * V(all: -q)) * weight * V(all: m)
        let lowMove = V(all: tilt) * spread - above * V(all: stretch) + shift
        let highMove = V(all: tilt) * spread - below * V(all: stretch) + shift
        sum = sum + rate * V(all: direction.rate) * (V(all: 1) - t * V(all: r)) * lower.cdf
        sum = sum - rate * V(all: r) * lower.density * lowMove
        sum = sum - yield * V(all: direction.yield) * (V(all: 1) - t * V(all: q)) * upper.cdf
        sum = sum + yield * V(all: q) * upper.density * highMove
      }
      return sum.sum()
    }
  }
}
