/// Our own orders against a recorded market that does not react to them.
///
/// What is filled, and how:
/// 1. An arriving order takes recorded lots at its price or better, order by order; what it took is marked and cannot be
///    taken again.
/// 2. A waiting order is filled by recorded trades behind it or through its price, and by recorded orders that would have
///    met it, at its own price, never by more than was traded or shown.
/// 3. Orders of ours share what there is by price, then time; they never trade with each other.
/// 4. When a session opens, orders of ours that gathered take part in its auction, at its price.
///
/// How its place in the queue is known depends on the history: exactly for ``OrderBook``, by a ``QueueModel`` for
/// ``LevelBook``; the extensions for each hold the recorded events.
///
/// Known bias: the market would have reacted to orders that are large against what is shown.
struct ShadowVenue<History: HistoryBook & ~Copyable>: ~Copyable {
  var history: History
  /// By their numbers; those of forgotten orders are given again.
  var orders: [ShadowOrder] = []
  private var forgotten: [Int] = []
  private var entries = 0
  var restingBuys = FlatArray<RestingOrder>(capacity: 8)
  var restingSells = FlatArray<RestingOrder>(capacity: 8)
  var stops: [Int] = []
  var arrivals = 0
  var phase: SessionPhase
  var limits: PriceLimits
  /// The last recorded trade, in ticks.
  var last: Int?
  /// The settlement before, in ticks: the reference of the next auction.
  var reference: Int?
  /// The auction whose recorded executions are being told.
  var auction: ShadowAuction?
  let selfMatch: SelfMatchRule
  let queueModel: QueueModel
  /// Fills since they were last taken away.
  var executions: [Execution] = []
  /// Whether stops acted since then: some may have ended without a fill.
  var hasStopped = false
  /// Recorded changes of orders that are not in the book.
  var unknownOrders = 0

  init(_ history: consuming History, _ settings: ReplaySettings) {
    self.history = history
    (phase, limits, last, reference) = (settings.phase, settings.limits, settings.last, settings.reference)
    (selfMatch, queueModel) = (settings.selfMatch, settings.queueModel)
  }

  // MARK: - Requests

  mutating func submit(_ ticket: OrderTicket, time: Int64) -> Int {
    entries += 1
    let own = ShadowOrder(
      ticket: ticket, entry: entries, state: OrderState(leaves: max(0, ticket.lots)), price: ticket.price,
      bidAtArrival: history.best(.buy), askAtArrival: history.best(.sell))
    let order = forgotten.popLast() ?? orders.count
    if order < orders.count { orders[order] = own } else { orders.append(own) }
    if let fault = TicketReview(phase: phase, limits: limits, last: last).fault(in: ticket) {
      orders[order].state.end(.rejected, fault)
    } else if ticket.kind.isStop {
      orders[order].waitsForStop = true
      stops.append(order)
    } else {
      execute(order, time)
    }
    return order
  }

  /// Gives the number of an order that has ended to a later one, so that memory is bounded by the orders that work.
  mutating func forget(_ order: Int) {
    precondition(!orders[order].state.status.isWorking, "order \(order) works and cannot be forgotten")
    forgotten.append(order)
  }

  mutating func cancel(_ order: Int) -> Bool {
    guard phase.takesCancels, orders.indices.contains(order), orders[order].state.status.isWorking else { return false }
    leave(order)
    orders[order].state.end(.cancelled, .user)
    return true
  }

  mutating func change(_ order: Int, _ change: Exchange.Change, time: Int64) -> Bool {
    guard phase.takesChanges, change.isValid, orders.indices.contains(order), orders[order].state.status.isWorking
    else {
      return false
    }
    if let price = change.price, !limits.contain(price) { return false }
    let own = orders[order]
    if (change.lots ?? own.ticket.lots) <= own.state.filled {
      leave(order)
      orders[order].state.end(.cancelled, .user)
      return true
    }
    if own.waitsForStop {
      if let stop = change.stop {
        if let last, TicketReview.reaches(last, stop, own.ticket.side) { return false }
        orders[order].ticket.stop = stop
      }
      if let price = change.price { (orders[order].price, orders[order].ticket.price) = (price, price) }
      resize(order, change.lots)
    } else if let price = change.price, price != own.price {
      if own.ticket.postOnly, phase == .open, crosses(own.ticket.side, price) { return false }
      leave(order)
      resize(order, change.lots)
      (orders[order].price, orders[order].ticket.price) = (price, price)
      take(order, time)
      if orders[order].state.leaves > 0, orders[order].state.status.isWorking { rest(order) }
    } else if let lots = change.lots, lots > own.ticket.lots {
      leave(order)
      resize(order, lots)
      rest(order)
    } else if let lots = change.lots {
      resize(order, lots)
      let leaves = orders[order].state.leaves
      withResting(order) { $0.shown = min($0.shown, leaves) }
      orders[order].hidden = leaves - (resting(order)?.shown ?? leaves)
    }
    return true
  }

  private mutating func resize(_ order: Int, _ lots: Int?) {
    guard let lots else { return }
    orders[order].ticket.lots = lots
    orders[order].state.leaves = lots - orders[order].state.filled
  }

  /// Changes the phase; the step from gathering orders to `open` runs the auction.
  mutating func enter(_ next: SessionPhase, time: Int64) {
    let (opens, hasGathered) = (next == .open && phase != .open, phase.collects)
    phase = next
    guard opens else { return }
    if hasGathered { runAuction(time) }
    for order in orders.indices where orders[order].ticket.timeInForce == .atTheOpen { expire(order) }
  }

  mutating func endSession(time: Int64) {
    for order in orders.indices where orders[order].state.status.isWorking {
      switch orders[order].ticket.timeInForce {
      case .goodTillCancelled: continue
      case .goodTillDate: if let expiry = orders[order].ticket.expiry, expiry > time { continue }
      case .day, .immediate, .fillOrKill, .atTheOpen: break
      }
      expire(order)
    }
  }

  /// The contract ends: nothing works on.
  mutating func endAll() { for order in orders.indices { expire(order) } }

  private mutating func expire(_ order: Int) {
    guard orders[order].state.status.isWorking else { return }
    leave(order)
    orders[order].state.end(.expired, .timeInForce)
  }

  // MARK: - Acting

  /// Lets an accepted order act: take what is there, then wait or end.
  mutating func execute(_ order: Int, _ time: Int64) {
    let ticket = orders[order].ticket
    switch ticket.kind {
    case .limit, .stopLimit: break
    case .market, .stop: orders[order].price = nil
    case .marketProtected, .stopProtected, .marketToLimit:
      guard phase == .open, let best = history.bestUnused(ticket.side.opposite) else {
        return orders[order].state.end(.cancelled, .noLiquidity)
      }
      let distance = ticket.kind == .marketToLimit ? 0 : ticket.protection ?? 0
      orders[order].price = limits.clamp(best + ticket.side.sign * distance)
    }
    if phase == .open {
      let limit = limits.worst(ticket.side, orders[order].price)
      if ticket.postOnly, crosses(ticket.side, limit ?? (ticket.side == .buy ? .max : .min)) {
        return orders[order].state.end(.rejected, .postOnly)
      }
      let needed = ticket.timeInForce == .fillOrKill ? ticket.lots : ticket.minimum ?? 0
      if needed > 0, history.unused(ticket.side.opposite, through: limit, enough: needed) < needed {
        return orders[order].state.end(.cancelled, ticket.timeInForce == .fillOrKill ? .fillOrKill : .minimum)
      }
      take(order, time)
    }
    guard orders[order].state.status.isWorking, orders[order].state.leaves > 0 else { return }
    if ticket.kind != .market, ticket.kind != .stop, !ticket.timeInForce.isImmediate {
      rest(order)
    } else {
      orders[order].state.end(.cancelled, .unfilledRemainder)
    }
  }

  /// Whether an order at `price` would trade at once.
  func crosses(_ side: Side, _ price: Int) -> Bool {
    guard let best = history.bestUnused(side.opposite), limits.contain(best), !history.isGathering else { return false }
    return !side.exceeds(best, price)
  }

  /// Takes recorded lots up to the order's limit.
  mutating func take(_ order: Int, _ time: Int64) {
    guard phase == .open, !history.isGathering else { return }
    let ticket = orders[order].ticket
    let limit = limits.worst(ticket.side, orders[order].price)
    guard preventSelfMatch(order, limit) else { return }
    var taken: [(price: Int, lots: Int)] = []
    history.use(ticket.side.opposite, through: limit, lots: orders[order].state.leaves) { taken.append(($0, $1)) }
    for part in taken {
      orders[order].state.fill(part.lots)
      record(order, price: part.price, lots: part.lots, isMaker: false, aheadAtFill: nil, time)
    }
  }

  /// Applies the self-match rule among our own orders; false when the arriving one has ended.
  private mutating func preventSelfMatch(_ order: Int, _ limit: Int?) -> Bool {
    guard selfMatch != .off else { return true }
    let side = orders[order].ticket.side
    while let first = firstResting(side.opposite), !side.exceeds(first.price, limit) {
      if selfMatch == .cancelNewest {
        orders[order].state.end(.cancelled, .selfMatch)
        return false
      }
      leave(first.order)
      orders[first.order].state.end(.cancelled, .selfMatch)
    }
    return true
  }

  mutating func record(_ order: Int, price: Int, lots: Int, isMaker: Bool, aheadAtFill: Double?, _ time: Int64) {
    let own = orders[order]
    var execution = Execution(
      time: time, order: order, side: own.ticket.side, price: price, lots: lots, isMaker: isMaker,
      evidence: History.evidence, aheadAtEntry: isMaker ? own.aheadAtEntry : nil, aheadAtFill: aheadAtFill,
      bidAtArrival: own.bidAtArrival, askAtArrival: own.askAtArrival)
    if let bid = own.bidAtArrival, let ask = own.askAtArrival {
      let sign = Double(own.ticket.side.sign)
      let paid = sign * (Double(price) - Double(bid + ask) / 2)
      // What goes beyond the quote at arrival is the order's own impact.
      execution.impact = isMaker ? 0 : max(0, sign * Double(price - (own.ticket.side == .buy ? ask : bid)))
      execution.halfSpread = paid - (execution.impact ?? 0)
    }
    executions.append(execution)
  }

  // MARK: - Stops

  /// Sets off the stops that a recorded trade reaches, nearest first, then by entry.
  mutating func runStops(_ price: Int, _ time: Int64) {
    last = price
    // What an auction sets off waits until it is over.
    guard !stops.isEmpty, auction == nil else { return }
    let fired = stops.filter { order in
      let ticket = orders[order].ticket
      return ticket.stop.map { TicketReview.reaches(price, $0, ticket.side) } ?? false
    }
    let sorted = fired.sorted { first, second in
      let (a, b) = (orders[first].ticket, orders[second].ticket)
      if a.side != b.side { return a.side == .buy }
      if a.stop != b.stop { return a.side == .buy ? a.stop! < b.stop! : a.stop! > b.stop! }
      return orders[first].entry < orders[second].entry
    }
    hasStopped = hasStopped || !sorted.isEmpty
    for order in sorted {
      stops.removeAll { $0 == order }
      orders[order].waitsForStop = false
      execute(order, time)
    }
  }
}
