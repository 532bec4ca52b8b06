import HydraNumerics

/// Executes orders against daily bars, at the close that follows the decision, with the cost function's price.
///
/// What is filled, and how:
/// 1. An order waits for the next bar of its contract that becomes known after the decision; never the bar it saw.
/// 2. Price: that bar's close + cost for a buy, − cost for a sale, where cost = ``CostModel`` at the lots of this side
///    filled on this bar so far (slicing saves nothing), volume and volatility as known before the bar. Not rounded to
///    ticks: it is an expected price.
/// 3. Size: all orders together at most ⌊`participation` × volume of that date⌋, first come first served. The volume is
///    the daily bar's; where that date has none it is the trailing mean, and else the instrument's own figure. Daily
///    bars are of the second-nearby contract, which need not be the held one: the held month may have more or less.
/// 4. Nothing against a locked market: when the close has moved by the daily limit (less half a tick) buys wait at the
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

  private struct Working {
    let order: Order
    var leaves: Int
    var bars = 0
  }
  private var working: [Working] = []
  private var tracker: MarketTracker
  private var waiting: [MarketEvent] = []
  private var volume: (date: CivilDate, contracts: Double)?
  private var newest: HeldBar?

  public init(
    instrument: Instrument, cost: CostModel? = nil, fees: FeeModel? = nil, settings: Settings = Settings()
  ) {
    precondition(settings.lifeInBars > 0, "an order lives for \(settings.lifeInBars) bars")
    precondition(settings.participation >= 0, "participation is negative: \(settings.participation)")
    self.instrument = instrument
    self.cost = cost ?? CostModel(instrument)
    self.fees = fees ?? FeeModel(instrument)
    self.settings = settings
    tracker = MarketTracker(instrument: instrument, settings: settings.tracking)
  }

  /// Lots of working orders on one side, not yet filled.
  public func workingLots(_ side: Side) -> Int {
    working.reduce(0) { $1.order.side == side ? $0 + $1.leaves : $0 }
  }

  /// Takes a market order to wait for its bar; fills a leg of ``openRoll`` at once.
  public mutating func submit(_ approved: ApprovedOrder) -> [OrderUpdate] {
    let order = approved.order
    guard order.symbol == instrument.symbol else {
      return [OrderUpdate(order: order.id, time: order.decided, change: .rejected(.unknownSymbol))]
    }
    let accepted = OrderUpdate(order: order.id, time: order.decided, change: .accepted)
    switch order.kind {
    case .market:
      working.append(Working(order: order, leaves: order.lots))
      return [accepted]
    case .roll:
      guard let roll = openRoll, order.contract == roll.from || order.contract == roll.to else {
        return [OrderUpdate(order: order.id, time: order.decided, change: .rejected(.noRoll))]
      }
      let price = order.contract == roll.from ? roll.fromPrice : roll.toPrice
      let fill = fill(order, lots: order.lots, at: price, total: order.lots, time: roll.times.event, date: roll.date)
      return [accepted, OrderUpdate(order: order.id, time: roll.times.available, change: .filled(fill, leaves: 0))]
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
      return cancel(.contractRolled, at: roll.times.available)
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
  public mutating func cancelAll(at time: Timestamp) -> [OrderUpdate] { cancel(.user, at: time) }

  // MARK: - Execution

  private mutating func execute(on bar: HeldBar) -> [OrderUpdate] {
    var updates: [OrderUpdate] = []
    var capacity = capacity(on: bar)
    var done: [Side: Int] = [:]
    for index in working.indices where bar.times.available > working[index].order.decided {
      working[index].bars += 1
      let order = working[index].order
      let lots =
        order.contract == bar.contract && !isLocked(bar, against: order.side)
        ? min(working[index].leaves, capacity) : 0
      if lots > 0 {
        capacity -= lots
        done[order.side, default: 0] += lots
        working[index].leaves -= lots
        let fill = fill(
          order, lots: lots, at: bar.close, total: done[order.side]!, time: bar.times.event, date: bar.date)
        updates.append(
          OrderUpdate(
            order: order.id, time: bar.times.available, change: .filled(fill, leaves: working[index].leaves)))
      }
      if working[index].leaves > 0, working[index].bars >= settings.lifeInBars {
        updates.append(
          OrderUpdate(order: order.id, time: bar.times.available, change: .expired(leaves: working[index].leaves)))
        working[index].leaves = 0
      }
    }
    working.removeAll { $0.leaves == 0 }
    return updates
  }

  /// Whole lots that all our orders may take on a bar's date.
  private func capacity(on bar: HeldBar) -> Int {
    let contracts = volume.flatMap { $0.date == bar.date ? $0.contracts : nil } ?? tracker.averageDailyVolume ?? 0
    return Int((settings.participation * contracts).rounded(.down))
  }

  private func isLocked(_ bar: HeldBar, against side: Side) -> Bool {
    guard let limit = instrument.dailyLimit, let previous = tracker.lastClose(of: bar.contract) else { return false }
    return Double(side.sign) * (bar.close - previous) >= limit - instrument.tickSize / 2
  }

  private func fill(
    _ order: Order, lots: Int, at price: Double, total: Int, time: Timestamp, date: CivilDate
  ) -> Fill {
    // Before volume or volatility is known the impact counts as that of the whole day's volume at 2 % a day: dear, so
    // that no early trade looks cheap.
    let estimate = cost.expected(
      lots: total, averageDailyVolume: max(tracker.averageDailyVolume ?? Double(total), 1),
      dailyVolatility: tracker.volatility.value ?? 0.02 * abs(price))
    return Fill(
      order: order.id, symbol: order.symbol, contract: order.contract, side: order.side, lots: lots,
      price: price + Double(order.side.sign) * estimate.total, fee: fees.fee(lots: lots), time: time, date: date,
      evidence: .bar, decisionPrice: order.referencePrice, marketPrice: price, halfSpread: estimate.halfSpread,
      impact: estimate.impact)
  }

  private mutating func cancel(_ cause: OrderUpdate.Cause, at time: Timestamp) -> [OrderUpdate] {
    defer { working.removeAll() }
    return working.map {
      OrderUpdate(order: $0.order.id, time: time, change: .cancelled(cause, leaves: $0.leaves))
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
