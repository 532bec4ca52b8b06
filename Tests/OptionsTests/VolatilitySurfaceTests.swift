import HydraNumerics
import HydraOptions
import Testing

@Suite struct VolatilitySurfaceTests {
  static let years = [24.0 / 365, 52.0 / 365, 115.0 / 365, 206.0 / 365]
  static let forwards = [362.25, 366.5, 371, 377.75]

  /// An SSVI surface without arbitrage.
  static func truth(_ index: Int) -> SSVISlice {
    let time = years[index]
    let theta = 0.0961 * time
    return SSVI(rho: 0.15, curvature: .powerLaw(eta: 1.2, gamma: 0.4))
      .slice(forward: forwards[index], years: time, theta: theta)
  }

  static func quotes(_ noise: Double, _ random: inout CounterRandom, count: Int = 15)
    -> [VolatilitySurface.ExpiryQuotes]
  {
    years.indices.map { index in
      let strikes = (0..<count).map { forwards[index] * Portable.exp(0.5 * (Double($0) / Double(count - 1) - 0.5)) }
      return VolatilitySurface.ExpiryQuotes(
        forward: forwards[index], years: years[index], strikes: strikes,
        volatilities: strikes.map { truth(index).volatility(atStrike: $0) + noise * (2 * random.uniform() - 1) })
    }
  }

  @Test func aSurfaceIsFoundAgain() throws {
    var random = CounterRandom(seed: 1, stream: "surface")
    let exact = Self.quotes(0, &random)
    for model in [SmileModel.ssvi, .svi] {
      let fitted = try VolatilitySurface.calibrated(to: exact.reversed(), model: model)
      #expect(fitted.surface.isArbitrageFree)
      #expect(fitted.fits.allSatisfy { $0.rootMeanSquareError < 1e-9 }, "\(fitted.fits)")
      for index in Self.years.indices {
        for strike in [250.0, 362, 500] {
          let volatility = fitted.surface.volatility(atStrike: strike, years: Self.years[index])
          #expect(abs(volatility - Self.truth(index).volatility(atStrike: strike)) < 1e-6)
        }
      }
    }
  }

  @Test func noiseLeavesNoArbitrage() throws {
    var random = CounterRandom(seed: 2, stream: "surface")
    for model in [SmileModel.ssvi, .svi] {
      for _ in 0..<(model == .svi ? 1 : 6) {
        let fitted = try VolatilitySurface.calibrated(to: Self.quotes(0.03, &random, count: 7), model: model)
        #expect(fitted.surface.isArbitrageFree)
        for check in fitted.surface.calendarChecks(over: -6...6) { #expect(check.leastDifference >= -1e-12) }
        for check in fitted.surface.butterflyChecks(over: -6...6) { #expect(check.isFree) }
      }
    }
  }

  @Test func variancesAreJoinedInTime() throws {
    var random = CounterRandom(seed: 3, stream: "surface")
    let surface = try VolatilitySurface.calibrated(to: Self.quotes(0, &random)).surface
    let middle = (Self.years[1] + Self.years[2]) / 2
    for k in [-0.3, 0, 0.2] {
      let (near, far) = (
        surface.slices[1].totalVariance(atLogMoneyness: k), surface.slices[2].totalVariance(atLogMoneyness: k)
      )
      let w = surface.totalVariance(atLogMoneyness: k, years: middle)
      #expect(abs(w.value - (near.value + far.value) / 2) < 1e-15)
      #expect(abs(w.slope - (near.slope + far.slope) / 2) < 1e-15)
      #expect(w.butterfly(atLogMoneyness: k) > 0)
      let strike = surface.forward(years: middle) * Portable.exp(k)
      #expect(abs(surface.volatility(atStrike: strike, years: middle) - (w.value / middle).squareRoot()) < 1e-12)
    }
    #expect(abs(surface.forward(years: middle) - (366.5 * 371).squareRoot()) < 1e-10)
    #expect(surface.forward(years: 5) == 377.75)
    let last = surface.smile(years: 2)
    #expect(abs(last.volatility(atStrike: 377.75) - surface.volatility(atStrike: 377.75, years: Self.years[3])) < 1e-12)
    #expect(surface.termStructure.fallingGaps.isEmpty)
    #expect(throws: SmileFitError.tooFewQuotes(count: 0, needed: 1)) { try VolatilitySurface(slices: []) }
    #expect(throws: SmileFitError.self) { try VolatilitySurface(slices: [surface.slices[1], surface.slices[0]]) }
  }

  /// Thin chains of American options: every premium from the true surface, rounded outwards to eighths.
  static func chain(_ index: Int, rate: Double = 0.06) -> OptionChain {
    let market = FuturesOptionMarket(forward: forwards[index], rate: rate, years: years[index])
    var quotes: [OptionQuote] = []
    for strike in [300.0, 330, 360, 390, 430] {
      for kind in OptionKind.allCases {
        let volatility = truth(index).volatility(atStrike: strike)
        let price = American.price(kind, strike: strike, volatility: volatility, in: market, method: .accurate)
        let half = 0.2 + 0.02 * price
        quotes.append(
          OptionQuote(
            kind, strike: strike, bid: max(((price - half) * 8).rounded(.down) / 8, 0),
            ask: ((price + half) * 8).rounded(.up) / 8))
      }
    }
    return OptionChain(
      market: market,
      quotes: OptionQuotes(
        quotes.map { quote in
          var quote = quote
          if quote.bid == 0 { quote.bid = nil }
          return quote
        }))
  }

  @Test func americanChainsGiveASurfaceInOneCall() throws {
    let chains = [Self.chain(2)]
    let fitted = try VolatilitySurface.calibrated(toAmerican: chains)
    #expect(fitted.surface.isArbitrageFree)
    #expect(fitted.fits[0].inside.count >= 4)
    for strike in [330.0, 360, 390] {
      let got = fitted.surface.volatility(atStrike: strike, years: Self.years[2])
      #expect(abs(got - Self.truth(2).volatility(atStrike: strike)) < 0.02)
    }
    // The same premiums taken for European ones say more volatility than there is.
    let european = try VolatilitySurface.calibrated(toAmerican: chains, isAmerican: false)
    #expect(european.ladders[0][4].ask! > fitted.ladders[0][4].ask!)
  }

  @Test func aCrazyQuoteInAChainIsNamed() throws {
    var chain = Self.chain(1)
    let place = try #require(chain.quotes.firstIndex { $0.strike == 390 && $0.kind == .call })
    chain.quotes[place].bid = 40
    chain.quotes[place].ask = 41
    let fitted = try VolatilitySurface.calibrated(toAmerican: [chain], isAmerican: false)
    let suspects = fitted.fits[0].suspects.map { fitted.ladders[0][$0].strike }
    #expect(suspects == [390])
    #expect(abs(fitted.surface.volatility(atStrike: 360, years: Self.years[1]) - 0.31) < 0.02)
  }

  @Test func thePictureHasALineForEachExpiry() throws {
    var random = CounterRandom(seed: 4, stream: "surface")
    let surface = try VolatilitySurface.calibrated(to: Self.quotes(0, &random)).surface
    let picture = SurfacePicture(
      surface, marks: [SurfacePicture.Mark(expiry: 0, strike: 350, low: 0.3, high: 0.32)], title: "Oats & <others>")
    let svg = picture.svg
    #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
    #expect(svg.contains("Oats &amp; &lt;others&gt;"))
    #expect(svg.split(separator: "fill=\"none\"").count == 1 + 2 * 4)
    #expect(!svg.contains("nan") && !svg.contains("inf"))
  }
}
