/// Own orders in a recorded stream of single orders: the place in the queue is exact.
typealias OrderReplay = ShadowVenue<OrderBook>

extension ShadowVenue where History == OrderBook {
  init(_ settings: ReplaySettings = ReplaySettings()) { self.init(OrderBook(), settings) }

  /// A recorded order is entered; where it would have met ours, ours are filled first.
  mutating func add(id: Int, _ side: Side, price: Int, lots: Int, _ time: Int64) {
    if history.index.find(id) != nil { delete(id: id, time) }
    enter(id, side, price, lots, used: 0, time)
  }

  /// A recorded order is cancelled, in part when `lots` is less than what is left of it.
  mutating func delete(id: Int, lots: Int? = nil, _ time: Int64) {
    guard let slot = history.index.find(id) else { return unknownOrders += 1 }
    let left = Int(history.slots[slot].lots)
    shrink(slot, to: lots.map { max(0, left - $0) } ?? 0)
  }

  /// A recorded order is changed: smaller at the same price it keeps its place, else it goes to the back.
  mutating func modify(id: Int, price: Int?, lots: Int, _ time: Int64) {
    guard let slot = history.index.find(id) else { return unknownOrders += 1 }
    let order = history.slots[slot]
    let old = history.price(ofSlot: slot)
    if (price ?? old) == old, lots <= Int(order.lots) {
      shrink(slot, to: lots)
    } else {
      shrink(slot, to: 0)
      if lots > 0 { enter(id, order.side, price ?? old, lots, used: min(Int(order.used), lots), time) }
    }
  }

  /// A recorded order is executed: our orders ahead of it share the lots. With `keepsBook` the book is left as it is,
  /// for feeds that report the reduction apart.
  mutating func execute(id: Int, lots: Int? = nil, keepsBook: Bool = false, _ time: Int64) {
    guard let slot = history.index.find(id) else {
      // A fill told apart may name an order that never stood in the book, as implied ones do.
      if !keepsBook { unknownOrders += 1 }
      return
    }
    let order = history.slots[slot]
    let price = history.price(ofSlot: slot)
    let traded = min(lots ?? Int(order.lots), Int(order.lots))
    if auction == nil { share(lots ?? traded, order.side, price, order.arrival, time) }
    if !keepsBook { shrink(slot, to: Int(order.lots) - traded) }
    if auction == nil { runStops(price, time) }
  }

  /// All recorded orders are gone.
  mutating func clear() {
    history.removeAll()
    history.index.removeAll()
    for rank in 0..<restingBuys.count { restingBuys[rank].ahead = 0 }
    for rank in 0..<restingSells.count { restingSells[rank].ahead = 0 }
  }

  // MARK: - Steps

  private mutating func enter(_ id: Int, _ side: Side, _ price: Int, _ lots: Int, used: Int, _ time: Int64) {
    guard lots > 0 else { return }
    let met = used < lots ? meet(side, price, lots - used, time) : 0
    arrivals += 1
    let slot = history.rest(
      id: id, side: side, price: price, lots: lots, arrival: arrivals, used: used + met)
    history.index.insert(id, slot)
  }

  /// Fills our waiting orders on the other side that an arriving recorded order would have met; returns the lots.
  private mutating func meet(_ side: Side, _ price: Int, _ lots: Int, _ time: Int64) -> Int {
    guard let first = firstResting(side.opposite), !side.exceeds(first.price, price), phase == .open else {
      return 0
    }
    // An order that rests although recorded ones would have met it waits for an auction.
    if let best = history.best(side.opposite), !side.exceeds(best, price) { return 0 }
    var left = lots
    while left > 0, let first = firstResting(side.opposite), !side.exceeds(first.price, price) {
      let taken = min(left, first.shown)
      _ = fill(side.opposite, rank: 0, lots: taken, time)
      left -= taken
    }
    return lots - left
  }

  /// Shares an execution among our orders at better prices, or at its price ahead of the executed order.
  private mutating func share(_ lots: Int, _ side: Side, _ price: Int, _ arrival: Int, _ time: Int64) {
    guard phase == .open else { return }
    var left = lots
    while left > 0, let first = firstResting(side) {
      let isBetter = side == .buy ? first.price > price : first.price < price
      guard isBetter || (first.price == price && first.arrival < arrival) else { return }
      let taken = min(left, first.shown)
      _ = fill(side, rank: 0, lots: taken, time)
      left -= taken
    }
  }

  /// Makes a recorded order smaller, or takes it out, and moves our orders behind it forward.
  private mutating func shrink(_ slot: Int, to lots: Int) {
    let order = history.slots[slot]
    let unused = max(0, lots - Int(order.used))
    let freed = order.unused - unused
    if freed > 0 { advance(order, history.price(ofSlot: slot), Double(freed)) }
    if lots > 0 {
      history.reduce(slot, to: lots)
    } else {
      _ = history.index.remove(order.id)
      history.remove(slot)
    }
  }

  @inline(__always) private func advance(_ order: OrderBook.Slot, _ price: Int, _ lots: Double) {
    if order.isBuy {
      for rank in 0..<restingBuys.count {
        if restingBuys[rank].price == price, restingBuys[rank].arrival > order.arrival {
          restingBuys[rank].ahead -= lots
        }
      }
    } else {
      for rank in 0..<restingSells.count {
        if restingSells[rank].price == price, restingSells[rank].arrival > order.arrival {
          restingSells[rank].ahead -= lots
        }
      }
    }
  }
}

extension OrderBook: RecordedBook {
  @inline(__always) static func play(_ event: ReplayEvent, in venue: inout ShadowVenue<OrderBook>) {
    if venue.auction != nil { venue.endAuction(before: event.time) }
    switch event.kind {
    case .add:
      if let side = event.side {
        venue.add(id: event.id, side, price: Int(event.price), lots: Int(event.lots), event.time)
      }
    case .delete: venue.delete(id: event.id, lots: event.lots == 0 ? nil : Int(event.lots), event.time)
    case .change: venue.modify(id: event.id, price: Int(event.price), lots: Int(event.lots), event.time)
    case .execute: venue.execute(id: event.id, lots: event.lots == 0 ? nil : Int(event.lots), event.time)
    case .fill: venue.execute(id: event.id, lots: Int(event.lots), keepsBook: true, event.time)
    case .trade: venue.runStops(Int(event.price), event.time)
    case .clear: venue.clear()
    case .depth, .quote: break
    default: venue.applySession(event)
    }
  }

  static func play(
    _ change: ScenarioEvent.RecordedChange, in venue: inout ShadowVenue<OrderBook>, id number: (String) -> Int,
    time: Int64
  ) -> Bool {
    venue.endAuction(before: time)
    switch change {
    case .add(let id, let side, let price, let lots): venue.add(id: number(id), side, price: price, lots: lots, time)
    case .delete(let id, let lots): venue.delete(id: number(id), lots: lots, time)
    case .change(let id, let price, let lots): venue.modify(id: number(id), price: price, lots: lots, time)
    case .execution(let id, let lots): venue.execute(id: number(id), lots: lots, time)
    case .trade(_, let price, _): venue.runStops(price, time)
    case .clear: venue.clear()
    case .depth: return false
    default: return venue.apply(change, time: time)
    }
    return true
  }
}
