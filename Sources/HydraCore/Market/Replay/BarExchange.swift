import HydraNumerics

/// Takes own orders and matches them with bars: fills that bars allow, never more.
///
/// The one place where orders meet bars: ``BarReplay`` puts a strategy and a report around it, ``BarVenue`` an account whose
/// bars are daily settlements.
///
/// 1. A market order trades at the open of the first bar that begins after it arrives, plus half the spread and its impact,
///    rounded against us to whole ticks. One with protection waits as a limit order where that is too dear.
/// 2. A limit order trades at its own price when a bar goes through it, not when it is touched; all of ours together at
///    most the rules' share of the bar's lots. One that must act at once trades at the open, at the cost of a market
///    order, or ends.
/// 3. A stop is set off when a bar reaches it and trades there, or at an open beyond it, at the cost of a market order; a
///    stop with a limit waits from the next bar on.
/// 4. A post-only order is rejected where the first bar after its arrival opens at or beyond its price, half the spread
///    counted: it would have met the other side. Later it is filled like any other. A change of its price that would meet the
///    other side at the last close is refused.
/// 5. Bars tell of no queue, so that an order that shows a part of itself waits like one that shows all.
/// 6. Where the rules cap market orders, they share the bar's lots with the limit orders, first come first served, and the
///    rest waits; where orders live for so many bars, what is left then ends.
/// 7. Nothing trades against a locked market: buys wait where a whole bar stands at the upper price limit, sales where it
///    stands at the lower one. The cost of a market order may go beyond a limit: that is dear, not possible.
struct BarExchange: Sendable {
  /// What holds for all orders.
  struct Rules: Hashable, Sendable {
    /// Half of the spread that a market order pays without a meter, in ticks.
    var halfSpreadTicks = 0.0
    /// Largest share of a bar's lots that is ours.
    var participation = 0.1
    /// Whether that share holds for market orders too; else they are filled whole, at their cost.
    var capsMarketOrders = false
    /// Bars that an order meets before it ends; nil is until it is taken back.
    var lifeInBars: Int?
  }

  struct Working: Sendable {
    var order: Int
    var ticket: OrderTicket
    /// The first moment, in nanoseconds, at which a bar may begin that it meets.
    var arrival: Int64
    var leaves: Int
    var waitsForStop: Bool
    /// The limit at which it waits.
    var price: Int?
    /// Whether no bar has met its limit yet.
    var isNew = true
    /// Bars that it has met.
    var bars = 0
  }

  /// What became of an order.
  enum Outcome: Sendable {
    /// It met a bar that opened at a price in ticks.
    case met(order: Int, open: Int)
    case filled(Execution, leaves: Int)
    case ended(order: Int, OrderReason, leaves: Int)
  }

  let rules: Rules
  private(set) var working: [Working] = []
  /// The last bar that has closed.
  var newest: ReplayBar?
  /// The cost of market orders; nil is half the spread alone.
  var meter: CostMeter?
  /// The prices between which the next bar may trade.
  var limits = PriceLimits.none
  /// By how much of a tick the market of the next bar stands above the whole ticks of its prices.
  var fraction = 0.0
  /// Lots of the next bar's share that were taken elsewhere.
  var taken = 0
  /// What has happened since the caller last emptied it, in order.
  var outcomes: [Outcome] = []

  init(_ rules: Rules, meter: CostMeter? = nil) { (self.rules, self.meter) = (rules, meter) }

  // MARK: - Requests

  /// Why a ticket is not taken; nil when it is.
  func fault(in ticket: OrderTicket) -> OrderReason? {
    TicketReview(phase: .open, limits: .none, last: newest.map { Int($0.close) }).fault(in: ticket)
  }

  /// Takes an order, under the caller's number, that has no fault.
  mutating func enter(_ order: Int, _ ticket: OrderTicket, arrival: Int64) {
    working.append(
      Working(
        order: order, ticket: ticket, arrival: arrival, leaves: ticket.lots, waitsForStop: ticket.kind.isStop,
        price: ticket.price))
  }

  /// Ends an order; false where it does not work.
  mutating func end(_ order: Int, _ reason: OrderReason) -> Bool {
    guard let place = working.firstIndex(where: { $0.order == order }) else { return false }
    end(at: place, reason)
    return true
  }

  /// Ends every order.
  mutating func endAll(_ reason: OrderReason) { while !working.isEmpty { end(at: 0, reason) } }

  /// Changes an order, and answers with the lots by which it has grown; nil where the change is refused.
  mutating func modify(_ order: Int, _ change: Exchange.Change) -> Int? {
    guard let place = working.firstIndex(where: { $0.order == order }), change.isValid, !meets(place, change) else {
      return nil
    }
    if let price = change.price { working[place].price = price }
    if let stop = change.stop { working[place].ticket.stop = stop }
    var added = 0
    if let lots = change.lots {
      added = lots - working[place].ticket.lots
      working[place].leaves = max(0, working[place].leaves + added)
      working[place].ticket.lots = lots
    }
    if working[place].leaves == 0 { end(at: place, .user) }
    return added
  }

  /// Lots of one side that work.
  func workingLots(_ side: Side) -> Int {
    working.reduce(0) { $1.ticket.side == side ? $0 + $1.leaves : $0 }
  }

  private mutating func end(at place: Int, _ reason: OrderReason) {
    let own = working.remove(at: place)
    outcomes.append(.ended(order: own.order, reason, leaves: own.leaves))
  }

  // MARK: - Matching

  /// Fills and ends what a bar fills and ends.
  mutating func match(_ bar: ReplayBar) {
    var room = max(0, Int((rules.participation * Double(bar.lots)).rounded(.down)) - taken)
    var place = 0
    while place < working.count {
      let own = working[place]
      guard own.arrival <= bar.time else {
        place += 1
        continue
      }
      if own.ticket.timeInForce == .goodTillDate, let expiry = own.ticket.expiry, expiry <= bar.time {
        end(at: place, .timeInForce)
        continue
      }
      if let reason = act(place, bar, &room) ?? age(place) {
        end(at: place, reason)
      } else if working[place].leaves == 0 {
        working.remove(at: place)
      } else {
        place += 1
      }
    }
  }

  /// Fills an order whole at a bar's open, at the cost of a market order, whatever its share of the lots.
  mutating func execute(_ order: Int, at bar: ReplayBar) {
    guard let place = working.firstIndex(where: { $0.order == order }) else { return }
    var room = Int.max
    outcomes.append(.met(order: order, open: Int(bar.open)))
    cross(place, from: Int(bar.open), bar, &room)
    working.remove(at: place)
  }

  /// Counts a bar; the end of an order whose life is over.
  private mutating func age(_ place: Int) -> OrderReason? {
    guard let life = rules.lifeInBars, working[place].leaves > 0 else { return nil }
    working[place].bars += 1
    return working[place].bars >= life ? .timeInForce : nil
  }

  /// Fills what a bar allows of one order; why it ends where it may not wait.
  private mutating func act(_ place: Int, _ bar: ReplayBar, _ room: inout Int) -> OrderReason? {
    let (ticket, side) = (working[place].ticket, working[place].ticket.side)
    outcomes.append(.met(order: working[place].order, open: Int(bar.open)))
    var from = Int(bar.open)
    if working[place].waitsForStop {
      guard let stop = ticket.stop, TicketReview.reaches(Int(side == .buy ? bar.high : bar.low), stop, side) else {
        return nil
      }
      working[place].waitsForStop = false
      guard ticket.kind != .stopLimit else { return nil }
      from = side == .buy ? max(stop, from) : min(stop, from)
    }
    guard !isLocked(bar, against: side) else { return ticket.timeInForce.isImmediate ? .unfilledRemainder : nil }
    switch ticket.kind {
    case .market, .stop, .stopProtected: cross(place, from: from, bar, &room)
    case .marketToLimit where working[place].price == nil:
      working[place].price = cross(place, from: from, bar, &room)
    case .marketProtected where working[place].price == nil:
      let limit = from + side.sign * (ticket.protection ?? 0)
      if side.exceeds(cost(place, from: from, bar).price, limit) {
        working[place].price = limit
      } else {
        cross(place, from: from, bar, &room)
      }
    default: return meet(place, bar, &room)
    }
    return nil
  }

  /// Lets an order with a limit meet a bar.
  private mutating func meet(_ place: Int, _ bar: ReplayBar, _ room: inout Int) -> OrderReason? {
    let (ticket, side, open) = (working[place].ticket, working[place].ticket.side, Int(bar.open))
    guard let price = working[place].price else { return .noLiquidity }
    if working[place].isNew {
      working[place].isNew = false
      if ticket.postOnly, meets(place, price, from: open, bar) { return .postOnly }
    }
    if ticket.timeInForce.isImmediate {
      let isDear = side.exceeds(cost(place, from: open, bar).price, price)
      let isShort = rules.capsMarketOrders && room < working[place].leaves
      if ticket.timeInForce == .fillOrKill, isDear || isShort { return .fillOrKill }
      guard !isDear else { return .unfilledRemainder }
      cross(place, from: open, bar, &room)
      return working[place].leaves > 0 ? .unfilledRemainder : nil
    }
    if side == .buy ? Int(bar.low) < price : Int(bar.high) > price {
      let lots = min(working[place].leaves, room)
      guard lots > 0 else { return nil }
      room -= lots
      fill(place, lots: lots, price: price, bar, cost: nil)
    }
    return nil
  }

  private func isLocked(_ bar: ReplayBar, against side: Side) -> Bool {
    switch side {
    case .buy: limits.high.map { Int(bar.low) >= $0 } ?? false
    case .sell: limits.low.map { Int(bar.high) <= $0 } ?? false
    }
  }

  /// Whether a limit reaches the other side, half the spread away from a price.
  private func meets(_ place: Int, _ limit: Int, from price: Int, _ bar: ReplayBar) -> Bool {
    let side = working[place].ticket.side
    let half = cost(place, from: price, bar).estimate.halfSpread
    return !side.exceeds(price + side.sign * Int((half - 1e-9).rounded(.up)), limit)
  }

  /// Whether a post-only order would meet the other side at its new price, by the last close.
  private func meets(_ place: Int, _ change: Exchange.Change) -> Bool {
    guard working[place].ticket.postOnly, !working[place].waitsForStop, let price = change.price, let newest else {
      return false
    }
    return meets(place, price, from: Int(newest.close), newest)
  }

  // MARK: - Fills

  /// What a market order of some lots, all that is left where nil, pays.
  private func cost(
    _ place: Int, lots: Int? = nil, from price: Int, _ bar: ReplayBar
  ) -> (price: Int, estimate: CostModel.Estimate) {
    let sign = working[place].ticket.side.sign
    var estimate = CostModel.Estimate(halfSpread: rules.halfSpreadTicks, impact: 0)
    if let meter {
      estimate = meter.estimate(
        lots ?? working[place].leaves, halfSpread: rules.halfSpreadTicks, price: price, time: bar.time)
      estimate.impact += max(0, Double(sign) * meter.displacement(at: bar.time))
    }
    // Rounded against us; the tolerance is for sums that should be whole.
    let ticks = estimate.total + Double(sign) * fraction
    return (price + sign * Int((ticks - 1e-9).rounded(.up)), estimate)
  }

  /// The price paid; nil where the bar has no lots left.
  @discardableResult
  private mutating func cross(_ place: Int, from price: Int, _ bar: ReplayBar, _ room: inout Int) -> Int? {
    let own = working[place]
    let lots = rules.capsMarketOrders ? min(own.leaves, room) : own.leaves
    guard lots > 0 else { return nil }
    if rules.capsMarketOrders { room -= lots }
    let cost = cost(place, lots: lots, from: price, bar)
    if meter != nil { meter!.note(own.ticket.side, lots: lots, time: bar.time) }
    fill(place, lots: lots, price: cost.price, bar, cost: cost.estimate)
    return cost.price
  }

  private mutating func fill(
    _ place: Int, lots: Int, price: Int, _ bar: ReplayBar, cost: CostModel.Estimate?
  ) {
    let (order, side) = (working[place].order, working[place].ticket.side)
    working[place].leaves -= lots
    var execution = Execution(
      time: bar.time, order: order, side: side, price: price, lots: lots, isMaker: cost == nil, evidence: .bar)
    (execution.halfSpread, execution.impact) = (cost?.halfSpread ?? 0, cost?.impact ?? 0)
    outcomes.append(.filled(execution, leaves: working[place].leaves))
  }
}
