import HydraNumerics
import HydraOptions

/// The smile through the quotes of one chain: SABR with β = 1 by ``HydraOptions/ThinLadder``.
///
/// American premiums are turned into Black volatilities first: what early exercise is worth at the volatility found so
/// far is taken off, twice. Of each strike the option out of the money counts, where that is little and changes little
/// with the volatility: what is left out is far below a tick. The sides of a quote are its middle's volatility and half
/// its width over vega.
struct ChainSmile {
  /// Strikes with a quote that a fit needs; fewer give no smile.
  static let fewestStrikes = 3

  let fit: ThinLadder.Fit<SABR>
  /// The strikes with a quote.
  let strikes: ClosedRange<Double>

  var smile: SABR { fit.smile }
  var atTheMoney: Double { smile.volatility(atStrike: smile.forward) }
  var years: Double { smile.years }

  /// - Parameter prior: of the day before, for the same expiry; nil for none.
  init?(_ chain: DailyOptionChain, prior: ThinLadder.Prior?) {
    let quotes = Self.quotes(chain)
    guard quotes.count >= Self.fewestStrikes else { return nil }
    let market = chain.market
    guard
      let fit = try? ThinLadder().sabr(
        forward: market.forward, years: market.years, quotes: quotes, beta: 1, prior: prior),
      fit.smile.volatility(atStrike: market.forward).isFinite
    else { return nil }
    self.fit = fit
    strikes = quotes[0].strike...quotes[quotes.count - 1].strike
  }

  /// The Black volatility of the middle of an American quote; nil when it has none.
  private static func volatility(of quote: OptionQuote, _ market: FuturesOptionMarket) -> Double? {
    var european = quote.mid
    var volatility: Double?
    for round in 0...2 {
      guard let found = try? Black76.impliedVolatility(of: european, quote.kind, strike: quote.strike, in: market),
        found > 0, found < .infinity
      else { return volatility }
      volatility = found
      guard round < 2 else { break }
      let early =
        American.price(quote.kind, strike: quote.strike, volatility: found, in: market, method: .fast)
        - Black76.price(quote.kind, strike: quote.strike, volatility: found, in: market)
      european = quote.mid - max(0, early)
    }
    return volatility
  }

  /// One quote a strike in volatilities, strikes ascending.
  private static func quotes(_ chain: DailyOptionChain) -> [ThinLadder.Quote] {
    let market = chain.market
    var best: [Double: ThinLadder.Quote] = [:]
    for quote in chain.quotes {
      let isOut = quote.kind == .call ? quote.strike >= market.forward : quote.strike < market.forward
      guard isOut, let spread = quote.spread, spread >= 0,
        let volatility = Self.volatility(of: quote, market), volatility > 0, volatility < .infinity
      else { continue }
      let vega = Black76.greeks(quote.kind, strike: quote.strike, volatility: volatility, in: market).vega
      let half = 0.5 * spread / vega
      guard half.isFinite else { continue }
      best[quote.strike] = ThinLadder.Quote(
        strike: quote.strike, bid: half < volatility ? volatility - half : nil, ask: volatility + half)
    }
    return best.values.sorted { $0.strike < $1.strike }
  }
}
