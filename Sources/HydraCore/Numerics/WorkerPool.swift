import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Threads that wait for parallel loops, one loop at a time.
///
/// A loop is announced by one 64-bit ticket: a number of its own, how many workers may join, how many chunks there are,
/// and the next one to take. A thread takes a chunk by adding one to the ticket with compare-and-exchange; success
/// proves that the loop was still the announced one, and it cannot end before the chunk has been done, so what the loop
/// points to is alive. A thread that comes late finds no chunk left and touches nothing.
///
/// The aim is loops of 20 to 200 µs. Measured on 2 cores shared with a dozen other busy processes, 400 runs, 8 calls of
/// 21 µs (167 µs serially), 2 threads: least 114 µs, median 168 µs; `concurrentPerform`: least 167 µs, median 168 µs.
/// An empty loop costs 0.2 to 0.4 µs.
final class WorkerPool: @unchecked Sendable {
  /// The most threads that one loop uses, the caller among them.
  static let mostThreads = 64

  /// Threads belong to the process, so there is one pool. It has no state that outlives a loop.
  static let shared = WorkerPool()

  /// Whether this thread is running a chunk of a loop.
  static var isInsideLoop: Bool { pthread_getspecific(shared.insideLoop) != nil }

  private let isTaken = Atomic<Bool>(false)
  private let ticket = Atomic<UInt64>(0)
  private let loop = Atomic<UInt>(0)
  private let remaining = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let callerSleeps = Atomic<Bool>(false)
  /// Changed only by the caller that holds `isTaken`.
  private var workers = 0
  private let workerGate = Gate()
  private let callerGate = Gate()
  private let insideLoop: pthread_key_t

  private init() {
    var key = pthread_key_t()
    precondition(pthread_key_create(&key, nil) == 0, "the system has no thread-specific keys left")
    insideLoop = key
  }

  /// Runs all chunks of a loop and returns true, or returns false at once when another loop is running.
  func run(_ body: ParallelLoop, threads: Int) -> Bool {
    guard isTaken.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged else {
      return false
    }
    defer { isTaken.store(false, ordering: .releasing) }
    while workers < threads - 1 {
      // Without a further thread the caller does the work.
      guard startWorker(workers) else { break }
      workers += 1
    }
    withUnsafePointer(to: body) { address in
      loop.store(UInt(bitPattern: address), ordering: .relaxed)
      remaining.store(body.chunks, ordering: .relaxed)
      let number = ticket.load(ordering: .relaxed).loopNumber &+ 1
      ticket.store(
        UInt64(number) << 32 | UInt64(threads - 1) << 24 | UInt64(body.chunks) << 12, ordering: .sequentiallyConsistent)
      if sleepers.load(ordering: .sequentiallyConsistent) > 0 { workerGate.wakeAll() }
      takeChunks(worker: -1)
      awaitEnd()
    }
    return true
  }

  /// Takes and runs chunks until none is left.
  private func takeChunks(worker: Int) {
    var seen = ticket.load(ordering: .acquiring)
    while seen.nextChunk < seen.chunks, worker < seen.workers {
      let (exchanged, original) = ticket.weakCompareExchange(
        expected: seen, desired: seen + 1, ordering: .acquiringAndReleasing)
      guard exchanged else {
        seen = original
        continue
      }
      runChunk(seen.nextChunk)
      if remaining.subtract(1, ordering: .sequentiallyConsistent).newValue == 0,
        callerSleeps.load(ordering: .sequentiallyConsistent)
      {
        callerGate.wakeAll()
      }
      seen = ticket.load(ordering: .acquiring)
    }
  }

  /// Not inlined, so that no reference to the loop's closure outlives the chunk.
  @inline(never) private func runChunk(_ chunk: Int) {
    let address = UnsafePointer<ParallelLoop>(bitPattern: loop.load(ordering: .relaxed))!
    pthread_setspecific(insideLoop, UnsafeRawPointer(address))
    address.pointee.run(chunk: chunk)
    pthread_setspecific(insideLoop, nil)
  }

  private func awaitEnd() {
    for _ in 0..<spinLimit where remaining.load(ordering: .acquiring) == 0 { return }
    callerSleeps.store(true, ordering: .sequentiallyConsistent)
    callerGate.sleep { remaining.load(ordering: .sequentiallyConsistent) != 0 }
    callerSleeps.store(false, ordering: .relaxed)
  }

  // MARK: - Workers

  private func work(_ index: Int) {
    var last: UInt32 = 0
    while true {
      last = awaitLoop(after: last)
      takeChunks(worker: index)
    }
  }

  /// Returns when a loop other than the given one has been announced: spins first, then sleeps.
  private func awaitLoop(after last: UInt32) -> UInt32 {
    for _ in 0..<spinLimit {
      let number = ticket.load(ordering: .acquiring).loopNumber
      if number != last { return number }
    }
    sleepers.add(1, ordering: .sequentiallyConsistent)
    workerGate.sleep { ticket.load(ordering: .sequentiallyConsistent).loopNumber == last }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    return ticket.load(ordering: .acquiring).loopNumber
  }

  private func startWorker(_ index: Int) -> Bool {
    let start = Unmanaged.passRetained(WorkerStart { [self] in work(index) })
    #if canImport(Darwin)
    var thread: pthread_t?
    #else
    var thread = pthread_t()
    #endif
    let status = pthread_create(
      &thread, nil,
      { argument in
        #if canImport(Darwin)
        Unmanaged<WorkerStart>.fromOpaque(argument).takeRetainedValue().body()
        #else
        Unmanaged<WorkerStart>.fromOpaque(argument!).takeRetainedValue().body()
        #endif
        return nil
      }, start.toOpaque())
    guard status == 0 else {
      start.release()
      return false
    }
    #if canImport(Darwin)
    if let thread { pthread_detach(thread) }
    #else
    pthread_detach(thread)
    #endif
    return true
  }
}

/// Looks at an atomic before sleeping: some 10 µs, the time that a sleep and a wake take.
private let spinLimit = 10_000

/// What a new thread does.
private final class WorkerStart {
  let body: () -> Void
  init(_ body: @escaping () -> Void) { self.body = body }
}

/// A place where threads sleep until they are woken.
private final class Gate {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Sleeps for as long as the condition holds; it is looked at under the lock that `wakeAll` takes.
  func sleep(while holds: () -> Bool) {
    pthread_mutex_lock(mutex)
    while holds() { pthread_cond_wait(condition, mutex) }
    pthread_mutex_unlock(mutex)
  }

  func wakeAll() {
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }
}

/// The fields of a ticket: 32 bits of number, 8 of workers, 12 of chunks, 12 of the next chunk.
extension UInt64 {
  fileprivate var loopNumber: UInt32 { UInt32(truncatingIfNeeded: self >> 32) }
  fileprivate var workers: Int { Int(self >> 24 & 0xff) }
  fileprivate var chunks: Int { Int(self >> 12 & 0xfff) }
  fileprivate var nextChunk: Int { Int(self & 0xfff) }
}
