import HydraMarket

/// A matching engine as short as it can be written, by time only: every step looks through all orders. The fast one has
/// to agree with it.
struct PlainExchange {
  struct Order {
    var ticket: OrderTicket
    var price: Int?
    var state: OrderState
    var shown = 0
    var place = 0
    var isResting = false
    var isWaiting = false
  }
  var orders: [Order] = []
  var trades: [[Int]] = []
  var last: Int?
  private var clock = 0

  private func isBetter(_ a: Int, _ b: Int, _ side: Side) -> Bool { side == .buy ? a > b : a < b }

  /// Resting orders of a side, the first to trade first.
  private func queue(_ side: Side) -> [Int] {
    orders.indices.filter { orders[$0].isResting && orders[$0].ticket.side == side }.sorted { a, b in
      let (x, y) = (orders[a], orders[b])
      return x.price != y.price ? isBetter(x.price!, y.price!, side) : x.place < y.place
    }
  }

  func best(_ side: Side) -> Int? { queue(side).first.map { orders[$0].price! } }

  private func reaches(_ price: Int, _ limit: Int?, _ side: Side) -> Bool {
    limit.map { !isBetter($0, price, side.opposite) } ?? true
  }

  mutating func submit(_ ticket: OrderTicket) {
    orders.append(Order(ticket: ticket, price: ticket.price, state: OrderState(leaves: ticket.lots)))
    let order = orders.count - 1
    if ticket.kind == .stop || ticket.kind == .stopLimit {
      if let last, ticket.side == .buy ? last >= ticket.stop! : last <= ticket.stop! {
        end(order, .rejected, .stopThrough)
      } else {
        orders[order].isWaiting = true
      }
    } else {
      let first = trades.count
      act(order)
      runStops(first)
    }
  }

  private mutating func end(_ order: Int, _ status: OrderStatus, _ reason: OrderReason) {
    orders[order].isResting = false
    orders[order].isWaiting = false
    orders[order].state = OrderState(status: status, filled: orders[order].state.filled, leaves: 0, reason: reason)
  }

  private mutating func act(_ order: Int) {
    let ticket = orders[order].ticket
    let other = queue(ticket.side.opposite)
    switch ticket.kind {
    case .marketToLimit, .marketProtected:
      guard let best = other.first.map({ orders[$0].price! }) else { return end(order, .cancelled, .noLiquidity) }
      orders[order].price = best + (ticket.kind == .marketProtected ? ticket.side.sign * ticket.protection! : 0)
    case .market, .stop: orders[order].price = nil
    default: break
    }
    let limit = orders[order].price
    let reachable = other.filter { reaches(orders[$0].price!, limit, ticket.side) }
    if ticket.postOnly, !reachable.isEmpty { return end(order, .rejected, .postOnly) }
    let sum = reachable.reduce(0) { $0 + orders[$1].state.leaves }
    if ticket.timeInForce == .fillOrKill, sum < ticket.lots { return end(order, .cancelled, .fillOrKill) }
    if ticket.timeInForce != .fillOrKill, let minimum = ticket.minimum, sum < minimum {
      return end(order, .cancelled, .minimum)
    }
    match(order)
    guard orders[order].state.leaves > 0 else { return }
    if ticket.kind == .market || ticket.kind == .stop || ticket.timeInForce.isImmediate {
      end(order, .cancelled, .unfilledRemainder)
    } else {
      rest(order)
    }
  }

  private mutating func match(_ order: Int) {
    let side = orders[order].ticket.side
    while orders[order].state.leaves > 0, let maker = queue(side.opposite).first,
      reaches(orders[maker].price!, orders[order].price, side)
    {
      let lots = min(orders[order].state.leaves, orders[maker].shown)
      trades.append([orders[maker].price!, lots, maker, order])
      last = orders[maker].price!
      for index in [order, maker] {
        orders[index].state.filled += lots
        orders[index].state.leaves -= lots
        orders[index].state.status = orders[index].state.leaves == 0 ? .filled : .partiallyFilled
      }
      orders[maker].shown -= lots
      if orders[maker].state.leaves == 0 {
        orders[maker].isResting = false
      } else if orders[maker].shown == 0 {
        rest(maker)
      }
    }
  }

  private mutating func rest(_ order: Int) {
    clock += 1
    orders[order].place = clock
    orders[order].isResting = true
    orders[order].shown = min(orders[order].ticket.display ?? .max, orders[order].state.leaves)
  }

  private mutating func runStops(_ from: Int) {
    var first = from
    while first < trades.count {
      let prices = trades[first...].map { $0[0] }
      first = trades.count
      let fired = orders.indices.filter { index in
        let ticket = orders[index].ticket
        guard orders[index].isWaiting, let stop = ticket.stop else { return false }
        return ticket.side == .buy ? prices.max()! >= stop : prices.min()! <= stop
      }
      let buys = fired.filter { orders[$0].ticket.side == .buy }.sorted {
        (orders[$0].ticket.stop!, $0) < (orders[$1].ticket.stop!, $1)
      }
      let sells = fired.filter { orders[$0].ticket.side == .sell }.sorted {
        (-orders[$0].ticket.stop!, $0) < (-orders[$1].ticket.stop!, $1)
      }
      for order in buys + sells {
        orders[order].isWaiting = false
        act(order)
      }
    }
  }

  mutating func cancel(_ order: Int) {
    if orders[order].state.status.isWorking { end(order, .cancelled, .user) }
  }

  mutating func modify(_ order: Int, lots: Int, price: Int?) {
    guard orders[order].state.status.isWorking else { return }
    if lots <= orders[order].state.filled { return end(order, .cancelled, .user) }
    let old = orders[order]
    if let price, price != old.price, old.ticket.postOnly, !old.isWaiting, let best = best(old.ticket.side.opposite),
      reaches(best, price, old.ticket.side)
    {
      return
    }
    orders[order].ticket.lots = lots
    orders[order].state.leaves = lots - old.state.filled
    if old.isWaiting {
      if let price { orders[order].price = price }
    } else if let price, price != old.price {
      orders[order].isResting = false
      orders[order].price = price
      let first = trades.count
      match(order)
      if orders[order].state.leaves > 0 { rest(order) }
      runStops(first)
    } else if lots > old.ticket.lots {
      rest(order)
    } else {
      orders[order].shown = min(old.shown, orders[order].state.leaves)
    }
  }

  func ahead(_ order: Int) -> Int? {
    guard orders[order].isResting else { return nil }
    return orders.filter {
      $0.isResting && $0.ticket.side == orders[order].ticket.side && $0.price == orders[order].price
        && $0.place < orders[order].place
    }.reduce(0) { $0 + $1.shown }
  }
}
