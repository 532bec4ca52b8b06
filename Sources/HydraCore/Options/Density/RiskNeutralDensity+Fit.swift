import HydraNumerics

extension RiskNeutralDensity {
  /// Fits the families to the quotes of one expiry and averages them.
  ///
  /// Every family has the forward as its mean and is fitted within the spreads: with a bid, the fair value is taken as
  /// anywhere in the inner half of the spread; without one as between nothing and the ask. Quotes that state a middle
  /// only are trusted as much as the median quote, or exactly where there are no spreads at all. Families weigh by how
  /// well they explain the quotes and how few parameters they need for it, so that exact premiums of one of them give
  /// back its density, while wide quotes give a mean of what cannot be told apart.
  ///
  /// - Parameters:
  ///   - quotes: discounted premiums of European options, calls and puts at any strikes.
  ///   - market: the forward, the rate of discounting, and the time to expiry.
  /// - Throws: `DensityError` for no or too few quotes, crossed or impossible ones.
  /// - Complexity: O(iterations · quotes · terms); 10 to 30 ms for thirty quotes.
  public init(
    fitting quotes: OptionQuotes, in market: FuturesOptionMarket, settings: Settings = Settings()
  ) throws(DensityError) {
    let ladder = try DensityLadder(
      quotes, forward: market.forward, years: market.years, discount: market.discount)
    self.init(ladder, settings: settings)
  }

  /// Fits the families to Black volatilities of one expiry and averages them.
  ///
  /// - Parameters:
  ///   - strikes: in the unit of the forward.
  ///   - volatilities: per √year, one for each strike; taken as exact up to a common factor of noise where there is no
  ///     bid and ask.
  ///   - bids: volatilities of the bids.
  ///   - asks: volatilities of the asks.
  ///   - weights: how much each counts; 0 leaves one out.
  /// - Throws: `DensityError`.
  public init(
    fittingVolatilities volatilities: [Double], atStrikes strikes: [Double], bids: [Double]? = nil,
    asks: [Double]? = nil, weights: [Double]? = nil, forward: Double, years: Double, settings: Settings = Settings()
  ) throws(DensityError) {
    let ladder = try DensityLadder(
      strikes: strikes, volatilities: volatilities, bids: bids, asks: asks, weights: weights, forward: forward,
      years: years)
    self.init(ladder, settings: settings)
  }

  /// The average of the families fitted to a ladder, with its uncertainty by the law of total variance.
  init(_ ladder: DensityLadder, settings: Settings) {
    let fit = DensityFit(ladder, models: settings.models, nodeCount: settings.nodes)
    let nodes = fit.nodes
    var average = [Double](repeating: 0, count: nodes.count)
    var second = average
    var cumulative = average
    var cumulativeSecond = average
    for candidate in fit.candidates {
      let spread = candidate.spread(on: nodes, excess: fit.excess)
      let w = candidate.weight
      for i in average.indices {
        let (g, c) = (spread.centre.values[i], spread.centre.cumulative[i])
        average[i] += w * g
        cumulative[i] += w * c
        second[i] += w * (spread.densityVariance[i] + g * g)
        cumulativeSecond[i] += w * (spread.cumulativeVariance[i] + c * c)
      }
    }
    self.init(forward: ladder.forward, years: ladder.years, grid: DensityGrid(nodes, values: average))
    densityVariance = average.indices.map { max(second[$0] - average[$0] * average[$0], 0) }
    cumulativeVariance = average.indices.map { max(cumulativeSecond[$0] - cumulative[$0] * cumulative[$0], 0) }
    excess = fit.excess
    models = fit.candidates.sorted { $0.weight > $1.weight }
      .map { ModelWeight(model: $0.family.model, weight: $0.weight) }
  }
}

extension DensityFit.Candidate {
  /// The density at the fitted parameters, and its variance when they are normal around them.
  func spread(
    on nodes: LogNodes, excess: Double
  ) -> (centre: DensityGrid, densityVariance: [Double], cumulativeVariance: [Double]) {
    let p = solution.parameters
    let n = p.count
    let centre = DensityGrid(nodes, values: family.density(p, on: nodes))
    var densityVariance = [Double](repeating: 0, count: nodes.count)
    var cumulativeVariance = densityVariance
    guard let factor = DampedLeastSquares.cholesky(solution.information, n) else {
      return (centre, densityVariance, cumulativeVariance)
    }
    // The covariance is excess · (L Lᵀ)⁻¹; its root has the columns L⁻ᵀ eₖ. A quarter of each is a secant's step, on which
    // the loss should grow by excess / 16. Where it grows more (parameters that the linear view cannot tell apart), the
    // deviation in that direction is as much smaller.
    for k in 0..<n {
      var unit = [Double](repeating: 0, count: n)
      unit[k] = 0.25 * excess.squareRoot()
      let direction = DampedLeastSquares.solveTransposed(factor, unit, n)
      let moved = (0..<n).map { p[$0] + direction[$0] }
      let expected = excess / 16
      let growth = max(loss(moved) - solution.sum, expected)
      let scale = growth.isFinite ? 16 * expected / growth : 0
      let other = DensityGrid(nodes, values: family.density(moved, on: nodes))
      for i in densityVariance.indices {
        let (a, b) = (other.values[i] - centre.values[i], other.cumulative[i] - centre.cumulative[i])
        densityVariance[i] += scale * a * a
        cumulativeVariance[i] += scale * b * b
      }
    }
    return (centre, densityVariance, cumulativeVariance)
  }
}
