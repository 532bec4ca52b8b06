/// Own orders in a recorded stream of price levels and trades: the place in the queue is estimated.
struct LevelReplay: ~Copyable {
  var venue: ShadowVenue<LevelBook>
  /// Samples where cancelled lots stood instead of taking their mean.
  private var draw: QueueDraw?

  init(_ settings: ReplaySettings = ReplaySettings(), draw: QueueDraw? = nil) {
    venue = ShadowVenue(LevelBook(), settings)
    self.draw = draw
  }

  /// A level is told anew; 0 lots take it away.
  ///
  /// Our orders at it move forward as the queue model says; our orders on the other side, at this price or through it,
  /// are filled by what was not offered before.
  @inline(__always) mutating func depth(_ side: Side, price: Int, lots: Int, _ time: Int64) {
    let update = venue.history.set(side, price: price, lots: lots)
    if side == .buy {
      for rank in 0..<venue.restingBuys.count where venue.restingBuys[rank].price == price {
        venue.restingBuys[rank].ahead = ahead(venue.restingBuys[rank], update, lots)
      }
      if !venue.restingSells.isEmpty, venue.restingSells[0].price <= price { meet(.buy, price, update, time) }
    } else {
      for rank in 0..<venue.restingSells.count where venue.restingSells[rank].price == price {
        venue.restingSells[rank].ahead = ahead(venue.restingSells[rank], update, lots)
      }
      if !venue.restingBuys.isEmpty, venue.restingBuys[0].price >= price { meet(.sell, price, update, time) }
    }
  }

  /// A trade is told. Without an aggressor only orders that it went through are filled.
  mutating func trade(aggressor: Side?, price: Int, lots: Int, _ time: Int64) {
    if let aggressor {
      let side = aggressor.opposite
      if let level = venue.history.level(side, at: price) { venue.history.levels[level].traded += lots }
      if venue.firstResting(side) != nil { share(lots, side, price, isTouchFilled: true, time) }
    } else {
      if venue.firstResting(.buy) != nil { share(lots, .buy, price, isTouchFilled: false, time) }
      if venue.firstResting(.sell) != nil { share(lots, .sell, price, isTouchFilled: false, time) }
    }
    venue.runStops(price, time)
  }

  /// All levels are gone.
  mutating func clear() {
    venue.history.removeAll()
    for rank in 0..<venue.restingBuys.count { venue.restingBuys[rank].ahead = 0 }
    for rank in 0..<venue.restingSells.count { venue.restingSells[rank].ahead = 0 }
  }

  // MARK: - Steps

  private mutating func ahead(_ resting: RestingOrder, _ update: LevelBook.Update, _ lots: Int) -> Double {
    if draw != nil {
      return draw!.ahead(
        resting.ahead, order: resting.order, previous: update.previous, new: lots, traded: update.traded,
        venue.queueModel)
    }
    return venue.queueModel.ahead(
      resting.ahead, previous: Double(update.previous), new: Double(lots), traded: Double(update.traded))
  }

  /// Fills our waiting orders that a level of the other side reaches, by its lots that we have not had yet.
  private mutating func meet(_ side: Side, _ price: Int, _ update: LevelBook.Update, _ time: Int64) {
    guard let level = update.level, venue.phase == .open else { return }
    while let first = venue.firstResting(side.opposite), !side.exceeds(first.price, price) {
      let taken = min(first.shown, venue.history.levels[level].unused)
      guard taken > 0 else { return }
      venue.history.levels[level].used += taken
      _ = venue.fill(side.opposite, rank: 0, lots: taken, time)
    }
  }

  /// Shares a trade among our orders: those it went through first, then those at its price by what exceeds their queue.
  private mutating func share(_ lots: Int, _ side: Side, _ price: Int, isTouchFilled: Bool, _ time: Int64) {
    var (rank, filled) = (0, 0)
    let isOpen = venue.phase == .open
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
        if !venue.fill(side, rank: rank, lots: taken, time) { continue }
      }
      rank += 1
    }
  }

  private func at(_ side: Side, _ rank: Int) -> RestingOrder? {
    side == .buy
      ? (rank < venue.restingBuys.count ? venue.restingBuys[rank] : nil)
      : (rank < venue.restingSells.count ? venue.restingSells[rank] : nil)
  }

  private func setAhead(_ side: Side, _ rank: Int, _ ahead: Double) {
    if side == .buy { venue.restingBuys[rank].ahead = ahead } else { venue.restingSells[rank].ahead = ahead }
  }
}
