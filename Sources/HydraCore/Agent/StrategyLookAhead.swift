import HydraMarket
import HydraNumerics
import HydraStore

/// Reruns the whole agent (fits, forecasts, risk review, orders, experiments) with everything after a moment removed, and
/// with everything after it scrambled; what its arms journalled up to that moment has to be the same to the byte.
///
/// ```swift
/// let check = StrategyLookAhead(settings: settings, moments: [T])
/// let leaks = try await check.leaks(market: oats, related: [corn], from: start, to: end)
/// ```
/// Runs live in memory. A strategy of one's own is checked with ``LookAheadCheck``, as a function from events to
/// decisions.
public struct StrategyLookAhead: Sendable {
  /// The first entry that another future changed.
  public struct Leak: Hashable, Codable, Sendable {
    public var future: LookAheadCheck.Future
    public var moment: Timestamp
    /// Place among the arms' entries up to the moment.
    public var entry: Int
    /// Time, arm, kind and payload with and without the true future; nil where there is no such entry.
    public var withFuture: String?
    public var without: String?
  }

  public var settings: AgentSettings
  public var moments: [Timestamp]
  public var seed: UInt64
  public var threads: Int

  public init(settings: AgentSettings, moments: [Timestamp], seed: UInt64 = 42, threads: Int = 1) {
    (self.settings, self.moments, self.seed, self.threads) = (settings, moments, seed, threads)
  }

  /// The leaks, at most one a moment and way of changing the future.
  ///
  /// - Throws: what ``Agent/run(market:related:from:to:progress:)`` throws.
  /// - Complexity: two runs a moment, and one of the whole.
  public func leaks(
    market: MarketHistory, related: [MarketHistory], from: CivilDate, to: CivilDate
  ) async throws -> [Leak] {
    let whole = try await entries(market, related, from, to)
    var leaks: [Leak] = []
    for moment in moments {
      let removed = try await entries(market.known(by: moment), related.map { $0.known(by: moment) }, from, to)
      leaks += [Self.difference(whole, removed, moment, .removed)].compactMap { $0 }
      let other = market.scrambled(after: moment, seed: seed)
      let others = related.map { $0.scrambled(after: moment, seed: seed) }
      let scrambled = try await entries(other, others, from, to)
      leaks += [Self.difference(whole, scrambled, moment, .scrambled)].compactMap { $0 }
    }
    return leaks
  }

  private func entries(
    _ market: MarketHistory, _ related: [MarketHistory], _ from: CivilDate, _ to: CivilDate
  ) async throws -> [JournalRecord] {
    let store = try Store(path: ":memory:")
    let agent = Agent(
      store: store, settings: settings, experiments: InProcessExperiments(threads: threads), threads: threads)
    _ = try await agent.run(market: market, related: related, from: from, to: to)
    guard let run = try store.runs.latest() else { return [] }
    return try store.journal.entries(of: run).filter { !$0.arm.isEmpty }
  }

  private static func difference(
    _ whole: [JournalRecord], _ other: [JournalRecord], _ moment: Timestamp, _ future: LookAheadCheck.Future
  ) -> Leak? {
    let text = { (entry: JournalRecord) in "\(entry.time) \(entry.arm) \(entry.kind) \(entry.payloadText)" }
    let (entries, others) = (
      whole.filter { $0.time <= moment }.map(text), other.filter { $0.time <= moment }.map(text)
    )
    for index in 0..<max(entries.count, others.count) {
      let (entry, changed) = (
        index < entries.count ? entries[index] : nil, index < others.count ? others[index] : nil
      )
      if entry != changed {
        return Leak(future: future, moment: moment, entry: index, withFuture: entry, without: changed)
      }
    }
    return nil
  }
}
