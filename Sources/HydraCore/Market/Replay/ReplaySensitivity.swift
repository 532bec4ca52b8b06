import HydraNumerics

/// What a run's result hangs on: the same run under other queue models, latencies, costs and sizes.
public enum ReplaySensitivity {
  /// One variant of a run.
  public struct Variant: Hashable, Codable, Sendable {
    public var name: String
    public var fills: Int
    public var lots: Int
    /// Currency, after fees.
    public var netProfit: Double
    /// Annualised; nil without changes from day to day.
    public var sharpe: Double?
    /// 5 % and 95 % points of ``sharpe`` over bootstraps.
    public var sharpeLow: Double?
    public var sharpeHigh: Double?

    init(_ name: String, _ report: ReplayReport, _ settings: ReplayRunSettings) {
      let changes = report.netChanges(settings)
      (self.name, fills, lots) = (name, report.fills.count, report.account.lots)
      netProfit = report.netProfit(settings)
      sharpe = DailySharpe(changes)?.value
      let band = DailySharpe.band(changes, seed: settings.seed)
      (sharpeLow, sharpeHigh) = (band?.lowerBound, band?.upperBound)
    }

    var json: JSONValue {
      [
        "name": .string(name), "fills": JSONValue(fills), "lots": JSONValue(lots), "net_profit": .number(netProfit),
        "sharpe_net": JSONValue(sharpe), "sharpe_p05": JSONValue(sharpeLow), "sharpe_p95": JSONValue(sharpeHigh),
      ]
    }
  }

  /// The settings to try for a market that is recorded in a way: queue models where queues are estimated, cost percentiles
  /// where market orders pay a cost function, latencies of none, half, twice and ten times.
  ///
  /// - Parameter plain: the same settings before they were put at a percentile of the cost, where they were.
  public static func variants(
    of settings: ReplayRunSettings, plain: ReplayRunSettings? = nil, _ contents: ReplayFile.Contents
  ) -> [(name: String, settings: ReplayRunSettings)] {
    var variants: [(String, ReplayRunSettings)] = []
    if contents == .levels {
      let models: [(String, QueueModel)] = [
        ("risk_averse", .riskAverse), ("power 1", .power(1)), ("power 2", .power(2)), ("power 3", .power(3)),
        ("log", .log),
      ]
      for (name, model) in models {
        var other = settings
        other.queueModel = model
        variants.append(("queue \(name)", other))
      }
    }
    for (name, factor) in [("none", 0.0), ("x 0.5", 0.5), ("x 2", 2), ("x 10", 10)] {
      var other = settings
      other.latency.scale(by: factor)
      if other.latency != settings.latency { variants.append(("latency \(name)", other)) }
    }
    if contents == .quotes || contents == .bars {
      for percentile in [5, 50, 95] {
        let cost = (plain ?? settings).atCost(percentile: Double(percentile) / 100, contents)
        variants.append(("cost p\(percentile)", cost))
      }
    }
    return variants
  }

  /// Runs variants on threads; results do not depend on their number.
  public static func run(
    _ variants: [(name: String, settings: ReplayRunSettings)], strategy: @Sendable () -> any ReplayStrategy,
    threads: Int, run: @Sendable (any ReplayStrategy, ReplayRunSettings) throws -> ReplayReport
  ) throws -> [Variant] {
    let played = parallelMap(variants.count, threads: threads) { number -> Result<Variant, any Error> in
      var (name, settings) = variants[number]
      settings.traceInterval = nil
      return Result { Variant(name, try run(strategy(), settings), settings) }
    }
    return try played.map { try $0.get() }
  }

  /// Net result against size: the strategy at each multiple of its lots.
  ///
  /// - Parameter strategy: makes the strategy at a multiple of its size.
  public static func capacity(
    _ sizes: [Int], settings: ReplayRunSettings, strategy: @Sendable (_ size: Int) -> any ReplayStrategy, threads: Int,
    run: @Sendable (any ReplayStrategy, ReplayRunSettings) throws -> ReplayReport
  ) throws -> [Variant] {
    var settings = settings
    settings.traceInterval = nil
    let all = settings
    let played = parallelMap(sizes.count, threads: threads) { number -> Result<Variant, any Error> in
      Result { Variant("x \(sizes[number])", try run(strategy(sizes[number]), all), all) }
    }
    return try played.map { try $0.get() }
  }
}

extension ReplayLatency {
  /// All times multiplied.
  mutating func scale(by factor: Double) {
    func scaled(_ time: Int64) -> Int64 { Int64((Double(time) * factor).rounded()) }
    (feed, entry, cancel) = (scaled(feed), scaled(entry), scaled(cancel))
    (modify, response, jitter) = (scaled(modify), scaled(response), scaled(jitter))
  }
}

extension ReplayRunSettings {
  /// The same with the cost at a percentile: of ``costPosterior`` for a typical order where there is one, else of the spread
  /// that ``CostModel/percentileMultiplier(_:)`` assumes.
  public func atCost(percentile: Double, _ contents: ReplayFile.Contents) -> ReplayRunSettings {
    var settings = self
    var cost = marketCost(contents) ?? ReplayCost(impactCoefficient: contents == .bars ? 0 : 0.8)
    if let posterior = costPosterior {
      let coefficients = posterior.calibration.coefficients(
        percentile: percentile, halfSpread: posterior.halfSpread, impact: posterior.impact)
      cost.halfSpread = (cost.halfSpread ?? posterior.halfSpread / tick) * coefficients.spread
      cost.impactCoefficient = coefficients.impact
    } else {
      cost.multiplier *= CostModel.percentileMultiplier(percentile)
    }
    settings.cost = cost
    return settings
  }
}
