import HydraNumerics

/// The memory of one solution, in one piece: rows of numbers that start at multiples of a vector's size and are read and
/// written as numbers or eight at a time.
final class CollocationMemory {
  private let base: UnsafeMutableRawPointer
  private var used = 0
  private let capacity: Int

  /// - Parameter blocks: how many vectors of eight numbers there is room for.
  init(blocks: Int) {
    capacity = blocks * 64
    base = .allocate(byteCount: capacity, alignment: 64)
    base.initializeMemory(as: UInt8.self, repeating: 0, count: capacity)
  }

  deinit { base.deallocate() }

  /// A row of so many vectors, all zero.
  func row(blocks: Int) -> LaneRow {
    let start = used
    used += blocks * 64
    precondition(used <= capacity, "the memory of the collocation is too small")
    return LaneRow(base: base + start)
  }
}

/// Numbers in memory, one at a time or eight at a time; valid as long as the memory that they are in.
struct LaneRow {
  let base: UnsafeMutableRawPointer

  /// The number at a place.
  @inline(__always)
  subscript(index: Int) -> Double {
    get { base.load(fromByteOffset: index &* 8, as: Double.self) }
    nonmutating set { base.storeBytes(of: newValue, toByteOffset: index &* 8, as: Double.self) }
  }

  /// Eight numbers from a multiple of eight on.
  @inline(__always)
  subscript(block block: Int) -> OctetLanes {
    get { base.load(fromByteOffset: block &* 64, as: OctetLanes.self) }
    nonmutating set { base.storeBytes(of: newValue, toByteOffset: block &* 64, as: OctetLanes.self) }
  }

  /// The row from a block on.
  @inline(__always)
  func from(block: Int) -> LaneRow { LaneRow(base: base + block &* 64) }
}
