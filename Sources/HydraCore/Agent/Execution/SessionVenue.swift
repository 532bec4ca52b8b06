import HydraMarket
import HydraNumerics

/// Where an account's approved orders are executed: the seam between the agent and the replay engine.
///
/// - On a trade date that was recorded order by order or minute by minute in the orders' contract, those that wait are
///   worked together inside of the session by executors, through the replay engine: ``SessionWork``. What is not filled
///   by the end of the session expires.
/// - Everything else, rolls above all, meets the day's close in the engine's bars: `BarVenue`, with the cost function.
///   Without sessions this venue is a `BarVenue`, to the last bit.
///
/// A session counts only where it begins after the order was decided.
public struct SessionVenue: Venue, Sendable {
  private var bars: BarVenue
  private let sessions: [CivilDate: MarketSession]
  private var waiting: [ApprovedOrder] = []
  private var tracker: MarketTracker
  private var filled: [Int: [Fill]] = [:]
  /// Orders that came to an end since ``takeOutcomes()``.
  private var outcomes: [OrderOutcome] = []

  public init(
    instrument: Instrument, cost: CostModel, fees: FeeModel, settings: BarVenue.Settings,
    sessions: [MarketSession] = []
  ) {
    bars = BarVenue(instrument: instrument, cost: cost, fees: fees, settings: settings)
    tracker = MarketTracker(instrument: instrument, settings: settings.tracking)
    self.sessions = Dictionary(sessions.map { ($0.date, $0) }, uniquingKeysWith: { first, _ in first })
  }

  public var instrument: Instrument { bars.instrument }

  /// The change of contract whose legs can be filled now.
  public var openRoll: Roll? { bars.openRoll }

  /// Lots of working orders on one side, not yet filled.
  public func workingLots(_ side: Side) -> Int { bars.workingLots(side) }

  /// Takes an order to wait for the next bar or session of its contract; fills a leg of a roll at once.
  public mutating func submit(_ approved: ApprovedOrder) -> [OrderUpdate] {
    if approved.order.kind == .market { waiting.append(approved) }
    let updates = bars.submit(approved)
    note(updates)
    return updates
  }

  /// Takes back every working order.
  public mutating func cancelAll(at time: Timestamp) -> [OrderUpdate] {
    let updates = bars.cancelAll(at: time)
    note(updates)
    return updates
  }

  /// Works orders inside of the bar's session where it was recorded; fills, expires or cancels the others by the bar.
  public mutating func handle(_ event: MarketEvent) -> [OrderUpdate] {
    var updates: [OrderUpdate] = []
    if case .bar(let bar) = event, let (orders, session) = workable(on: bar) {
      let works = SessionWork.all(
        orders, in: session, venue: bars, state: tracker.state(at: bar.times.available),
        lastClose: tracker.lastClose(of: bar.contract))
      // They are worked here and not at the close, where the others find so much less.
      let ids = Set(orders.map(\.id))
      bars.withdraw(ids, filled: works.flatMap(\.executions), in: bar.contract)
      waiting.removeAll { ids.contains($0.order.id) }
      for work in works {
        updates += work.updates(known: bar.times.available, date: bar.date)
        outcomes.append(OrderOutcome(work.order, work: work, instrument: instrument, fees: bars.fees, end: bar.close))
      }
    }
    let own = bars.handle(event)
    tracker.update(event)
    note(own)
    return updates + own
  }

  /// The orders that a record of the bar's session can be asked about, the first decided first.
  private func workable(on bar: HeldBar) -> (orders: [Order], session: MarketSession)? {
    guard bar.symbol == instrument.symbol, let session = sessions[bar.date], session.contract == bar.contract,
      let span = session.span
    else { return nil }
    let orders = waiting.map(\.order).filter {
      $0.contract == bar.contract && $0.decided.nanoseconds < span.lowerBound
    }
    return orders.isEmpty ? nil : (orders, session)
  }

  /// Follows the orders that the bars execute to their end.
  private mutating func note(_ updates: [OrderUpdate]) {
    for update in updates {
      if let fill = update.fill { filled[update.order, default: []].append(fill) }
      guard update.isFinal else { continue }
      let fills = filled.removeValue(forKey: update.order) ?? []
      guard let place = waiting.firstIndex(where: { $0.order.id == update.order }) else { continue }
      let order = waiting.remove(at: place).order
      let end = tracker.lastClose(of: order.contract) ?? order.referencePrice
      outcomes.append(
        OrderOutcome(
          order, fills: fills, arrival: fills.first?.marketPrice ?? end, end: fills.last?.marketPrice ?? end,
          instrument: instrument, fees: bars.fees))
    }
  }

  /// Hands over what became of orders, oldest first, and forgets it.
  public mutating func takeOutcomes() -> [OrderOutcome] {
    defer { outcomes = [] }
    return outcomes
  }
}
