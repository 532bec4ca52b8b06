import HydraNumerics
import HydraOptions
import Testing

@Suite struct DensityInputTests {
  let market = FuturesOptionMarket(forward: 350, rate: 0.04, years: 0.2)

  func quote(_ strike: Double, _ bid: Double?, _ ask: Double?) -> OptionQuote {
    OptionQuote(strike < 350 ? .put : .call, strike: strike, bid: bid, ask: ask)
  }

  func problem(_ quotes: OptionQuotes, in market: FuturesOptionMarket? = nil) -> DensityError? {
    do throws(DensityError) {
      _ = try RiskNeutralDensity(fitting: quotes, in: market ?? self.market)
      return nil
    } catch { return error }
  }

  @Test func badInputsAreTypedErrors() {
    let good: OptionQuotes = [quote(330, 8, 8.5), quote(350, 17, 18), quote(370, 9, 10)]
    #expect(problem(good) == nil)
    #expect(problem([]) == .noQuotes)
    #expect(problem([quote(350, 17, 18)]) == .tooFewQuotes(usable: 1))
    #expect(problem([quote(350, 17, 18), quote(350, 17, 18), quote(350, 17, 18)]) == .tooFewQuotes(usable: 1))
    #expect(problem([quote(330, nil, nil), quote(350, 17, 18), quote(370, 9, nil)]) == .tooFewQuotes(usable: 1))
    #expect(problem(good + [quote(390, 4, 3)]) == .crossedQuote(strike: 390, bid: 4, ask: 3))
    #expect(problem(good + [quote(-390, 4, 5)]) == .invalidQuote(index: 3, value: -390))
    #expect(problem(good + [quote(390, 4, .infinity)]) == .invalidQuote(index: 3, value: .infinity))
    guard case .invalidQuote(3, let value) = problem(good + [quote(390, .nan, 5)]) else {
      Issue.record("NaN was taken")
      return
    }
    #expect(value.isNaN)
    guard case .invalidMarket = problem(good, in: FuturesOptionMarket(forward: 0, years: 1)) else {
      Issue.record("a forward of 0 was taken")
      return
    }
    #expect(problem([quote(330, 400, 401), quote(350, 400, 401), quote(370, 400, 401)]) == .noVolatility)
  }

  @Test func volatilitiesAreCheckedToo() {
    func problem(_ strikes: [Double], _ volatilities: [Double], weights: [Double]? = nil) -> DensityError? {
      do throws(DensityError) {
        _ = try RiskNeutralDensity(
          fittingVolatilities: volatilities, atStrikes: strikes, weights: weights, forward: 350, years: 0.2)
        return nil
      } catch { return error }
    }
    #expect(problem([300, 350, 400], [0.3, 0.3, 0.3]) == nil)
    #expect(problem([], []) == .noQuotes)
    #expect(problem([300, 350, 400], [0.3, 0.3, 0.3], weights: [1, 0, 1]) == .tooFewQuotes(usable: 2))
    #expect(problem([300, 350, 400], [0.3, -0.3, 0.3]) == .invalidQuote(index: 1, value: -0.3))
    #expect(problem([300, 0, 400], [0.3, 0.3, 0.3]) == .invalidQuote(index: 1, value: 0))
  }

  @Test func randomChainsGiveProperDensities() throws {
    var random = CounterRandom(seed: 7, stream: "chains")
    for trial in 0..<10 {
      let years = 0.03 + 0.6 * random.uniform()
      let volatility = 0.1 + 0.5 * random.uniform()
      let skew = 0.4 * (random.uniform() - 0.5)
      let market = FuturesOptionMarket(forward: 300 + 100 * random.uniform(), rate: 0.03, years: years)
      var quotes = OptionQuotes()
      for step in -8...8 where random.uniform() < 0.6 {
        let centre: Double = (market.forward / 10).rounded() * 10
        let strike: Double = centre * (1 + 0.04 * Double(step))
        let local = volatility + skew * (strike / market.forward - 1)
        guard local > 0.02 else { continue }
        let kind: OptionKind = strike < market.forward ? .put : .call
        // Noise that no density explains, and spreads that do not hold it.
        let noise: Double = 0.8 + 0.4 * random.uniform()
        let price: Double = noise * Black76.price(kind, strike: strike, volatility: local, in: market)
        let bid: Double = (price * 8).rounded(.down) / 8
        quotes.append(OptionQuote(kind, strike: strike, bid: bid > 0 ? bid : nil, ask: bid + 0.25))
      }
      guard quotes.count >= 4 else { continue }
      let density = try RiskNeutralDensity(fitting: quotes, in: market)
      #expect(abs(density.mass - 1) <= 1e-12, "trial \(trial)")
      #expect(abs(density.mean / market.forward - 1) <= 1e-9, "trial \(trial)")
      let weights: [Double] = density.models.map { $0.weight }
      #expect(abs(weights.reduce(0, +) - 1) <= 1e-12)
      var last = 0.0
      let (low, high): (Double, Double) = (density.quantile(1e-9), density.quantile(1 - 1e-9))
      for i in 0...500 {
        let x: Double = low + (high - low) * Double(i) / 500
        #expect(density.density(at: x) >= 0)
        #expect(density.probability(below: x) >= last)
        last = density.probability(below: x)
      }
      for p in [0.001, 0.2, 0.5, 0.9, 0.999] {
        #expect(abs(density.probability(below: density.quantile(p)) - p) <= 1e-9)
      }
    }
  }
}
