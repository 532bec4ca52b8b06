import HydraNumerics

/// Executes an account's orders on daily bars through ``BarExchange``, the engine that also replays intraday bars.
///
/// What is filled, and how:
/// 1. A daily bar is to the engine a bar of one price, the close, that begins and ends at the bar's event time. An order
///    meets the first bar of its contract that happens after the decision; never the bar it saw.
/// 2. Price: that close + cost for a buy, − cost for a sale, rounded against us to whole ticks; a close between two ticks
///    is rounded with its cost, once. Cost = ``ReplayCost`` with the account's ``CostModel``, volume and volatility as known
///    before the bar, and what is left of the push of earlier orders of ours (slicing saves nothing).
/// 3. Size: all orders together at most ⌊`participation` × volume of that date⌋, first come first served. The volume is
///    the daily bar's; where that date has none it is the trailing mean, and else the instrument's own figure. Daily
///    bars are of the second-nearby contract, which need not be the held one: the held month may have more or less.
/// 4. Nothing against a locked market: when the close has moved by the daily limit (to the nearest tick) buys wait at the
///    upper limit and sales at the lower one.
/// 5. Orders are day orders: what is left after `lifeInBars` bars (default one) expires.
/// 6. A change of contract cancels every working order; its two legs (``Order/legs(of:position:firstID:decided:)``)
///    are filled when submitted, at ``openRoll``'s prices with the cost of their whole size.
///
/// Known bias: a close is one price, and a whole day's volume is taken as available at it; the cost function stands for
/// the difference. The market does not react beyond it.
public struct BarVenue: Venue, Sendable {
  /// How much of a day is ours, and for how long an order lives.
  public struct Settings: Hashable, Codable, Sendable {
    /// Largest share of a day's volume that is ours.
    public var participation = 0.1
    /// Bars after which an order expires.
    public var lifeInBars = 1
    public var tracking = MarketTracker.Settings()

    public init() {}
  }

  public let instrument: Instrument
  public let cost: CostModel
  public let fees: FeeModel
  public let settings: Settings
  /// The change of contract whose legs can be filled now: from its event until the next bar. When a bar comes in a new
  /// contract without an event, the roll is taken at the old contract's last close and this bar's.
  public private(set) var openRoll: Roll?

  private var exchange: BarExchange
  /// Orders that work, by their numbers.
  private var orders: [Int: Order] = [:]
  private let scale: TickScale
  private var tracker: MarketTracker
  private var waiting: [MarketEvent] = []
  private var volume: (date: CivilDate, contracts: Double)?
  private var newest: HeldBar?
  /// The contract whose price our earlier orders have pushed.
  private var pushed: ContractMonth?

  public init(
    instrument: Instrument, cost: CostModel? = nil, fees: FeeModel? = nil, settings: Settings = Settings()
  ) {
    precondition(settings.lifeInBars > 0, "an order lives for \(settings.lifeInBars) bars")
    precondition(settings.participation >= 0, "participation is negative: \(settings.participation)")
    guard let scale = TickScale(tick: instrument.tickSize) else {
      preconditionFailure("\(instrument.symbol) has a tick of \(instrument.tickSize)")
    }
    self.instrument = instrument
    self.cost = cost ?? CostModel(instrument)
    self.fees = fees ?? FeeModel(instrument)
    self.settings = settings
    self.scale = scale
    tracker = MarketTracker(instrument: instrument, settings: settings.tracking)
    exchange = BarExchange(
      BarExchange.Rules(
        participation: settings.participation, capsMarketOrders: true, lifeInBars: settings.lifeInBars))
  }

  /// Lots of working orders on one side, not yet filled.
  public func workingLots(_ side: Side) -> Int { exchange.workingLots(side) }

  /// Takes a market order to wait for its bar; fills a leg of ``openRoll`` at once.
  public mutating func submit(_ approved: ApprovedOrder) -> [OrderUpdate] {
    let order = approved.order
    guard order.symbol == instrument.symbol else {
      return [OrderUpdate(order: order.id, time: order.decided, change: .rejected(.unknownSymbol))]
    }
    let accepted = OrderUpdate(order: order.id, time: order.decided, change: .accepted)
    switch order.kind {
    case .market:
      enter(order)
      return [accepted]
    case .roll:
      guard let roll = openRoll, order.contract == roll.from || order.contract == roll.to,
        let bar = bar(
          at: order.contract == roll.from ? roll.fromPrice : roll.toPrice, time: roll.times.event, lots: 0)
      else {
        return [OrderUpdate(order: order.id, time: order.decided, change: .rejected(.noRoll))]
      }
      prepare(order.contract, at: bar.price)
      exchange.fraction = bar.fraction
      enter(order)
      exchange.execute(order.id, at: bar.bar)
      return [accepted] + updates(at: bar.price, known: roll.times.available, date: roll.date)
    }
  }

  /// Fills, expires or cancels what an event asks for.
  public mutating func handle(_ event: MarketEvent) -> [OrderUpdate] {
    guard event.symbol == instrument.symbol else { return [] }
    switch event {
    case .positions, .implied: return []
    case .daily(let bar):
      if let contracts = bar.volume, contracts >= 0 { volume = (bar.date, contracts) }
      // The day's volume caps what may be filled, but the cost is reckoned with the mean known before the day.
      waiting.append(event)
      return []
    case .roll(let roll):
      tracker.update(event)
      openRoll = roll
      return cancel(.roll, at: roll.times.available, date: roll.date)
    case .bar(let bar):
      guard bar.close.isFinite, newest == nil || bar.date > newest!.date else { return [] }
      let updates = execute(on: bar)
      for daily in waiting { tracker.update(daily) }
      waiting.removeAll(keepingCapacity: true)
      tracker.update(event)
      note(bar)
      return updates
    }
  }

  /// Takes back every working order.
  public mutating func cancelAll(at time: Timestamp) -> [OrderUpdate] { cancel(.user, at: time, date: time.date) }

  /// Hands working orders of a contract over to a venue of its session, without a word. What that one filled counts in the
  /// share of the next bar, and what it took pushes the price as if it had been taken here.
  package mutating func withdraw(_ ids: Set<Int>, filled executions: [Execution], in contract: ContractMonth) {
    for id in ids where exchange.end(id, .user) { orders[id] = nil }
    exchange.outcomes.removeAll()
    exchange.taken += executions.reduce(0) { $0 + $1.lots }
    prepare(contract, at: newest?.close ?? 0)
    for execution in executions where !execution.isMaker {
      exchange.meter?.note(execution.side, lots: execution.lots, time: execution.time)
    }
  }

  // MARK: - Execution

  private mutating func enter(_ order: Order) {
    // It meets what happens after the decision, and not at its moment: that is what the decision saw.
    exchange.enter(
      order.id, OrderTicket(order.side, lots: order.lots, kind: .market), arrival: order.decided.nanoseconds + 1)
    orders[order.id] = order
  }

  private mutating func execute(on held: HeldBar) -> [OrderUpdate] {
    for id in orders.keys.sorted() where orders[id]?.contract != held.contract { _ = exchange.end(id, .roll) }
    if let (bar, price, fraction) = bar(at: held.close, time: held.times.event, lots: contracts(on: held.date)) {
      prepare(held.contract, at: price)
      exchange.fraction = fraction
      exchange.limits = limits(of: held.contract)
      exchange.match(bar)
      exchange.newest = bar
      exchange.taken = 0
      return updates(at: price, known: held.times.available, date: held.date)
    }
    return updates(at: held.close, known: held.times.available, date: held.date)
  }

  /// A bar of one price, and how far, in ticks, the price stands above it; nil where it cannot be counted in ticks.
  private func bar(
    at price: Double, time: Timestamp, lots: Double
  ) -> (bar: ReplayBar, price: Double, fraction: Double)? {
    let quotient = price / scale.tick
    guard quotient.isFinite, let ticks = Int32(exactly: quotient.rounded()) else { return nil }
    let fraction = scale.ticks(price) == nil ? quotient - Double(ticks) : 0
    let bar = ReplayBar(
      time: time.nanoseconds, open: ticks, high: ticks, low: ticks, close: ticks,
      lots: Int64(min(lots, 1e15).rounded(.down)))
    return (bar, price, fraction)
  }

  /// The volume of a date in which our orders share.
  private func contracts(on date: CivilDate) -> Double {
    volume.flatMap { $0.date == date ? $0.contracts : nil } ?? tracker.averageDailyVolume ?? 0
  }

  /// The prices between which the next bar of a contract may close.
  private func limits(of contract: ContractMonth) -> PriceLimits {
    guard let limit = instrument.dailyLimit, let previous = tracker.lastClose(of: contract) else { return .none }
    func ticks(_ price: Double) -> Int { Int((price / scale.tick).rounded()) }
    return PriceLimits(low: ticks(previous - limit), high: ticks(previous + limit))
  }

  /// Brings the cost to what is known now; the push of earlier orders stays with their contract. Before volatility is known
  /// it counts as 2 % of the price a day: dear, so that no early trade looks cheap.
  private mutating func prepare(_ contract: ContractMonth, at price: Double) {
    let known = ReplayCost(
      cost, tick: scale.tick, averageDailyVolume: tracker.averageDailyVolume,
      dailyVolatility: tracker.volatility.value ?? 0.02 * abs(price))
    if exchange.meter == nil || pushed != contract { exchange.meter = CostMeter(known) }
    exchange.meter?.cost = known
    pushed = contract
  }

  private mutating func cancel(_ reason: OrderReason, at time: Timestamp, date: CivilDate) -> [OrderUpdate] {
    exchange.endAll(reason)
    return updates(at: 0, known: time, date: date)
  }

  /// What the exchange did since the last time, at a market of `price`.
  private mutating func updates(at price: Double, known: Timestamp, date: CivilDate) -> [OrderUpdate] {
    defer { exchange.outcomes.removeAll(keepingCapacity: true) }
    return exchange.outcomes.compactMap { outcome in
      let (id, change): (Int, OrderUpdate.Change)
      switch outcome {
      case .met: return nil
      case .filled(let execution, let leaves):
        guard let order = orders[execution.order] else { return nil }
        id = order.id
        change = .filled(
          Fill(execution, of: order, scale: scale, market: price, fees: fees, date: date), leaves: leaves)
        if leaves == 0 { orders[id] = nil }
      case .ended(let order, let reason, let leaves):
        id = order
        change =
          switch reason {
          case .timeInForce: .expired(leaves: leaves)
          case .roll: .cancelled(.contractRolled, leaves: leaves)
          default: .cancelled(.user, leaves: leaves)
          }
        orders[id] = nil
      }
      return OrderUpdate(order: id, time: known, change: change)
    }
  }

  private mutating func note(_ bar: HeldBar) {
    let announced = openRoll?.to == bar.contract
    openRoll = nil
    if let newest, newest.contract != bar.contract, !announced {
      openRoll = Roll(
        symbol: bar.symbol, date: bar.date, from: newest.contract, to: bar.contract, fromPrice: newest.close,
        toPrice: bar.close, times: bar.times)
    }
    newest = bar
  }
}
