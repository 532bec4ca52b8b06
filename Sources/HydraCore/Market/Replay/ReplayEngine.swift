/// Drives a recorded market, own requests on their way, and a strategy, in one order: by time; at one time the market
/// goes first, then requests that arrive, then what the strategy is told, then its timers.
struct ReplayEngine<Market: ReplayMarket & ~Copyable>: ~Copyable {
  struct Arrival {
    var time: Int64
    var request: ReplayDesk.Request
  }

  struct Told {
    var time: Int64
    var signal: ReplaySignal
    /// Change of the position that the strategy learns of.
    var lots: Int
  }

  var market: Market
  let settings: ReplayRunSettings
  private var strategy: any ReplayStrategy
  var desk = ReplayDesk()
  /// Each in the order in which it happens.
  private var arrivals: [Arrival] = []
  var told: [Told] = []
  private var alarm = Int64.max
  /// Requests so far to cancel or change an order that works.
  var repetitions: [Int: Int] = [:]
  /// Numbers at the venue by numbers at the desk, of orders that work, and back.
  var atVenue: [Int: Int] = [:]
  var atDesk: [Int] = []
  var working: [Int] = []
  var probes = ReplayProbes()
  var shortfall = ShortfallBook()
  var session = SessionWatch()
  /// What the strategy sees, while it lags behind the market.
  private var view: Market
  private let lags: Bool
  private var unseen: [ReplayEvent] = []
  private var seen = 0
  var report = ReplayReport()

  init(
    _ market: consuming Market, view: consuming Market, lags: Bool, settings: ReplayRunSettings,
    strategy: any ReplayStrategy
  ) {
    self.market = market
    self.view = view
    self.lags = lags
    self.settings = settings
    self.strategy = strategy
  }

  /// Tells the strategy that the replay begins, just before a time.
  mutating func start(at time: Int64) {
    report.start = time
    session.begin(at: time, trace: settings.traceInterval)
    call(.start, at: time)
  }

  /// Plays events; earlier ones have been played.
  mutating func play(_ events: UnsafeBufferPointer<ReplayEvent>) {
    var index = 0
    while index < events.count {
      let horizon = horizon()
      index = run(events, from: index, through: horizon)
      if market.hasExecutions {
        settleFills()
        noteEndings(at: events[index - 1].time)
      } else if index < events.count {
        if session.next == horizon { watch(at: horizon, next: events[index].time) } else { act(at: horizon) }
      }
    }
    report.events += events.count
    if let last = events.last {
      report.end = last.time
      look(until: last.time)
    }
  }

  /// The inner loop: recorded events until something of ours happens.
  @inline(__always)
  private mutating func run(_ events: UnsafeBufferPointer<ReplayEvent>, from start: Int, through horizon: Int64) -> Int
  {
    var index = start
    while index < events.count, events[index].time <= horizon {
      market.apply(events[index])
      if lags { unseen.append(events[index]) }
      if events[index].kind.isOfSession { change(by: events[index]) }
      index += 1
      if market.hasExecutions { break }
    }
    return index
  }

  /// The time of the next thing that is not a recorded event.
  private func horizon() -> Int64 {
    min(alarm, arrivals.first?.time ?? .max, told.first?.time ?? .max, min(probes.next, session.next))
  }

  private mutating func act(at time: Int64) {
    if let first = arrivals.first, first.time == time {
      arrivals.removeFirst()
      arrive(first.request, time)
    } else if let first = told.first, first.time == time {
      told.removeFirst()
      desk.position += first.lots
      call(first.signal, at: time)
    } else if alarm == time {
      alarm = .max
      call(.timer, at: time)
    } else {
      probes.take(at: time, mid: mid(), into: &report)
    }
  }

  // MARK: - The strategy

  private mutating func call(_ signal: ReplaySignal, at time: Int64) {
    desk.now = time
    look(until: time)
    (desk.bid, desk.ask) = (top(.buy), top(.sell))
    desk.requests.removeAll(keepingCapacity: true)
    desk.alarm = nil
    strategy.update(signal, &desk)
    if let next = desk.alarm { alarm = min(alarm, max(next, time + 1)) }
    for request in desk.requests {
      if case .submit(let order, let ticket) = request {
        shortfall.decide(order, ticket.side, lots: ticket.lots, price: seenMid())
      }
      let (purpose, order): (ReplayLatency.Purpose, Int) =
        switch request {
        case .submit(let order, _): (.entry, order)
        case .cancel(let order): (.cancel, order)
        case .modify(let order, _): (.modify, order)
        }
      if purpose != .entry { repetitions[order, default: 0] += 1 }
      let delay = settings.latency.delay(
        purpose, order: order, repetition: repetitions[order] ?? 0, seed: settings.seed)
      let arrival = Arrival(time: time + delay, request: request)
      let place = arrivals.lastIndex { $0.time <= arrival.time }.map { $0 + 1 } ?? 0
      arrivals.insert(arrival, at: place)
    }
  }

  private func top(_ side: Side) -> BookLevel? {
    lags ? view.ladder(side, depth: 1).first : market.ladder(side, depth: 1).first
  }

  /// Brings the view to what is known at a time.
  private mutating func look(until time: Int64) {
    guard lags else { return }
    while seen < unseen.count, unseen[seen].known <= time - settings.latency.feed {
      view.apply(unseen[seen])
      seen += 1
    }
    if seen > 1 << 16 {
      unseen.removeFirst(seen)
      seen = 0
    }
  }

  /// The mid that the strategy sees.
  private func seenMid() -> Double? { desk.bid.flatMap { bid in desk.ask.map { Double(bid.price + $0.price) / 2 } } }

  func mid() -> Double? {
    guard let bid = market.best(.buy), let ask = market.best(.sell) else { return nil }
    return Double(bid + ask) / 2
  }

  /// What a position is worth a lot now: the mid, else the last trade.
  func price() -> Double? { mid() ?? market.last.map(Double.init) }

  /// What came of it; the last mid marks what is still held, else the last trade, else the last fill.
  consuming func finish() -> ReplayReport {
    report.mark = price() ?? report.fills.last.map { Double($0.price) }
    shortfall.endAll(price: mid())
    report.shortfall = shortfall.sums
    if let end = report.end, let mark = report.mark, report.equity.last?.time != end {
      report.mark(end, at: mark, isSettlement: false)
    }
    report.unknownOrders = market.unknownOrders
    return report
  }
}
