/// Lots by price: a book of which only the sizes of the levels are known.
///
/// - Complexity: O(1) near the best price, else a search among the prices of the side.
public struct LevelBook: ~Copyable {
  struct Level: BitwiseCopyable {
    var price: Int
    var lots: Int
    /// Lots that our own orders have taken.
    var used = 0
    /// Lots traded since the size was last told.
    var traded = 0

    @inline(__always) var unused: Int { lots - used }
  }

  var levels = FlatArray<Level>(capacity: 256)
  private var free = FlatArray<Int32>(capacity: 64)
  private var bids = PriceLadder()
  private var asks = PriceLadder()
  /// Samples where cancelled lots stood instead of taking their mean.
  var draw: QueueDraw?

  public init() {}

  /// The best price of a side, in ticks; nil when the side is empty.
  public func best(_ side: Side) -> Int? { (side == .buy ? bids.bestLevel : asks.bestLevel).map { levels[$0].price } }

  /// Lots at a price.
  public func lots(_ side: Side, at price: Int) -> Int { level(side, at: price).map { levels[$0].lots } ?? 0 }

  /// The prices of a side, best first, at most `depth` of them; the number of orders is not known and 0.
  public func ladder(_ side: Side, depth: Int = .max) -> [BookLevel] {
    (0..<min(depth, levelCount(side))).map { rank in
      let level = levels[levelIndex(side, rank: rank)]
      return BookLevel(price: level.price, lots: level.lots, orders: 0)
    }
  }

  @inline(__always) func levelCount(_ side: Side) -> Int { side == .buy ? bids.count : asks.count }

  @inline(__always) func levelIndex(_ side: Side, rank: Int) -> Int {
    side == .buy ? bids.level(rank: rank) : asks.level(rank: rank)
  }

  @inline(__always) func level(_ side: Side, at price: Int) -> Int? {
    side == .buy ? bids.find(price) : asks.find(-price)
  }

  /// What changed when a level was set: its size before and the trades since then, and its index unless it is gone.
  struct Update {
    var previous = 0
    var traded = 0
    var level: Int?
  }

  /// Sets the lots of a price; 0 takes the price away.
  @inline(__always) mutating func set(_ side: Side, price: Int, lots: Int) -> Update {
    if let index = level(side, at: price) {
      let update = Update(
        previous: levels[index].lots, traded: levels[index].traded, level: lots > 0 ? index : nil)
      if lots > 0 {
        levels[index].lots = lots
        levels[index].traded = 0
        levels[index].used = min(levels[index].used, lots)
      } else {
        if side == .buy { bids.remove(price) } else { asks.remove(-price) }
        free.append(Int32(index))
      }
      return update
    }
    guard lots > 0 else { return Update() }
    let index: Int
    if free.isEmpty {
      index = levels.count
      levels.append(Level(price: price, lots: lots))
    } else {
      index = Int(free.removeLast())
      levels[index] = Level(price: price, lots: lots)
    }
    if side == .buy { bids.insert(price, Int32(index)) } else { asks.insert(-price, Int32(index)) }
    return Update(level: index)
  }

  /// Takes all levels away.
  mutating func removeAll() {
    levels.removeAll()
    free.removeAll()
    bids.removeAll()
    asks.removeAll()
  }
}
