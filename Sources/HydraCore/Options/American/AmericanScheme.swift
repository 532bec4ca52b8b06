import HydraNumerics

/// The nodes and matrices of one collocation scheme: none of them depends on the option.
///
/// With ξ = √(τ/T) for time to expiry τ, the exercise boundary B is held at the Chebyshev points (of the second kind) of
/// ξ in 0…1. Integrals over the rest of the life of an option with τ to go, ∫ f(t) dt over 0…τ, use t = τ sin²θ: the
/// integrand is a function of √t near one end and of √(τ - t) near the other, that is of sin θ and cos θ, and
/// Gauss-Legendre quadrature in θ sees neither root. As ξ of the boundary inside such an integral is ξᵢ cos θⱼ, the
/// matrices that interpolate to those places are constants.
///
/// Source: L. Andersen, M. Lake, D. Offengenden, "High-performance American option pricing", J. Computational Finance
/// 20 (2016) 39–87; the substitution t = τ sin²θ in place of their t = τ(1 + y)²/4 is this library's.
final class AmericanScheme: @unchecked Sendable {
  typealias V = OctetLanes

  /// Nodes beside ξ = 0, a multiple of eight.
  let nodes: Int
  /// Blocks of eight quadrature points for the boundary, and for prices.
  let blocks, priceBlocks: Int
  /// ξᵢ of the nodes.
  let places: [Double]
  /// Newton's iteration ends when the largest step is below this, in standard deviations σ√τ; an eighth of it where
  /// derivatives are asked for, since prices feel only the square of the boundary's error.
  let tolerance: Double
  /// The scheme whose solution this one starts from.
  let coarser: AmericanScheme?

  // Written here once and never freed: schemes live as long as the process.
  /// sin θⱼ and the weights of dt/τ.
  let sines, weights: UnsafePointer<V>
  /// From the values at 0 and the nodes to the points of node i: `(i · blocks + block) · (nodes + 1) + k`.
  let toPoints: UnsafePointer<V>
  /// The same numbers, the lanes running over the nodes from 1: `(i · points + j) · (nodes / 8) + k / 8`.
  let toPointsByNode: UnsafePointer<V>
  /// The same three for the integral of the price (one row of points).
  let priceSines, priceWeights, toPricePoints: UnsafePointer<V>
  /// The price points again by node: `j · (nodes / 8) + k / 8`.
  let toPricePointsByNode: UnsafePointer<V>
  /// From the coarser scheme's values to these nodes: `block · (coarser nodes + 1) + k`.
  let fromCoarser: UnsafePointer<V>?

  static let fast = AmericanScheme(nodes: 8, points: 8, pricePoints: 24, tolerance: 0.02, coarser: nil)
  static let accurate = AmericanScheme(nodes: 24, points: 24, pricePoints: 64, tolerance: 4e-3, coarser: fast)

  private init(nodes: Int, points: Int, pricePoints: Int, tolerance: Double, coarser: AmericanScheme?) {
    precondition(nodes % 8 == 0 && points % 8 == 0 && pricePoints % 8 == 0, "schemes are made of blocks of eight")
    self.nodes = nodes
    self.tolerance = tolerance
    self.coarser = coarser
    (blocks, priceBlocks) = (points / 8, pricePoints / 8)
    let all = Self.chebyshevPlaces(nodes)
    places = Array(all.dropFirst())

    let rule = Self.sineRule(points)
    sines = Self.immortal(rule.map(\.sine))
    weights = Self.immortal(rule.map(\.weight))
    let rows = places.flatMap { place in
      rule.map { Self.interpolation(all, at: place * $0.cosine) }
    }
    toPoints = Self.byPoint(rows, columns: nodes + 1)
    toPointsByNode = Self.immortal(rows.flatMap { $0.dropFirst() })

    let priceRule = Self.sineRule(pricePoints)
    priceSines = Self.immortal(priceRule.map(\.sine))
    priceWeights = Self.immortal(priceRule.map(\.weight))
    let priceRows = priceRule.map { Self.interpolation(all, at: $0.cosine) }
    toPricePoints = Self.byPoint(priceRows, columns: nodes + 1)
    toPricePointsByNode = Self.immortal(priceRows.flatMap { $0.dropFirst() })

    fromCoarser = coarser.map { coarser in
      let from = Self.chebyshevPlaces(coarser.nodes)
      return Self.byPoint(all.dropFirst().map { Self.interpolation(from, at: $0) }, columns: coarser.nodes + 1)
    }
  }

  /// sin²(πi/2n): the Chebyshev points from 0 to 1.
  private static func chebyshevPlaces(_ nodes: Int) -> [Double] {
    (0...nodes).map { index in
      let sine = Portable.sin(Double.pi / 2 * Double(index) / Double(nodes))
      return sine * sine
    }
  }

  /// Gauss-Legendre in θ over 0…π/2: sin θ, cos θ, and the weight 2 sin θ cos θ dθ of d(t/τ).
  private static func sineRule(_ count: Int) -> [(sine: Double, cosine: Double, weight: Double)] {
    GaussLegendre.rule(count).map { node, weight in
      let angle = Double.pi / 4 * (1 + node)
      let (sine, cosine) = (Portable.sin(angle), Portable.cos(angle))
      return (sine, cosine, weight * Double.pi / 2 * sine * cosine)
    }
  }

  /// The barycentric weights that give the polynomial through the values at `places` its value at `x`.
  private static func interpolation(_ places: [Double], at x: Double) -> [Double] {
    let terms = places.enumerated().map { index, place in
      let isEnd = index == 0 || index == places.count - 1
      return (index % 2 == 0 ? 1.0 : -1.0) * (isEnd ? 0.5 : 1) / (x - place)
    }
    if let hit = terms.firstIndex(where: { $0.isInfinite }) {
      return places.indices.map { $0 == hit ? 1 : 0 }
    }
    let sum = terms.reduce(0, +)
    return terms.map { $0 / sum }
  }

  /// Rows of a matrix as vectors of eight rows each, column after column.
  private static func byPoint(_ rows: [[Double]], columns: Int) -> UnsafePointer<V> {
    var values: [Double] = []
    for start in stride(from: 0, to: rows.count, by: 8) {
      for column in 0..<columns { values += rows[start..<start + 8].map { $0[column] } }
    }
    return immortal(values)
  }

  private static func immortal(_ values: [Double]) -> UnsafePointer<V> {
    let memory = UnsafeMutablePointer<V>.allocate(capacity: values.count / 8)
    for block in 0..<values.count / 8 {
      var vector = V()
      for lane in 0..<8 { vector[lane] = values[block * 8 + lane] }
      (memory + block).initialize(to: vector)
    }
    return UnsafePointer(memory)
  }
}
