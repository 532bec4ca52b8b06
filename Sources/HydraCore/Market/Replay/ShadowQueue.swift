/// The waiting orders of a ``ShadowVenue``, each side by price, then time.
extension ShadowVenue where History: ~Copyable {
  /// Puts an order at the back of the queue at its price.
  mutating func rest(_ order: Int) {
    let own = orders[order]
    guard let price = own.price else { preconditionFailure("an order without a price cannot wait") }
    let shown = min(own.ticket.display ?? .max, own.state.leaves)
    let ahead = Double(history.lotsAhead(own.ticket.side, at: price))
    arrivals += 1
    orders[order].hidden = own.state.leaves - shown
    orders[order].isResting = true
    if own.aheadAtEntry == nil { orders[order].aheadAtEntry = ahead }
    insert(
      RestingOrder(order: order, price: price, arrival: arrivals, ahead: ahead, shown: shown), own.ticket.side)
  }

  private mutating func insert(_ resting: RestingOrder, _ side: Side) {
    if side == .buy {
      var rank = 0
      while rank < restingBuys.count, restingBuys[rank].price >= resting.price { rank += 1 }
      restingBuys.insert(resting, at: rank)
    } else {
      var rank = 0
      while rank < restingSells.count, restingSells[rank].price <= resting.price { rank += 1 }
      restingSells.insert(resting, at: rank)
    }
  }

  /// Takes an order out of its queue or from among the stops.
  mutating func leave(_ order: Int) {
    if orders[order].isResting {
      let side = orders[order].ticket.side
      if let rank = rank(order) {
        if side == .buy { restingBuys.remove(at: rank) } else { restingSells.remove(at: rank) }
      }
      orders[order].isResting = false
    }
    orders[order].hidden = 0
    if orders[order].waitsForStop {
      stops.removeAll { $0 == order }
      orders[order].waitsForStop = false
    }
  }

  /// Fills lots of the waiting order at a rank, at its own price or at an auction's; true while the same order still stands
  /// there.
  ///
  /// When its display is gone, the next lots of an iceberg queue at the back of the price.
  mutating func fill(_ side: Side, rank: Int, lots: Int, at price: Int? = nil, _ time: Int64) -> Bool {
    let resting = side == .buy ? restingBuys[rank] : restingSells[rank]
    orders[resting.order].state.fill(lots)
    record(resting.order, price: price ?? resting.price, lots: lots, isMaker: true, aheadAtFill: resting.ahead, time)
    if lots < resting.shown {
      if side == .buy { restingBuys[rank].shown -= lots } else { restingSells[rank].shown -= lots }
      return true
    }
    if side == .buy { restingBuys.remove(at: rank) } else { restingSells.remove(at: rank) }
    orders[resting.order].isResting = false
    if orders[resting.order].hidden > 0 { rest(resting.order) }
    return false
  }

  /// Recorded lots ahead of a waiting order, and those of our own orders ahead of it; nil when it does not wait.
  func queueAhead(_ order: Int) -> Double? {
    guard let rank = rank(order) else { return nil }
    let side = orders[order].ticket.side
    let resting = at(side, rank)
    var ahead = resting.ahead
    guard History.evidence == .orders else { return ahead }
    for before in 0..<rank where at(side, before).price == resting.price { ahead += Double(at(side, before).shown) }
    return ahead
  }

  func firstResting(_ side: Side) -> RestingOrder? {
    side == .buy
      ? (restingBuys.isEmpty ? nil : restingBuys[0]) : (restingSells.isEmpty ? nil : restingSells[0])
  }

  func resting(_ order: Int) -> RestingOrder? { rank(order).map { at(orders[order].ticket.side, $0) } }

  func withResting(_ order: Int, _ body: (inout RestingOrder) -> Void) {
    guard let rank = rank(order) else { return }
    if orders[order].ticket.side == .buy { body(&restingBuys[rank]) } else { body(&restingSells[rank]) }
  }

  @inline(__always) private func at(_ side: Side, _ rank: Int) -> RestingOrder {
    side == .buy ? restingBuys[rank] : restingSells[rank]
  }

  private func rank(_ order: Int) -> Int? {
    guard orders.indices.contains(order), orders[order].isResting else { return nil }
    let side = orders[order].ticket.side
    return (0..<(side == .buy ? restingBuys.count : restingSells.count)).first { at(side, $0).order == order }
  }
}
