import HydraMarket
import HydraNumerics
import Testing

/// What must hold whatever comes: checked on a long random stream of recorded orders with random requests of ours.
@Suite struct ReplayPropertyTests {
  /// Sends, changes and cancels at random.
  struct RandomTrader: ReplayStrategy {
    final class Log { var arrivals: [Int: (time: Int64, ticket: OrderTicket)] = [:] }
    let log: Log
    var random = CounterRandom(seed: 21, stream: "trader")
    var newest: [Int] = []

    mutating func update(_ signal: ReplaySignal, _ desk: inout ReplayDesk) {
      switch signal {
      case .start, .timer:
        desk.wake(at: desk.now + Int64(1 + random.below(3_000)) * 1_000_000 + 1)
        guard let bid = desk.bid?.price, let ask = desk.ask?.price else { return }
        // Lots are held back to stay near flat.
        let side: Side = desk.position > 20 ? .sell : desk.position < -20 ? .buy : random.below(2) == 0 ? .buy : .sell
        let near = side == .buy ? bid : ask
        var ticket = OrderTicket(side, lots: 1 + random.below(6), limit: near - side.sign * random.below(3))
        switch random.below(8) {
        case 0: (ticket.kind, ticket.price) = (.market, nil)
        case 1: ticket.price = (side == .buy ? ask : bid) + side.sign * random.below(2)
        case 2: ticket.display = 1 + random.below(2)
        case 3: ticket.postOnly = true
        default: break
        }
        let order = desk.submit(ticket)
        log.arrivals[order] = (desk.now, ticket)
        newest.append(order)
        if newest.count > 6 { desk.cancel(newest.removeFirst()) }
      default: break
      }
    }
  }

  /// The recorded orders, and which of their lots we have had, kept plainly.
  struct PlainHistory {
    struct Order {
      var id: Int
      var side: Side
      var price: Int
      var lots: Int
      var arrival: Int64
      var used = 0
    }
    var orders: [Order] = []

    mutating func apply(_ event: ReplayEvent) {
      switch event.kind {
      case .add:
        orders.append(
          Order(
            id: event.id, side: event.side!, price: Int(event.price), lots: Int(event.lots), arrival: event.time))
      case .delete, .execute:
        guard let place = orders.firstIndex(where: { $0.id == event.id }) else { return }
        orders[place].lots -= event.lots == 0 ? orders[place].lots : Int(event.lots)
        if orders[place].lots <= 0 { orders.remove(at: place) }
      default: break
      }
    }

    /// Takes lots that rest at a price, oldest first; false when there are not so many left.
    mutating func take(_ side: Side, _ price: Int, _ lots: Int) -> Bool {
      var left = lots
      for place in orders.indices where orders[place].side == side && orders[place].price == price && left > 0 {
        let taken = min(left, orders[place].lots - orders[place].used)
        guard taken > 0 else { continue }
        orders[place].used += taken
        left -= taken
      }
      return left == 0
    }
  }

  @Test func quantityIsConservedAndPriorityKept() throws {
    #if DEBUG
    let count = 30_000
    #else
    let count = 1_000_000
    #endif
    let events = ReplayRunTests.orders(count, seed: 17, atMost: 300)
    let log = RandomTrader.Log()
    // Cash against profit is a precondition of the report at every fill.
    let report = ReplayRun.run(events, .orders, strategy: RandomTrader(log: log), settings: ReplayRunSettings())
    #expect(report.unknownOrders == 0 && report.fills.count > count / 100)
    var history = PlainHistory()
    var next = 0
    var filled: [Int: Int] = [:]
    var (cash, position, faults) = (0, 0, 0)
    var place = 0
    while place < report.fills.count {
      let time = report.fills[place].time
      while next < events.count, events[next].time < time {
        history.apply(events[next])
        next += 1
      }
      let event = next < events.count && events[next].time == time ? events[next] : nil
      let recorded = event.flatMap { event in history.orders.first { $0.id == event.id } }
      var makerLots = 0
      var last: Execution?
      while place < report.fills.count, report.fills[place].time == time {
        let fill = report.fills[place]
        place += 1
        filled[fill.order, default: 0] += fill.lots
        cash -= fill.side.sign * fill.lots * fill.price
        position += fill.side.sign * fill.lots
        guard let own = log.arrivals[fill.order] else {
          faults += 1
          continue
        }
        if filled[fill.order]! > own.ticket.lots || fill.side != own.ticket.side { faults += 1 }
        if let limit = own.ticket.price, fill.side == .buy ? fill.price > limit : fill.price < limit { faults += 1 }
        guard fill.isMaker else {
          if !history.take(fill.side.opposite, fill.price, fill.lots) { faults += 1 }
          continue
        }
        makerLots += fill.lots
        // Only a recorded execution, at our price or worse and behind us, or an order that would have met us, fills us.
        switch event?.kind {
        case .execute:
          guard let recorded, recorded.side == fill.side else {
            faults += 1
            continue
          }
          let isBetter = fill.side == .buy ? fill.price > recorded.price : fill.price < recorded.price
          if !isBetter, fill.price != recorded.price || own.time >= recorded.arrival { faults += 1 }
        case .add:
          if event!.side == fill.side { faults += 1 }
          if fill.side == .buy ? Int(event!.price) > fill.price : Int(event!.price) < fill.price { faults += 1 }
        default: faults += 1
        }
        // Price, then time, among our own; an iceberg's next lots queue anew.
        if let last, last.side == fill.side {
          let isWorse = fill.side == .buy ? fill.price > last.price : fill.price < last.price
          let before = log.arrivals[last.order]!.ticket.display == nil && own.ticket.display == nil
          if isWorse || (fill.price == last.price && before && fill.order < last.order) { faults += 1 }
        }
        last = fill
      }
      if makerLots > Int(event?.lots ?? 0) { faults += 1 }
    }
    #expect(faults == 0)
    #expect(position == report.account.position && cash == report.account.flow)
    #expect(abs(report.account.discrepancy(at: 1400)) < 1e-6 * Double(report.account.lots))
  }

  /// The same at price levels: cash, and never more than was traded or shown.
  @Test func levelsFillNoMoreThanWasTradedOrShown() {
    #if DEBUG
    let count = 30_000
    #else
    let count = 1_000_000
    #endif
    let events = ReplayRunTests.levels(count, seed: 18)
    let log = RandomTrader.Log()
    var settings = ReplayRunSettings()
    settings.queueModel = .power(2)
    let report = ReplayRun.run(events, .levels, strategy: RandomTrader(log: log), settings: settings)
    #expect(report.fills.count > count / 100)
    var lots: [Int64: Int] = [:]
    for event in events where event.kind == .trade || event.lots > 0 { lots[event.time, default: 0] += Int(event.lots) }
    var (cash, position, faults) = (0, 0, 0)
    var makers: [Int64: Int] = [:]
    for fill in report.fills {
      cash -= fill.side.sign * fill.lots * fill.price
      position += fill.side.sign * fill.lots
      if fill.isMaker { makers[fill.time, default: 0] += fill.lots }
      if let limit = log.arrivals[fill.order]?.ticket.price, fill.side == .buy ? fill.price > limit : fill.price < limit
      {
        faults += 1
      }
    }
    for (time, filled) in makers where filled > lots[time] ?? 0 { faults += 1 }
    #expect(faults == 0 && position == report.account.position && cash == report.account.flow)
  }
}
