import HydraNumerics

/// Own orders on bars: fills that bars allow, never more.
///
/// 1. A market order trades at the open of the first bar that begins after it arrives, plus half the spread and its impact,
///    rounded against us to whole ticks. One with protection waits as a limit order where that is too dear.
/// 2. A limit order trades at its own price when a bar goes through it, not when it is touched; all of ours together at
///    most the settings' share of the bar's lots. One that must act at once trades at the open, at the cost of a market
///    order, or ends.
/// 3. A stop is set off when a bar reaches it and trades there, or at an open beyond it, at the cost of a market order; a
///    stop with a limit waits from the next bar on.
/// 4. A bar is known at its close, which is the next bar's beginning; the strategy decides then.
/// 5. A post-only order is rejected where the first bar after its arrival opens at or beyond its price, half the spread
///    counted: it would have met the other side. Later it is filled like any other. A change of its price that would meet the
///    other side at the last close is refused.
/// 6. Bars tell of no queue, so that an order that shows a part of itself waits like one that shows all; how many asked for
///    it is reported.
struct BarReplay {
  struct Working {
    var order: Int
    var ticket: OrderTicket
    var arrival: Int64
    var leaves: Int
    var waitsForStop: Bool
    /// The limit at which it waits.
    var price: Int?
    /// Whether no bar has met its limit yet.
    var isNew = true
  }
  let settings: ReplayRunSettings
  private var strategy: any ReplayStrategy
  /// The contract of the bars, where the run goes through several.
  var contract: FuturesContract?
  var desk = ReplayDesk()
  var working: [Working] = []
  var newest: ReplayBar?
  var meter: CostMeter?
  var shortfall = ShortfallBook()
  private var session = SessionWatch()
  /// Fills and ends that the strategy learns of at the close of their bar.
  var told: [ReplaySignal] = []
  var report = ReplayReport()

  init(settings: ReplayRunSettings, strategy: any ReplayStrategy) {
    (self.settings, self.strategy) = (settings, strategy)
    meter = settings.marketCost(.bars).map { CostMeter($0) }
  }

  mutating func play(_ bars: UnsafeBufferPointer<ReplayBar>) {
    for bar in bars {
      begin(at: bar.time)
      trade(bar)
    }
    report.events += bars.count
    if let last = bars.last { report.end = last.time }
  }

  /// Tells the strategy what is known when a bar begins: fills and ends, then the bar that has closed.
  @inline(__always) mutating func begin(at time: Int64) {
    guard let newest else {
      report.start = time
      session.begin(at: time, trace: nil)
      desk.now = time
      call(.start)
      return
    }
    if time >= session.nextDay { endDay(newest, at: time) }
    desk.now = time
    if !told.isEmpty {
      let signals = told
      told.removeAll(keepingCapacity: true)
      for signal in signals { call(signal) }
    }
    call(.bar(newest))
  }

  /// Matches own orders with a bar.
  @inline(__always) mutating func trade(_ bar: ReplayBar) {
    if let alarm = desk.alarm, alarm <= bar.time {
      desk.alarm = nil
      call(.timer)
    }
    if !working.isEmpty { match(bar) }
    if meter != nil { meter!.trade(time: bar.time, price: Int(bar.close), lots: Int(clamping: bar.lots)) }
    newest = bar
  }

  /// Marks the account at the last close of a day and asks for margin; the next day's first bar begins at `time`.
  private mutating func endDay(_ last: ReplayBar, at time: Int64) {
    let end = session.nextDay - 1
    report.mark(end, at: Double(last.close), isSettlement: false)
    session.startDay(at: time)
    session.isBlocked = false
    let (risk, position) = (settings.risk, report.account.position)
    let (equity, date) = (equity(at: Int(last.close)), Timestamp(nanoseconds: end).date)
    guard risk.isShort(position: position, equity: equity, date: date) else { return }
    report.marginCalls += 1
    switch risk.marginCall {
    case .block: session.isBlocked = true
    case .close:
      let lots = risk.lotsToClose(position: position, equity: equity, date: date)
      if lots > 0 { _ = enter(position > 0 ? .sell : .buy, lots: lots, arrival: time) }
    }
  }

  /// Puts in a market order of the run's own, whatever the strategy wants; returns its place among those that work.
  mutating func enter(_ side: Side, lots: Int, arrival: Int64) -> Int {
    let order = desk.nextOrder
    desk.nextOrder += 1
    report.submitted += 1
    shortfall.decide(order, side, lots: lots, price: newest.map { Double($0.close) })
    working.append(
      Working(
        order: order, ticket: OrderTicket(side, lots: lots, kind: .market), arrival: arrival, leaves: lots,
        waitsForStop: false))
    return working.count - 1
  }

  @inline(__always) private mutating func call(_ signal: ReplaySignal) {
    strategy.update(signal, &desk)
    if !desk.requests.isEmpty { take() }
  }

  // MARK: - Requests

  private mutating func take() {
    for (number, request) in desk.requests.enumerated() {
      switch request {
      case .submit(let order, let ticket): submit(order, ticket, request: number)
      case .cancel(let order):
        if let place = working.firstIndex(where: { $0.order == order }) {
          end(place, .user)
        } else {
          report.cancelsRejected += 1
        }
      case .modify(let order, let change): modify(order, change)
      }
    }
    desk.requests.removeAll(keepingCapacity: true)
  }

  private mutating func submit(_ order: Int, _ ticket: OrderTicket, request: Int) {
    report.submitted += 1
    let review = TicketReview(phase: .open, limits: .none, last: newest.map { Int($0.close) })
    let refusal = review.fault(in: ticket) ?? self.refusal(of: ticket)
    if let refusal {
      report.endings[refusal.rawValue, default: 0] += 1
      told.append(.ended(order: order, refusal))
      return
    }
    if ticket.display != nil { report.displaysUnused += 1 }
    shortfall.decide(order, ticket.side, lots: ticket.lots, price: newest.map { Double($0.close) })
    let delay = settings.latency.delay(.entry, order: order, request: request, seed: settings.seed)
    working.append(
      Working(
        order: order, ticket: ticket, arrival: desk.now + delay, leaves: ticket.lots,
        waitsForStop: ticket.kind.isStop, price: ticket.price))
  }

  private mutating func modify(_ order: Int, _ change: Exchange.Change) {
    guard let place = working.firstIndex(where: { $0.order == order }), change.isValid, !meets(place, change) else {
      report.changesRejected += 1
      return
    }
    if let price = change.price { working[place].price = price }
    if let stop = change.stop { working[place].ticket.stop = stop }
    if let lots = change.lots {
      shortfall.resize(order, by: lots - working[place].ticket.lots)
      working[place].leaves = max(0, lots - (working[place].ticket.lots - working[place].leaves))
      working[place].ticket.lots = lots
    }
    if working[place].leaves == 0 { end(place, .user) }
  }

  private func refusal(of ticket: OrderTicket) -> OrderReason? {
    let own = working.reduce(0) { $1.ticket.side == ticket.side ? $0 + ticket.side.sign * $1.leaves : $0 }
    return settings.risk.refusal(
      ticket.side, lots: ticket.lots, position: report.account.position + own,
      equity: equity(at: Int(newest?.close ?? 0)),
      date: Timestamp(nanoseconds: desk.now).date, isSpotMonth: false, isBlocked: session.isBlocked)
  }

  /// Currency, at a price in ticks.
  private func equity(at price: Int) -> Double {
    (settings.risk.capital ?? 0) + Double(report.account.equity(at: price)) * settings.tick * settings.pointValue
      - settings.fee * Double(report.account.lots)
  }

  mutating func end(_ place: Int, _ reason: OrderReason) {
    report.endings[reason.rawValue, default: 0] += 1
    told.append(.ended(order: working[place].order, reason))
    shortfall.end(working[place].order, price: newest.map { Double($0.close) })
    working.remove(at: place)
  }

  // MARK: - Matching

  private mutating func match(_ bar: ReplayBar) {
    var room = Int((settings.participation * Double(bar.lots)).rounded(.down))
    var place = 0
    while place < working.count {
      let own = working[place]
      guard own.arrival <= bar.time else {
        place += 1
        continue
      }
      if own.ticket.timeInForce == .goodTillDate, let expiry = own.ticket.expiry, expiry <= bar.time {
        end(place, .timeInForce)
        continue
      }
      if let reason = act(place, bar, &room) {
        end(place, reason)
      } else if working[place].leaves == 0 {
        working.remove(at: place)
      } else {
        place += 1
      }
    }
  }

  /// Fills what a bar allows of one order; why it ends where it may not wait.
  private mutating func act(_ place: Int, _ bar: ReplayBar, _ room: inout Int) -> OrderReason? {
    let (ticket, side) = (working[place].ticket, working[place].ticket.side)
    shortfall.arrive(working[place].order, price: Double(bar.open))
    switch ticket.kind {
    case _ where working[place].waitsForStop:
      guard let stop = ticket.stop, TicketReview.reaches(Int(side == .buy ? bar.high : bar.low), stop, side) else {
        return nil
      }
      working[place].waitsForStop = false
      guard ticket.kind != .stopLimit else { return nil }
      cross(place, from: side == .buy ? max(stop, Int(bar.open)) : min(stop, Int(bar.open)), bar)
    case .market, .marketToLimit: cross(place, from: Int(bar.open), bar)
    case .marketProtected where working[place].price == nil:
      let limit = Int(bar.open) + side.sign * (ticket.protection ?? 0)
      if side.exceeds(cost(place, from: Int(bar.open), bar).price, limit) {
        working[place].price = limit
      } else {
        cross(place, from: Int(bar.open), bar)
      }
    default:
      guard let price = working[place].price else { return .noLiquidity }
      if working[place].isNew {
        working[place].isNew = false
        if ticket.postOnly, meets(place, price, from: Int(bar.open), bar) { return .postOnly }
      }
      if ticket.timeInForce.isImmediate {
        let isDear = side.exceeds(cost(place, from: Int(bar.open), bar).price, price)
        guard !isDear else { return ticket.timeInForce == .fillOrKill ? .fillOrKill : .unfilledRemainder }
        cross(place, from: Int(bar.open), bar)
      } else if side == .buy ? Int(bar.low) < price : Int(bar.high) > price {
        let lots = min(working[place].leaves, room)
        guard lots > 0 else { return nil }
        room -= lots
        fill(place, lots: lots, price: price, bar, cost: nil)
      }
    }
    return nil
  }

  /// Whether a limit reaches the other side, half the spread away from a price.
  private func meets(_ place: Int, _ limit: Int, from price: Int, _ bar: ReplayBar) -> Bool {
    let side = working[place].ticket.side
    let half = cost(place, from: price, bar).estimate.halfSpread
    return !side.exceeds(price + side.sign * Int((half - 1e-9).rounded(.up)), limit)
  }

  /// Whether a post-only order would meet the other side at its new price, by the last close.
  private func meets(_ place: Int, _ change: Exchange.Change) -> Bool {
    guard working[place].ticket.postOnly, !working[place].waitsForStop, let price = change.price, let newest else {
      return false
    }
    return meets(place, price, from: Int(newest.close), newest)
  }

  private func cost(_ place: Int, from price: Int, _ bar: ReplayBar) -> (price: Int, estimate: CostModel.Estimate) {
    let (lots, sign) = (working[place].leaves, working[place].ticket.side.sign)
    var estimate = CostModel.Estimate(halfSpread: settings.halfSpreadTicks, impact: 0)
    if let meter {
      estimate = meter.estimate(lots, halfSpread: settings.halfSpreadTicks, price: price, time: bar.time)
      estimate.impact += max(0, Double(sign) * meter.displacement(at: bar.time))
    }
    // Rounded against us; the tolerance is for sums that should be whole.
    return (price + sign * Int((estimate.total - 1e-9).rounded(.up)), estimate)
  }

  mutating func cross(_ place: Int, from price: Int, _ bar: ReplayBar) {
    let cost = cost(place, from: price, bar)
    let own = working[place]
    if meter != nil { meter!.note(own.ticket.side, lots: own.leaves, time: bar.time) }
    fill(place, lots: own.leaves, price: cost.price, bar, cost: cost.estimate)
  }

  private mutating func fill(
    _ place: Int, lots: Int, price: Int, _ bar: ReplayBar, cost: CostModel.Estimate?
  ) {
    let (order, side) = (working[place].order, working[place].ticket.side)
    working[place].leaves -= lots
    desk.position += side.sign * lots
    var execution = Execution(
      time: bar.time, order: order, side: side, price: price, lots: lots, isMaker: cost == nil, evidence: .bar)
    (execution.halfSpread, execution.impact) = (cost?.halfSpread ?? 0, cost?.impact ?? 0)
    execution.contract = contract
    report.book(execution)
    told.append(.filled(order: order, lots: lots, price: price))
    shortfall.fill(order, price: price, lots: lots)
  }

  /// What came of it; the last close marks what is still held.
  consuming func finish() -> ReplayReport {
    report.mark = newest.map { Double($0.close) }
    shortfall.endAll(price: report.mark)
    report.shortfall = shortfall.sums
    if let end = report.end, let mark = report.mark { report.mark(end, at: mark, isSettlement: false) }
    return report
  }
}
