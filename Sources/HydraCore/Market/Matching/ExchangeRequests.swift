extension Exchange {
  /// Takes an order, matches it, and returns its number; ``state(_:)`` tells what became of it.
  ///
  /// `owner` 0 is the anonymous market.
  @discardableResult
  public mutating func submit(_ ticket: OrderTicket, owner: Int = 0, time: Int64) -> Int {
    let order = entries.count
    entries.append(
      Entry(ticket: ticket, owner: owner, state: OrderState(leaves: max(0, ticket.lots)), price: ticket.price))
    if let fault = TicketReview(phase: phase, limits: limits, last: last).fault(in: ticket) {
      entries[order].state.end(.rejected, fault)
    } else if ticket.kind.isStop {
      entries[order].waitsForStop = true
      stops.append(order)
    } else {
      execute(order, time)
      runStops(time)
    }
    return order
  }

  /// Takes an order back; false when it has ended or the phase does not allow it.
  @discardableResult
  public mutating func cancel(_ order: Int) -> Bool {
    guard phase.takesCancels, entries.indices.contains(order), entries[order].state.status.isWorking else {
      return false
    }
    leave(order)
    entries[order].state.end(.cancelled, .user)
    return true
  }

  /// What is to change in an order; nil stays as it is.
  public struct Change: Hashable, Codable, Sendable {
    /// The new total with what is filled; at most what is filled ends the order.
    public var lots: Int?
    /// Whole ticks.
    public var price: Int?
    /// Whole ticks; only while the stop waits.
    public var stop: Int?
    /// False when a price of the request was no whole number of ticks, or its size no whole number: it is refused.
    public var isValid: Bool

    public init(lots: Int? = nil, price: Int? = nil, stop: Int? = nil, isValid: Bool = true) {
      self.lots = lots
      self.price = price
      self.stop = stop
      self.isValid = isValid
    }
  }

  /// Changes an order; false when it has ended, or the phase or the change does not allow it.
  @discardableResult
  public mutating func modify(_ order: Int, _ change: Change, time: Int64) -> Bool {
    guard phase.takesChanges, change.isValid, entries.indices.contains(order), entries[order].state.status.isWorking
    else { return false }
    if let price = change.price, !limits.contain(price) { return false }
    let entry = entries[order]
    if (change.lots ?? entry.ticket.lots) <= entry.state.filled {
      leave(order)
      entries[order].state.end(.cancelled, .user)
      return true
    }
    if entry.waitsForStop { return modifyStop(order, change) }
    if let price = change.price, price != entry.price {
      if entry.ticket.postOnly, phase == .open, crosses(entry.ticket.side, price) { return false }
      leave(order)
      resize(order, change.lots)
      (entries[order].price, entries[order].ticket.price) = (price, price)
      match(order, time)
      if entries[order].state.leaves > 0, entries[order].state.status.isWorking { rest(order) }
      runStops(time)
    } else if let lots = change.lots, lots > entry.ticket.lots {
      leave(order)
      resize(order, lots)
      rest(order)
    } else if let lots = change.lots, let slot = entry.slot {
      resize(order, lots)
      let shown = min(Int(book.slots[slot].lots), entries[order].state.leaves)
      book.reduce(slot, to: shown)
      entries[order].hidden = entries[order].state.leaves - shown
    }
    return true
  }

  private mutating func modifyStop(_ order: Int, _ change: Change) -> Bool {
    let ticket = entries[order].ticket
    if let stop = change.stop {
      if let last, TicketReview.reaches(last, stop, ticket.side) { return false }
      entries[order].ticket.stop = stop
    }
    if let price = change.price { (entries[order].price, entries[order].ticket.price) = (price, price) }
    resize(order, change.lots)
    return true
  }

  private mutating func resize(_ order: Int, _ lots: Int?) {
    guard let lots else { return }
    entries[order].ticket.lots = lots
    entries[order].state.leaves = lots - entries[order].state.filled
  }

  /// Changes the phase; the step from collecting orders to `open` runs the auction.
  public mutating func enter(_ next: SessionPhase, time: Int64) {
    phase = next
    guard next == .open else { return }
    auction(time)
    for order in entries.indices where entries[order].ticket.timeInForce == .atTheOpen { expire(order) }
    runStops(time)
  }

  /// Sets the daily settlement, in ticks, the reference of the next auction.
  public mutating func settle(_ price: Int) { reference = price }

  /// Ends the session: day orders expire, and those good till a date that has come.
  public mutating func endSession(time: Int64) {
    for order in entries.indices {
      switch entries[order].ticket.timeInForce {
      case .goodTillCancelled: continue
      case .goodTillDate: if let expiry = entries[order].ticket.expiry, expiry > time { continue }
      case .day, .immediate, .fillOrKill, .atTheOpen: break
      }
      expire(order)
    }
  }

  /// Ends the contract: every order expires, and nothing is taken any more.
  public mutating func expire() {
    for order in entries.indices { expire(order) }
    phase = .closed
  }

  private mutating func expire(_ order: Int) {
    guard entries[order].state.status.isWorking else { return }
    leave(order)
    entries[order].state.end(.expired, .timeInForce)
  }
}
