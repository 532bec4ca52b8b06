extension SABR {
  /// The smile through the middles of American quotes on one future, all with one weight.
  ///
  ///     let fitted = try SABR.calibrated(to: quotes, in: market, beta: 0.5)
  ///     fitted.smile.alpha, fitted.fit.rootMeanSquareError
  ///
  /// Quotes without a middle, or whose middle has no volatility (below exercise value or above the bound), are left out.
  /// For few, wide or old quotes `ThinLadder` fits inside of bid and ask instead.
  ///
  /// - Throws: as `calibrated(forward:years:strikes:volatilities:weights:beta:shift:)`.
  /// - Complexity: O(quotes) American inversions.
  public static func calibrated(
    to quotes: OptionQuotes, in market: FuturesOptionMarket, beta: Double = 0.5
  ) throws(SmileFitError) -> Calibration {
    var (strikes, volatilities): ([Double], [Double]) = ([], [])
    for quote in quotes where quote.mid.isFinite {
      let volatility = try? American.impliedVolatility(of: quote.mid, quote.kind, strike: quote.strike, in: market)
      guard let volatility, volatility > 0, volatility < .infinity else { continue }
      strikes.append(quote.strike)
      volatilities.append(volatility)
    }
    return try calibrated(
      forward: market.forward, years: market.years, strikes: strikes, volatilities: volatilities, beta: beta)
  }
}
