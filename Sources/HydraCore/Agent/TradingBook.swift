import HydraMarket
import HydraNumerics

/// The trading path of one account in one market: what was known, what was decided, what was filled, what it earned.
///
/// ```
/// events of one moment -> venue fills pending orders -> portfolio -> settlement
/// prediction -> sizing -> risk review -> venue
/// ```
/// A value: the real account, a challenger's paper account and an experiment's replay are all books, stepped with the
/// same events. Nothing in it reads a clock or a random number.
public struct TradingBook: Sendable {
  /// What a book needs beside the market.
  public struct Settings: Hashable, Codable, Sendable {
    public var sizing: Sizing
    public var limits: RiskLimits
    public var cost: CostModel
    public var fees: FeeModel
    public var venue: BarVenue.Settings
    /// Trade dates over which a forecast is expected to be earned.
    public var horizon: Int

    public init(
      sizing: Sizing, limits: RiskLimits, cost: CostModel, fees: FeeModel, venue: BarVenue.Settings, horizon: Int
    ) {
      self.sizing = sizing
      self.limits = limits
      self.cost = cost
      self.fees = fees
      self.venue = venue
      self.horizon = horizon
    }
  }

  /// What the events of one moment did to the account.
  public struct Settlement: Sendable {
    public var fills: [Fill] = []
    /// Orders that ended without being filled.
    public var ended: [OrderUpdate] = []
    /// Refusals of the risk review (only a roll's opening leg can be refused here).
    public var refusals: [RiskRefusal] = []
    /// Orders that came to an end, rolls aside, with what executing them cost.
    public var outcomes: [OrderOutcome] = []
  }

  /// What was decided at one moment.
  public struct Decision: Sendable {
    public var forecast: Double?
    public var sizing: Sizing.Decision?
    public var order: Order?
    public var refusal: RiskRefusal?
    /// The total loss stop has been met: positions are closed and none is opened.
    public var isStopped = false
  }

  /// An order with the event of its moment after which it was sent.
  struct Sent: Hashable, Sendable {
    let approved: ApprovedOrder
    let afterEvent: Int
  }

  public let instrument: Instrument
  /// How the account trades; a champion's recipe tightens it, see ``Settings/under(_:)``.
  public internal(set) var settings: Settings
  /// The account's trading state.
  public internal(set) var governor = RiskGovernor()
  public private(set) var portfolio: Portfolio
  public private(set) var venue: SessionVenue
  public private(set) var tracker: MarketTracker
  /// The contract to hold now: the newest bar's, or the one it was rolled into.
  public private(set) var contract: ContractMonth?
  /// Its price on the newest trade date.
  public private(set) var price = Double.nan
  private var nextOrder = 1
  /// Orders that went to the venue since the last moment began, for a broker beside it.
  private(set) var sent: [Sent] = []
  /// The newest event of the moment, by its place.
  private var eventIndex = 0
  /// Fills so far, both legs of rolls included.
  public private(set) var fillCount = 0
  /// Spread and impact paid so far, in currency; fees are the portfolio's.
  public private(set) var slippage = 0.0

  /// - Parameter sessions: what was recorded inside of days; orders of those days are worked there.
  public init(instrument: Instrument, capital: Double, settings: Settings, sessions: [MarketSession] = []) {
    self.instrument = instrument
    self.settings = settings
    portfolio = Portfolio(cash: capital, instruments: [instrument])
    venue = SessionVenue(
      instrument: instrument, cost: settings.cost, fees: settings.fees, settings: settings.venue, sessions: sessions)
    tracker = MarketTracker(instrument: instrument, settings: settings.venue.tracking)
  }

  /// Lots of all contracts of the market.
  public var position: Int { portfolio.lots(instrument.symbol) }

  /// Cash after the newest settlement, in currency.
  public var equity: Double { portfolio.cash }

  /// What is known of the market at `now`, for the contract to hold; nil before the first bar.
  public func market(at now: Timestamp) -> MarketState? {
    guard var state = tracker.state(at: now), let contract else { return nil }
    if contract != state.contract {
      (state.contract, state.price, state.previousPrice) = (contract, price, nil)
    }
    return state
  }

  /// Lets the events of one moment, in their order, happen to the account.
  public mutating func settle(_ events: [MarketEvent]) throws -> Settlement {
    var result = Settlement()
    sent = []
    for (index, event) in events.enumerated() where event.symbol == instrument.symbol {
      eventIndex = index
      try take(venue.handle(event), into: &result)
      tracker.update(event)
      switch event {
      case .bar(let bar):
        if let open = venue.openRoll, open.to == bar.contract, open.from == contract {
          // A new contract without a roll's event: the venue has opened one at this bar.
          try roll(open, known: bar.times.available, into: &result)
        }
        (contract, price) = (bar.contract, bar.close)
        try portfolio.settle(bar.symbol, bar.contract, price: bar.close, date: bar.date)
      case .roll(let change):
        try portfolio.settle(change.symbol, change.from, price: change.fromPrice, date: change.date)
        try roll(change, known: change.times.available, into: &result)
        (contract, price) = (change.to, change.toPrice)
        try portfolio.settle(change.symbol, change.to, price: change.toPrice, date: change.date)
      case .positions, .daily, .implied: break
      }
    }
    result.outcomes = venue.takeOutcomes()
    return result
  }

  private mutating func roll(_ change: Roll, known: Timestamp, into result: inout Settlement) throws {
    let held = portfolio.lots(change.symbol, change.from)
    guard held != 0, var state = tracker.state(at: known) else { return }
    (state.contract, state.price) = (change.from, change.fromPrice)
    let legs = Order.legs(of: change, position: held, firstID: nextOrder, decided: known)
    nextOrder += legs.count
    let (approved, refusal) = settings.limits.review(rollLegs: legs, portfolio: portfolio, market: state)
    if let refusal { result.refusals.append(refusal) }
    for leg in approved {
      // Nothing is carried into the next contract while everything is to be closed.
      if leg.closes == 0, governor.flattens {
        result.refusals.append(.halted(reason: governor.strictest?.code ?? "halt"))
        continue
      }
      sent.append(Sent(approved: leg, afterEvent: eventIndex))
      try take(venue.submit(leg), into: &result)
    }
  }

  private mutating func take(_ updates: [OrderUpdate], into result: inout Settlement) throws {
    for update in updates {
      if let fill = update.fill {
        try portfolio.apply(fill)
        result.fills.append(fill)
        fillCount += 1
        slippage += (fill.halfSpread + fill.impact) * Double(fill.lots) * instrument.pointValue
      } else if update.isFinal {
        result.ended.append(update)
      }
    }
  }

  /// Decides on a position and sends the order that leads to it, as far as the risk limits allow.
  ///
  /// `forecast` is in standard deviations of the horizon's price change; nil (no model, blocked trading) asks for
  /// nothing and leaves the position. `volatility` replaces the tracker's where the champion sizes with its own span.
  /// `riskScale` lowers the volatility target. Sizes follow the starting capital, and the cash when less is left: gains
  /// are not bet again, so that limits in currency mean the same all along and years can be compared.
  public mutating func decide(
    forecast: Double?, volatility: Double?, riskScale: Double, at now: Timestamp
  ) -> Decision {
    var decision = Decision(forecast: forecast)
    guard var state = market(at: now) else { return decision }
    if let stop = settings.limits.totalLossStop, portfolio.drawdown >= stop {
      decision.isStopped = true
      flatten(state, .riskReduction, into: &decision)
      return decision
    }
    if governor.flattens {
      flatten(state, .flatten, into: &decision)
      return decision
    }
    guard let forecast else { return decision }
    if let volatility { state.dailyVolatility = volatility }
    let signal = Signal(
      symbol: instrument.symbol, time: now, forecast: forecast, horizonDays: settings.horizon)
    var sizing = settings.sizing
    sizing.targetVolatility *= min(1, riskScale)
    let (order, sized) = sizing.order(
      signal, id: nextOrder, portfolio: portfolio, market: state, limits: settings.limits, cost: settings.cost,
      fees: settings.fees, capital: min(portfolio.start, portfolio.cash))
    decision.sizing = sized
    guard let order else { return decision }
    send(order, state, into: &decision)
    return decision
  }

  /// Gets out as fast as the limits on order size allow: past the total loss stop nothing else is done any more.
  private mutating func flatten(_ state: MarketState, _ reason: Order.Reason, into decision: inout Decision) {
    let held = portfolio.lots(instrument.symbol, state.contract)
    guard let side = Side(ofChange: -held) else { return }
    let allowed = settings.limits.allowedLots(side, contract: state.contract, portfolio: portfolio, market: state)
    guard min(abs(held), allowed) > 0 else { return }
    send(
      Order(
        id: nextOrder, symbol: instrument.symbol, contract: state.contract, side: side, lots: min(abs(held), allowed),
        reason: reason, decided: state.now, referencePrice: state.price), state, into: &decision)
  }

  private mutating func send(_ order: Order, _ state: MarketState, into decision: inout Decision) {
    nextOrder += 1
    decision.order = order
    let working = venue.workingLots(order.side)
    let held = portfolio.lots(order.symbol, order.contract)
    let reducible = held * order.side.sign < 0 ? max(0, abs(held) - working) : 0
    let allowed: Order
    switch governor.review(order, reducible: reducible) {
    case .success(let order): allowed = order
    case .failure(let refusal):
      decision.refusal = refusal
      return
    }
    decision.order = allowed
    switch settings.limits.review(allowed, portfolio: portfolio, market: state, workingLots: working) {
    case .approved(let approved):
      governor.note(allowed)
      sent.append(Sent(approved: approved, afterEvent: eventIndex))
      _ = venue.submit(approved)
    case .refused(let refusal): decision.refusal = refusal
    }
  }

  /// Takes back every working order, and answers with what ended.
  mutating func cancelWorking(at now: Timestamp) -> [OrderUpdate] { venue.cancelAll(at: now) }
}
