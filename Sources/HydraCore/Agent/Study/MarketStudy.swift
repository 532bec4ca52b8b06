import HydraLearning
import HydraMarket
import HydraNumerics
import HydraStore

/// Runs the agent over recorded markets and pools what its arms earned.
///
/// A single market says little: over 18 years the standard error of a Sharpe ratio is about .24. The pool is a portfolio
/// that gives each market the same capital: on a trade date its return is the mean of the returns of the markets that
/// traded. Arms are compared on the same days, so that what they have in common cancels.
public struct MarketStudy: Sendable {
  /// What the arms earned in one market.
  public struct Market: Sendable {
    public var symbol: String
    public var summary: RunSummary
    /// Trade dates, rising.
    public var dates: [CivilDate]
    /// Daily net returns on the starting capital, aligned with the dates.
    public var returns: [Arm: [Double]]
  }

  /// The arms over the dates of a span.
  public struct Result: Sendable {
    /// "pooled" or the symbol of a market.
    public var name: String
    public var from: CivilDate
    public var to: CivilDate
    public var days: Int
    /// Annualised (252) net Sharpe ratios with stationary-bootstrap 90 % intervals; none for an arm that never traded.
    public var sharpe: [Arm: SharpeInterval]
    /// Ratio of the self-healing arm less that of the other, on the same days.
    public var difference: [Arm: SharpeInterval]

    init?(name: String, dates: [CivilDate], returns: [Arm: [Double]], within span: ClosedRange<CivilDate>, seed: UInt64)
    {
      let rows = dates.indices.filter { span.contains(dates[$0]) }
      guard let first = rows.first, let last = rows.last else { return nil }
      self.name = name
      (from, to, days) = (dates[first], dates[last], rows.count)
      let chosen = returns.mapValues { values in rows.map { values[$0] } }
      sharpe = chosen.compactMapValues { SharpeInterval.ratio(of: $0, confidence: 0.9, seed: seed) }
      difference = [:]
      guard let healing = chosen[.selfHealing] else { return }
      for other in [Arm.frozen, .periodic] {
        guard let theirs = chosen[other] else { continue }
        difference[other] = SharpeInterval.difference(of: healing, theirs, confidence: 0.9, seed: seed)
      }
    }
  }

  public var settings = AgentSettings()
  /// First trade date; history before it trains only. Nil for the first of each market.
  public var from: CivilDate?
  /// Last trade date; nil for the last of each market.
  public var to: CivilDate?
  /// First dates of further spans: the results of each span are also shown alone, from runs that go through all of them.
  public var splits: [CivilDate] = []

  public init() {}

  /// The agent on one market of a folder.
  ///
  /// - Throws: what reading the folder throws, and ``Agent/RunError/noBars(symbol:from:to:)``.
  /// - Complexity: about a minute of one core for forty years.
  public func market(_ symbol: String, in folder: MarketFolder) async throws -> Market {
    let input = try RunInput(
      folder: folder, symbol: symbol, ingested: Timestamp(nanoseconds: 0), repairs: settings.repairs)
    let epoch = CivilDate(year: 1970, month: 1, day: 1)
    guard let span = input.span else { throw Agent.RunError.noBars(symbol: symbol, from: epoch, to: epoch) }
    let agent = Agent(store: try Store(path: ":memory:"), settings: settings, threads: 1)
    let report = try await agent.run(
      market: input.market, related: input.related, from: from ?? span.lowerBound, to: to ?? span.upperBound)
    return Market(
      symbol: symbol, summary: report.summary, dates: report.records[.selfHealing]?.dates ?? [],
      returns: report.records.mapValues { RunReport.dailyReturns($0.equity, capital: settings.capital) })
  }

  /// Several markets, `threads` at a time, in the order asked for; `progress` is told how many are done.
  public func markets(
    _ symbols: [String], in folder: MarketFolder, threads: Int,
    progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) async throws -> [Market] {
    try await concurrentTasks(symbols.count, threads: threads, progress: progress) {
      try await market(symbols[$0], in: folder)
    }
  }

  /// The pool and each market over the whole time, and then over each span between ``splits``.
  public func results(_ markets: [Market]) -> [Result] {
    let dates = Set(markets.flatMap(\.dates)).sorted()
    guard let first = dates.first, let last = dates.last else { return [] }
    let pooled = Dictionary(
      uniqueKeysWithValues: Arm.allCases.map { ($0, Self.pool(markets, arm: $0, dates: dates)) })
    let bounds = [first] + splits.filter { first < $0 && $0 <= last }.sorted()
    var spans = [first...last]
    if bounds.count > 1 {
      for (index, begin) in bounds.enumerated() {
        spans.append(begin...(index + 1 < bounds.count ? bounds[index + 1].adding(days: -1) : last))
      }
    }
    return spans.flatMap { span in
      [Result(name: "pooled", dates: dates, returns: pooled, within: span, seed: settings.seed)].compactMap { $0 }
        + markets.compactMap {
          Result(name: $0.symbol, dates: $0.dates, returns: $0.returns, within: span, seed: settings.seed)
        }
    }
  }

  /// The mean return of the markets that traded, on each date.
  static func pool(_ markets: [Market], arm: Arm, dates: [CivilDate]) -> [Double] {
    let row = Dictionary(uniqueKeysWithValues: dates.enumerated().map { ($1, $0) })
    var (sums, counts) = ([Double](repeating: 0, count: dates.count), [Double](repeating: 0, count: dates.count))
    for market in markets {
      guard let returns = market.returns[arm] else { continue }
      for (date, value) in zip(market.dates, returns) {
        guard let row = row[date] else { continue }
        sums[row] += value
        counts[row] += 1
      }
    }
    return zip(sums, counts).map { $1 > 0 ? $0 / $1 : 0 }
  }
}
