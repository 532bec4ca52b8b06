import HydraNumerics

/// The order-by-order book of a generated session, around the session's trades.
///
/// One to three makers quote both sides around the true value and move their quotes some time after it has moved; other
/// traders add, change and cancel single orders at random distances. Before each trade the book is brought to where the
/// trade happens: what stands in its way is cancelled or moved. The aggressor then meets the oldest orders of the level, so
/// that executions keep priority by price and time. Bids never meet offers in open trading; before each session opens
/// orders gather, and its auction trades those that cross at one price.
struct SessionBook {
  /// The best levels at the end of a minute; a side may be empty.
  struct Quote: Hashable, Sendable {
    var time: Int64
    var bid: BookLevel?
    var ask: BookLevel?
  }

  /// An order of the book; those of makers have a number.
  struct Resting {
    var id: Int
    var side: Side
    var price: Int32
    var lots: Int32
    var maker: Int?
  }

  var events: [ReplayEvent] = []
  private(set) var quotes: [Quote] = []
  var orders: [Resting] = []
  private var nextID = 1
  var now: Int64
  var random: CounterRandom
  /// While orders gather for an auction, its price: only those meant to trade in it reach it.
  var auctionPrice: Int32?
  let makers: Int
  let low: Int32
  let high: Int32
  private let hours: SyntheticHours

  /// Messages for each trade beside those that the trade itself needs.
  private static let messages = 13.5
  /// Fewest messages of a session: makers quote when nobody trades.
  private static let fewest = 240
  /// Single orders that the book tends to hold.
  private static let usual = 26

  /// - Parameters:
  ///   - reference: the settlement before, in ticks, from which the day's limits are counted.
  ///   - settle: the date's own.
  init(
    trades: [SessionTrade], hours: SyntheticHours, reference: Int32, settle: Int32, limit: Int32?, makers: Int,
    half: Int32, random: CounterRandom
  ) {
    self.hours = hours
    self.makers = makers
    self.random = random
    (low, high) = (max(1, reference - (limit ?? reference)), reference + (limit ?? reference))
    now = hours.night.lowerBound - SyntheticHours.gathering
    events.append(ReplayEvent(time: now, kind: .settle, price: reference))
    if limit != nil {
      events.append(ReplayEvent(time: now, kind: .limitLow, price: low, lots: 1))
      events.append(ReplayEvent(time: now, kind: .limitHigh, price: high, lots: 1))
    }
    play(trades, reference: reference, half: half)
    events.append(.phase(.closed, time: hours.day.upperBound))
    events.append(ReplayEvent(time: hours.day.upperBound, kind: .settle, price: settle))
    events.append(ReplayEvent(time: hours.day.upperBound, kind: .sessionEnd))
  }

  private mutating func play(_ trades: [SessionTrade], reference: Int32, half: Int32) {
    let count = max(Self.fewest, Int(Self.messages * Double(trades.count)))
    let times = noiseTimes(count, trades)
    var fair = trades.first?.fair ?? reference
    var spread = trades.first?.half ?? half
    var (next, minute) = (0, hours.night.lowerBound + SyntheticHours.minute)
    // When the true value moves on its way from one trade to the next.
    var turn = trades.first?.time ?? .max
    var sessions = [hours.night, hours.day][...]
    func noteMinutes(through time: Int64, _ book: inout SessionBook) {
      while minute <= time {
        if book.hours.contain(minute - 1) { book.noteQuote(at: minute) }
        minute += SyntheticHours.minute
      }
    }
    func openSessions(through time: Int64, _ book: inout SessionBook) {
      while let session = sessions.first, session.lowerBound <= time {
        noteMinutes(through: session.lowerBound, &book)
        sessions.removeFirst()
        if sessions.isEmpty { book.close(at: book.hours.night.upperBound) }
        let first = next < trades.count ? trades[next] : nil
        book.open(session, first.flatMap { $0.isAuction && $0.time == session.lowerBound ? $0 : nil }, fair, spread)
      }
    }
    for time in times + [hours.day.upperBound] {
      while next < trades.count, trades[next].time <= time {
        let trade = trades[next]
        openSessions(through: trade.time, &self)
        noteMinutes(through: trade.time, &self)
        if !trade.isAuction {
          prepare(trade)
          execute(trade)
        }
        next += 1
        guard next < trades.count else { break }
        turn = trade.time + Int64(Double(trades[next].time - trade.time) * (0.3 + 0.6 * random.uniform()))
        (fair, spread) = (trade.fair, trade.half)
      }
      openSessions(through: time, &self)
      noteMinutes(through: time, &self)
      if time >= turn, next < trades.count { (fair, spread) = (trades[next].fair, trades[next].half) }
      now = max(now, time)
      if time < hours.day.upperBound { act(fair, spread) }
    }
  }

  /// Times of messages: a part near the trades, the rest over the sessions, three quarters of it by day.
  private mutating func noiseTimes(_ count: Int, _ trades: [SessionTrade]) -> [Int64] {
    (0..<count).map { _ in
      if !trades.isEmpty, random.uniform() < 0.4 {
        let near = trades[random.below(trades.count)].time
        let time = near + Int64((random.uniform() - 0.3) * 120e9) / 1000 * 1000
        if hours.contain(time) { return time }
      }
      let session = random.uniform() < 0.25 ? hours.night : hours.day
      return session.lowerBound + Int64(random.below(Int(session.upperBound - session.lowerBound) / 1000)) * 1000
    }.sorted()
  }

  // MARK: - What traders do

  private mutating func act(_ fair: Int32, _ half: Int32) {
    let single = orders.count { $0.maker == nil }
    let place = random.uniform()
    if place < 0.2 {
      quote(random.below(makers), random.below(2) == 0 ? .buy : .sell, fair, half)
    } else if place < (single > Self.usual ? 0.47 : 0.69) {
      let side: Side = random.below(2) == 0 ? .buy : .sell
      let distance = Int32(6 * random.exponential())
      add(side, fair - Int32(side.sign) * (half + distance), drawLots(), maker: nil)
    } else if single > 0 {
      let chosen = random.below(single)
      guard let index = orders.indices.filter({ orders[$0].maker == nil }).dropFirst(chosen).first else { return }
      if random.uniform() < 0.06 {
        resize(index)
      } else {
        cancel(index)
      }
    }
  }

  /// A maker puts his quote of a side to where he wants it, or changes its size when it is there.
  mutating func quote(_ maker: Int, _ side: Side, _ fair: Int32, _ half: Int32) {
    let price = fair - Int32(side.sign) * (half + Int32(maker))
    if let index = orders.firstIndex(where: { $0.maker == maker && $0.side == side }) {
      if orders[index].price == price { resize(index) } else { move(index, to: price) }
    } else {
      add(side, price, 1 + Int32(random.below(4)), maker: maker)
    }
  }

  /// Lots of a single order: median 1, mean 2.3.
  mutating func drawLots() -> Int32 {
    let place = random.uniform()
    return place < 0.58 ? 1 : place < 0.76 ? 2 : place < 0.84 ? 3 : place < 0.94 ? 5 : 10
  }

  // MARK: - Trades

  /// Brings the book to where an aggressor finds his lots at the trade's price and nothing better.
  private mutating func prepare(_ trade: SessionTrade) {
    let passive = trade.side.opposite
    let steps = max(0, trade.time - now)
    // A fifth of what is left of the way, so that every message comes before the trade.
    func step(_ book: inout SessionBook) { book.now += min((trade.time - book.now) / 5, steps) }
    let sign = Int32(trade.side.sign)
    // First the orders beyond the price on the aggressor's side, so that nothing meets.
    while let index = orders.firstIndex(where: { $0.side == trade.side && ($0.price - trade.price) * sign >= 0 }) {
      step(&self)
      clear(index, to: trade.price - sign * (2 * trade.half + Int32(orders[index].maker ?? 0)))
    }
    while let index = orders.firstIndex(where: { $0.side == passive && ($0.price - trade.price) * sign < 0 }) {
      step(&self)
      clear(index, to: trade.price + sign * Int32(orders[index].maker ?? 0))
    }
    var missing = trade.lots - lots(passive, trade.price)
    while missing > 0 {
      step(&self)
      let other = orders.firstIndex { $0.side == passive && $0.maker != nil && $0.price != trade.price }
      if let other {
        missing -= orders[other].lots
        move(other, to: trade.price)
      } else {
        let drawn = max(drawLots(), missing > 12 ? missing / 4 : 1)
        missing -= drawn
        add(passive, trade.price, drawn, maker: nil)
      }
    }
    let usual = trade.price - sign * 2 * trade.half
    let isFar = best(trade.side).map { (usual - $0) * sign > 3 } ?? true
    if isFar, usual >= low, usual <= high {
      step(&self)
      if let index = orders.firstIndex(where: { $0.side == trade.side && $0.maker != nil }) {
        move(index, to: usual)
      } else {
        add(trade.side, usual, 1 + Int32(random.below(3)), maker: random.below(makers))
      }
    }
    now = trade.time
  }

  /// An order in the way: makers move, others leave.
  mutating func clear(_ index: Int, to price: Int32) {
    if orders[index].maker != nil, let price = allowed(orders[index].side, price), price != orders[index].price {
      move(index, to: price)
    } else {
      cancel(index)
    }
  }

  private mutating func execute(_ trade: SessionTrade) {
    events.append(
      ReplayEvent(time: now, kind: .trade, side: trade.side, price: trade.price, lots: trade.lots))
    var left = trade.lots
    let passive = trade.side.opposite
    while left > 0, let index = orders.firstIndex(where: { $0.side == passive && $0.price == trade.price }) {
      let order = orders[index]
      let taken = min(left, order.lots)
      left -= taken
      events.append(
        ReplayEvent(
          time: now, kind: .execute, id: order.id, side: passive, price: order.price, lots: taken))
      orders[index].lots -= taken
      if orders[index].lots == 0 { orders.remove(at: index) }
    }
    precondition(left == 0, "\(left) lots of a trade at \(trade.price) met no order")
  }

  // MARK: - The book

  func best(_ side: Side) -> Int32? {
    let prices = orders.lazy.filter { $0.side == side }.map(\.price)
    return side == .buy ? prices.max() : prices.min()
  }

  func lots(_ side: Side, _ price: Int32) -> Int32 {
    orders.reduce(0) { $1.side == side && $1.price == price ? $0 + $1.lots : $0 }
  }

  /// The price nearest to a wish that meets no order and stays inside the limits; nil when there is none.
  private func allowed(_ side: Side, _ price: Int32) -> Int32? {
    var price = price
    if let auctionPrice {
      price = side == .buy ? min(price, auctionPrice - 1) : max(price, auctionPrice + 1)
    } else if let opposite = best(side.opposite) {
      price = side == .buy ? min(price, opposite - 1) : max(price, opposite + 1)
    }
    return price >= low && price <= high ? price : nil
  }

  mutating func add(_ side: Side, _ wish: Int32, _ lots: Int32, maker: Int?) {
    if let price = allowed(side, wish) { enter(side, price, lots, maker: maker) }
  }

  /// Enters an order whatever it meets.
  mutating func enter(_ side: Side, _ price: Int32, _ lots: Int32, maker: Int? = nil) {
    orders.append(Resting(id: nextID, side: side, price: price, lots: lots, maker: maker))
    events.append(ReplayEvent(time: now, kind: .add, id: nextID, side: side, price: price, lots: lots))
    nextID += 1
  }

  mutating func cancel(_ index: Int) {
    let order = orders.remove(at: index)
    events.append(
      ReplayEvent(time: now, kind: .delete, id: order.id, side: order.side, price: order.price, lots: order.lots))
  }

  /// Another price: the order goes to the back of its new level.
  private mutating func move(_ index: Int, to wish: Int32) {
    guard let price = allowed(orders[index].side, wish), price != orders[index].price else { return }
    var order = orders.remove(at: index)
    order.price = price
    orders.append(order)
    note(change: order)
  }

  /// One lot less keeps the place, one more loses it.
  private mutating func resize(_ index: Int) {
    if orders[index].lots > 1, random.below(2) == 0 {
      orders[index].lots -= 1
      note(change: orders[index])
    } else {
      var order = orders.remove(at: index)
      order.lots += 1
      orders.append(order)
      note(change: order)
    }
  }

  private mutating func note(change order: Resting) {
    events.append(
      ReplayEvent(
        time: now, kind: .change, id: order.id, side: order.side, price: order.price, lots: order.lots))
  }

  private mutating func noteQuote(at time: Int64) {
    func level(_ side: Side) -> BookLevel? {
      guard let price = best(side) else { return nil }
      let count = orders.count { $0.side == side && $0.price == price }
      return BookLevel(price: Int(price), lots: Int(lots(side, price)), orders: count)
    }
    quotes.append(Quote(time: time, bid: level(.buy), ask: level(.sell)))
  }
}
