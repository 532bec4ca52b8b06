/// Orders by price and time: one queue for each price, the best price first.
///
/// An order stands in a slot; its slot number stays the same until it leaves. `used` counts the lots of an order that
/// our own orders have taken in a replay: they still stand in history, and cannot be taken again.
///
/// - Complexity: O(1) for everything at a known slot; a new price costs a search among the prices of its side, short
///   near the best one.
public struct OrderBook: ~Copyable {
  struct Slot: BitwiseCopyable {
    /// Whatever the owner of the book knows the order by.
    var id: Int
    /// Rises with time: of two orders at one price the lower one is ahead.
    var arrival: Int
    var lots: Int32
    var used: Int32 = 0
    var next: Int32 = -1
    var previous: Int32 = -1
    var level: Int32
    var isBuy: Bool

    @inline(__always) var side: Side { isBuy ? .buy : .sell }
    @inline(__always) var unused: Int { Int(lots) - Int(used) }
  }

  struct Level: BitwiseCopyable {
    var price: Int
    var lots = 0
    var used = 0
    var head: Int32 = -1
    var tail: Int32 = -1
    var count: Int32 = 0
  }

  var slots = FlatArray<Slot>(capacity: 1024)
  var levels = FlatArray<Level>(capacity: 256)
  private var freeSlots = FlatArray<Int32>(capacity: 256)
  private var freeLevels = FlatArray<Int32>(capacity: 64)
  private var bids = PriceLadder()
  private var asks = PriceLadder()
  /// Slots by the numbers of their orders, where a recorded stream names orders so.
  var index = OrderIndex()

  public init() {}

  // MARK: - Looking

  /// The best price of a side, in ticks; nil when the side is empty.
  public func best(_ side: Side) -> Int? { bestLevel(side).map { levels[$0].price } }

  /// Displayed lots at a price.
  public func lots(_ side: Side, at price: Int) -> Int { level(side, at: price).map { levels[$0].lots } ?? 0 }

  /// The prices of a side, best first, at most `depth` of them.
  public func ladder(_ side: Side, depth: Int = .max) -> [BookLevel] {
    (0..<min(depth, levelCount(side))).map { rank in
      let level = levels[levelIndex(side, rank: rank)]
      return BookLevel(price: level.price, lots: level.lots, orders: Int(level.count))
    }
  }

  /// Orders in the book, both sides.
  public var count: Int { slots.count - freeSlots.count }

  @inline(__always) func bestLevel(_ side: Side) -> Int? { side == .buy ? bids.bestLevel : asks.bestLevel }

  @inline(__always) func levelCount(_ side: Side) -> Int { side == .buy ? bids.count : asks.count }

  @inline(__always) func levelIndex(_ side: Side, rank: Int) -> Int {
    side == .buy ? bids.level(rank: rank) : asks.level(rank: rank)
  }

  func level(_ side: Side, at price: Int) -> Int? {
    let key = PriceLadder.key(price, side)
    return side == .buy ? bids.find(key) : asks.find(key)
  }

  @inline(__always) func price(ofSlot slot: Int) -> Int { levels[Int(slots[slot].level)].price }

  // MARK: - Changing

  /// Puts an order at the back of its price's queue and returns its slot.
  mutating func rest(id: Int, side: Side, price: Int, lots: Int, arrival: Int, used: Int = 0) -> Int {
    let level = findOrMakeLevel(side, price)
    let order = Slot(
      id: id, arrival: arrival, lots: Int32(lots), used: Int32(used), level: Int32(level), isBuy: side == .buy)
    let slot: Int
    if freeSlots.isEmpty {
      slot = slots.count
      slots.append(order)
    } else {
      slot = Int(freeSlots.removeLast())
      slots[slot] = order
    }
    link(slot, level)
    return slot
  }

  /// Takes an order out.
  mutating func remove(_ slot: Int) {
    let side = slots[slot].side
    let level = unlink(slot)
    freeSlots.append(Int32(slot))
    dropIfEmpty(level, side)
  }

  /// Makes an order smaller without moving it; what of it was used stays used as far as it reaches.
  func reduce(_ slot: Int, to lots: Int) {
    let level = Int(slots[slot].level)
    let used = min(Int(slots[slot].used), lots)
    levels[level].lots += lots - Int(slots[slot].lots)
    levels[level].used += used - Int(slots[slot].used)
    slots[slot].lots = Int32(lots)
    slots[slot].used = Int32(used)
  }

  /// Marks lots of an order as taken by our own.
  func use(_ slot: Int, lots: Int) {
    slots[slot].used += Int32(lots)
    levels[Int(slots[slot].level)].used += lots
  }

  /// Puts an order at the back of its price's queue with a new size.
  mutating func moveToBack(_ slot: Int, lots: Int, arrival: Int) {
    let level = unlink(slot)
    slots[slot].lots = Int32(lots)
    slots[slot].used = min(slots[slot].used, Int32(lots))
    slots[slot].arrival = arrival
    link(slot, level)
  }

  /// Takes all orders out.
  mutating func removeAll() {
    slots.removeAll()
    levels.removeAll()
    freeSlots.removeAll()
    freeLevels.removeAll()
    bids.removeAll()
    asks.removeAll()
  }

  // MARK: - Links

  private mutating func findOrMakeLevel(_ side: Side, _ price: Int) -> Int {
    let key = PriceLadder.key(price, side)
    if let level = side == .buy ? bids.find(key) : asks.find(key) { return level }
    let level: Int
    if freeLevels.isEmpty {
      level = levels.count
      levels.append(Level(price: price))
    } else {
      level = Int(freeLevels.removeLast())
      levels[level] = Level(price: price)
    }
    if side == .buy { bids.insert(key, Int32(level)) } else { asks.insert(key, Int32(level)) }
    return level
  }

  private func link(_ slot: Int, _ level: Int) {
    let tail = levels[level].tail
    slots[slot].previous = tail
    slots[slot].next = -1
    if tail >= 0 { slots[Int(tail)].next = Int32(slot) } else { levels[level].head = Int32(slot) }
    levels[level].tail = Int32(slot)
    levels[level].count += 1
    levels[level].lots += Int(slots[slot].lots)
    levels[level].used += Int(slots[slot].used)
  }

  private func unlink(_ slot: Int) -> Int {
    let order = slots[slot]
    let level = Int(order.level)
    if order.previous >= 0 {
      slots[Int(order.previous)].next = order.next
    } else {
      levels[level].head = order.next
    }
    if order.next >= 0 {
      slots[Int(order.next)].previous = order.previous
    } else {
      levels[level].tail = order.previous
    }
    levels[level].count -= 1
    levels[level].lots -= Int(order.lots)
    levels[level].used -= Int(order.used)
    return level
  }

  private mutating func dropIfEmpty(_ level: Int, _ side: Side) {
    guard levels[level].count == 0 else { return }
    let key = PriceLadder.key(levels[level].price, side)
    if side == .buy { bids.remove(key) } else { asks.remove(key) }
    freeLevels.append(Int32(level))
  }
}
