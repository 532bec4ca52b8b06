import HydraOptions
import Testing

/// SABR through the middles of American quotes.
@Suite struct SABRQuotesTests {
  private let market = FuturesOptionMarket(forward: 362.25, rate: 0.043, years: 0.21)

  @Test func theSmileThatMadeTheQuotesComesBack() throws {
    let truth = SABR(forward: 362.25, years: 0.21, alpha: 5.7, beta: 0.5, rho: -0.2, nu: 0.9)
    var quotes: [OptionQuote] = []
    for strike in stride(from: 300.0, through: 440, by: 20) {
      let kind: OptionKind = strike < 362.25 ? .put : .call
      let price = American.price(kind, strike: strike, volatility: truth.volatility(atStrike: strike), in: market)
      quotes.append(OptionQuote(kind, strike: strike, bid: price - 0.5, ask: price + 0.5))
    }
    // Neither has a volatility of its middle: one side is missing, or it is below exercise value.
    quotes.append(OptionQuote(.call, strike: 500, ask: 0.25))
    quotes.append(OptionQuote(.call, strike: 200, bid: 100, ask: 101))
    let fitted = try SABR.calibrated(to: OptionQuotes(quotes), in: market, beta: 0.5)
    #expect(abs(fitted.smile.alpha - 5.7) < 1e-5 && abs(fitted.smile.rho + 0.2) < 1e-5)
    #expect(abs(fitted.smile.nu - 0.9) < 1e-5)
  }

  @Test func noQuoteIsTooFew() {
    let none = OptionQuotes([OptionQuote(.call, strike: 500, ask: 0.25)])
    #expect(throws: SmileFitError.self) { try SABR.calibrated(to: none, in: market) }
  }
}
