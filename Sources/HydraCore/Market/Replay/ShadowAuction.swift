/// An opening auction in a recorded market: what has to be known until its recorded executions have been told.
struct ShadowAuction: BitwiseCopyable {
  /// When the session opened, in nanoseconds.
  let time: Int64
  /// In ticks; nil when recorded orders did not cross.
  let price: Int?
  /// Recorded lots of each side, beyond those of the recorded auction, that traded with ours.
  let bids: Int
  let asks: Int
  /// How long recorded orders may rest crossed before they mean something else, in nanoseconds.
  static let patience: Int64 = 1_000_000_000
}

extension ShadowVenue where History: ~Copyable {
  /// Lets our orders take part in the auction of a session that opens.
  ///
  /// The price is that of the recorded orders alone, for the market does not react; where these do not cross, that of one
  /// side's orders of ours with them. An order of ours stands where its price and its time put it: what is offered at the
  /// price or better goes first to the recorded orders ahead of it. Ours never trade with each other.
  mutating func runAuction(_ time: Int64) {
    guard History.evidence == .orders || History.evidence == .depth else { return }
    let recorded = auctionPrice(with: nil)
    var beyond: [Side: Int] = [:]
    for side in Side.allCases {
      guard let price = recorded ?? auctionPrice(with: side) else { continue }
      let supply = history.unused(side.opposite, through: price.price, enough: .max)
      var (filled, rank) = (0, 0)
      while let own = waiting(side, rank), !side.exceeds(price.price, own.price) {
        let better = history.unused(side, through: own.price + side.sign, enough: .max)
        let lots = min(own.shown, supply - better - Int(own.ahead.rounded(.up)) - filled)
        guard lots > 0 else { break }
        filled += lots
        if fill(side, rank: rank, lots: lots, at: price.price, time) { rank += 1 }
      }
      beyond[side.opposite] = recorded.map { min(filled, supply - $0.lots) } ?? filled
    }
    let price = recorded?.price
    auction = ShadowAuction(time: time, price: price, bids: beyond[.buy] ?? 0, asks: beyond[.sell] ?? 0)
    if price == nil { endAuction(at: time) }
  }

  /// Ends the auction when an event is later than it and the recorded orders do not cross any more.
  @inline(never) mutating func endAuction(before time: Int64) {
    guard let auction, time > auction.time else { return }
    if !history.isCrossed || time - auction.time > ShadowAuction.patience { endAuction(at: time) }
  }

  /// Marks what ours took as used; what of ours still meets recorded orders takes them; then come the stops that the
  /// auction set off.
  private mutating func endAuction(at time: Int64) {
    guard let ended = auction else { return }
    auction = nil
    history.use(.buy, through: ended.price, lots: ended.bids) { _, _ in }
    history.use(.sell, through: ended.price, lots: ended.asks) { _, _ in }
    for order in orders.indices where orders[order].isResting {
      let side = orders[order].ticket.side
      guard let price = orders[order].price, crosses(side, price) else { continue }
      leave(order)
      take(order, time)
      if orders[order].state.status.isWorking, orders[order].state.leaves > 0 { rest(order) }
    }
    if let price = ended.price { runStops(price, time) }
  }

  /// The auction's price, of recorded orders and of one side of ours; nil when they do not cross.
  private func auctionPrice(with own: Side?) -> AuctionPrice? {
    func levels(_ side: Side) -> [(price: Int, lots: Int)] {
      var levels = history.ladder(side, depth: .max).map { (price: $0.price, lots: $0.lots) }
      var rank = 0
      while side == own, let order = waiting(side, rank) {
        levels.append((order.price, order.shown + orders[order.order].hidden))
        rank += 1
      }
      return levels
    }
    return AuctionPrice(bids: levels(.buy), asks: levels(.sell), reference: reference, limits: limits)
  }

  private func waiting(_ side: Side, _ rank: Int) -> RestingOrder? {
    if side == .buy { return rank < restingBuys.count ? restingBuys[rank] : nil }
    return rank < restingSells.count ? restingSells[rank] : nil
  }
}
