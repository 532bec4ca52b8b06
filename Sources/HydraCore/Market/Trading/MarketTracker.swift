import HydraNumerics

/// Follows one market's events and keeps what trading needs to know of it: price, volatility, volume.
///
/// Volume is the mean of the last `volumeWindow` recorded days. With fewer than `minimumVolumes` of them, or with none
/// in the last `maximumVolumeAge` days, the instrument's own figure is used; where that is nil too, volume is unknown.
///
/// - Complexity: O(`volumeWindow`) per state, O(1) per event.
public struct MarketTracker: Sendable {
  /// Windows of volume and volatility.
  public struct Settings: Hashable, Codable, Sendable {
    /// Recorded days in the mean volume.
    public var volumeWindow = 60
    public var minimumVolumes = 20
    /// Calendar days after which recorded volume says nothing about today.
    public var maximumVolumeAge = 30
    /// Span of the exponentially weighted volatility, in trade dates.
    public var volatilitySpan = DailyVolatility.standardSpan

    public init() {}
  }

  public let instrument: Instrument
  public let settings: Settings
  public private(set) var volatility: DailyVolatility
  private var changes = RollFreeChanges()
  private var volumes: TrailingWindow
  private var volumeDate: CivilDate?
  private var newest: HeldBar?
  private var previousPrice: Double?

  public init(instrument: Instrument, settings: Settings = Settings()) {
    self.instrument = instrument
    self.settings = settings
    volatility = DailyVolatility(span: settings.volatilitySpan)
    volumes = TrailingWindow(capacity: settings.volumeWindow)
  }

  /// Takes an event; those of other markets are ignored.
  public mutating func update(_ event: MarketEvent) {
    guard event.symbol == instrument.symbol else { return }
    switch event {
    case .positions, .implied: break
    case .daily(let bar):
      guard let volume = bar.volume, volume >= 0, bar.date > volumeDate ?? bar.date.adding(days: -1) else { return }
      volumes.append(volume)
      volumeDate = bar.date
    case .roll(let roll): changes.update(roll)
    case .bar(let bar):
      guard let step = changes.update(bar) else { return }
      if let change = step.change { volatility.update(change) }
      previousPrice = step.previousClose
      newest = bar
    }
  }

  /// Mean contracts a day as known now; nil when neither recorded nor set.
  public var averageDailyVolume: Double? {
    if volumes.count >= settings.minimumVolumes, let newest, let volumeDate,
      newest.date - volumeDate <= settings.maximumVolumeAge
    {
      return volumes.mean
    }
    return instrument.averageDailyVolume
  }

  /// The close of `contract` before the bar that comes next; nil when the contract has not been seen.
  public func lastClose(of contract: ContractMonth) -> Double? { changes.lastClose(of: contract) }

  /// What is known at `now`; nil before the first bar.
  public func state(at now: Timestamp) -> MarketState? {
    guard let newest else { return nil }
    return MarketState(
      symbol: instrument.symbol, now: now, contract: newest.contract, date: newest.date,
      priceKnown: newest.times.available, price: newest.close, previousPrice: previousPrice,
      averageDailyVolume: averageDailyVolume, dailyVolatility: volatility.value, pointValue: instrument.pointValue,
      initialMargin: instrument.initialMargin)
  }
}
