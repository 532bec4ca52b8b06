/// Sorts columns of numbers with their row numbers; least significant digit first, 11 bits at a time.
///
/// Equal values keep their order. A comparison sort costs several times as much at a thousand rows and more.
struct ColumnSorter: ~Copyable {
  private let capacity: Int
  private let keys: UnsafeMutablePointer<UInt64>
  private let rows: UnsafeMutablePointer<UInt32>
  private let counts: UnsafeMutablePointer<UInt32>
  private static let digits = 6
  private static let radix = 2048

  init(capacity: Int) {
    self.capacity = capacity
    keys = .allocate(capacity: 2 * capacity)
    rows = .allocate(capacity: 2 * capacity)
    counts = .allocate(capacity: Self.digits * Self.radix)
  }

  deinit {
    keys.deallocate()
    rows.deallocate()
    counts.deallocate()
  }

  /// Sorts the values that are not missing; calls `body` with sorted values, their rows and how many there are.
  ///
  /// Where nothing counts as missing, NaN counts as zero.
  ///
  /// - Precondition: `count` is at most the capacity; `column` has `count` values `stride` apart.
  func sort(
    _ column: UnsafePointer<Double>, stride: Int, count: Int, missing: SplitDecision.MissingKind = .nan,
    _ body: (_ keys: UnsafePointer<UInt64>, _ rows: UnsafePointer<UInt32>, _ count: Int) -> Void
  ) {
    assert(count <= capacity)
    counts.initialize(repeating: 0, count: Self.digits * Self.radix)
    var present = 0
    for row in 0..<count {
      var value = column[row * stride]
      if value.isNaN {
        guard missing == .none else { continue }
        value = 0
      }
      if missing == .zero, abs(value) <= SplitDecision.zeroBound { continue }
      let key = Self.key(of: value)
      keys[present] = key
      rows[present] = UInt32(truncatingIfNeeded: row)
      present += 1
      for digit in 0..<Self.digits {
        counts[digit * Self.radix + Int(truncatingIfNeeded: key >> UInt64(11 * digit)) & 2047] += 1
      }
    }
    var (sourceKeys, targetKeys) = (keys, keys + capacity)
    var (sourceRows, targetRows) = (rows, rows + capacity)
    for digit in 0..<Self.digits where present > 1 {
      let counts = counts + digit * Self.radix
      let shift = UInt64(11 * digit)
      // A digit that all keys share moves nothing.
      if counts[Int(truncatingIfNeeded: sourceKeys[0] >> shift) & 2047] == UInt32(present) { continue }
      var place: UInt32 = 0
      for value in 0..<Self.radix {
        let number = counts[value]
        counts[value] = place
        place += number
      }
      for index in 0..<present {
        let key = sourceKeys[index]
        let slot = Int(truncatingIfNeeded: key >> shift) & 2047
        let target = Int(counts[slot])
        counts[slot] &+= 1
        targetKeys[target] = key
        targetRows[target] = sourceRows[index]
      }
      swap(&sourceKeys, &targetKeys)
      swap(&sourceRows, &targetRows)
    }
    body(sourceKeys, sourceRows, present)
  }

  /// A number whose unsigned order is the order of the values; both zeros have the same.
  static func key(of value: Double) -> UInt64 {
    let bits = (value == 0 ? 0 : value).bitPattern
    return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
  }

  static func value(of key: UInt64) -> Double {
    Double(bitPattern: key >> 63 == 1 ? key & ~(1 << 63) : ~key)
  }
}
