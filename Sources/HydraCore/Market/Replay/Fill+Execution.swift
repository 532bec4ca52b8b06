import HydraNumerics

extension Fill {
  /// An engine's fill of an account's order, in price units.
  ///
  /// In a book the market is the mid at arrival: half of the spread is paid, what goes beyond it is impact; an order that
  /// waited earns its half. On bars the impact is the cost function's, with what is left of earlier pushes, and the
  /// half-spread is all else that was paid, the rounding to a whole tick included; an order that waited pays none.
  ///
  /// - Parameter market: the price without our trade; nil takes it from the execution.
  package init(
    _ execution: Execution, of order: Order, scale: TickScale, market: Double? = nil, fees: FeeModel, date: CivilDate
  ) {
    let (sign, price) = (Double(execution.side.sign), scale.price(execution.price))
    var (middle, half, beyond) = (price, 0.0, 0.0)
    if let bid = execution.bidAtArrival, let ask = execution.askAtArrival {
      middle = (scale.price(bid) + scale.price(ask)) / 2
      let paid = sign * (price - middle)
      half = execution.isMaker ? paid : min(paid, (scale.price(ask) - scale.price(bid)) / 2)
      beyond = paid - half
    } else if execution.evidence == .bar, !execution.isMaker {
      let (spread, impact) = (execution.halfSpread ?? 0, execution.impact ?? 0)
      let ticks = Int((spread + impact - 1e-9).rounded(.up))
      middle = market ?? scale.price(execution.price - execution.side.sign * ticks)
      beyond = impact * scale.tick
      half = sign * (price - middle) - beyond
    }
    self.init(
      order: order.id, symbol: order.symbol, contract: order.contract, side: order.side, lots: execution.lots,
      price: price, fee: fees.fee(lots: execution.lots), time: Timestamp(nanoseconds: execution.time), date: date,
      evidence: execution.evidence, decisionPrice: order.referencePrice, marketPrice: middle, halfSpread: half,
      impact: beyond)
  }
}
