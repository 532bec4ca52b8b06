import HydraNumerics

extension RiskNeutralDensity {
  /// The density of a smile: the second derivative of its prices by the strike.
  ///
  /// With w = σ²T and k = ln(K/F) the density of k is g(k) φ(d2) / √w, where g is Durrleman's function; it needs the
  /// smile's first two derivatives and no differences of prices. Where the smile admits butterfly arbitrage the density
  /// is negative; it is set to zero there (`negativeMass` says how much that was), and tilted by e^{λk} so that the mean
  /// is the forward again.
  ///
  /// - Parameters:
  ///   - smile: any smile; its own derivatives are used where it has them.
  ///   - strikes: where the smile is trusted, the whole half-line by default. Outside, lognormal tails go on
  ///     with the smile's probability and density at the ends.
  ///   - nodes: of ln(S/F), over twelve standard deviations to either side.
  /// - Throws: `.invalidSmile` where the smile has no positive volatility, or no density at an end of the strikes.
  public init(
    _ smile: some VolatilitySmile, strikes: ClosedRange<Double>? = nil, nodes: Int = 2049
  ) throws(DensityError) {
    let (forward, years) = (smile.forward, smile.years)
    guard forward > 0, forward < .infinity, years > 0, years < .infinity else {
      throw .invalidMarket(forward: forward, discount: 1, years: years)
    }
    let level = smile.volatility(atStrike: forward)
    guard level > 0, level < .infinity else { throw .invalidSmile(strike: forward) }
    let places = LogNodes(halfWidth: 12 * level * years.squareRoot(), count: nodes)
    let low = strikes.map { Portable.log($0.lowerBound / forward) } ?? -.infinity
    let high = strikes.map { Portable.log($0.upperBound / forward) } ?? .infinity
    let left = low > -places.halfWidth ? LognormalTail(smile, at: low) : nil
    let right = high < places.halfWidth ? LognormalTail(smile, at: high) : nil
    if low > -places.halfWidth, left == nil { throw .invalidSmile(strike: strikes?.lowerBound ?? 0) }
    if high < places.halfWidth, right == nil { throw .invalidSmile(strike: strikes?.upperBound ?? .infinity) }
    var values: [Double] = []
    values.reserveCapacity(nodes)
    for i in 0..<nodes {
      let k = places[i]
      if k < low, let left {
        values.append(left.density(k))
      } else if k > high, let right {
        values.append(right.density(k))
      } else {
        let variance = smile.totalVariance(atLogMoneyness: k)
        guard variance.value > 0, variance.value < .infinity else {
          throw .invalidSmile(strike: forward * Portable.exp(k))
        }
        values.append(variance.logDensity(k))
      }
    }
    guard values.contains(where: { $0 > 0 }) else { throw .invalidSmile(strike: forward) }
    self.init(forward: forward, years: years, grid: DensityGrid(places, values: values))
  }
}

extension TotalVariance {
  /// The density of k = ln(S/F) at k; negative where a butterfly is.
  func logDensity(_ k: Double) -> Double {
    let root = value.squareRoot()
    let d2 = -k / root - root / 2
    guard abs(d2) < 38 else { return 0 }
    return butterfly(atLogMoneyness: k) * Portable.normalDensity(d2) / root
  }

  /// The probability of values below k: 1 + dC/dK = Φ(-d2) + φ(d2) d√w/dk.
  func logCumulative(_ k: Double) -> Double {
    let root = value.squareRoot()
    let d2 = -k / root - root / 2
    return Portable.normalCDF(-d2) + Portable.normalDensity(d2) * slope / (2 * root)
  }
}

/// The tail of a normal density of ln(S/F) that has the probability and the density of a smile at one place.
private struct LognormalTail {
  var centre, deviation: Double

  /// nil where the smile has no positive density there, or a probability outside 0...1.
  init?(_ smile: some VolatilitySmile, at k: Double) {
    let variance = smile.totalVariance(atLogMoneyness: k)
    guard variance.value > 0 else { return nil }
    let (height, below) = (variance.logDensity(k), variance.logCumulative(k))
    guard height > 0, below > 0, below < 1 else { return nil }
    let score = Portable.normalQuantile(below)
    deviation = Portable.normalDensity(score) / height
    centre = k - score * deviation
  }

  func density(_ k: Double) -> Double { Portable.normalDensity((k - centre) / deviation) / deviation }
}
