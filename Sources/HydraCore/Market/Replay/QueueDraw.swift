import HydraNumerics

/// One draw of what the sizes of levels do not tell: which of the cancelled lots stood ahead of us.
///
/// Every order has a random stream of its own for every draw, so that one order more changes no other's luck.
struct QueueDraw {
  let seed: UInt64
  let number: Int
  private var streams: [Int: CounterRandom] = [:]

  init(seed: UInt64, number: Int) {
    (self.seed, self.number) = (seed, number)
  }

  /// Lots ahead after the level went from `previous` to `new` lots: each cancelled lot stood behind us with the model's
  /// probability, as far as lots stood there.
  mutating func ahead(
    _ ahead: Double, order: Int, previous: Int, new: Int, traded: Int, _ model: QueueModel
  ) -> Double {
    let cancelled = previous - new - traded
    guard cancelled > 0 else { return min(ahead, Double(new)) }
    let p = model.behindProbability(ahead: ahead, behind: max(0, Double(previous) - ahead))
    let behind = min(
      count(of: cancelled, p, order), max(0, previous - traded - Int(ahead.rounded(.up))))
    return max(0, min(ahead - Double(cancelled - behind), Double(new)))
  }

  /// How many of `lots` stood behind.
  private mutating func count(of lots: Int, _ p: Double, _ order: Int) -> Int {
    if p <= 0 { return 0 }
    if p >= 1 { return lots }
    var random = streams[order] ?? CounterRandom(seed: seed, stream: "queue \(number) \(order)")
    defer { streams[order] = random }
    // Beyond a thousand lots the binomial count is as good as normal.
    if lots > 1000 {
      let mean = Double(lots) * p
      let sampled = mean + (mean * (1 - p)).squareRoot() * random.normal()
      return Int(min(Double(lots), max(0, sampled.rounded())))
    }
    var count = 0
    for _ in 0..<lots where random.uniform() < p { count += 1 }
    return count
  }
}
