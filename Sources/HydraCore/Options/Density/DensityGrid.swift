import HydraNumerics

/// Equally spaced values of x = ln(S/F), symmetric about 0.
struct LogNodes: Hashable, Codable, Sendable {
  var halfWidth: Double
  var count: Int

  var step: Double { 2 * halfWidth / Double(count - 1) }

  subscript(index: Int) -> Double { -halfWidth + Double(index) * step }
}

/// A density of x = ln(S/F) between nodes by cubic Hermite pieces, and its exact integral.
///
/// Values are non-negative, slopes limited to what keeps the pieces non-negative (|g'| ≤ 3 g / h, Fritsch and Carlson
/// 1980), so that the density is nowhere negative and the cumulative function never falls. There is no mass outside the
/// nodes.
struct DensityGrid: Hashable, Codable, Sendable {
  let nodes: LogNodes
  private(set) var values: [Double]
  private(set) var slopes: [Double]
  private(set) var cumulative: [Double]
  /// The mass that was negative before it was set to zero.
  private(set) var negativeMass = 0.0

  /// Takes values at the nodes, sets negative ones to zero, and divides by the mass.
  ///
  /// - Parameter centred: whether the density is tilted by e^{λx}, with the λ for which E[S] = F.
  init(_ nodes: LogNodes, values raw: [Double], centred: Bool = true) {
    self.nodes = nodes
    values = raw.map { max($0, 0) }
    let step = nodes.step
    negativeMass = raw.reduce(0) { $0 + max(-$1, 0) } * step
    if centred { Self.centre(&values, nodes) }
    slopes = Self.slopes(values, step: step)
    var sums = [Double](repeating: 0, count: values.count)
    for i in 1..<values.count {
      let piece = step / 2 * (values[i - 1] + values[i]) + step * step / 12 * (slopes[i - 1] - slopes[i])
      sums[i] = sums[i - 1] + max(piece, 0)
    }
    let mass = sums[values.count - 1]
    cumulative = sums.map { $0 / mass }
    for i in values.indices {
      values[i] /= mass
      slopes[i] /= mass
    }
  }

  /// Newton's iteration for λ in ∫ e^{λx} (eˣ - 1) g = 0, whose left side is increasing in λ.
  private static func centre(_ values: inout [Double], _ nodes: LogNodes) {
    let excess = (0..<nodes.count).map { Portable.expm1(nodes[$0]) }
    for _ in 0..<50 {
      var (mass, mean, slope) = (0.0, 0.0, 0.0)
      for i in values.indices {
        mass += values[i]
        mean += values[i] * excess[i]
        slope += values[i] * excess[i] * nodes[i]
      }
      guard mass > 0, slope > 0, abs(mean) > 1e-14 * mass else { return }
      // A step of at most two keeps the exponent tame when the first guess is far away.
      let tilt = min(max(-mean / slope, -2), 2)
      for i in values.indices where values[i] > 0 { values[i] *= Portable.exp(tilt * nodes[i]) }
    }
  }

  /// Central differences of fourth order, limited to non-negative pieces.
  private static func slopes(_ g: [Double], step: Double) -> [Double] {
    let last = g.count - 1
    return g.indices.map { i in
      guard i > 0, i < last else { return 0 }
      let near = g[i + 1] - g[i - 1]
      let slope = i > 1 && i < last - 1 ? (8 * near - (g[i + 2] - g[i - 2])) / (12 * step) : near / (2 * step)
      let limit = 3 * g[i] / step
      return min(max(slope, -limit), limit)
    }
  }

  /// The piece that holds x and where in it, 0...1; nil outside.
  private func place(_ x: Double) -> (index: Int, t: Double)? {
    let position = (x + nodes.halfWidth) / nodes.step
    guard position >= 0, position <= Double(nodes.count - 1) else { return nil }
    let index = min(Int(position), nodes.count - 2)
    return (index, position - Double(index))
  }

  /// The density of x.
  func density(_ x: Double) -> Double {
    guard let (i, t) = place(x) else { return x.isNaN ? .nan : 0 }
    let (u, h) = (1 - t, nodes.step)
    return u * u * ((1 + 2 * t) * values[i] + t * h * slopes[i])
      + t * t * ((3 - 2 * t) * values[i + 1] - u * h * slopes[i + 1])
  }

  /// The probability of values up to x.
  func cumulative(_ x: Double) -> Double {
    guard let (i, t) = place(x) else { return x.isNaN ? .nan : x < 0 ? 0 : 1 }
    return min(max(cumulative[i] + partial(i, t), cumulative[i]), cumulative[i + 1])
  }

  /// ∫ of piece i from its left end to t.
  private func partial(_ i: Int, _ t: Double) -> Double {
    let (h, square) = (nodes.step, t * t)
    let left = t - square * t + square * square / 2
    let right = square * t - square * square / 2
    let leftSlope = square / 2 - 2 * square * t / 3 + square * square / 4
    let rightSlope = square * square / 4 - square * t / 3
    return h * (left * values[i] + right * values[i + 1] + h * (leftSlope * slopes[i] + rightSlope * slopes[i + 1]))
  }

  /// The x below which the probability is p, by bisection of the nodes and then of the piece.
  func quantile(_ p: Double) -> Double {
    guard p >= 0, p <= 1 else { return .nan }
    var (low, high) = (0, nodes.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if cumulative[middle] < p { low = middle } else { high = middle }
    }
    var (left, right) = (0.0, 1.0)
    for _ in 0..<60 where right - left > 1e-15 {
      let middle = (left + right) / 2
      if cumulative[low] + partial(low, middle) < p { left = middle } else { right = middle }
    }
    return nodes[low] + (left + right) / 2 * nodes.step
  }

  /// ∫ f(x) g(x) dx by the trapezoid rule, which is exact to rounding for densities that are smooth at the scale of a
  /// step and vanish at the ends.
  func expectation(_ f: (Double) -> Double) -> Double {
    var sum = 0.0
    for i in values.indices where values[i] > 0 { sum += values[i] * f(nodes[i]) }
    return sum * nodes.step
  }
}
