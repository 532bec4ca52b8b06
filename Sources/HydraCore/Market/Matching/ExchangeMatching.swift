extension Exchange {
  /// Lets an accepted order act: match, then rest or end.
  mutating func execute(_ order: Int, _ time: Int64) {
    let ticket = entries[order].ticket
    let opposite = ticket.side.opposite
    let bestOpposite = phase == .open ? book.best(opposite) : nil
    switch ticket.kind {
    case .limit, .stopLimit: break
    case .market, .stop: entries[order].price = nil
    case .marketProtected, .stopProtected, .marketToLimit:
      guard let best = bestOpposite else { return entries[order].state.end(.cancelled, .noLiquidity) }
      let distance = ticket.kind == .marketToLimit ? 0 : ticket.protection ?? 0
      entries[order].price = limits.clamp(best + ticket.side.sign * distance)
    }
    if phase == .open {
      let limit = limits.worst(ticket.side, entries[order].price)
      if ticket.postOnly, crosses(ticket.side, limit ?? (ticket.side == .buy ? .max : .min)) {
        return entries[order].state.end(.rejected, .postOnly)
      }
      let needed = ticket.timeInForce == .fillOrKill ? ticket.lots : ticket.minimum ?? 0
      if needed > 0, reachable(order, limit, enough: needed) < needed {
        return entries[order].state.end(
          .cancelled, ticket.timeInForce == .fillOrKill ? .fillOrKill : .minimum)
      }
      match(order, time)
    }
    guard entries[order].state.status.isWorking, entries[order].state.leaves > 0 else { return }
    let staysWithoutLimit = ticket.kind != .market && ticket.kind != .stop
    if staysWithoutLimit, !ticket.timeInForce.isImmediate {
      rest(order)
    } else {
      entries[order].state.end(.cancelled, .unfilledRemainder)
    }
  }

  /// Whether an order at `price` would trade at once.
  func crosses(_ side: Side, _ price: Int) -> Bool {
    guard let best = book.best(side.opposite), limits.contain(best) else { return false }
    return side == .buy ? best <= price : best >= price
  }

  /// Lots that an order could trade within its limit, hidden ones included; counting stops at `enough`.
  private func reachable(_ order: Int, _ limit: Int?, enough: Int) -> Int {
    let side = entries[order].ticket.side
    var sum = 0
    for rank in 0..<book.levelCount(side.opposite) {
      let level = book.levels[book.levelIndex(side.opposite, rank: rank)]
      if let limit, side == .buy ? level.price > limit : level.price < limit { break }
      var slot = Int(level.head)
      while slot >= 0 {
        let resting = book.slots[slot].id
        if meetsOwn(order, resting) {
          if selfMatch == .cancelNewest { return sum }
        } else {
          sum += entries[resting].state.leaves
          if sum >= enough { return sum }
        }
        slot = Int(book.slots[slot].next)
      }
    }
    return sum
  }

  /// Whether the self-match rule keeps two orders from trading.
  private func meetsOwn(_ order: Int, _ resting: Int) -> Bool {
    selfMatch != .off && entries[order].owner != 0 && entries[order].owner == entries[resting].owner
  }

  /// Trades an order with what rests on the other side, as far as its price and the limits allow.
  mutating func match(_ order: Int, _ time: Int64) {
    guard phase == .open else { return }
    let side = entries[order].ticket.side
    let limit = limits.worst(side, entries[order].price)
    while entries[order].state.leaves > 0, let level = book.bestLevel(side.opposite) {
      let price = book.levels[level].price
      if let limit, side == .buy ? price > limit : price < limit { return }
      guard limits.contain(price), preventSelfMatch(order, level) else { return }
      guard book.levels[level].count > 0 else { continue }
      if case .split(let percent, let minimum) = allocation, entries[order].state.leaves < book.levels[level].lots {
        share(order, level, percent: percent, minimum: minimum, time)
        return
      }
      let head = Int(book.levels[level].head)
      trade(head, with: order, lots: min(entries[order].state.leaves, Int(book.slots[head].lots)), time)
    }
  }

  /// Applies the self-match rule before an aggressor meets a level; false when the aggressor has ended.
  private mutating func preventSelfMatch(_ order: Int, _ level: Int) -> Bool {
    guard selfMatch != .off, entries[order].owner != 0 else { return true }
    var slot = Int(book.levels[level].head)
    while slot >= 0 {
      let (resting, next) = (book.slots[slot].id, Int(book.slots[slot].next))
      if meetsOwn(order, resting) {
        if selfMatch == .cancelNewest {
          entries[order].state.end(.cancelled, .selfMatch)
          return false
        }
        leave(resting)
        entries[resting].state.end(.cancelled, .selfMatch)
      } else if allocation == .fifo {
        // By time only the first in the queue is met now; the split rule meets them all.
        return true
      }
      slot = next
    }
    return true
  }

  /// Shares an aggressor smaller than the level among its orders.
  private mutating func share(_ order: Int, _ level: Int, percent: Double, minimum: Int, _ time: Int64) {
    var queue: [Int] = []
    var slot = Int(book.levels[level].head)
    while slot >= 0 {
      queue.append(slot)
      slot = Int(book.slots[slot].next)
    }
    let shares = Allocation.split(
      entries[order].state.leaves, among: queue.map { Int(book.slots[$0].lots) }, percent: percent, minimum: minimum)
    for (slot, lots) in zip(queue, shares) where lots > 0 { trade(slot, with: order, lots: lots, time) }
  }

  /// Trades lots of a displayed order; when its display is gone, the next lots queue at the back.
  private mutating func trade(_ slot: Int, with taker: Int, lots: Int, _ time: Int64) {
    let maker = book.slots[slot].id
    record(maker: maker, taker: taker, price: book.price(ofSlot: slot), lots: lots, time)
    entries[taker].state.fill(lots)
    takeDisplayed(slot, lots)
  }

  private mutating func record(maker: Int, taker: Int, price: Int, lots: Int, _ time: Int64) {
    trades.append(Trade(time: time, price: price, lots: lots, maker: maker, taker: taker))
    last = price
    printed = printed.map { (min($0.low, price), max($0.high, price)) } ?? (price, price)
  }

  private mutating func takeDisplayed(_ slot: Int, _ lots: Int) {
    let order = book.slots[slot].id
    entries[order].state.fill(lots)
    let shown = Int(book.slots[slot].lots) - lots
    if shown > 0 {
      book.reduce(slot, to: shown)
    } else if entries[order].hidden > 0 {
      let refill = min(entries[order].ticket.display ?? .max, entries[order].hidden)
      entries[order].hidden -= refill
      arrivals += 1
      book.moveToBack(slot, lots: refill, arrival: arrivals)
    } else {
      book.remove(slot)
      entries[order].slot = nil
    }
  }

  /// Puts an order at the back of the queue at its price.
  mutating func rest(_ order: Int) {
    let entry = entries[order]
    guard let price = entry.price else { preconditionFailure("an order without a price cannot rest") }
    let shown = min(entry.ticket.display ?? .max, entry.state.leaves)
    arrivals += 1
    entries[order].hidden = entry.state.leaves - shown
    entries[order].slot = book.rest(
      id: order, side: entry.ticket.side, price: price, lots: shown, arrival: arrivals)
  }

  /// Takes an order out of the book or from among the stops.
  mutating func leave(_ order: Int) {
    if let slot = entries[order].slot {
      book.remove(slot)
      entries[order].slot = nil
    }
    entries[order].hidden = 0
    if entries[order].waitsForStop {
      stops.removeAll { $0 == order }
      entries[order].waitsForStop = false
    }
  }

  // MARK: - Auction

  /// Trades what crosses at one price, by price and time on both sides.
  mutating func auction(_ time: Int64) {
    guard let bid = book.best(.buy), let ask = book.best(.sell), bid >= ask else { return }
    guard
      let price = AuctionPrice(
        bids: fullLadder(.buy), asks: fullLadder(.sell), reference: reference, limits: limits)
    else { return }
    var left = price.lots
    while left > 0, let bids = book.bestLevel(.buy), let asks = book.bestLevel(.sell) {
      let (buyer, seller) = (Int(book.levels[bids].head), Int(book.levels[asks].head))
      let lots = min(left, Int(book.slots[buyer].lots), Int(book.slots[seller].lots))
      record(maker: book.slots[buyer].id, taker: book.slots[seller].id, price: price.price, lots: lots, time)
      takeDisplayed(buyer, lots)
      takeDisplayed(seller, lots)
      left -= lots
    }
  }

  /// Prices with all their lots, hidden ones too.
  private func fullLadder(_ side: Side) -> [(price: Int, lots: Int)] {
    (0..<book.levelCount(side)).map { rank in
      let level = book.levels[book.levelIndex(side, rank: rank)]
      var (lots, slot) = (0, Int(level.head))
      while slot >= 0 {
        lots += entries[book.slots[slot].id].state.leaves
        slot = Int(book.slots[slot].next)
      }
      return (level.price, lots)
    }
  }

  // MARK: - Stops

  /// Sets off the stops that the newest trades have reached, and those that their trades reach, until none is left.
  mutating func runStops(_ time: Int64) {
    while let range = printed {
      printed = nil
      let fired = stops.filter { order in
        guard let stop = entries[order].ticket.stop else { return false }
        return entries[order].ticket.side == .buy ? range.high >= stop : range.low <= stop
      }
      let sorted = fired.sorted { first, second in
        let (a, b) = (entries[first].ticket, entries[second].ticket)
        if a.side != b.side { return a.side == .buy }
        if a.stop != b.stop { return a.side == .buy ? a.stop! < b.stop! : a.stop! > b.stop! }
        return first < second
      }
      for order in sorted {
        stops.removeAll { $0 == order }
        entries[order].waitsForStop = false
        execute(order, time)
      }
    }
  }
}
