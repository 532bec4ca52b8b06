import Synchronization

/// Values that several threads add to.
final class Collected<Value: Sendable>: Sendable {
  private let items = Mutex<[Value]>([])

  var values: [Value] { items.withLock { $0 } }

  func append(_ value: Value) { items.withLock { $0.append(value) } }
}
