/// Slots by order id: a hash table of whole numbers with open addressing.
///
/// Ids of exchanges often rise in steps, so they are mixed before their low bits choose a place. An id is removed by
/// moving later ones of its run back, so that searches stay short however many orders come and go.
struct OrderIndex: ~Copyable {
  struct Cell: BitwiseCopyable {
    var id: Int
    /// -1 marks a free cell.
    var slot: Int32
  }
  private var cells: FlatArray<Cell>
  private var mask: Int
  private(set) var count = 0

  init() {
    mask = 1023
    cells = Self.empty(mask + 1)
  }

  private static func empty(_ size: Int) -> FlatArray<Cell> {
    var cells = FlatArray<Cell>(capacity: size)
    for _ in 0..<size { cells.append(Cell(id: 0, slot: -1)) }
    return cells
  }

  @inline(__always) private func home(_ id: Int) -> Int {
    let mixed = UInt(bitPattern: id) &* 0x9e37_79b9_7f4a_7c15
    return Int(truncatingIfNeeded: mixed >> 32) & mask
  }

  /// The slot of an id; nil when it is not there.
  @inline(__always) func find(_ id: Int) -> Int? {
    var place = home(id)
    while cells[place].slot >= 0 {
      if cells[place].id == id { return Int(cells[place].slot) }
      place = (place + 1) & mask
    }
    return nil
  }

  /// Adds an id that is not there yet.
  mutating func insert(_ id: Int, _ slot: Int) {
    if 2 * (count + 1) > mask { grow() }
    var place = home(id)
    while cells[place].slot >= 0 { place = (place + 1) & mask }
    cells[place] = Cell(id: id, slot: Int32(slot))
    count += 1
  }

  /// Removes an id and returns its slot; nil when it is not there.
  @inline(__always) mutating func remove(_ id: Int) -> Int? {
    var place = home(id)
    while cells[place].slot >= 0, cells[place].id != id { place = (place + 1) & mask }
    guard cells[place].slot >= 0 else { return nil }
    let slot = Int(cells[place].slot)
    var hole = place
    var next = (hole + 1) & mask
    while cells[next].slot >= 0 {
      // A later id moves into the hole unless its home lies behind the hole.
      if ((next - home(cells[next].id)) & mask) >= ((next - hole) & mask) {
        cells[hole] = cells[next]
        hole = next
      }
      next = (next + 1) & mask
    }
    cells[hole].slot = -1
    count -= 1
    return slot
  }

  mutating func removeAll() {
    for place in 0...mask { cells[place].slot = -1 }
    count = 0
  }

  private mutating func grow() {
    var larger = OrderIndex(size: 2 * (mask + 1))
    for place in 0...mask where cells[place].slot >= 0 { larger.insert(cells[place].id, Int(cells[place].slot)) }
    self = larger
  }

  private init(size: Int) {
    mask = size - 1
    cells = Self.empty(size)
  }
}
