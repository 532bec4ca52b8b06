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

/// The memory of columns that are being filled, by several threads in places of their own.
struct ColumnPointers: @unchecked Sendable {
  fileprivate(set) var columns: [UnsafeMutableBufferPointer<Double>] = []

  @inline(__always)
  subscript(column: Int) -> UnsafeMutableBufferPointer<Double> { columns[column] }
}

/// Arrays of `count` numbers each, all of which `body` writes; nothing is copied.
func filledColumns(_ columns: Int, of count: Int, _ body: (ColumnPointers) -> Void) -> [[Double]] {
  func fill(_ pointers: ColumnPointers) -> [[Double]] {
    guard pointers.columns.count < columns else {
      body(pointers)
      return []
    }
    var rest: [[Double]] = []
    let column = [Double](unsafeUninitializedCapacity: count) { memory, written in
      var pointers = pointers
      pointers.columns.append(UnsafeMutableBufferPointer(rebasing: memory[..<count]))
      rest = fill(pointers)
      written = count
    }
    return [column] + rest
  }
  return fill(ColumnPointers())
}

/// Pointers to the columns of options and one more column; valid inside `withPointers` only.
struct OptionPointers: @unchecked Sendable {
  let kinds: UnsafeBufferPointer<OptionKind>
  let forwards, strikes, years, rates, values: UnsafeBufferPointer<Double>

  /// +1 for calls, -1 for puts, +1 beyond the end.
  @inline(__always)
  func signs(from start: Int) -> SIMD8<Double> {
    guard start + 8 <= kinds.count, let base = kinds.baseAddress else {
      var signs = SIMD8<Double>(repeating: 1)
      for lane in 0..<min(8, kinds.count - start) where kinds[start + lane] == .put { signs[lane] = -1 }
      return signs
    }
    // A kind is one byte, 0 or 1: eight of them become eight signs at once.
    let bytes = UnsafeRawPointer(base + start).loadUnaligned(as: SIMD8<UInt8>.self)
    let isPut = SIMD8<Int64>(truncatingIfNeeded: bytes) .== SIMD8(repeating: Int64(Self.put))
    return SIMD8<Double>(repeating: 1).replacing(with: -1, where: isPut)
  }

  /// The byte that stands for a put in memory.
  private static let put = unsafeBitCast(OptionKind.put, to: UInt8.self)
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
