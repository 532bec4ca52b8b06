import HydraNumerics

/// Black volatilities at given strikes, joined by cubic pieces in ln(K/F) and flat outside.
///
///     let smile = try SplineSmile(strikes: [300, 350, 400], volatilities: [0.34, 0.30, 0.31], forward: 352, years: 0.21)
///     smile.volatility(atStrike: 360)
///
/// It goes through every value, noise included: made for exact volatilities and for integrals over strikes, in which
/// noise averages out. For the density of noisy quotes see `RiskNeutralDensity.init(fitting:…)`.
public struct SplineSmile: VolatilitySmile, Hashable, Codable {
  /// How slopes at the strikes are chosen.
  public enum Join: String, Hashable, Codable, CaseIterable, Sendable {
    /// Twice continuously differentiable, straight at the ends: the natural spline.
    case natural
    /// Never beyond the values at both ends of a piece, so noise is not amplified; once continuously differentiable.
    ///
    /// Source: F. N. Fritsch and J. Butland, SIAM J. Scientific and Statistical Computing 5 (1984) 300–304.
    case monotone
  }

  public let forward: Double
  public let years: Double
  /// ln(K/F), rising.
  public let logStrikes: [Double]
  /// Black volatilities at the strikes, per √year.
  public let volatilities: [Double]
  /// ∂σ/∂ln K at the strikes.
  public let slopes: [Double]

  /// - Parameters:
  ///   - strikes: positive, in any order, no two the same.
  ///   - volatilities: positive, one for each strike.
  /// - Throws: `DensityError` for bad numbers, and fewer than two strikes.
  public init(
    strikes: [Double], volatilities: [Double], forward: Double, years: Double, join: Join = .natural
  ) throws(DensityError) {
    precondition(strikes.count == volatilities.count, "\(strikes.count) strikes, \(volatilities.count) volatilities")
    guard forward > 0, forward < .infinity, years > 0, years < .infinity else {
      throw .invalidMarket(forward: forward, discount: 1, years: years)
    }
    for index in strikes.indices {
      for value in [strikes[index], volatilities[index]] where !(value > 0 && value < .infinity) {
        throw .invalidQuote(index: index, value: value)
      }
    }
    let order = strikes.indices.sorted { strikes[$0] < strikes[$1] }
    for (a, b) in zip(order, order.dropFirst()) where strikes[a] == strikes[b] {
      throw .invalidQuote(index: b, value: strikes[b])
    }
    guard !order.isEmpty else { throw .noQuotes }
    guard order.count >= 2 else { throw .tooFewQuotes(usable: order.count) }
    (self.forward, self.years) = (forward, years)
    let x = order.map { Portable.log(strikes[$0] / forward) }
    let y = order.map { volatilities[$0] }
    logStrikes = x
    self.volatilities = y
    slopes = join == .natural ? Self.naturalSlopes(x, y) : Self.monotoneSlopes(x, y)
  }

  /// Slopes of the spline without curvature at the ends, by elimination of its tridiagonal system.
  private static func naturalSlopes(_ x: [Double], _ y: [Double]) -> [Double] {
    let last = x.count - 1
    var (upper, right) = ([Double](repeating: 0, count: last + 1), [Double](repeating: 0, count: last + 1))
    for i in 0...last {
      let (before, after): (Double, Double) = (i > 0 ? 1 / (x[i] - x[i - 1]) : 0, i < last ? 1 / (x[i + 1] - x[i]) : 0)
      let leftPart: Double = i > 0 ? before * before * (y[i] - y[i - 1]) : 0
      let rightPart: Double = i < last ? after * after * (y[i + 1] - y[i]) : 0
      let pivot: Double = 2 * (before + after) - (i > 0 ? before * upper[i - 1] : 0)
      upper[i] = after / pivot
      right[i] = (3 * (leftPart + rightPart) - (i > 0 ? before * right[i - 1] : 0)) / pivot
    }
    for i in (0..<last).reversed() { right[i] -= upper[i] * right[i + 1] }
    return right
  }

  /// Weighted harmonic means of the neighbouring secants, zero where these differ in sign.
  private static func monotoneSlopes(_ x: [Double], _ y: [Double]) -> [Double] {
    let last = x.count - 1
    var result = [Double](repeating: 0, count: last + 1)
    for i in 1..<max(last, 1) {
      let (before, after): (Double, Double) = (x[i] - x[i - 1], x[i + 1] - x[i])
      let (a, b): (Double, Double) = ((y[i] - y[i - 1]) / before, (y[i + 1] - y[i]) / after)
      guard a * b > 0 else { continue }
      let (wa, wb): (Double, Double) = (2 * after + before, after + 2 * before)
      result[i] = (wa + wb) / (wa / a + wb / b)
    }
    return result
  }

  /// The Black volatility per √year at a positive strike.
  public func volatility(atStrike strike: Double) -> Double {
    jet(Portable.log(strike / forward), piece: nil).value
  }

  /// w = σ² T with its derivatives by ln(K/F), exactly.
  public func totalVariance(atLogMoneyness k: Double) -> TotalVariance {
    let (value, slope, curvature) = jet(k, piece: nil)
    return TotalVariance(
      value: value * value * years, slope: 2 * value * slope * years,
      curvature: 2 * (slope * slope + value * curvature) * years)
  }

  /// The piece that holds k.
  func piece(_ k: Double) -> Int {
    var (low, high) = (0, logStrikes.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if logStrikes[middle] <= k { low = middle } else { high = middle }
    }
    return low
  }

  /// The volatility and its two derivatives by ln K.
  @inline(__always)
  func jet(_ k: Double, piece known: Int?) -> (value: Double, slope: Double, curvature: Double) {
    let last = logStrikes.count - 1
    if !(k > logStrikes[0]) { return k.isNaN ? (.nan, .nan, .nan) : (volatilities[0], 0, 0) }
    if !(k < logStrikes[last]) { return (volatilities[last], 0, 0) }
    let i = known ?? piece(k)
    let (width, t) = (logStrikes[i + 1] - logStrikes[i], k - logStrikes[i])
    let secant: Double = (volatilities[i + 1] - volatilities[i]) / width
    let second: Double = (3 * secant - 2 * slopes[i] - slopes[i + 1]) / width
    let third: Double = (slopes[i] + slopes[i + 1] - 2 * secant) / (width * width)
    let value: Double = volatilities[i] + t * (slopes[i] + t * (second + t * third))
    let slope: Double = slopes[i] + t * (2 * second + 3 * t * third)
    return (value, slope, 2 * second + 6 * t * third)
  }
}
