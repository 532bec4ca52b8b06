import HydraNumerics

/// The opening of a session: orders gather, are bound, and what crosses trades at one price.
///
/// The auction's price is the one that ``AuctionPrice`` finds among all orders of the book, whatever the reference: as many
/// lots as the auction trades are bid at its price or above, and offered at it or below; on one side there may be more, all
/// at the price itself; and each side has an order at the price, without which any other price trades less.
extension SessionBook {
  /// What happens while orders gather.
  private enum Step {
    case message
    case order(Side, price: Int32, lots: Int32)
    case bind
  }

  /// Lets orders gather, and opens a session with an auction where there is one.
  ///
  /// - Parameters:
  ///   - fair: the true value, in ticks, where no auction shows it.
  ///   - half: half of the spread, in ticks.
  mutating func open(_ session: Range<Int64>, _ trade: SessionTrade?, _ fair: Int32, _ half: Int32) {
    let (start, end) = (session.lowerBound - SyntheticHours.gathering, session.lowerBound)
    now = start
    events.append(.phase(.preOpen, time: now))
    auctionPrice = trade?.price
    if let trade { clearWay(of: trade) }
    let fair = trade?.fair ?? fair
    for maker in 0..<makers { for side in Side.allCases { quote(maker, side, fair, half) } }
    for (time, step) in schedule(from: start, to: end, trade) {
      now = max(now, time)
      switch step {
      case .message: gather(fair, half)
      case .order(let side, let price, let lots): enter(side, price, lots)
      case .bind: events.append(.phase(.noCancel, time: now))
      }
    }
    auctionPrice = nil
    now = end
    events.append(.phase(.open, time: now))
    if let trade { uncross(trade) }
  }

  /// A session is over; the next one has yet to gather orders.
  mutating func close(at time: Int64) {
    now = max(now, time)
    events.append(.phase(.closed, time: now))
  }

  /// Orders of the session before that would trade in the auction leave or move.
  private mutating func clearWay(of trade: SessionTrade) {
    func isInTheWay(_ order: Resting) -> Bool {
      order.side == .buy ? order.price >= trade.price : order.price <= trade.price
    }
    while let index = orders.firstIndex(where: isInTheWay) {
      let sign = Int32(orders[index].side.sign)
      clear(index, to: trade.price - sign * (trade.half + Int32(orders[index].maker ?? 0)))
    }
  }

  /// Messages, the orders that are to trade, and the moment from which orders are bound, by time.
  private mutating func schedule(from start: Int64, to end: Int64, _ trade: SessionTrade?) -> [(Int64, Step)] {
    let bound = end - SyntheticHours.binding
    func time(_ range: Range<Int64>, _ random: inout CounterRandom) -> Int64 {
      range.lowerBound + Int64(random.below(Int(range.upperBound - range.lowerBound) / 1000)) * 1000
    }
    var steps: [(Int64, Step)] = [(bound, .bind)]
    for _ in 0..<12 + random.below(12) { steps.append((time(start..<bound, &random), .message)) }
    if let trade {
      let surplus = random.uniform() < 0.6 ? 1 + Int32(random.below(4)) : 0
      let heavy: Side = random.below(2) == 0 ? .buy : .sell
      for side in Side.allCases {
        for order in crossing(side, trade, surplus: side == heavy ? surplus : 0) {
          // A third of them comes when nobody can take orders back any more.
          let range = random.uniform() < 0.33 ? bound + 1000..<end : start..<bound
          steps.append((time(range, &random), .order(side, price: order.price, lots: order.lots)))
        }
      }
    }
    return steps.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map(\.element)
  }

  /// The orders of a side that are to trade, the last of them at the auction's price, and a surplus there.
  private mutating func crossing(
    _ side: Side, _ trade: SessionTrade, surplus: Int32
  ) -> [(price: Int32, lots: Int32)] {
    var made: [(price: Int32, lots: Int32)] = []
    var left = trade.lots
    while left > 0 {
      let lots = min(left, drawLots())
      left -= lots
      let beyond = left > 0 ? Int32(random.below(2 * Int(trade.half) + 1)) : 0
      let price = min(max(trade.price + Int32(side.sign) * beyond, low), high)
      made.append((price, lots))
    }
    if surplus > 0 { made.append((trade.price, surplus)) }
    return made
  }

  /// One message of the time in which orders gather: a quote, a single order, or one that is taken back.
  private mutating func gather(_ fair: Int32, _ half: Int32) {
    let place = random.uniform()
    if place < 0.3 {
      quote(random.below(makers), random.below(2) == 0 ? .buy : .sell, fair, half)
    } else if place < 0.75 {
      let side: Side = random.below(2) == 0 ? .buy : .sell
      add(side, fair - Int32(side.sign) * (half + Int32(6 * random.exponential())), drawLots(), maker: nil)
    } else {
      let free = orders.indices.filter { orders[$0].maker == nil && !isMeant(orders[$0]) }
      if !free.isEmpty { cancel(free[random.below(free.count)]) }
    }
  }

  /// Whether an order is to trade in the auction.
  private func isMeant(_ order: Resting) -> Bool {
    guard let auctionPrice else { return false }
    return order.side == .buy ? order.price >= auctionPrice : order.price <= auctionPrice
  }

  /// Trades the auction's lots, by price and time on both sides, at one price.
  private mutating func uncross(_ trade: SessionTrade) {
    events.append(ReplayEvent(time: now, kind: .trade, price: trade.price, lots: trade.lots))
    for side in Side.allCases {
      var left = trade.lots
      while left > 0, let price = best(side),
        let index = orders.firstIndex(where: { $0.side == side && $0.price == price })
      {
        let taken = min(left, orders[index].lots)
        left -= taken
        events.append(
          ReplayEvent(time: now, kind: .execute, id: orders[index].id, side: side, price: trade.price, lots: taken))
        orders[index].lots -= taken
        if orders[index].lots == 0 { orders.remove(at: index) }
      }
      precondition(left == 0, "\(left) lots of an auction at \(trade.price) met no order")
    }
  }
}
