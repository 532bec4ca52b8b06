import HydraNumerics

/// A strategy over bars: ``BarExchange`` matches its orders, the report keeps what came of them.
///
/// A bar is known at its close, which is the next bar's beginning; the strategy decides then.
struct BarReplay {
  let settings: ReplayRunSettings
  private var strategy: any ReplayStrategy
  /// The contract of the bars, where the run goes through several.
  var contract: FuturesContract?
  var desk = ReplayDesk()
  var exchange: BarExchange
  private var shortfall = ShortfallBook()
  private var session = SessionWatch()
  /// Fills and ends that the strategy learns of at the close of their bar.
  var told: [ReplaySignal] = []
  var report = ReplayReport()

  init(settings: ReplayRunSettings, strategy: any ReplayStrategy) {
    (self.settings, self.strategy) = (settings, strategy)
    exchange = BarExchange(
      BarExchange.Rules(halfSpreadTicks: settings.halfSpreadTicks, participation: settings.participation),
      meter: settings.marketCost(.bars).map { CostMeter($0) })
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
    guard let newest = exchange.newest else {
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
    if !exchange.working.isEmpty {
      exchange.match(bar)
      settle()
    }
    if exchange.meter != nil {
      exchange.meter!.trade(time: bar.time, price: Int(bar.close), lots: Int(clamping: bar.lots))
    }
    exchange.newest = bar
  }

  /// Marks the account at the last close of a day and asks for margin; the next day's first bar begins at `time`.
  private mutating func endDay(_ last: ReplayBar, at time: Int64) {
    let end = session.nextDay - 1
    report.mark(end, at: Double(last.close), isSettlement: false)
    session.startDay(at: time)
    let close = report.callMargin(
      at: Double(last.close), date: Timestamp(nanoseconds: end).date, settings, isBlocked: &session.isBlocked)
    if let close { _ = enter(close.side, lots: close.lots, arrival: time) }
  }

  /// Puts in a market order of the run's own, whatever the strategy wants; returns its number.
  mutating func enter(_ side: Side, lots: Int, arrival: Int64) -> Int {
    let order = desk.nextOrder
    desk.nextOrder += 1
    report.submitted += 1
    shortfall.decide(order, side, lots: lots, price: lastClose)
    exchange.enter(order, OrderTicket(side, lots: lots, kind: .market), arrival: arrival)
    return order
  }

  /// The last close, in ticks.
  private var lastClose: Double? { exchange.newest.map { Double($0.close) } }

  @inline(__always) private mutating func call(_ signal: ReplaySignal) {
    strategy.update(signal, &desk)
    if !desk.requests.isEmpty { take() }
  }

  // MARK: - Requests

  private mutating func take() {
    for request in desk.requests {
      switch request {
      case .submit(let order, let ticket): submit(order, ticket)
      case .cancel(let order): if !exchange.end(order, .user) { report.cancelsRejected += 1 }
      case .modify(let order, let change):
        if let added = exchange.modify(order, change) {
          shortfall.resize(order, by: added)
        } else {
          report.changesRejected += 1
        }
      }
      settle()
    }
    desk.requests.removeAll(keepingCapacity: true)
  }

  private mutating func submit(_ order: Int, _ ticket: OrderTicket) {
    report.submitted += 1
    if let refusal = exchange.fault(in: ticket) ?? refusal(of: ticket) {
      report.endings[refusal.rawValue, default: 0] += 1
      told.append(.ended(order: order, refusal))
      return
    }
    if ticket.display != nil { report.displaysUnused += 1 }
    shortfall.decide(order, ticket.side, lots: ticket.lots, price: lastClose)
    let delay = settings.latency.delay(.entry, order: order, repetition: 0, seed: settings.seed)
    exchange.enter(order, ticket, arrival: desk.now + delay)
  }

  private func refusal(of ticket: OrderTicket) -> OrderReason? {
    settings.risk.refusal(
      ticket.side, lots: ticket.lots,
      position: report.account.position + ticket.side.sign * exchange.workingLots(ticket.side),
      equity: report.equity(at: lastClose ?? 0, settings), date: Timestamp(nanoseconds: desk.now).date,
      isSpotMonth: false, isBlocked: session.isBlocked)
  }

  // MARK: - The report

  /// Books what the exchange did with orders, at the last close.
  mutating func settle() {
    guard !exchange.outcomes.isEmpty else { return }
    for outcome in exchange.outcomes {
      switch outcome {
      case .met(let order, let open): shortfall.arrive(order, price: Double(open))
      case .filled(var execution, _):
        execution.contract = contract
        desk.position += execution.side.sign * execution.lots
        report.book(execution)
        told.append(.filled(order: execution.order, lots: execution.lots, price: execution.price))
        shortfall.fill(execution.order, price: execution.price, lots: execution.lots)
      case .ended(let order, let reason, _):
        report.endings[reason.rawValue, default: 0] += 1
        told.append(.ended(order: order, reason))
        shortfall.end(order, price: lastClose)
      }
    }
    exchange.outcomes.removeAll(keepingCapacity: true)
  }

  /// What came of it; the last close marks what is still held.
  consuming func finish() -> ReplayReport {
    report.mark = lastClose
    shortfall.endAll(price: report.mark)
    report.shortfall = shortfall.sums
    if let end = report.end, let mark = report.mark { report.mark(end, at: mark, isSettlement: false) }
    return report
  }
}
