import HydraNumerics
import HydraOptions
import Testing

@Suite struct ThinLadderTests {
  /// Five wide quotes around a true smile: the truth lies anywhere between bid and ask.
  struct Chain {
    var truth: SABR
    var quotes: [ThinLadder.Quote]

    init(_ random: inout CounterRandom, half: Double = 0.02, strikes: [Double] = [300, 330, 350, 370, 410]) {
      truth = SABR(
        forward: 352, years: 0.25, alpha: 5 + 2 * random.uniform(), beta: 0.5, rho: 0.8 * random.uniform() - 0.4,
        nu: 0.8 + 0.8 * random.uniform())
      quotes = []
      for strike in strikes {
        let middle = truth.volatility(atStrike: strike) + half * (2 * random.uniform() - 1)
        quotes.append(ThinLadder.Quote(strike: strike, bid: middle - half, ask: middle + half))
      }
    }

    func error(_ smile: some VolatilitySmile) -> Double {
      stride(from: 300.0, through: 410, by: 10).reduce(0) {
        max($0, abs(smile.volatility(atStrike: $1) - truth.volatility(atStrike: $1)))
      }
    }
  }

  @Test func theSmilePassesBetweenBidAndAsk() throws {
    var random = CounterRandom(seed: 1, stream: "ladder")
    for _ in 0..<100 {
      let chain = Chain(&random)
      let fit = try ThinLadder().sabr(forward: 352, years: 0.25, quotes: chain.quotes)
      #expect(fit.inside.count >= 4 && fit.suspects.isEmpty, "\(fit)")
      #expect(chain.error(fit.smile) < 0.03)
      let slice = try ThinLadder().ssvi(forward: 352, years: 0.25, quotes: chain.quotes)
      #expect(slice.inside.count >= 4 && slice.smile.isButterflyFree, "\(slice)")
      #expect(chain.error(slice.smile) < 0.03)
    }
  }

  @Test func oneCrazyQuoteIsFoundAndHardlyMovesTheSmile() throws {
    var random = CounterRandom(seed: 2, stream: "ladder")
    for round in 0..<100 {
      let chain = Chain(&random, half: 0.01)
      var crazy = chain.quotes
      let victim = round % 5
      crazy[victim].bid! += 0.25
      crazy[victim].ask! += 0.25
      let good = try ThinLadder().sabr(forward: 352, years: 0.25, quotes: chain.quotes)
      let fit = try ThinLadder().sabr(forward: 352, years: 0.25, quotes: crazy)
      #expect(fit.suspects == [victim], "round \(round): \(fit)")
      let others = chain.quotes.indices.filter { $0 != victim }.map { chain.quotes[$0].strike }
      for strike in others {
        #expect(abs(fit.smile.volatility(atStrike: strike) - good.smile.volatility(atStrike: strike)) < 0.015)
      }
      let plain = try SABR.calibrated(
        forward: 352, years: 0.25, strikes: crazy.map(\.strike), volatilities: crazy.map { ($0.bid! + $0.ask!) / 2 })
      #expect(chain.error(plain.smile) > chain.error(fit.smile))
    }
  }

  @Test func standardErrorsCoverTheTruth() throws {
    var random = CounterRandom(seed: 3, stream: "ladder")
    var covered = [0, 0, 0]
    let rounds = 300
    for _ in 0..<rounds {
      let chain = Chain(&random)
      let fit = try ThinLadder().sabr(forward: 352, years: 0.25, quotes: chain.quotes)
      let truth = [
        Portable.log(chain.truth.alpha), 0.5 * Portable.log((1 + chain.truth.rho) / (1 - chain.truth.rho)),
        Portable.log(chain.truth.nu),
      ]
      for index in 0..<3 where abs(fit.coordinates[index] - truth[index]) <= 2 * fit.coordinateErrors[index] {
        covered[index] += 1
      }
    }
    for count in covered { #expect(count > rounds * 88 / 100, "two standard errors cover \(covered) of \(rounds)") }
    if VerboseTests.isOn { print("ladder: coverage \(covered) of \(rounds)") }
  }

  @Test func widthAndAgeLowerAQuotesWeight() throws {
    var random = CounterRandom(seed: 4, stream: "ladder")
    let chain = Chain(&random, half: 0.005)
    func pull(_ change: (inout ThinLadder.Quote) -> Void) throws -> Double {
      var quotes = chain.quotes
      quotes[2].bid! += 0.012
      quotes[2].ask! += 0.012
      change(&quotes[2])
      let base = try ThinLadder().sabr(forward: 352, years: 0.25, quotes: chain.quotes)
      let moved = try ThinLadder().sabr(forward: 352, years: 0.25, quotes: quotes)
      return moved.smile.volatility(atStrike: 350) - base.smile.volatility(atStrike: 350)
    }
    let fresh = try pull { _ in }
    let old = try pull { $0.ageSeconds = 8 * 3600 }
    let wide = try pull {
      $0.bid! -= 0.02
      $0.ask! += 0.02
    }
    #expect(fresh > 0.002)
    #expect(old < 0.5 * fresh && wide < 0.5 * fresh, "\(fresh) \(old) \(wide)")
  }

  @Test func yesterdaysSmileHelpsTwoQuotesToday() throws {
    var random = CounterRandom(seed: 5, stream: "ladder")
    var (with, without) = (0.0, 0.0)
    for _ in 0..<50 {
      let chain = Chain(&random, half: 0.003, strikes: [300, 315, 330, 350, 370, 390, 410])
      let yesterday = try ThinLadder().sabr(forward: 352, years: 0.25, quotes: chain.quotes)
      let few = [chain.quotes[2], chain.quotes[3]]
      let helped = try ThinLadder().sabr(
        forward: 352, years: 0.25, quotes: few, prior: yesterday.priorForNextDay)
      let alone = try ThinLadder().sabr(forward: 352, years: 0.25, quotes: few)
      with += chain.error(helped.smile)
      without += chain.error(alone.smile)
    }
    #expect(with < 0.5 * without, "\(with) with a prior, \(without) without")
  }

  @Test func oneSidedQuotesBoundTheSmileOnTheirSide() throws {
    let quotes = [
      ThinLadder.Quote(strike: 330, bid: 0.29, ask: 0.31), ThinLadder.Quote(strike: 350, bid: 0.27, ask: 0.29),
      ThinLadder.Quote(strike: 370, bid: 0.27, ask: nil), ThinLadder.Quote(strike: 400, bid: nil, ask: 0.5),
    ]
    let fit = try ThinLadder().sabr(forward: 352, years: 0.25, quotes: quotes)
    #expect(fit.smile.volatility(atStrike: 370) > 0.268)
    #expect(fit.smile.volatility(atStrike: 400) < 0.5)
    #expect(throws: SmileFitError.impossibleQuote(index: 0, value: 0.2)) {
      try ThinLadder().sabr(forward: 352, years: 0.25, quotes: [ThinLadder.Quote(strike: 1, bid: 0.3, ask: 0.2)])
    }
    #expect(throws: SmileFitError.tooFewQuotes(count: 0, needed: 1)) {
      try ThinLadder().ssvi(forward: 352, years: 0.25, quotes: [ThinLadder.Quote(strike: 1, bid: nil, ask: nil)])
    }
  }
}
