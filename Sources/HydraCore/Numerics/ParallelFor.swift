import Dispatch

/// Calls `body` once for each index below `count`, on up to `threads` threads, and returns when all calls have.
///
/// The indices are cut into at most `threads` contiguous chunks of nearly equal length. Results must be written by
/// index, and sums taken afterwards in index order, so that they do not depend on the number of threads.
public func parallelFor(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Void) {
  let chunks = min(max(threads, 1), count)
  guard chunks > 1 else {
    for index in 0..<max(count, 0) { body(index) }
    return
  }
  DispatchQueue.concurrentPerform(iterations: chunks) { chunk in
    for index in count * chunk / chunks..<count * (chunk + 1) / chunks { body(index) }
  }
}
