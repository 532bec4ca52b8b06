import HydraNumerics

extension SVI {
  /// The smile that minimises Σ w (w(k) - σ² T)² among those without butterfly arbitrage at any strike.
  ///
  /// Where the best smile of all is free, it is the answer. Otherwise g < 0 is made expensive, ever more so, until what
  /// is left of it is less than a margin that is then raised above it: the end has g ≥ 0 on the whole line and wings with
  /// slopes of at most 2. Starts: the best smile of all, and the best SSVI slice, which is free by theorem; that slice is
  /// also the answer should nothing better be found.
  ///
  /// - Throws: `.tooFewQuotes` below five quotes.
  public static func calibratedWithoutArbitrage(
    forward: Double, years: Double, strikes: [Double], volatilities: [Double], weights: [Double]? = nil
  ) throws(SmileFitError) -> Calibration {
    let open = try calibrated(
      forward: forward, years: years, strikes: strikes, volatilities: volatilities, weights: weights)
    if open.smile.isButterflyFree { return open }
    let quotes = SVIQuotes(
      forward: forward, years: years, strikes: strikes, volatilities: volatilities, weights: weights)
    let slice = try SSVISlice.calibrated(
      forward: forward, years: years, strikes: strikes, volatilities: volatilities, weights: weights,
      withoutArbitrage: true
    ).smile.raw
    var best = slice
    for start in [open.smile, slice] {
      if var end = SVIPenalty(quotes, target: open.fit.sumOfSquares).end(from: start) {
        (end.forward, end.years) = (forward, years)
        if quotes.sum(of: end) < quotes.sum(of: best) { best = end }
      }
      // No smile can do better than the best of all: close to it there is nothing left to look for.
      if quotes.sum(of: best) <= 1.01 * open.fit.sumOfSquares { break }
    }
    return Calibration(smile: best, fit: quotes.summary(of: best, iterations: open.fit.iterations))
  }
}

/// Least squares with g ≥ 0 by penalties.
private struct SVIPenalty {
  let quotes: [(place: Double, variance: Double, weight: Double)]
  /// The residual that counts as one.
  let unit: Double
  let centre, width: Double

  init(_ prepared: borrowing SVIQuotes, target: Double) {
    var quotes: [(place: Double, variance: Double, weight: Double)] = []
    for block in 0..<prepared.vectors {
      for lane in 0..<8 where prepared.weights[block][lane] > 0 {
        quotes.append(
          (prepared.places[block][lane], prepared.variances[block][lane], prepared.weights[block][lane].squareRoot()))
      }
    }
    self.quotes = quotes
    unit = max(target, 1e-8 * prepared.size).squareRoot()
    centre = (prepared.low + prepared.high) / 2
    width = max(prepared.high - prepared.low, 1e-3)
  }

  /// The call wing's slope, the put wing's, level at the vertex, m and ln σ.
  private func smile(_ x: [Double]) -> SVI {
    let b = (x[0] + x[1]) / 2
    return SVI(
      forward: 1, years: 1, a: x[2], b: b, rho: b > 0 ? (x[0] - x[1]) / (x[0] + x[1]) : 0, m: x[3],
      sigma: Portable.exp(x[4]))
  }

  /// g at places that follow the vertex.
  private func shortfalls(_ smile: SVI, margin: Double) -> [Double] {
    let end = Portable.log(2 * 1000 / smile.sigma)
    return (0...120).map { index in
      let k = smile.m + smile.sigma * hyperbolicSine(end * (Double(index) / 60 - 1))
      let variance = smile.totalVariance(atLogMoneyness: k)
      guard variance.value > 0 else { return .nan }
      return max(margin - variance.butterfly(atLogMoneyness: k), 0)
    }
  }

  /// The best smile that is free, from a start; nil when none was reached.
  func end(from start: SVI) -> SVI? {
    let sigma = min(max(start.sigma, 2e-4 * width), 16 * width)
    var x = [
      min(start.b * (1 + start.rho), 1.99), min(start.b * (1 - start.rho), 1.99), start.a,
      min(max(start.m, centre - 8 * width), centre + 8 * width), Portable.log(sigma),
    ]
    // The wings may have been cut: the level follows so that the start passes through the quotes.
    let cut = smile(x)
    x[2] += quotes.reduce(0) { $0 + ($1.variance - cut.variance($1.place)) } / Double(quotes.count)
    let least = smile(x).leastVariance
    if least <= 0 { x[2] += 1e-3 * (quotes.map(\.variance).max() ?? 0) - least }
    let lower = [0, 0, -10, centre - 8 * width, Portable.log(2e-4 * width)]
    let upper = [2 - 1e-9, 2 - 1e-9, 10, centre + 8 * width, Portable.log(16 * width)]
    var solver = LevenbergMarquardt()
    solver.maximumIterations = 60
    solver.valueTolerance = 1e-7
    var margin = 1e-7
    var best: SVI?
    for weight in [3.0, 30, 300, 3000, 3000, 3000] {
      let fit = try? solver.minimize(from: x, lower: lower, upper: upper) { x in
        let smile = self.smile(x)
        let misses = quotes.map { $0.weight * (smile.variance($0.place) - $0.variance) / unit }
        return misses + shortfalls(smile, margin: margin).map { weight * $0 }
      }
      guard let fit else { return best }
      x = fit.parameters
      guard weight == 3000 else { continue }
      let end = smile(x)
      let low = end.butterflyEverywhere().leastValue
      if low >= 0 {
        best = end
        break
      }
      margin += 1e-7 - 1.5 * low
    }
    return best
  }
}
