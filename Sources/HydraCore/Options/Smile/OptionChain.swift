import HydraNumerics

/// The quotes of one expiry with its market: what a surface is made from.
public struct OptionChain: Hashable, Codable, Sendable {
  public var market: FuturesOptionMarket
  public var quotes: OptionQuotes

  public init(market: FuturesOptionMarket, quotes: OptionQuotes) {
    (self.market, self.quotes) = (market, quotes)
  }

  /// Bid and ask as Black volatilities, strike by strike.
  ///
  /// The side of each strike that is out of the money is used (puts below the forward, calls above, whichever there is
  /// when one is missing): its premium is all time value. A side at or below intrinsic value is no bid, one above the
  /// upper bound no ask; a quote without any side is left out. A crossed quote is left out.
  ///
  /// - Parameters:
  ///   - isAmerican: whether premiums are those of options that may be exercised early: their volatility is the one with
  ///     which the American price is met, so that smiles and densities see European prices.
  ///   - threads: the result does not depend on it.
  /// - Complexity: some 100 µs for each American side.
  public func ladder(isAmerican: Bool, threads: Int = 1) -> [ThinLadder.Quote] {
    var chosen: [Double: OptionQuote] = [:]
    for quote in quotes where quote.bid != nil || quote.ask != nil {
      let isOut = quote.kind == (quote.strike < market.forward ? .put : .call)
      if isOut || chosen[quote.strike] == nil { chosen[quote.strike] = quote }
    }
    let kept = chosen.values.sorted { $0.strike < $1.strike }
    let options = OptionColumns(
      kinds: kept.map(\.kind), forwards: kept.map { _ in market.forward }, strikes: kept.map(\.strike),
      years: kept.map { _ in market.years }, rates: kept.map { _ in market.rate })
    func volatilities(_ prices: [Double]) -> [Double?] {
      let inverted =
        isAmerican
        ? American.impliedVolatility(of: prices, options, threads: threads)
        : Black76.impliedVolatility(of: prices, options, threads: threads)
      return zip(inverted.statuses, inverted.volatilities).map { $0 == .ok && $1 > 0 ? $1 : nil }
    }
    let bids = volatilities(kept.map { $0.bid ?? .nan })
    let asks = volatilities(kept.map { $0.ask ?? .nan })
    return kept.indices.compactMap { index in
      if let bid = kept[index].bid, let ask = kept[index].ask, ask < bid { return nil }
      guard bids[index] != nil || asks[index] != nil else { return nil }
      return ThinLadder.Quote(
        strike: kept[index].strike, bid: bids[index], ask: asks[index], ageSeconds: kept[index].ageSeconds)
    }
  }
}

extension VolatilitySurface {
  /// A surface fitted to chains, with what was made of each quote.
  public struct ChainCalibration: Hashable, Codable, Sendable {
    public var surface: VolatilitySurface
    /// Each expiry's fit by itself, in the order of the surface.
    public var fits: [ThinLadder.Fit<SSVISlice>]
    /// Each expiry's bid and ask as volatilities.
    public var ladders: [[ThinLadder.Quote]]
    /// Expiries (by index) that had to give way so that no calendar spread has a negative price.
    public var lifted: [Int]
  }

  /// The arbitrage-free surface of chains of American options on futures, thin ones included: one call.
  ///
  /// Each side of each quote is inverted with the American price; each expiry is fitted inside its bids and asks
  /// (`ThinLadder`), the neighbour before it being the prior; and an expiry that lies below its neighbour somewhere is
  /// fitted again above it, to the volatilities of its own fit.
  ///
  /// - Parameters:
  ///   - isAmerican: false for European premiums.
  ///   - priors: of the expiries by index, as from yesterday; the neighbour stands in where there is none.
  /// - Throws: `.tooFewQuotes` when a chain has no usable side.
  public static func calibrated(
    toAmerican chains: [OptionChain], isAmerican: Bool = true, ladder settings: ThinLadder = ThinLadder(),
    priors: [Int: ThinLadder.Prior] = [:], clock: ReportClock = ReportClock(), threads: Int = 1
  ) throws(SmileFitError) -> ChainCalibration {
    let sorted = chains.sorted { $0.market.years < $1.market.years }
    let ladders = sorted.map { $0.ladder(isAmerican: isAmerican, threads: threads) }
    return try calibrated(
      to: zip(sorted, ladders).map { ($0.market.forward, $0.market.years, $1) }, settings: settings, priors: priors,
      clock: clock)
  }

  /// The arbitrage-free surface of ladders of volatilities.
  ///
  /// - Parameter expiries: in rising order of time.
  public static func calibrated(
    to expiries: [(forward: Double, years: Double, quotes: [ThinLadder.Quote])], settings: ThinLadder = ThinLadder(),
    priors: [Int: ThinLadder.Prior] = [:], clock: ReportClock = ReportClock()
  ) throws(SmileFitError) -> ChainCalibration {
    var slices: [SSVISlice] = []
    var fits: [ThinLadder.Fit<SSVISlice>] = []
    var lifted: [Int] = []
    for (index, expiry) in expiries.enumerated() {
      var prior = priors[index]
      if prior == nil, let neighbour = fits.last {
        // Tilt carries over; curvature falls like the root of total variance; the level is the expiry's own.
        var belief = neighbour.prior(adding: [0.5, 0.3, 0.4])
        let growth = 0.5 * Portable.log(clock.time(expiry.years) / clock.time(neighbour.smile.years))
        belief.centre[0] += 2 * growth
        belief.centre[2] -= growth
        prior = belief
      }
      let fit = try settings.ssvi(
        forward: expiry.forward, years: expiry.years, quotes: expiry.quotes, prior: prior)
      var slice = fit.smile
      if let near = slices.last, !slice.isCalendarFree(after: near) {
        let strikes = expiry.quotes.map(\.strike)
        let weights = expiry.quotes.map { quote in
          let half = LadderQuoteShape(quote, settings: settings).half
          return 1 / (half * half)
        }
        slice = try SSVISlice.calibrated(
          forward: expiry.forward, years: expiry.years, strikes: strikes,
          volatilities: slice.volatilities(atStrikes: strikes), weights: weights, withoutArbitrage: true, after: near
        ).smile
        lifted.append(index)
      }
      fits.append(fit)
      slices.append(slice)
    }
    return ChainCalibration(
      surface: try VolatilitySurface(slices: slices.map { .ssvi($0) }, clock: clock), fits: fits,
      ladders: expiries.map(\.quotes), lifted: lifted)
  }
}
