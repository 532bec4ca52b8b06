/// The best quote of each side, and what trading against it costs: all that is known of a market at L1.
struct QuoteBook: ~Copyable {
  struct Quote {
    var price: Int
    var lots: Int
  }
  var bid: Quote?
  var ask: Quote?
  var meter: CostMeter
  /// The moment of what happens now, in nanoseconds.
  var now: Int64 = 0
  /// Largest share of a trade that is ours.
  let participation: Double

  init(_ cost: ReplayCost, participation: Double) {
    meter = CostMeter(cost)
    self.participation = participation
  }

  func quote(_ side: Side) -> Quote? { side == .buy ? bid : ask }

  /// The price at which `lots` that take from a side trade now, with the impact in ticks; nil where nobody quotes.
  func price(_ side: Side, lots: Int) -> (price: Int, impact: Double)? {
    guard let quote = quote(side) else { return nil }
    let sign = side.opposite.sign
    let half = bid.flatMap { bid in ask.map { Double($0.price - bid.price) / 2 } } ?? 0
    let mid = Double(quote.price) - Double(sign) * half
    let estimate = meter.estimate(lots, halfSpread: half, price: quote.price, time: now)
    let earlier = max(0, Double(sign) * meter.displacement(at: now))
    let distance = Double(sign) * mid + estimate.total + earlier
    // Rounded against us; the tolerance is for sums that should be whole.
    let price = sign * Int((distance - 1e-9).rounded(.up))
    return (side.opposite == .buy ? max(price, quote.price) : min(price, quote.price), estimate.impact + earlier)
  }

  /// The most lots, up to `enough`, that trade at `limit` or better.
  func lots(_ side: Side, through limit: Int?, enough: Int) -> Int {
    func fits(_ lots: Int) -> Bool {
      price(side, lots: lots).map { !side.opposite.exceeds($0.price, limit) } ?? false
    }
    guard enough > 0, fits(1) else { return 0 }
    var (low, high) = (1, enough)
    while low < high {
      let middle = low + (high - low + 1) / 2
      if fits(middle) { low = middle } else { high = middle - 1 }
    }
    return low
  }
}

extension QuoteBook: HistoryBook {
  static var evidence: Fill.Evidence { .quote }

  /// Quotes of the two sides may come one after the other, so that a cross between them means nothing.
  var isGathering: Bool { false }

  func best(_ side: Side) -> Int? { quote(side)?.price }

  func bestUnused(_ side: Side) -> Int? { quote(side)?.price }

  func unused(_ side: Side, through limit: Int?, enough: Int) -> Int { lots(side, through: limit, enough: enough) }

  mutating func use(_ side: Side, through limit: Int?, lots wanted: Int, take: (Int, Int) -> Void) {
    let lots = lots(side, through: limit, enough: wanted)
    guard lots > 0, let price = price(side, lots: lots) else { return }
    meter.note(side.opposite, lots: lots, time: now)
    take(price.price, lots)
  }

  func lotsAhead(_ side: Side, at price: Int) -> Int {
    quote(side).map { $0.price == price ? $0.lots : 0 } ?? 0
  }

  func ladder(_ side: Side, depth: Int) -> [BookLevel] {
    guard depth > 0, let quote = quote(side) else { return [] }
    return [BookLevel(price: quote.price, lots: quote.lots, orders: 0)]
  }
}
