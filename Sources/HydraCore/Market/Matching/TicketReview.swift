/// The checks that every order passes on arrival, in the order in which a venue makes them.
///
/// Phase; quantity; tick; price limit; before the open only plain limit orders that can wait; a stop that the last
/// trade has already reached.
struct TicketReview {
  var phase: SessionPhase
  var limits: PriceLimits
  /// Price of the last trade, in ticks.
  var last: Int?

  /// Why the order is not taken; nil when it is.
  func fault(in ticket: OrderTicket) -> OrderReason? {
    if !phase.takesOrders { return .phase }
    if ticket.timeInForce == .atTheOpen, phase == .open { return .phase }
    if !(1...OrderTicket.maximumLots).contains(ticket.lots) || (ticket.display ?? 1) <= 0 { return .quantity }
    if !ticket.isOnTick { return .tick }
    if ticket.kind.hasLimit, let price = ticket.price, !limits.contain(price) { return .priceLimit }
    if phase.collects, ticket.kind != .limit || ticket.timeInForce.isImmediate { return .phase }
    if ticket.kind.isStop, let stop = ticket.stop, let last, Self.reaches(last, stop, ticket.side) {
      return .stopThrough
    }
    return nil
  }

  /// Whether a trade at `price` sets off a stop.
  static func reaches(_ price: Int, _ stop: Int, _ side: Side) -> Bool {
    side == .buy ? price >= stop : price <= stop
  }
}
