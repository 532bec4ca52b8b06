extension OptionQuotes {
  /// The quotes as premiums of European options, with the volatilities of the American ones.
  ///
  /// Each bid, ask and stated middle is inverted as an American premium and priced again as a European one. A side without
  /// volatility (below exercise value or above the bound) is left out; a bid at exercise value, where the option may be
  /// exercised at once, becomes the European value at zero volatility. Everything made for European premiums then
  /// works on American ones: densities, implied moments, smiles.
  ///
  ///     let density = try RiskNeutralDensity(fitting: quotes.european(in: market), in: market)
  ///
  /// - Complexity: O(quotes) American inversions.
  public func european(in market: FuturesOptionMarket) -> OptionQuotes {
    OptionQuotes(
      map { quote in
        func european(_ premium: Double?) -> Double? {
          guard let premium, premium > 0 else { return nil }
          guard premium.isFinite else { return premium }
          guard
            let volatility = try? American.impliedVolatility(of: premium, quote.kind, strike: quote.strike, in: market),
            volatility < .infinity
          else { return nil }
          return Black76.price(quote.kind, strike: quote.strike, volatility: volatility, in: market)
        }
        var result = quote
        result.bid = european(quote.bid)
        result.ask = european(quote.ask)
        result.statedMid = european(quote.statedMid)
        result.lastPrice = european(quote.lastPrice)
        return result
      })
  }
}
