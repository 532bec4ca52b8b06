/// Looks at the mid price some time after each fill: what the other side knew.
struct ReplayProbes {
  /// Nanoseconds after a fill: 1, 10 and 60 minutes.
  static let horizons: [Int64] = [60_000_000_000, 600_000_000_000, 3_600_000_000_000]

  private struct Probe {
    var due: Int64
    var sign: Int
    var price: Int
  }
  /// One queue for each horizon; fills come in time order, so each is sorted.
  private var queues = [[Probe]](repeating: [], count: horizons.count)
  private var heads = [Int](repeating: 0, count: horizons.count)
  /// When the next look is due.
  private(set) var next = Int64.max

  mutating func add(fill: Int, at time: Int64, side: Side, price: Int) {
    for horizon in Self.horizons.indices {
      queues[horizon].append(Probe(due: time + Self.horizons[horizon], sign: side.sign, price: price))
    }
    update()
  }

  /// Takes all looks that are due, into the report's sums.
  mutating func take(at time: Int64, mid: Double?, into report: inout ReplayReport) {
    for horizon in Self.horizons.indices {
      while heads[horizon] < queues[horizon].count, queues[horizon][heads[horizon]].due <= time {
        let probe = queues[horizon][heads[horizon]]
        heads[horizon] += 1
        if let mid { report.adverse[horizon].add(Double(probe.sign) * (Double(probe.price) - mid)) }
      }
      if heads[horizon] > 4096 {
        queues[horizon].removeFirst(heads[horizon])
        heads[horizon] = 0
      }
    }
    update()
  }

  private mutating func update() {
    next = .max
    for horizon in Self.horizons.indices where heads[horizon] < queues[horizon].count {
      next = min(next, queues[horizon][heads[horizon]].due)
    }
  }
}
