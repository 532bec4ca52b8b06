/// Own orders in a recorded stream of price levels and trades: the place in the queue is estimated.
typealias LevelReplay = ShadowVenue<LevelBook>

extension ShadowVenue where History == LevelBook {
  init(_ settings: ReplaySettings = ReplaySettings(), draw: QueueDraw? = nil) {
    self.init(LevelBook(), settings)
    history.draw = draw
  }

  /// A level is told anew; 0 lots take it away.
  ///
  /// Our orders at it move forward as the queue model says; our orders on the other side, at this price or through it,
  /// are filled by what was not offered before.
  @inline(__always) mutating func depth(_ side: Side, price: Int, lots: Int, _ time: Int64) {
    let update = history.set(side, price: price, lots: lots)
    if side == .buy {
      for rank in 0..<restingBuys.count where restingBuys[rank].price == price {
        restingBuys[rank].ahead = ahead(restingBuys[rank], update, lots)
      }
      if !restingSells.isEmpty, restingSells[0].price <= price { meet(.buy, price, update, time) }
    } else {
      for rank in 0..<restingSells.count where restingSells[rank].price == price {
        restingSells[rank].ahead = ahead(restingSells[rank], update, lots)
      }
      if !restingBuys.isEmpty, restingBuys[0].price >= price { meet(.sell, price, update, time) }
    }
  }

  /// A trade is told. Without an aggressor only orders that it went through are filled.
  mutating func trade(aggressor: Side?, price: Int, lots: Int, _ time: Int64) {
    if let aggressor {
      let side = aggressor.opposite
      if let level = history.level(side, at: price) { history.levels[level].traded += lots }
      if auction == nil, firstResting(side) != nil { share(lots, side, price, isTouchFilled: true, time) }
    } else if auction == nil {
      if firstResting(.buy) != nil { share(lots, .buy, price, isTouchFilled: false, time) }
      if firstResting(.sell) != nil { share(lots, .sell, price, isTouchFilled: false, time) }
    }
    runStops(price, time)
  }

  /// All levels are gone.
  mutating func clear() {
    history.removeAll()
    for rank in 0..<restingBuys.count { restingBuys[rank].ahead = 0 }
    for rank in 0..<restingSells.count { restingSells[rank].ahead = 0 }
  }

  // MARK: - Steps

  private mutating func ahead(_ resting: RestingOrder, _ update: LevelBook.Update, _ lots: Int) -> Double {
    if history.draw != nil {
      return history.draw!.ahead(
        resting.ahead, order: orders[resting.order].entry, previous: update.previous, new: lots, traded: update.traded,
        queueModel)
    }
    return queueModel.ahead(
      resting.ahead, previous: Double(update.previous), new: Double(lots), traded: Double(update.traded))
  }

  /// Fills our waiting orders that a level of the other side reaches, by its lots that we have not had yet.
  private mutating func meet(_ side: Side, _ price: Int, _ update: LevelBook.Update, _ time: Int64) {
    guard let level = update.level, phase == .open, auction == nil else { return }
    while let first = firstResting(side.opposite), !side.exceeds(first.price, price) {
      let taken = min(first.shown, history.levels[level].unused)
      guard taken > 0 else { return }
      history.levels[level].used += taken
      _ = fill(side.opposite, rank: 0, lots: taken, time)
    }
  }

  /// Shares a trade among our orders: those it went through first, then those at its price by what exceeds their queue.
  private mutating func share(_ lots: Int, _ side: Side, _ price: Int, isTouchFilled: Bool, _ time: Int64) {
    var (rank, filled) = (0, 0)
    let isOpen = phase == .open
    while let resting = at(side, rank), !side.exceeds(price, resting.price) {
      let isThrough = resting.price != price
      guard isThrough || isTouchFilled else { return }
      var possible = lots - filled
      if isThrough {
        setAhead(side, rank, 0)
      } else {
        // The tolerance is for estimates that should be whole numbers.
        possible = Int((Double(lots - filled) - resting.ahead + 1e-9).rounded(.down))
        setAhead(side, rank, max(0, resting.ahead - Double(lots)))
      }
      let taken = isOpen ? min(possible, resting.shown) : 0
      if taken > 0 {
        filled += taken
        if !fill(side, rank: rank, lots: taken, time) { continue }
      }
      rank += 1
    }
  }

  private func at(_ side: Side, _ rank: Int) -> RestingOrder? {
    side == .buy
      ? (rank < restingBuys.count ? restingBuys[rank] : nil)
      : (rank < restingSells.count ? restingSells[rank] : nil)
  }

  private func setAhead(_ side: Side, _ rank: Int, _ ahead: Double) {
    if side == .buy { restingBuys[rank].ahead = ahead } else { restingSells[rank].ahead = ahead }
  }
}

extension LevelBook: RecordedBook {
  @inline(__always) static func play(_ event: ReplayEvent, in venue: inout ShadowVenue<LevelBook>) {
    if venue.auction != nil { venue.endAuction(before: event.time) }
    switch event.kind {
    case .depth:
      if let side = event.side { venue.depth(side, price: Int(event.price), lots: Int(event.lots), event.time) }
    case .trade: venue.trade(aggressor: event.side, price: Int(event.price), lots: Int(event.lots), event.time)
    case .clear: venue.clear()
    case .add, .delete, .change, .execute, .fill, .quote: break
    default: venue.applySession(event)
    }
  }

  static func play(
    _ change: ScenarioEvent.RecordedChange, in venue: inout ShadowVenue<LevelBook>, id number: (String) -> Int,
    time: Int64
  ) -> Bool {
    venue.endAuction(before: time)
    switch change {
    case .depth(let side, let price, let lots): venue.depth(side, price: price, lots: lots, time)
    case .trade(let aggressor, let price, let lots): venue.trade(aggressor: aggressor, price: price, lots: lots, time)
    case .clear: venue.clear()
    case .add, .delete, .change, .execution: return false
    default: return venue.apply(change, time: time)
    }
    return true
  }
}
