import HydraNumerics

/// The Sharpe ratio of daily changes of an account, annualised with 252 days.
public struct DailySharpe: Hashable, Codable, Sendable {
  public var value: Double

  /// Nil with fewer than two changes or when they are all the same.
  public init?(_ changes: [Double]) {
    guard changes.count > 1 else { return nil }
    let mean = changes.reduce(0, +) / Double(changes.count)
    let variance = changes.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(changes.count - 1)
    guard variance > 0 else { return nil }
    value = mean / variance.squareRoot() * 252.0.squareRoot()
  }

  /// The 5 % and 95 % points of the ratio over stationary bootstraps with blocks of `block` days on average.
  ///
  /// Source: D. Politis, J. Romano, "The stationary bootstrap", J. American Statistical Association 89 (1994).
  public static func band(
    _ changes: [Double], draws: Int = 500, block: Double = 10, seed: UInt64
  ) -> ClosedRange<Double>? {
    guard changes.count > 2 else { return nil }
    var random = CounterRandom(seed: seed, stream: "sharpe band")
    var values: [Double] = []
    for _ in 0..<draws {
      var place = random.below(changes.count)
      let sample = changes.indices.map { _ -> Double in
        defer { place = random.uniform() * block < 1 ? random.below(changes.count) : (place + 1) % changes.count }
        return changes[place]
      }
      if let sharpe = DailySharpe(sample) { values.append(sharpe.value) }
    }
    guard values.count > 20 else { return nil }
    values.sort()
    return values[values.count / 20]...values[values.count - 1 - values.count / 20]
  }
}
