import HydraNumerics

extension LookAheadCheck {
  /// The leaks of the importer: what it makes of files whose later rows are not there has to be what it makes of the whole
  /// files, as far as that was known.
  ///
  /// A row is a fact of the market, at the time at which it became known. Only ``Future/removed`` is tried.
  ///
  /// - Throws: what ``MarketFolder/history(symbol:ingested:repairs:)`` throws.
  public func importLeaks(
    of folder: MarketFolder, market: String, repairs: RepairRules = RepairRules()
  ) throws -> [Leak] {
    func rows(_ folder: MarketFolder) throws -> LookAheadRows {
      LookAheadRows(try folder.history(symbol: market, ingested: Timestamp(nanoseconds: 0), repairs: repairs))
    }
    let whole = try rows(folder)
    return try moments.compactMap { moment in
      Self.difference(whole, try rows(folder.known(by: moment)), at: moment, .removed)
    }
  }
}

extension LookAheadRows {
  /// The facts of a market in the order in which they became known: prices, positions and prices of rolls.
  public init(_ history: MarketHistory) {
    self.init(columns: [
      "date", "close/open/long/from/volatility", "carry/high/short/to/term_slope", "next/low/variance",
      "settle/skewness", "volume/kurtosis", "risk_reversal", "gamma_exposure", "flip_distance", "call_share",
    ])
    for event in MarketHistory.events(primary: history) {
      var values: [Double?]
      switch event {
      case .bar(let bar): values = [bar.close, bar.carryClose, bar.nextClose]
      case .daily(let bar): values = [bar.open, bar.high, bar.low, bar.settle, bar.volume]
      case .positions(let report): values = [report.commercialLong, report.commercialShort]
      case .implied(let reading): values = ImpliedReading.figures.map { reading[keyPath: $0.path] }
      case .roll(let roll): values = [roll.fromPrice, roll.toPrice]
      }
      values = [Double(event.date.dayNumber)] + values
      append((0..<10).map { $0 < values.count ? values[$0] ?? .nan : .nan }, at: event.knownTime)
    }
  }
}
