/// The results of `count` asynchronous bodies, `threads` at a time, in the order of their numbers.
///
/// `progress` is told after each how many are done. The first error ends the others and is thrown.
///
/// - Complexity: `count` calls of `body`; at most `threads` of them are at work at once.
func concurrentTasks<Value: Sendable>(
  _ count: Int, threads: Int, progress: @Sendable (_ done: Int, _ total: Int) -> Void,
  _ body: @escaping @Sendable (Int) async throws -> Value
) async throws -> [Value] {
  var values = [Value?](repeating: nil, count: count)
  try await withThrowingTaskGroup(of: (Int, Value).self) { group in
    var (next, done) = (0, 0)
    func start() {
      guard next < count else { return }
      let index = next
      group.addTask { (index, try await body(index)) }
      next += 1
    }
    for _ in 0..<max(1, threads) { start() }
    while let (index, value) = try await group.next() {
      values[index] = value
      done += 1
      progress(done, count)
      start()
    }
  }
  return values.compactMap { $0 }
}
