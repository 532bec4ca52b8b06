/// The prices of one side of a book in order, the best one last, each with the number of its level.
///
/// Prices are kept as keys that rise towards the best one: the price itself for bids, its negative for offers. Most
/// events touch prices near the best, so a search walks from there before it halves the rest.
struct PriceLadder: ~Copyable {
  struct Rung: BitwiseCopyable {
    var key: Int
    var level: Int32
  }
  private var rungs = FlatArray<Rung>(capacity: 64)

  var count: Int { rungs.count }

  static func key(_ price: Int, _ side: Side) -> Int { side == .buy ? price : -price }

  /// The level at a rank, 0 being the best price.
  @inline(__always) func level(rank: Int) -> Int { Int(rungs[rungs.count - 1 - rank].level) }

  @inline(__always) var bestLevel: Int? { rungs.isEmpty ? nil : Int(rungs[rungs.count - 1].level) }

  /// The level at a key; nil when there is none.
  func find(_ key: Int) -> Int? {
    let place = place(of: key)
    guard place < rungs.count, rungs[place].key == key else { return nil }
    return Int(rungs[place].level)
  }

  /// Adds a key that is not there yet.
  mutating func insert(_ key: Int, _ level: Int32) { rungs.insert(Rung(key: key, level: level), at: place(of: key)) }

  mutating func remove(_ key: Int) {
    let place = place(of: key)
    assert(place < rungs.count && rungs[place].key == key, "no level at \(key)")
    rungs.remove(at: place)
  }

  mutating func removeAll() { rungs.removeAll() }

  /// The first place whose key is not below `key`.
  @inline(__always) private func place(of key: Int) -> Int {
    var end = rungs.count
    var steps = 8
    while end > 0, steps > 0 {
      if rungs[end - 1].key < key { return end }
      end -= 1
      steps -= 1
    }
    var low = 0
    while low < end {
      let middle = (low + end) / 2
      if rungs[middle].key < key { low = middle + 1 } else { end = middle }
    }
    return low
  }
}
