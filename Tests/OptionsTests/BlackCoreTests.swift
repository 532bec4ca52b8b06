import HydraNumerics
import HydraOptions
import Testing

/// The core that batches run on against the kernel of pairs, which Black-Scholes without carry still is.
@Suite struct BlackCoreTests {
  /// The difference of the two prices in units of the rounding of the inputs.
  private func units(
    _ kind: OptionKind, forward: Double, strike: Double, years: Double, volatility: Double
  ) -> Double {
    // Beyond these the exact kernel hands over to the textbook formula.
    guard min(forward, strike) > 1e-150, max(forward, strike) < 1e150 else { return 0 }
    let fast = Black76.price(kind, forward: forward, strike: strike, years: years, volatility: volatility)
    let exact = BlackScholes.greeks(
      kind, spot: forward, strike: strike, years: years, volatility: volatility, rate: 0)
    let scale =
      exact.price + abs(forward * exact.delta) + abs(strike * exact.dualDelta) + 1.5 * volatility * exact.vega
    return scale > 1e-280 ? abs(fast - exact.price) / (0x1p-53 * scale) : 0
  }

  @Test func randomPricesAreWithinOneUnitOfTheExactKernel() {
    var random = CounterRandom(seed: 21, stream: "core")
    var worst = 0.0
    for _ in 0..<20_000 {
      let forward = 100 * Portable.exp(3 * random.normal())
      let years = Portable.exp(2 * random.normal() - 1)
      let volatility = Portable.exp(1.5 * random.normal() - 1)
      let s = volatility * years.squareRoot()
      let strike = forward * Portable.exp(s * 4 * random.normal())
      for kind in OptionKind.allCases {
        worst = max(worst, units(kind, forward: forward, strike: strike, years: years, volatility: volatility))
      }
    }
    #expect(worst <= 1, "\(worst) units")
    if VerboseTests.isOn { print("core", worst) }
  }

  /// Both sides of every threshold: s = 2^-9 and 6, h = -16, e1 = 7/16, and K = F.
  @Test func pricesDoNotJumpAtTheSeams() {
    var worst = 0.0
    for s in [0x1p-9, 0x1p-8, 0.1, 0.875, 1, 3, 6, 8] {
      for h in [0, -1e-12, -0.5, -3, -15.999999, -16, -16.000001, -30, 0.4375 - s / 2] where h <= 0 {
        for nudge in [1 - 0x1p-50, 1, 1 + 0x1p-50] {
          let strike = 100 * Portable.exp(-h * s)
          for kind in OptionKind.allCases {
            worst = max(worst, units(kind, forward: 100, strike: strike * nudge, years: 1, volatility: s * nudge))
            worst = max(worst, units(kind, forward: strike * nudge, strike: 100, years: 1, volatility: s * nudge))
          }
        }
      }
    }
    #expect(worst <= 1, "\(worst) units")
  }

  @Test func volatilitiesFromBatchesAreThoseOfSingleCallsWhateverTheNeighbours() throws {
    var random = CounterRandom(seed: 22, stream: "core-volatility")
    var options = OptionColumns(kinds: [], forwards: [], strikes: [], years: [])
    var prices: [Double] = []
    for index in 0..<4_001 {
      let forward = 100 * Portable.exp(random.normal())
      options.kinds.append(random.below(2) == 0 ? .call : .put)
      options.forwards.append(forward)
      options.strikes.append(forward * Portable.exp(0.6 * random.normal()))
      options.years.append(2 * random.uniform() + 1e-3)
      options.rates.append(0.05 * random.normal())
      let price = Black76.price(
        options.kinds[index], forward: forward, strike: options.strikes[index], years: options.years[index],
        volatility: Portable.exp(random.normal() - 1.2), rate: options.rates[index])
      // Some neighbours that the core has to leave out.
      prices.append(index % 37 == 0 ? [0, -1, .nan, .infinity, 1e-300][index % 5] : price)
    }
    let batch = Black76.impliedVolatility(of: prices, options)
    #expect(batch == Black76.impliedVolatility(of: prices, options, threads: 3) || prices.contains(where: \.isNaN))
    for index in prices.indices {
      let market = FuturesOptionMarket(
        forward: options.forwards[index], rate: options.rates[index], years: options.years[index])
      let single = try? Black76.impliedVolatility(
        of: prices[index], options.kinds[index], strike: options.strikes[index], in: market)
      #expect(isSame(single ?? .nan, batch.volatilities[index]))
      #expect((single != nil) == [.ok, .okZeroVolatility, .atMaximum].contains(batch.statuses[index]))
    }
  }
}
