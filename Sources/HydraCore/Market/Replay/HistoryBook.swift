/// The book of a recorded market, as far as our own orders meet it: they take lots from it, each lot once.
protocol HistoryBook: ~Copyable {
  /// What a fill against this book rests on.
  static var evidence: Fill.Evidence { get }

  /// The best price of a side with lots that we have not taken.
  func bestUnused(_ side: Side) -> Int?

  /// Lots not yet taken at prices up to `limit` (nil: any); counting stops at `enough`.
  func unused(_ side: Side, through limit: Int?, enough: Int) -> Int

  /// Takes lots, best price first, and marks them as used; `take` is called for every price, or for every order where
  /// single orders are known.
  mutating func use(_ side: Side, through limit: Int?, lots: Int, take: (_ price: Int, _ lots: Int) -> Void)

  /// Lots that an order arriving now at a price would find ahead of it.
  func lotsAhead(_ side: Side, at price: Int) -> Int

  /// The recorded prices of a side, best first.
  func ladder(_ side: Side, depth: Int) -> [BookLevel]

  /// The best recorded price of a side.
  func best(_ side: Side) -> Int?

  /// Whether recorded orders rest crossed: the market gathers orders for an auction and matches nothing.
  var isGathering: Bool { get }
}

extension HistoryBook where Self: ~Copyable {
  /// Whether the best bid is not below the best offer.
  var isCrossed: Bool {
    guard let bid = best(.buy), let ask = best(.sell) else { return false }
    return bid >= ask
  }
}

extension Side {
  /// Whether `price` is worse for an order of this side than `limit`; no limit is never exceeded.
  @inline(__always) func exceeds(_ price: Int, _ limit: Int?) -> Bool {
    guard let limit else { return false }
    return self == .buy ? price > limit : price < limit
  }
}

/// Price levels as history.
extension LevelBook: HistoryBook {
  static var evidence: Fill.Evidence { .depth }

  /// The sides of levels are told one after the other, so that a cross between them means nothing.
  var isGathering: Bool { false }

  func bestUnused(_ side: Side) -> Int? {
    for rank in 0..<levelCount(side) {
      let level = levels[levelIndex(side, rank: rank)]
      if level.unused > 0 { return level.price }
    }
    return nil
  }

  func unused(_ side: Side, through limit: Int?, enough: Int) -> Int {
    var sum = 0
    for rank in 0..<levelCount(side) where sum < enough {
      let level = levels[levelIndex(side, rank: rank)]
      if side.opposite.exceeds(level.price, limit) { break }
      sum += level.unused
    }
    return sum
  }

  mutating func use(_ side: Side, through limit: Int?, lots: Int, take: (Int, Int) -> Void) {
    var left = lots
    for rank in 0..<levelCount(side) where left > 0 {
      let index = levelIndex(side, rank: rank)
      let level = levels[index]
      if side.opposite.exceeds(level.price, limit) { break }
      let taken = min(left, level.unused)
      guard taken > 0 else { continue }
      levels[index].used += taken
      left -= taken
      take(level.price, taken)
    }
  }

  func lotsAhead(_ side: Side, at price: Int) -> Int { lots(side, at: price) }
}

/// Single orders as history, taken order by order within a price.
extension OrderBook: HistoryBook {
  static var evidence: Fill.Evidence { .orders }

  var isGathering: Bool { isCrossed }

  func bestUnused(_ side: Side) -> Int? {
    for rank in 0..<levelCount(side) {
      let level = levels[levelIndex(side, rank: rank)]
      if level.lots > level.used { return level.price }
    }
    return nil
  }

  func unused(_ side: Side, through limit: Int?, enough: Int) -> Int {
    var sum = 0
    for rank in 0..<levelCount(side) where sum < enough {
      let level = levels[levelIndex(side, rank: rank)]
      if side.opposite.exceeds(level.price, limit) { break }
      sum += level.lots - level.used
    }
    return sum
  }

  mutating func use(_ side: Side, through limit: Int?, lots: Int, take: (Int, Int) -> Void) {
    var left = lots
    for rank in 0..<levelCount(side) where left > 0 {
      let level = levels[levelIndex(side, rank: rank)]
      if side.opposite.exceeds(level.price, limit) { break }
      var slot = Int(level.head)
      while slot >= 0, left > 0 {
        let taken = min(left, slots[slot].unused)
        if taken > 0 {
          use(slot, lots: taken)
          take(level.price, taken)
        }
        left -= taken
        slot = Int(slots[slot].next)
      }
    }
  }

  func lotsAhead(_ side: Side, at price: Int) -> Int {
    level(side, at: price).map { levels[$0].lots - levels[$0].used } ?? 0
  }
}
