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

  @inline(__always)
  func part(_ range: Range<Int>) -> UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(rebasing: memory[range])
  }
}

/// Pointers to the columns of options and one more column; valid inside `withPointers` only.
struct OptionPointers: @unchecked Sendable {
  let kinds: UnsafeBufferPointer<OptionKind>
  let forwards, strikes, years, rates, values: UnsafeBufferPointer<Double>

  /// +1 for calls, -1 for puts, +1 beyond the end.
  @inline(__always)
  func signs(from start: Int) -> SIMD8<Double> {
    var signs = SIMD8<Double>(repeating: 1)
    for lane in 0..<min(8, kinds.count - start) where kinds[start + lane] == .put { signs[lane] = -1 }
    return signs
  }
}

extension OptionColumns {
  /// Calls `body` with pointers to all columns.
  @inline(__always)
  func withPointers(_ values: [Double], _ body: (OptionPointers) -> Void) {
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
