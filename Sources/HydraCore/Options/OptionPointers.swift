/// Memory that several threads write, each its own part; freed with the last reference.
final class SharedBuffer<Element>: @unchecked Sendable {
  let memory: UnsafeMutableBufferPointer<Element>

  init(count: Int, repeating value: Element) {
    memory = .allocate(capacity: count)
    memory.initialize(repeating: value)
  }

  deinit {
    memory.deinitialize()
    memory.deallocate()
  }
}

/// Memory of an array that several threads write, each in places of its own.
struct SharedPointer<Element>: @unchecked Sendable {
  let memory: UnsafeMutableBufferPointer<Element>
}

/// The memory of columns that are being filled, by several threads in places of their own.
struct ColumnPointers: @unchecked Sendable {
  fileprivate(set) var columns: [UnsafeMutableBufferPointer<Double>] = []

  @inline(__always)
  subscript(column: Int) -> UnsafeMutableBufferPointer<Double> { columns[column] }

  var count: Int { columns.count }
}

/// Makes `columns` arrays of `count` numbers each, all of which `body` writes. Memory that is there is used again: fresh
/// pages would cost more than the formulas.
func fillColumns(_ columns: inout [[Double]], count: Int, _ body: (ColumnPointers) -> Void) {
  func fill(_ pointers: ColumnPointers, _ columns: inout [[Double]]) {
    let index = pointers.columns.count
    guard index < columns.count else { return body(pointers) }
    var column: [Double] = []
    swap(&column, &columns[index])
    if column.count != count { column = [Double](unsafeUninitializedCapacity: count) { $1 = count } }
    column.withUnsafeMutableBufferPointer { memory in
      var pointers = pointers
      pointers.columns.append(memory)
      fill(pointers, &columns)
    }
    swap(&column, &columns[index])
  }
  fill(ColumnPointers(), &columns)
}

/// Arrays of `count` numbers each, all of which `body` writes; nothing is copied.
func filledColumns(_ columns: Int, of count: Int, _ body: (ColumnPointers) -> Void) -> [[Double]] {
  var result = [[Double]](repeating: [], count: columns)
  fillColumns(&result, count: count, body)
  return result
}

/// Pointers to the columns of options and one more column; valid inside `withPointers` only.
struct OptionPointers: @unchecked Sendable {
  let kinds: UnsafeBufferPointer<OptionKind>
  let forwards, strikes, years, rates, values: UnsafeBufferPointer<Double>

  /// +1 for calls, -1 for puts, +1 beyond the end.
  @inline(__always)
  func signs(from start: Int) -> SIMD8<Double> { Self.signs(kinds, from: start) }

  /// The signs of eight kinds.
  @inline(__always)
  static func signs(_ kinds: UnsafeBufferPointer<OptionKind>, from start: Int) -> SIMD8<Double> {
    guard start + 8 <= kinds.count, let base = kinds.baseAddress else {
      var signs = SIMD8<Double>(repeating: 1)
      for lane in 0..<min(8, kinds.count - start) where kinds[start + lane] == .put { signs[lane] = -1 }
      return signs
    }
    // A kind is one byte, 0 or 1; that bit becomes the sign bit of 1.0. Comparing narrow lanes would cost a loop.
    let word = UnsafeRawPointer(base + start).loadUnaligned(as: UInt64.self) ^ callWord
    let bytes = SIMD8<UInt64>(repeating: word) &>> SIMD8(0, 8, 16, 24, 32, 40, 48, 56)
    let bits = (bytes &<< SIMD8(repeating: 63)) | SIMD8(repeating: (1.0).bitPattern)
    return unsafeBitCast(bits, to: SIMD8<Double>.self)
  }

  /// Eight bytes as a call has them in memory.
  private static let callWord = 0x0101_0101_0101_0101 * UInt64(unsafeBitCast(OptionKind.call, to: UInt8.self))
}

extension OptionColumns {
  /// Calls `body` with pointers to all columns.
  @inline(__always)
  func withPointers<Result>(_ values: [Double], _ body: (OptionPointers) -> Result) -> Result {
    kinds.withUnsafeBufferPointer { kinds in
      forwards.withUnsafeBufferPointer { forwards in
        strikes.withUnsafeBufferPointer { strikes in
          years.withUnsafeBufferPointer { years in
            rates.withUnsafeBufferPointer { rates in
              values.withUnsafeBufferPointer { values in
                body(
                  OptionPointers(
                    kinds: kinds, forwards: forwards, strikes: strikes, years: years, rates: rates,
                    values: values))
              }
            }
          }
        }
      }
    }
  }
}
