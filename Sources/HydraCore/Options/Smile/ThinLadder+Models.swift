import HydraNumerics

extension ThinLadder {
  /// SABR through a ladder; coordinates ln α, artanh ρ, ln ν.
  ///
  /// - Parameters:
  ///   - prior: of yesterday (`priorForNextDay`) or of the neighbouring expiry (`prior(adding:)`, with α from its own
  ///     volatility at the money); by default artanh ρ is 0 ± 0.6 and ln ν that of ν√T = 0.7, ± 0.5.
  /// - Throws: `.tooFewQuotes` without a quote; `.impossibleQuote` for a strike or a side that is not positive, or a
  ///   crossed quote.
  public func sabr(
    forward: Double, years: Double, quotes: [Quote], beta: Double = 0.5, shift: Double = 0, prior: Prior? = nil
  ) throws(SmileFitError) -> Fit<SABR> {
    let level = try check(forward: forward, years: years, shift: shift, quotes: quotes)
    guard beta >= 0, beta <= 1 else { throw .impossibleMarket(name: "beta", value: beta) }
    let power = Portable.pow(forward + shift, 1 - beta)
    let usual = Prior(
      centre: [Portable.log(level * power), 0, Portable.log(0.7 / years.squareRoot())],
      deviations: [.infinity, 0.6, 0.5])
    let curve = SABRLadderCurve(forward: forward, years: years, beta: beta, shift: shift, quotes: quotes)
    let search = LadderSearch(curve, quotes, settings: self, prior: prior ?? usual)
    let centre = (prior ?? usual).centre
    let x = search.best(from: SIMD3(Portable.log(level * power), centre[1], centre[2]))
    let smile = curve.smile(x)
    return search.result(smile, x, jacobian: [smile.alpha, (1 - smile.rho) * (1 + smile.rho), smile.nu])
  }

  /// An SSVI slice without butterfly arbitrage through a ladder; coordinates ln θ, artanh ρ, ln φ, the last held below
  /// theorem 4.2's bounds.
  public func ssvi(
    forward: Double, years: Double, quotes: [Quote], prior: Prior? = nil
  ) throws(SmileFitError) -> Fit<SSVISlice> {
    let level = try check(forward: forward, years: years, shift: 0, quotes: quotes)
    let theta = level * level * years
    let usual = Prior(
      centre: [Portable.log(theta), 0, Portable.log(0.7 / theta.squareRoot())], deviations: [.infinity, 0.6, 0.5])
    let curve = SSVILadderCurve(forward: forward, years: years, quotes: quotes)
    let search = LadderSearch(curve, quotes, settings: self, prior: prior ?? usual)
    let centre = (prior ?? usual).centre
    let x = search.best(from: SIMD3(Portable.log(theta), centre[1], centre[2]))
    let smile = curve.smile(x)
    return search.result(smile, x, jacobian: [smile.theta, (1 - smile.rho) * (1 + smile.rho), smile.phi])
  }

  /// Checks the quotes and returns the median of their middles.
  private func check(
    forward: Double, years: Double, shift: Double, quotes: [Quote]
  ) throws(SmileFitError) -> Double {
    guard years > 0, years < .infinity else { throw .impossibleMarket(name: "time to expiry", value: years) }
    guard forward + shift > 0, forward < .infinity else { throw .impossibleMarket(name: "forward", value: forward) }
    var middles: [Double] = []
    for (index, quote) in quotes.enumerated() {
      for value in [quote.strike + shift, quote.bid ?? 1, quote.ask ?? 1, 1 + (quote.ageSeconds ?? 0)] {
        guard value > 0, value < .infinity else { throw .impossibleQuote(index: index, value: value) }
      }
      if let bid = quote.bid, let ask = quote.ask, ask < bid { throw .impossibleQuote(index: index, value: ask) }
      if quote.bid != nil || quote.ask != nil { middles.append(LadderQuoteShape(quote, settings: self).middle) }
    }
    guard !middles.isEmpty else { throw .tooFewQuotes(count: 0, needed: 1) }
    return middles.sorted()[middles.count / 2]
  }
}

/// SABR in the coordinates ln α, artanh ρ, ln ν.
private struct SABRLadderCurve: LadderCurve {
  let forward, years, beta, shift: Double
  private let points: [SABRPoint]
  let lower = SIMD3(-25.0, -6.0, -9.0)
  let upper = SIMD3(25.0, 6.0, 5.0)

  init(forward: Double, years: Double, beta: Double, shift: Double, quotes: [ThinLadder.Quote]) {
    (self.forward, self.years, self.beta, self.shift) = (forward, years, beta, shift)
    points = quotes.compactMap { SABRPoint(forward: forward + shift, strike: $0.strike + shift, beta: beta) }
  }

  func smile(_ x: SIMD3<Double>) -> SABR {
    SABR(
      forward: forward, years: years, alpha: Portable.exp(x[0]), beta: beta, rho: Portable.tanh(x[1]),
      nu: Portable.exp(x[2]), shift: shift)
  }

  func point(_ x: SIMD3<Double>, _ index: Int) -> (volatility: Double, gradient: SIMD3<Double>) {
    let (alpha, rho, nu) = (Portable.exp(x[0]), Portable.tanh(x[1]), Portable.exp(x[2]))
    let shared = SABRGradient<Double>.Shared(alpha: alpha, rho: rho, nu: nu, beta: beta, years: years)
    let p = points[index]
    let g = SABRGradient(
      .shared, shared, distance: p.power * p.logMoneyness, inverse: 1 / p.power, leading: 1 / (p.power * p.denominator))
    return (g.volatility, SIMD3(g.byAlpha * alpha, g.byRho * (1 - rho) * (1 + rho), g.byNu * nu))
  }
}

/// An SSVI slice in the coordinates ln θ, artanh ρ, ln φ.
private struct SSVILadderCurve: LadderCurve {
  let forward, years: Double
  private let places: [Double]
  let lower = SIMD3(-25.0, -6.0, -9.0)
  let upper = SIMD3(5.0, 6.0, 12.0)

  init(forward: Double, years: Double, quotes: [ThinLadder.Quote]) {
    (self.forward, self.years) = (forward, years)
    places = quotes.map { Portable.log($0.strike / forward) }
  }

  func smile(_ x: SIMD3<Double>) -> SSVISlice {
    let (theta, rho) = (Portable.exp(x[0]), Portable.tanh(x[1]))
    let tilt = 1 + abs(rho)
    let bound = min((4 - 1e-9) / (theta * tilt), 2 / (theta * tilt).squareRoot() * (1 - 1e-12))
    return SSVISlice(forward: forward, years: years, theta: theta, rho: rho, phi: min(Portable.exp(x[2]), bound))
  }

  func point(_ x: SIMD3<Double>, _ index: Int) -> (volatility: Double, gradient: SIMD3<Double>) {
    let s = smile(x)
    let (k, rest) = (places[index], (1 - s.rho) * (1 + s.rho))
    let moved = s.phi * k + s.rho
    let root = (moved * moved + rest).squareRoot()
    let variance = s.theta / 2 * (1 + s.rho * s.phi * k + root)
    let volatility = (variance / years).squareRoot()
    let scale = 1 / (2 * volatility * years)
    let byRho = s.theta / 2 * (s.phi * k + s.phi * k / root)
    let byPhi = s.theta / 2 * (s.rho * k + moved * k / root)
    // At the bound of φ the quotes cannot raise it any more.
    let isHeld = Portable.exp(x[2]) > s.phi
    return (volatility, scale * SIMD3(variance, byRho * rest, isHeld ? 0 : byPhi * s.phi))
  }
}
