import HydraMarket
import HydraNumerics

/// The markets that a run reads: the one it trades and those that inform it.
public struct RunInput: Sendable {
  public var market: MarketHistory
  public var related: [MarketHistory]

  public init(market: MarketHistory, related: [MarketHistory]) {
    self.market = market
    self.related = related
  }

  /// Reads a market of a folder, and those of its related markets that the folder has.
  ///
  /// `ingested` is the time under which the facts are stored; it influences nothing else. `repairs` are the rules for
  /// what is odd: those of the run's ``AgentSettings``.
  public init(
    folder: MarketFolder, symbol: String, ingested: Timestamp, repairs: RepairRules = RepairRules()
  ) throws {
    (market, related) = try folder.marketWithRelated(symbol, ingested: ingested, repairs: repairs)
    let (sessions, hashes) = try folder.sessions(of: market)
    market.sessions = sessions
    market.fileHashes.merge(hashes) { $1 }
  }

  /// All events up to a date, in the order in which they became known.
  ///
  /// Of a live feed those that become known after the newest bar are left for later: a report may stand in a file before
  /// its release, and what the days up to then bring comes before it.
  func events(to end: CivilDate, isLive: Bool) -> [MarketEvent] {
    let events = MarketHistory.events(primary: market, related: related).filter { $0.date <= end }
    guard isLive, let newest = market.bars.last(where: { $0.date <= end })?.times.available else { return events }
    return events.filter { $0.knownTime <= newest }
  }

  /// The first and the last trade date of the market; nil without bars.
  public var span: ClosedRange<CivilDate>? {
    guard let first = market.bars.first?.date, let last = market.bars.last?.date else { return nil }
    return first...last
  }
}
