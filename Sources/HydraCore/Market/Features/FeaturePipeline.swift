import HydraNumerics

/// Turns the stream of what becomes known into one feature vector for each bar of the primary market.
///
/// Events come in the order of ``MarketHistory/events(primary:related:)``. A vector uses nothing but events already
/// taken, so it can neither see nor be changed by a later one; `known` is the latest known time among them. The names
/// depend on the settings and on the symbols alone, never on the data: what an input does not give is NaN in every
/// row (a market without volume or reports keeps their columns).
///
///     var pipeline = FeaturePipeline(instrument: oats, related: [corn, wheat, vix])
///     for event in MarketHistory.events(primary: zo, related: [zc, zw, vx]) {
///       if let vector = pipeline.update(event) { table.append(vector) }
///     }
///
/// - Complexity: O(longest window) per bar of the primary market, O(1) for other events.
public struct FeaturePipeline: Sendable {
  public let instrument: Instrument
  public let settings: FeatureSettings
  /// Names of the features, in the order of every vector's values.
  public let names: [String]
  /// Standard deviation of the primary market's daily change, in price units, as labels and sizing use it.
  public private(set) var volatility: DailyVolatility

  private let groups: Set<FeatureGroup>
  private var known = Timestamp.distantPast
  private var changes = RollFreeChanges()
  private var trend: TrendFeatures
  private var closeVolatility: VolatilityFeatures
  private var secondNearby = SecondNearbySeries()
  private var pendingDaily: [DailyBar] = []
  private var dailyDate: CivilDate?
  private var range: RangeFeatures
  private var carry: CarryFeatures
  private var season = SeasonFeatures()
  private var activity = ActivityFeatures()
  private var related: [RelatedMarketFeatures]
  private var positions: PositionsFeatures
  private var indices: [VolatilityIndexFeatures]
  private var implied: ImpliedFeatures

  public init(instrument: Instrument, related: [Instrument] = [], settings: FeatureSettings = FeatureSettings()) {
    self.init(instrument: instrument, relatedSymbols: related.map(\.symbol), settings: settings)
  }

  /// The same by symbols: a market that the data do not have keeps its columns, all missing.
  public init(instrument: Instrument, relatedSymbols: [String], settings: FeatureSettings = FeatureSettings()) {
    self.instrument = instrument
    self.settings = settings
    groups = Set(settings.groups)
    volatility = DailyVolatility(span: settings.volatilitySpan)
    trend = TrendFeatures(settings)
    closeVolatility = VolatilityFeatures(settings)
    range = RangeFeatures(settings)
    carry = CarryFeatures(settings)
    positions = PositionsFeatures(settings)
    implied = ImpliedFeatures(settings)
    let symbols = relatedSymbols.filter { $0 != instrument.symbol }
    let isIndex = { settings.volatilityIndices.contains($0) }
    self.related = symbols.filter { !isIndex($0) }.map { RelatedMarketFeatures(symbol: $0, settings) }
    indices = symbols.filter(isIndex).map { VolatilityIndexFeatures(symbol: $0, settings) }

    var names: [String] = []
    for group in FeatureGroup.allCases where groups.contains(group) {
      switch group {
      case .trend: names += trend.names
      case .volatility: names += closeVolatility.names
      case .range: names += range.names
      case .carry: names += carry.names
      case .season: names += SeasonFeatures.names
      case .activity: names += ActivityFeatures.names
      case .related: names += self.related.flatMap(\.names)
      case .positions: names += positions.names
      case .volatilityIndex: names += indices.flatMap(\.names)
      case .implied: names += ImpliedFeatures.names
      }
    }
    self.names = names
  }

  /// Takes an event; gives a vector when it is a bar of the primary market later than the last one.
  public mutating func update(_ event: MarketEvent) -> FeatureVector? {
    known = max(known, event.knownTime)
    guard event.symbol == instrument.symbol else {
      updateRelated(event)
      return nil
    }
    switch event {
    case .positions(let report): positions.update(report)
    case .daily(let bar): if dailyDate == nil || bar.date > dailyDate! { pendingDaily.append(bar) }
    case .implied(let reading): implied.update(reading)
    case .roll(let roll): changes.update(roll)
    case .bar(let bar): return update(bar)
    }
    return nil
  }

  private mutating func updateRelated(_ event: MarketEvent) {
    for index in related.indices where related[index].symbol == event.symbol {
      if case .bar(let bar) = event { related[index].update(bar) }
      if case .roll(let roll) = event { related[index].update(roll) }
    }
    for index in indices.indices where indices[index].symbol == event.symbol {
      if case .bar(let bar) = event { indices[index].update(bar) }
      if case .roll(let roll) = event { indices[index].update(roll) }
    }
  }

  private mutating func update(_ bar: HeldBar) -> FeatureVector? {
    guard let step = changes.update(bar) else { return nil }
    if let change = step.change { volatility.update(change) }
    let annual = volatility.value.map { $0 * DailyVolatility.daysPerYear.squareRoot() / abs(bar.close) }
    trend.update(change: step.change)
    closeVolatility.update(relativeChange: step.relative)
    // Daily bars wait for the held bar: the change of their contract shows against its return of the same date.
    for daily in pendingDaily where dailyDate == nil || daily.date > dailyDate! {
      let second = secondNearby.update(daily, heldReturn: daily.date == bar.date ? step.relative : nil)
      range.update(second)
      activity.update(second)
      dailyDate = daily.date
    }
    pendingDaily.removeAll(keepingCapacity: true)
    carry.update(bar, annualVolatility: annual)
    season.update(isNewContract: step.isNewContract)
    for index in related.indices { related[index].pair(with: bar, relativeChange: step.relative) }
    return FeatureVector(names: names, time: bar.times.event, known: known, values: values(bar, annual))
  }

  private func values(_ bar: HeldBar, _ annualVolatility: Double?) -> [Double] {
    var values: [Double] = []
    values.reserveCapacity(names.count)
    let isFresh = dailyDate.map { bar.date - $0 <= settings.maximumPriceAge } ?? false
    for group in FeatureGroup.allCases where groups.contains(group) {
      switch group {
      case .trend: trend.write(to: &values, dailyVolatility: volatility.value)
      case .volatility: closeVolatility.write(to: &values, ewm: annualVolatility)
      case .range: range.write(to: &values, isFresh: isFresh)
      case .carry: carry.write(to: &values)
      case .season: season.write(to: &values, bar: bar)
      case .activity: activity.write(to: &values, isFresh: dailyDate == bar.date)
      case .related: for market in related { market.write(to: &values) }
      case .positions: positions.write(to: &values, date: bar.date)
      case .volatilityIndex: for index in indices { index.write(to: &values, date: bar.date) }
      case .implied:
        implied.write(to: &values, date: bar.date, annualVolatility: annualVolatility, volume: activity.meanVolume)
      }
    }
    // An infinity would come from a volatility of zero: nothing is known then.
    for index in values.indices where !values[index].isFinite { values[index] = .nan }
    return values
  }
}
