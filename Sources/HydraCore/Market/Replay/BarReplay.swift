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
struct BarReplay {
  struct Working {
    var order: Int
    var ticket: OrderTicket
    var arrival: Int64
    var leaves: Int
    var waitsForStop: Bool
    /// The limit at which it waits.
    var price: Int?
  }
  let settings: ReplayRunSettings
  private var strategy: any ReplayStrategy
  var desk = ReplayDesk()
  var working: [Working] = []
  private var newest: ReplayBar?
  private var meter: CostMeter?
  private var shortfall = ShortfallBook()
  private var session = SessionWatch()
  /// Fills and ends that the strategy learns of at the close of their bar.
  private var told: [ReplaySignal] = []
  private(set) var report = ReplayReport()

  init(settings: ReplayRunSettings, strategy: any ReplayStrategy) {
    (self.settings, self.strategy) = (settings, strategy)
    meter = settings.cost.map { CostMeter($0) }
  }

  mutating func play(_ bars: UnsafeBufferPointer<ReplayBar>) {
    for bar in bars {
      if let newest {
        if bar.time >= session.nextDay {
          report.mark(session.nextDay - 1, at: Double(newest.close), isSettlement: false)
          session.startDay(at: bar.time)
        }
        desk.now = bar.time
        if !told.isEmpty {
          let signals = told
          told.removeAll(keepingCapacity: true)
          for signal in signals { call(signal) }
        }
        call(.bar(newest))
      } else {
        report.start = bar.time
        session.begin(at: bar.time, trace: nil)
        desk.now = bar.time
        call(.start)
      }
      if let alarm = desk.alarm, alarm <= bar.time {
        desk.alarm = nil
        call(.timer)
      }
      if !working.isEmpty { match(bar) }
      if meter != nil { meter!.trade(time: bar.time, price: Int(bar.close), lots: Int(clamping: bar.lots)) }
      newest = bar
    }
    report.events += bars.count
    if let last = bars.last { report.end = last.time }
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
    shortfall.decide(order, ticket.side, lots: ticket.lots, price: newest.map { Double($0.close) })
    let delay = settings.latency.delay(.entry, order: order, request: request, seed: settings.seed)
    working.append(
      Working(
        order: order, ticket: ticket, arrival: desk.now + delay, leaves: ticket.lots,
        waitsForStop: ticket.kind.isStop, price: ticket.price))
  }

  private mutating func modify(_ order: Int, _ change: Exchange.Change) {
    guard let place = working.firstIndex(where: { $0.order == order }), change.isValid else {
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
    let equity =
      (settings.risk.capital ?? 0) + Double(report.account.flow) * settings.tick * settings.pointValue
      + Double(report.account.position) * Double(newest?.close ?? 0) * settings.tick * settings.pointValue
      - settings.fee * Double(report.account.lots)
    return settings.risk.refusal(
      ticket.side, lots: ticket.lots, position: report.account.position + own, equity: equity,
      date: Timestamp(nanoseconds: desk.now).date, isSpotMonth: false, isBlocked: false)
  }

  private mutating func end(_ place: Int, _ reason: OrderReason) {
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

  private mutating func cross(_ place: Int, from price: Int, _ bar: ReplayBar) {
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
