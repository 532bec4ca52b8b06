import HydraMarket
import HydraNumerics
import Testing

@Suite struct ReplayExchangeTests {
  enum Request {
    case new(OrderTicket)
    case cancel(Int)
    case modify(Int, lots: Int, price: Int?)
  }

  /// A random request around a price of 100; `orders` so far.
  static func request(_ random: inout CounterRandom, orders: Int) -> Request {
    let draw = random.below(10)
    if draw == 0, orders > 0 { return .cancel(random.below(orders)) }
    if draw == 1, orders > 0 {
      return .modify(
        random.below(orders), lots: random.below(12), price: random.below(2) == 0 ? nil : 95 + random.below(10))
    }
    let side: Side = random.below(2) == 0 ? .buy : .sell
    var ticket = OrderTicket(side, lots: 1 + random.below(9), limit: 95 + random.below(11))
    switch random.below(12) {
    case 0: ticket.kind = .market
    case 1: ticket.kind = .marketToLimit
    case 2: (ticket.kind, ticket.protection) = (.marketProtected, random.below(3))
    case 3: (ticket.kind, ticket.stop) = (.stop, 93 + random.below(15))
    case 4: (ticket.kind, ticket.stop) = (.stopLimit, 93 + random.below(15))
    case 5: ticket.timeInForce = .immediate
    case 6: ticket.timeInForce = .fillOrKill
    case 7: (ticket.timeInForce, ticket.minimum) = (.immediate, 1 + random.below(5))
    case 8: ticket.postOnly = true
    case 9: ticket.display = 1 + random.below(3)
    default: break
    }
    if ticket.kind != .limit, ticket.kind != .stopLimit { ticket.price = nil }
    return .new(ticket)
  }

  @Test func theFastEngineAgreesWithThePlainOne() {
    for seed in UInt64(0)..<60 {
      var random = CounterRandom(seed: seed, stream: "matching")
      var fast = Exchange()
      var plain = PlainExchange()
      for step in 0..<250 {
        switch Self.request(&random, orders: plain.orders.count) {
        case .new(let ticket):
          fast.submit(ticket, time: Int64(step))
          plain.submit(ticket)
        case .cancel(let order):
          fast.cancel(order)
          plain.cancel(order)
        case .modify(let order, let lots, let price):
          fast.modify(order, Exchange.Change(lots: lots, price: price), time: Int64(step))
          plain.modify(order, lots: lots, price: price)
        }
        let (states, aheads) = (
          plain.orders.indices.map { fast.state($0) }, plain.orders.indices.map { fast.queueAhead($0) }
        )
        let agrees =
          states == plain.orders.map(\.state) && aheads == plain.orders.indices.map { plain.ahead($0) }
          && fast.best(.buy) == plain.best(.buy) && fast.best(.sell) == plain.best(.sell) && fast.last == plain.last
        #expect(agrees, "seed \(seed), step \(step)")
        if !agrees { return }
      }
      let trades = fast.trades.map { [$0.price, $0.lots, $0.maker, $0.taker] }
      #expect(trades == plain.trades, "seed \(seed)")
    }
  }

  /// Lots are neither made nor lost, the open book is never crossed, and what is shown is what rests.
  @Test(arguments: [Allocation.fifo, .split(percent: 40, minimum: 2)])
  func lotsAreConservedAndTheBookStaysInOrder(allocation: Allocation) {
    #if DEBUG
    let steps = 20_000
    #else
    let steps = 1_000_000
    #endif
    var settings = Exchange.Settings()
    settings.allocation = allocation
    var random = CounterRandom(seed: 3, stream: "properties")
    var exchange = Exchange(settings)
    var traded = [Int: Int]()
    var failures = 0
    for step in 0..<steps {
      // Old orders are left alone, so that a session's worth of them stays small.
      let newest = min(exchange.orderCount, 200)
      switch Self.request(&random, orders: newest) {
      case .new(let ticket): exchange.submit(ticket, owner: step % 3, time: Int64(step))
      case .cancel(let back): exchange.cancel(exchange.orderCount - 1 - back)
      case .modify(let back, let lots, let price):
        exchange.modify(exchange.orderCount - 1 - back, Exchange.Change(lots: lots, price: price), time: Int64(step))
      }
      for trade in exchange.takeTrades() {
        traded[trade.maker, default: 0] += trade.lots
        traded[trade.taker, default: 0] += trade.lots
        if trade.lots <= 0 || trade.maker == trade.taker { failures += 1 }
      }
      if let bid = exchange.best(.buy), let ask = exchange.best(.sell), bid >= ask { failures += 1 }
      if step % 5000 == 4999 {
        failures += Self.faults(exchange, traded)
        exchange.endSession(time: Int64(step))
        if !exchange.ladder(.buy).isEmpty || !exchange.ladder(.sell).isEmpty { failures += 1 }
      }
    }
    #expect(failures == 0)
  }

  private static func faults(_ exchange: borrowing Exchange, _ traded: [Int: Int]) -> Int {
    var faults = 0
    for order in 0..<exchange.orderCount {
      let (state, ticket) = (exchange.state(order), exchange.ticket(order))
      if state.filled != traded[order] ?? 0 { faults += 1 }
      if state.status.isWorking ? state.filled + state.leaves != ticket.lots : state.leaves != 0 { faults += 1 }
    }
    for side in Side.allCases {
      let prices = exchange.ladder(side).map(\.price)
      if prices != (side == .buy ? prices.sorted(by: >) : prices.sorted()) || Set(prices).count != prices.count {
        faults += 1
      }
      if exchange.ladder(side).contains(where: { $0.lots <= 0 || $0.orders <= 0 }) { faults += 1 }
    }
    return faults
  }

  @Test func anOrderAtTheOpenTakesPartInTheAuctionOnly() {
    var settings = Exchange.Settings()
    (settings.phase, settings.reference) = (.preOpen, 100)
    var exchange = Exchange(settings)
    let order = exchange.submit(OrderTicket(.buy, lots: 5, limit: 101, timeInForce: .atTheOpen), time: 1)
    exchange.submit(OrderTicket(.sell, lots: 2, limit: 99), time: 2)
    exchange.enter(.open, time: 3)
    #expect(exchange.state(order) == OrderState(status: .expired, filled: 2, leaves: 0, reason: .timeInForce))
    #expect(exchange.trades.map(\.price) == [101])
    let late = exchange.submit(OrderTicket(.buy, lots: 5, limit: 101, timeInForce: .atTheOpen), time: 4)
    #expect(exchange.state(late).reason == .phase)
  }

  @Test func nothingTradesOutsideTheLimitsAndTheyCanExpand() {
    var settings = Exchange.Settings()
    settings.limits = PriceLimits(low: 90, high: 110)
    var exchange = Exchange(settings)
    exchange.submit(OrderTicket(.sell, lots: 1, limit: 110), time: 1)
    let protected = exchange.submit(OrderTicket(.buy, lots: 3, kind: .marketProtected, protection: 5), time: 2)
    #expect(exchange.state(protected).filled == 1 && exchange.best(.buy) == 110)
    exchange.limits = PriceLimits(low: 85, high: 115)
    let higher = exchange.submit(OrderTicket(.sell, lots: 1, limit: 112), time: 3)
    #expect(exchange.state(higher).status == .new)
    let moved = exchange.modify(protected, Exchange.Change(price: 112), time: 4)
    #expect(moved && exchange.state(protected).filled == 2)
    let refused = !exchange.modify(protected, Exchange.Change(price: 116), time: 5)
    #expect(refused)
  }

  @Test func theNewestIsCancelledWhereTheRuleSaysSo() {
    var settings = Exchange.Settings()
    settings.selfMatch = .cancelNewest
    var exchange = Exchange(settings)
    exchange.submit(OrderTicket(.sell, lots: 1, limit: 100), time: 1)
    let own = exchange.submit(OrderTicket(.sell, lots: 2, limit: 100), owner: 4, time: 2)
    let newest = exchange.submit(OrderTicket(.buy, lots: 3, limit: 101), owner: 4, time: 3)
    #expect(exchange.state(newest) == OrderState(status: .cancelled, filled: 1, leaves: 0, reason: .selfMatch))
    #expect(exchange.state(own).status == .new)
    let other = exchange.submit(OrderTicket(.buy, lots: 3, limit: 101), owner: 5, time: 4)
    #expect(exchange.state(other).filled == 2)
  }
}
