import HydraNumerics

/// Settlements, delivery, margins and the ends of days.
extension ReplayEngine where Market: ~Copyable {
  /// What an event of the session, which the market has taken already, means for the account.
  mutating func change(by event: ReplayEvent) {
    let time = event.time
    if market.hasExecutions { settleFills() }
    switch event.kind {
    case .settle:
      session.settlement = Int(event.price)
      session.isSettled = true
      report.mark(time, at: Double(event.price), isSettlement: true)
      callMargin(at: Int(event.price), time)
    case .firstNotice:
      session.isSpotMonth = true
      guard settings.risk.avoidsDelivery else { break }
      for number in working where market.terms(number).side == .buy { _ = market.cancel(number) }
      if report.account.position > 0 { close(.sell, lots: report.account.position, time) }
    case .expiry: expire(time)
    default: break
    }
    noteEndings(at: time)
  }

  /// The end of a day, or a look for pictures; the next recorded event comes at `next`.
  mutating func watch(at time: Int64, next: Int64) {
    if time == session.nextDay {
      if !session.isSettled, let price = price() { report.mark(time - 1, at: price, isSettlement: false) }
      session.startDay(at: next)
    }
    if time == session.nextTrace, let interval = settings.traceInterval {
      trace(at: time)
      session.trace(until: next, every: interval)
    }
  }

  /// Why an order is refused before it reaches the venue; nil when it is not.
  func refusal(of side: Side, lots: Int, at time: Int64) -> OrderReason? {
    if session.isExpired { return .phase }
    var position = report.account.position
    for number in working where market.terms(number).side == side {
      position += side.sign * market.state(number).leaves
    }
    return settings.risk.refusal(
      side, lots: lots, position: position, equity: report.equity(at: price() ?? 0, settings),
      date: Timestamp(nanoseconds: time).date, isSpotMonth: session.isSpotMonth, isBlocked: session.isBlocked)
  }

  /// Sends word that an order was not taken.
  mutating func refuse(_ order: Int, _ reason: OrderReason, _ time: Int64) {
    report.endings[reason.rawValue, default: 0] += 1
    shortfall.end(order, price: mid())
    tell(Told(time: time + settings.latency.response, signal: .ended(order: order, reason), lots: 0))
  }

  // MARK: - The account

  private mutating func callMargin(at price: Int, _ time: Int64) {
    let order = report.callMargin(
      at: Double(price), date: Timestamp(nanoseconds: time).date, settings, isBlocked: &session.isBlocked)
    if let order { close(order.side, lots: order.lots, time) }
  }

  /// Closes lots at the market at once, whatever the strategy wants.
  private mutating func close(_ side: Side, lots: Int, _ time: Int64) {
    let order = desk.nextOrder
    desk.nextOrder += 1
    shortfall.decide(order, side, lots: lots, price: mid())
    arrive(.submit(order: order, OrderTicket(side, lots: lots, kind: .market)), time)
  }

  private mutating func expire(_ time: Int64) {
    session.isExpired = true
    let position = report.account.position
    guard position != 0, let price = session.settlement ?? price().map({ Int($0.rounded()) }) else { return }
    report.settle(ReplayExpiry(time: time, price: price, lots: position))
    tell(
      Told(
        time: time + settings.latency.response, signal: .expired(lots: abs(position), price: price), lots: -position))
  }

  // MARK: - Pictures

  private mutating func trace(at time: Int64) {
    for side in Side.allCases {
      for level in market.ladder(side, depth: 10) {
        report.trace.levels.append(
          ReplayTrace.Level(time: time, side: side, price: level.price, lots: level.lots))
      }
    }
    for number in working {
      let terms = market.terms(number)
      guard let price = terms.price, let ahead = market.ahead(number) else { continue }
      report.trace.places.append(
        ReplayTrace.Place(time: time, order: atDesk[number], side: terms.side, price: price, ahead: ahead))
    }
  }
}
