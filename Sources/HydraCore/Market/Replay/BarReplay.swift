import HydraNumerics

/// Own orders on bars: fills that bars allow, never more.
///
/// 1. A market order trades at the open of the first bar that begins after it arrives, plus half the spread rounded against
///    us to whole ticks.
/// 2. A limit order trades at its own price when a bar goes through it, not when it is touched; all of ours together at
///    most the settings' share of the bar's lots.
/// 3. A bar is known at its close, which is the next bar's beginning; the strategy decides then.
struct BarReplay {
  private struct Working {
    var order: Int
    var ticket: OrderTicket
    var arrival: Int64
    var leaves: Int
  }
  private let settings: ReplayRunSettings
  private var strategy: any ReplayStrategy
  private var desk = ReplayDesk()
  private var working: [Working] = []
  private var newest: ReplayBar?
  private(set) var report = ReplayReport()

  init(settings: ReplayRunSettings, strategy: any ReplayStrategy) {
    (self.settings, self.strategy) = (settings, strategy)
  }

  mutating func play(_ bars: UnsafeBufferPointer<ReplayBar>) {
    for bar in bars {
      if let newest {
        desk.now = bar.time
        call(.bar(newest))
      } else {
        report.start = bar.time
        desk.now = bar.time
        call(.start)
      }
      if !working.isEmpty { match(bar) }
      newest = bar
    }
    report.events += bars.count
    if let last = bars.last { report.end = last.time }
  }

  @inline(__always) private mutating func call(_ signal: ReplaySignal) {
    strategy.update(signal, &desk)
    if !desk.requests.isEmpty { take() }
  }

  private mutating func take() {
    for (number, request) in desk.requests.enumerated() {
      switch request {
      case .submit(let order, let ticket):
        report.submitted += 1
        let review = TicketReview(phase: .open, limits: .none, last: newest.map { Int($0.close) })
        if let fault = review.fault(in: ticket) ?? (ticket.kind == .market || ticket.kind == .limit ? nil : .phase) {
          report.endings[fault.rawValue, default: 0] += 1
          continue
        }
        let delay = settings.latency.delay(.entry, order: order, request: number, seed: settings.seed)
        working.append(Working(order: order, ticket: ticket, arrival: desk.now + delay, leaves: ticket.lots))
      case .cancel(let order):
        let before = working.count
        working.removeAll { $0.order == order }
        if working.count == before { report.cancelsRejected += 1 } else { report.endings["user", default: 0] += 1 }
      case .modify(let order, let change):
        guard let place = working.firstIndex(where: { $0.order == order }), change.isValid else {
          report.changesRejected += 1
          continue
        }
        if let price = change.price { working[place].ticket.price = price }
        if let lots = change.lots {
          working[place].leaves = max(0, lots - (working[place].ticket.lots - working[place].leaves))
          working[place].ticket.lots = lots
        }
        if working[place].leaves == 0 { working.remove(at: place) }
      }
    }
    desk.requests.removeAll(keepingCapacity: true)
  }

  private mutating func match(_ bar: ReplayBar) {
    var room = Int((settings.participation * Double(bar.lots)).rounded(.down))
    for place in working.indices where working[place].arrival <= bar.time {
      let (ticket, side) = (working[place].ticket, working[place].ticket.side)
      if ticket.kind == .market {
        let cost = Int(settings.halfSpreadTicks.rounded(.up))
        fill(place, lots: working[place].leaves, price: Int(bar.open) + side.sign * cost, bar, isMaker: false)
      } else if let price = ticket.price, side == .buy ? Int(bar.low) < price : Int(bar.high) > price {
        let lots = min(working[place].leaves, room)
        guard lots > 0 else { continue }
        room -= lots
        fill(place, lots: lots, price: price, bar, isMaker: true)
      }
    }
    working.removeAll { $0.leaves == 0 }
  }

  private mutating func fill(_ place: Int, lots: Int, price: Int, _ bar: ReplayBar, isMaker: Bool) {
    let side = working[place].ticket.side
    working[place].leaves -= lots
    desk.position += side.sign * lots
    report.book(
      Execution(
        time: bar.time, order: working[place].order, side: side, price: price, lots: lots, isMaker: isMaker,
        evidence: .bar))
  }

  /// What came of it; the last close marks what is still held.
  consuming func finish() -> ReplayReport {
    report.mark = newest.map { Double($0.close) }
    return report
  }
}
