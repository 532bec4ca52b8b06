import HydraNumerics

/// Runs a strategy over a recorded market: orders, levels or bars, as the file holds.
///
///     let file = try ReplayFile(path: "l2.csv", scale: TickScale(tick: 0.25)!)
///     let report = try ReplayRun.run(file, strategy: TwoSidedQuoter(), settings: ReplayRunSettings())
///     print(report.summary(settings))
///
/// One thread; the same file, strategy and settings give the same report on every machine.
public enum ReplayRun {
  /// Events read at a time.
  static let piece = 65_536
  /// Events read before the strategy is told of the start.
  static let firstPiece = 1024

  /// Plays a file to its end in bounded memory.
  ///
  /// Throws what reading the file throws.
  public static func run(
    _ file: ReplayFile, strategy: any ReplayStrategy, settings: ReplayRunSettings
  ) throws -> ReplayReport {
    switch file.contents {
    case .bars where file.hasContracts:
      var replay = RollingReplay(settings: settings, strategy: strategy)
      while case let bars = try file.contractBars(limit: piece), !bars.isEmpty { replay.play(bars) }
      return replay.finish()
    case .bars:
      var replay = BarReplay(settings: settings, strategy: strategy)
      while case let bars = try file.bars(limit: piece), !bars.isEmpty {
        bars.withUnsafeBufferPointer { replay.play($0) }
      }
      return replay.finish()
    case .orders:
      return try play(OrderReplay(venueSettings(settings)), OrderReplay(), strategy, settings, file)
    case .levels:
      return try play(levels(settings), LevelReplay(), strategy, settings, file)
    case .quotes:
      return try play(quotes(settings), QuoteReplay(), strategy, settings, file)
    }
  }

  /// Plays events in memory; `contents` is `orders`, `levels` or `quotes`.
  public static func run(
    _ events: [ReplayEvent], _ contents: ReplayFile.Contents, strategy: any ReplayStrategy,
    settings: ReplayRunSettings
  ) -> ReplayReport {
    switch contents {
    case .orders: return play(OrderReplay(venueSettings(settings)), OrderReplay(), strategy, settings, events)
    case .levels: return play(levels(settings), LevelReplay(), strategy, settings, events)
    case .quotes: return play(quotes(settings), QuoteReplay(), strategy, settings, events)
    case .bars: preconditionFailure("events are no bars")
    }
  }

  /// Plays bars in memory.
  public static func run(
    _ bars: [ReplayBar], strategy: any ReplayStrategy, settings: ReplayRunSettings
  ) -> ReplayReport {
    var replay = BarReplay(settings: settings, strategy: strategy)
    bars.withUnsafeBufferPointer { replay.play($0) }
    return replay.finish()
  }

  /// Plays bars of several contracts of one market in memory, in time order, going from one contract to the next by the
  /// settings' rule.
  public static func run(
    _ bars: [ContractBar], strategy: any ReplayStrategy, settings: ReplayRunSettings
  ) -> ReplayReport {
    var replay = RollingReplay(settings: settings, strategy: strategy)
    replay.play(bars)
    return replay.finish()
  }

  private static func levels(_ settings: ReplayRunSettings) -> LevelReplay {
    LevelReplay(
      venueSettings(settings), draw: settings.queueDraw.map { QueueDraw(seed: settings.seed, number: $0) })
  }

  private static func quotes(_ settings: ReplayRunSettings) -> QuoteReplay {
    QuoteReplay(
      venueSettings(settings), cost: settings.marketCost(.quotes) ?? ReplayCost(),
      participation: settings.participation)
  }

  private static func venueSettings(_ settings: ReplayRunSettings) -> ReplaySettings {
    var venue = ReplaySettings()
    venue.selfMatch = settings.selfMatch
    venue.queueModel = settings.queueModel
    return venue
  }

  /// The strategy sees a market of its own where it lags: with a feed latency, or where events are known later than they
  /// happen.
  private static func play<Market: ReplayMarket & ~Copyable>(
    _ market: consuming Market, _ view: consuming Market, _ strategy: any ReplayStrategy,
    _ settings: ReplayRunSettings, _ file: ReplayFile
  ) throws -> ReplayReport {
    var events: [ReplayEvent] = []
    try file.read(into: &events, limit: firstPiece)
    // What is still to be read may lag, even if nothing does so far.
    let lags = settings.latency.feed > 0 || file.tellsKnown
    var engine = ReplayEngine(market, view: view, lags: lags, settings: settings, strategy: strategy)
    if let first = events.first { engine.start(at: first.time) }
    while !events.isEmpty {
      events.withUnsafeBufferPointer { engine.play($0) }
      try file.read(into: &events, limit: piece)
    }
    return engine.finish()
  }

  /// The same for events in memory.
  private static func play<Market: ReplayMarket & ~Copyable>(
    _ market: consuming Market, _ view: consuming Market, _ strategy: any ReplayStrategy,
    _ settings: ReplayRunSettings, _ events: [ReplayEvent]
  ) -> ReplayReport {
    let lags = settings.latency.feed > 0 || events.contains { $0.known > $0.time }
    var engine = ReplayEngine(market, view: view, lags: lags, settings: settings, strategy: strategy)
    if let first = events.first {
      engine.start(at: first.time)
      events.withUnsafeBufferPointer { engine.play($0) }
    }
    return engine.finish()
  }
}
