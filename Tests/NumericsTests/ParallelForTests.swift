import HydraNumerics
import Synchronization
import Testing

@Suite struct ParallelForTests {
  @Test(arguments: [0, 1, 2, 3, 7, 100, 1001], [1, 2, 3, 8])
  func `Every index is visited once`(count: Int, threads: Int) {
    let visits = Mutex([Int](repeating: 0, count: count))
    parallelFor(count, threads: threads) { index in visits.withLock { $0[index] += 1 } }
    #expect(visits.withLock { $0 } == [Int](repeating: 1, count: count))
  }

  @Test func `Loops inside loops end`() {
    let total = Mutex(0)
    parallelFor(8, threads: 4) { outer in
      parallelFor(8, threads: 4) { middle in
        parallelFor(8, threads: 4) { inner in total.withLock { $0 += outer * 64 + middle * 8 + inner } }
      }
    }
    #expect(total.withLock { $0 } == 511 * 512 / 2)
  }

  @Test func `Many callers at once do not wait for each other without end`() async {
    let sums = await withTaskGroup(of: Int.self) { group in
      for caller in 0..<16 {
        group.addTask {
          let sum = Mutex(0)
          for _ in 0..<200 { parallelFor(10, threads: 4) { index in sum.withLock { $0 += index + caller } } }
          return sum.withLock { $0 }
        }
      }
      var all: [Int] = []
      for await sum in group { all.append(sum) }
      return all
    }
    #expect(sums.sorted() == (0..<16).map { 200 * (45 + 10 * $0) })
  }
}
