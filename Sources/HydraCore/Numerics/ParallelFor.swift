import Dispatch

/// Calls `body` once for each index below `count`, on up to `threads` threads, and returns when all calls have.
///
/// The indices are cut into contiguous chunks, which the threads take as they become free, so the order of calls is
/// not fixed: results must be written by index, and sums taken afterwards in index order, so that they do not depend on
/// the number of threads.
///
/// Made for loops from 20 µs up (a tree node, a batch of options): the threads spin for some microseconds before they
/// sleep, and the caller takes part, so that a loop never waits for a thread that has not begun. A loop inside a loop
/// runs on the thread that asks for it; a second caller at the same time gets threads from Dispatch. No lock is held
/// while `body` runs, so loops may be nested and called from anywhere without deadlock.
///
/// - Parameter threads: one or less calls `body` in order on this thread; at most 64 are used.
public func parallelFor(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Void) {
  let workers = min(threads, count, WorkerPool.mostThreads)
  guard workers > 1, !WorkerPool.isInsideLoop else {
    for index in 0..<max(count, 0) { body(index) }
    return
  }
  // A few chunks a thread even out their lengths; more would only cost claims.
  let chunks = min(count, workers * 8)
  let taken = withoutActuallyEscaping(body) { body in
    WorkerPool.shared.run(ParallelLoop(count: count, chunks: chunks, body: body), threads: workers)
  }
  if taken { return }
  DispatchQueue.concurrentPerform(iterations: workers) { chunk in
    for index in count * chunk / workers..<count * (chunk + 1) / workers { body(index) }
  }
}

/// The results of `body` for each index below `count`, in index order, computed on up to `threads` threads.
public func parallelMap<Result: Sendable>(
  _ count: Int, threads: Int, _ body: @Sendable (Int) -> Result
) -> [Result] {
  [Result](unsafeUninitializedCapacity: max(count, 0)) { buffer, initialized in
    // Each index is initialised by exactly one call.
    nonisolated(unsafe) let slots = buffer.baseAddress
    parallelFor(count, threads: threads) { index in (slots! + index).initialize(to: body(index)) }
    initialized = max(count, 0)
  }
}

/// A loop that is being run: what each chunk of it does.
struct ParallelLoop {
  let count: Int
  let chunks: Int
  let body: @Sendable (Int) -> Void

  func run(chunk: Int) {
    for index in count * chunk / chunks..<count * (chunk + 1) / chunks { body(index) }
  }
}
