import HydraNumerics
import Testing

/// Results are written by index into memory of their own, without locks, so that a thread sanitiser sees every race.
@Suite struct ParallelForTests {
  private func slots(_ count: Int, _ body: (UnsafeMutablePointer<Int>) -> Void) -> [Int] {
    [Int](unsafeUninitializedCapacity: count) { buffer, initialized in
      buffer.initialize(repeating: 0)
      if let base = buffer.baseAddress { body(base) }
      initialized = count
    }
  }

  @Test(arguments: [0, 1, 2, 3, 7, 100, 1001], [1, 2, 3, 8, 100])
  func `Every index is visited once`(count: Int, threads: Int) {
    let visits = slots(count) { visits in
      nonisolated(unsafe) let visits = visits
      parallelFor(count, threads: threads) { visits[$0] += 1 }
    }
    #expect(visits == [Int](repeating: 1, count: count))
  }

  @Test func `Results come in index order`() {
    #expect(parallelMap(1000, threads: 4) { "\($0)" } == (0..<1000).map { "\($0)" })
    #expect(parallelMap(0, threads: 4) { $0 } == [])
  }

  @Test func `Short loops in a row all end with their results`() {
    var total = 0
    for round in 0..<20_000 {
      let squares = slots(6) { squares in
        nonisolated(unsafe) let squares = squares
        parallelFor(6, threads: 3) { squares[$0] = ($0 + round) * ($0 + round) }
      }
      total += squares.reduce(0, +)
    }
    let expected = (0..<20_000).reduce(0) { sum, round in sum + (0..<6).reduce(0) { $0 + ($1 + round) * ($1 + round) } }
    #expect(total == expected)
  }

  @Test func `Loops inside loops end`() {
    let sums = slots(8) { sums in
      nonisolated(unsafe) let sums = sums
      parallelFor(8, threads: 4) { outer in
        let inner = parallelMap(8, threads: 4) { middle in
          parallelMap(8, threads: 4) { outer * 64 + middle * 8 + $0 }.reduce(0, +)
        }
        sums[outer] = inner.reduce(0, +)
      }
    }
    #expect(sums.reduce(0, +) == 511 * 512 / 2)
  }

  @Test func `Many callers at once do not wait for each other without end`() async {
    let sums = await withTaskGroup(of: Int.self) { group in
      for caller in 0..<16 {
        group.addTask {
          (0..<200).reduce(0) { sum, _ in sum + parallelMap(10, threads: 4) { $0 + caller }.reduce(0, +) }
        }
      }
      var all: [Int] = []
      for await sum in group { all.append(sum) }
      return all
    }
    #expect(sums.sorted() == (0..<16).map { 200 * (45 + 10 * $0) })
  }
}
