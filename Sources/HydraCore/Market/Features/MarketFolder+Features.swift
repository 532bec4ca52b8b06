import HydraNumerics

extension MarketFolder {
  /// A market with those of its related markets that the folder has.
  public func marketWithRelated(
    _ name: String, ingested: Timestamp, repairs: RepairRules = RepairRules()
  ) throws -> (primary: MarketHistory, related: [MarketHistory]) {
    let primary = try history(symbol: name, ingested: ingested, repairs: repairs)
    let related = try primary.instrument.related.filter { hasMarket($0) }.map {
      try history(symbol: $0, ingested: ingested, repairs: repairs)
    }
    return (primary, related)
  }

  /// The features of a market, from it and all its related markets, as far as they were known at `moment`.
  ///
  /// Facts that became known later are not even read by the pipeline. The last row is the newest one at `moment`.
  /// Targets are labels of horizon `labelHorizon`, when it is given; those not known at `moment` are NaN.
  public func features(
    of name: String, knownBy moment: Timestamp = .distantFuture, settings: FeatureSettings = FeatureSettings(),
    labelHorizon: Int? = nil
  ) throws -> FeatureTable {
    let (primary, related) = try marketWithRelated(name, ingested: Timestamp(nanoseconds: 0))
    let events = MarketHistory.events(primary: primary, related: related).prefix { $0.knownTime <= moment }
    return FeatureTable(
      events: events, instrument: primary.instrument, relatedSymbols: primary.instrument.related, settings: settings,
      labelHorizon: labelHorizon)
  }
}
