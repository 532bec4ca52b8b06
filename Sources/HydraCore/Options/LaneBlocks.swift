import HydraNumerics

/// Where a block of eight results goes.
struct LaneSink {
  let columns: ColumnPointers
  let start: Int

  /// Writes the lanes that have a row.
  @inline(__always)
  func callAsFunction(_ column: Int, _ lanes: SIMD8<Double>) { lanes.store(to: columns[column], from: start) }
}

/// The driver of batch calls: columns in blocks of eight lanes, over any number of threads.
///
/// `kernel` computes a block whose lanes are all ordinary; `limit` gives the values of one row that is not, and its
/// status. Rows that are not ordinary are replaced by `harmless` in front of the kernel, so that no lane can trap or slow
/// down the others, and their places are overwritten.
enum LaneBlocks {
  typealias Lanes = SIMD8<Double>

  /// - Parameter inputs: signs first, then the numbers of each option.
  /// - Returns: the columns that the kernel and the limits fill, and the status of every row.
  @inline(__always)
  static func evaluate(
    _ kinds: [OptionKind], _ inputs: [[Double]], harmless: [Double], columns: Int, threads: Int,
    isOrdinary: @Sendable ([Lanes]) -> Lanes.Flags,
    kernel: @Sendable (_ signs: Lanes, [Lanes], LaneSink) -> Void,
    limit: @Sendable (OptionKind, [Double]) -> (values: [Double], status: PriceStatus)
  ) -> (columns: [[Double]], statuses: [PriceStatus]) {
    let count = kinds.count
    let statuses = SharedBuffer(count: count, repeating: PriceStatus.ok)
    let blockSize = 512
    let filled = filledColumns(columns, of: count) { values in
      parallelFor((count + blockSize - 1) / blockSize, threads: threads) { block in
        var lanes = harmless.map { Lanes(repeating: $0) }
        for start in stride(from: block * blockSize, to: min(count, (block + 1) * blockSize), by: 8) {
          let signs = kinds.withUnsafeBufferPointer { OptionPointers.signs($0, from: start) }
          for index in lanes.indices {
            lanes[index] = inputs[index].withUnsafeBufferPointer {
              Lanes(loading: $0, from: start, padding: harmless[index])
            }
          }
          let ordinary = isOrdinary(lanes)
          let areOrdinary = all(ordinary)
          if !areOrdinary {
            for index in lanes.indices {
              lanes[index].replace(with: Lanes(repeating: harmless[index]), where: .!ordinary)
            }
          }
          kernel(signs, lanes, LaneSink(columns: values, start: start))
          guard !areOrdinary else { continue }
          for lane in 0..<min(8, count - start) where !ordinary[lane] {
            let index = start + lane
            let result = limit(kinds[index], inputs.map { $0[index] })
            statuses.memory[index] = result.status
            for column in 0..<columns { values[column][index] = result.values[column] }
          }
        }
      }
    }
    return (filled, Array(statuses.memory))
  }
}
