/// The last `capacity` values of a series.
///
/// Sums are taken anew each time, in order of age: no rounding error is carried along, and a value that has left the
/// window leaves no trace.
struct TrailingWindow: Sendable {
  private var storage: [Double] = []
  private var next = 0
  let capacity: Int

  init(capacity: Int) {
    precondition(capacity > 0, "the capacity is not positive: \(capacity)")
    self.capacity = capacity
    storage.reserveCapacity(capacity)
  }

  var count: Int { storage.count }

  mutating func append(_ value: Double) {
    if storage.count < capacity {
      storage.append(value)
    } else {
      storage[next] = value
      next = next + 1 == capacity ? 0 : next + 1
    }
  }

  /// The value appended `age` steps before the newest one (0 = newest); nil when there are not that many.
  func value(age: Int) -> Double? {
    guard age >= 0, age < storage.count else { return nil }
    let index = next - 1 - age
    return storage[index >= 0 ? index : index + storage.count]
  }

  /// Calls `body` with the newest `count` values, oldest first.
  @inline(__always)
  func forNewest(_ count: Int, _ body: (Double) -> Void) {
    let taken = min(count, storage.count)
    var index = next - taken
    if index < 0 { index += storage.count }
    for _ in 0..<taken {
      body(storage[index])
      index = index + 1 == storage.count ? 0 : index + 1
    }
  }

  /// Mean of the finite values; NaN without any.
  var mean: Double { moments(newest: capacity).mean }

  /// Count, mean and standard deviation (divisor n − 1) of the finite ones among the newest `count` values.
  func moments(newest count: Int) -> (count: Int, mean: Double, deviation: Double) {
    var (n, sum) = (0, 0.0)
    forNewest(count) {
      if $0.isFinite {
        n += 1
        sum += $0
      }
    }
    guard n > 0 else { return (0, .nan, .nan) }
    let mean = sum / Double(n)
    var squares = 0.0
    forNewest(count) { if $0.isFinite { squares += ($0 - mean) * ($0 - mean) } }
    return (n, mean, n > 1 ? (squares / Double(n - 1)).squareRoot() : .nan)
  }
}
