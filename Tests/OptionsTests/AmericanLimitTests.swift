import HydraNumerics
import HydraOptions
import Testing

/// What holds of American options whatever the numbers, and what happens where the formulas end.
struct AmericanLimitTests {
  private struct Draw {
    var kind: OptionKind
    var spot, strike, years, volatility, rate, yield: Double

    init(_ random: inout CounterRandom) {
      kind = random.below(2) == 0 ? .call : .put
      spot = 100
      strike = 100 * Portable.exp(1.2 * (random.uniform() - 0.5))
      years = Portable.exp(9 * random.uniform() - 6.5)
      volatility = Portable.exp(4 * random.uniform() - 3.5)
      rate = 0.12 * random.uniform()
      yield = random.below(2) == 0 ? rate : 0.12 * random.uniform()
    }

    func price(_ method: AmericanMethod = .fast, years: Double? = nil) -> Double {
      American.price(
        kind, spot: spot, strike: strike, years: years ?? self.years, volatility: volatility, rate: rate,
        dividendYield: yield, method: method)
    }

    var european: Double {
      BlackScholes.price(
        kind, spot: spot, strike: strike, years: years, volatility: volatility, rate: rate, dividendYield: yield)
    }
  }

  @Test func pricesLieBetweenTheirBoundsAndGrowWithTime() {
    var random = CounterRandom(seed: 3, stream: "american-bounds")
    for _ in 0..<150 {
      let draw = Draw(&random)
      let price = draw.price()
      let least = max(draw.european, draw.kind.payoff(forward: draw.spot, strike: draw.strike))
      #expect(price >= least && price <= max(draw.spot, draw.strike), "\(price), at least \(least): \(draw)")
      #expect(draw.price(years: 1.1 * draw.years) >= price - 2e-6 * draw.strike, "\(draw)")
    }
  }

  @Test func callsAndPutsOnFuturesAreOnesMirror() {
    let market = FuturesOptionMarket(forward: 362, rate: 0.045, years: 0.4)
    let mirror = FuturesOptionMarket(forward: 350, rate: 0.045, years: 0.4)
    let call = American.price(.call, strike: 350, volatility: 0.3, in: market)
    let put = American.price(.put, strike: 362, volatility: 0.3, in: mirror)
    #expect(abs(call - put) <= 1e-12 * call)
    // The same boundary from both ends.
    #expect(call > Black76.price(.call, strike: 350, volatility: 0.3, in: market))
  }

  @Test func withoutInterestOptionsOnFuturesAreEuropeanToTheLastBit() {
    for kind in OptionKind.allCases {
      let market = FuturesOptionMarket(forward: 362, rate: 0, years: 0.4)
      let american = American.price(kind, strike: 350, volatility: 0.3, in: market)
      #expect(american == Black76.price(kind, strike: 350, volatility: 0.3, in: market))
    }
    // A call that earns its owner more than the stock is never exercised.
    let call = American.price(.call, spot: 100, strike: 80, years: 1, volatility: 0.2, rate: 0.05, dividendYield: 0)
    #expect(call == BlackScholes.price(.call, spot: 100, strike: 80, years: 1, volatility: 0.2, rate: 0.05))
  }

  @Test func limitsAreTheBestCertainPayoff() {
    func put(
      _ spot: Double, years: Double = 1, volatility: Double = 0.2, rate: Double = 0.05, yield: Double = 0
    ) -> Double {
      American.price(
        .put, spot: spot, strike: 100, years: years, volatility: volatility, rate: rate, dividendYield: yield)
    }
    #expect(put(90, years: 0) == 10)
    #expect(put(110, years: 0) == 0)
    #expect(put(90, volatility: 0) == 10)
    #expect(abs(put(90, years: 1e-12) - 10) <= 1e-9)
    #expect(abs(put(90, volatility: 1e-9) - 10) <= 1e-9)
    // Waiting pays where the yield is above the rate.
    let late = put(100, volatility: 0, rate: 0.01, yield: 0.06)
    #expect(abs(late - 100 * (Portable.exp(-0.01) - Portable.exp(-0.06))) <= 1e-12)
    #expect(abs(put(100, volatility: 1e-6, rate: 0.01, yield: 0.06) - late) <= 1e-6)
    #expect(put(20) == 80)
    #expect(put(0) == 100)
    #expect(put(100, volatility: .infinity) == 100)
    #expect(American.greeks(.put, spot: 20, strike: 100, years: 1, volatility: 0.2, rate: 0.05).delta == -1)
  }

  @Test func impossibleInputsHaveAStatusAndNoNumber() {
    let (nan, infinity) = (Double.nan, Double.infinity)
    let rows: [(forward: Double, strike: Double, years: Double, rate: Double, vol: Double, status: PriceStatus)] = [
      (nan, 100, 1, 0.05, 0.2, .nanInput), (100, nan, 1, 0.05, 0.2, .nanInput), (100, 100, 1, nan, 0.2, .nanInput),
      (100, 100, 1, 0.05, nan, .nanInput), (-1, 100, 1, 0.05, 0.2, .invalid), (100, 100, -1, 0.05, 0.2, .invalid),
      (100, 100, 1, infinity, 0.2, .invalid), (100, 100, 1, 0.05, -0.2, .invalid), (100, 90, 1, 0.05, 0.2, .ok),
    ]
    let options = OptionColumns(
      kinds: rows.map { _ in .put }, forwards: rows.map(\.forward), strikes: rows.map(\.strike),
      years: rows.map(\.years), rates: rows.map(\.rate))
    for method in AmericanMethod.allCases {
      let result = American.price(options, volatilities: rows.map(\.vol), method: method)
      #expect(result.statuses == rows.map(\.status))
      for (price, row) in zip(result.prices, rows) { #expect(price.isNaN == (row.status != .ok)) }
      let greeks = American.greeks(options, volatilities: rows.map(\.vol), method: method)
      #expect(greeks.statuses == rows.map(\.status))
    }
  }

  @Test func batchesHaveTheBitsOfSingleCallsForAnyThreads() {
    var random = CounterRandom(seed: 9, stream: "american-batch")
    let draws = (0..<12).map { _ in Draw(&random) }
    let options = SpotOptionColumns(
      kinds: draws.map(\.kind), spots: draws.map(\.spot), strikes: draws.map(\.strike), years: draws.map(\.years),
      rates: draws.map(\.rate), dividendYields: draws.map(\.yield))
    let one = American.price(options, volatilities: draws.map(\.volatility), method: .fast, threads: 1)
    let two = American.price(options, volatilities: draws.map(\.volatility), method: .fast, threads: 2)
    #expect(one == two)
    #expect(one.prices.map(\.bitPattern) == draws.map { $0.price().bitPattern })
  }

  @Test func priceWithoutVolatilityHasTheStatusThatSaysWhy() {
    let market = FuturesOptionMarket(forward: 100, rate: 0.05, years: 0.5)
    func status(_ price: Double, strike: Double = 110, kind: OptionKind = .put) -> ImpliedVolatilityStatus {
      let options = OptionColumns(
        kinds: [kind], forwards: [market.forward], strikes: [strike], years: [market.years], rates: [market.rate])
      return American.impliedVolatility(of: [price], options).statuses[0]
    }
    #expect(status(10) == .okZeroVolatility)
    #expect(status(9.9) == .belowIntrinsic)
    #expect(status(110) == .atMaximum)
    #expect(status(111) == .aboveMaximum)
    #expect(status(.nan) == .nanInput)
    #expect(status(12, strike: -1) == .invalid)
    #expect(status(10.5) == .ok)
    #expect(throws: ImpliedVolatilityError.self) {
      try American.impliedVolatility(of: 9.9, .put, strike: 110, in: market)
    }
  }

  @Test func betweenTwoBoundariesThePriceGoesOnFromOne() {
    func put(rate: Double) -> Double {
      American.price(.put, spot: 95, strike: 100, years: 2, volatility: 0.2, rate: rate, dividendYield: -0.04)
    }
    let (one, two) = (put(rate: 1e-7), put(rate: -1e-7))
    #expect(abs(one - two) <= 2e-3, "\(one), \(two)")
    let deep = put(rate: -0.01)
    let european = BlackScholes.price(
      .put, spot: 95, strike: 100, years: 2, volatility: 0.2, rate: -0.01, dividendYield: -0.04)
    #expect(deep > european && deep > 5)
  }
}
