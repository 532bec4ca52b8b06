import HydraNumerics

/// What the fit sees of an expiry: fair values in units of the forward, undiscounted, and how uncertain each is.
struct DensityLadder: Sendable {
  var forward, years, discount: Double
  var isCall: [Bool] = []
  var strikes = StrikeLadder([])
  var values: [Double] = []
  /// Standard deviations of the values.
  var deviations: [Double] = []
  /// Whether the deviation comes from a spread, that is from bounds.
  var isBounded: [Bool] = []
  /// σ√T near the money.
  var scale = 0.0

  /// The least deviation, in units of the forward: what exact premiums are trusted to.
  ///
  /// Families with four parameters go through a handful of values whatever these are, with wild tails; so few are
  /// taken as rounded.
  static func exactness(count: Int) -> Double { count < 8 ? 1e-4 : 1e-7 }

  /// Fair values from bid and ask.
  ///
  /// With a bid the fair value is taken as uniform over the inner half of the spread around the middle: deviation
  /// half-spread / √12. Without a bid it lies between 0 and the ask, more probably near 0: triangular, mean ask / 3,
  /// deviation ask / √18. A middle without sides gets the median deviation of the others. The rest is left out.
  init(_ quotes: OptionQuotes, forward: Double, years: Double, discount: Double) throws(DensityError) {
    (self.forward, self.years, self.discount) = (forward, years, discount)
    try requireMarket()
    guard !quotes.isEmpty else { throw .noQuotes }
    let exactness = Self.exactness(count: quotes.count)
    let unit = 1 / (forward * discount)
    var kept: [Double] = []
    for (index, quote) in quotes.enumerated() {
      for value in [quote.strike, quote.bid ?? 0, quote.ask ?? 0, quote.statedMid ?? 0] {
        guard value >= 0, value < .infinity else { throw .invalidQuote(index: index, value: value) }
      }
      guard quote.strike > 0 else { throw .invalidQuote(index: index, value: quote.strike) }
      let (bid, ask) = (quote.bid ?? 0, quote.ask ?? 0)
      var (value, deviation) = (ask / 3, ask / 18.0.squareRoot())
      if ask > 0, bid > 0 {
        guard bid <= ask else { throw .crossedQuote(strike: quote.strike, bid: bid, ask: ask) }
        value = (bid + ask) / 2
        if let mid = quote.statedMid, mid >= bid, mid <= ask { value = mid }
        deviation = (ask - bid) / 48.0.squareRoot()
      } else if ask == 0 {
        guard let mid = quote.statedMid, mid > 0 else { continue }
        (value, deviation) = (mid, .nan)
      }
      kept.append(quote.strike / forward)
      isCall.append(quote.kind == .call)
      values.append(value * unit)
      deviations.append(deviation.isNaN ? .nan : max(deviation * unit, exactness))
    }
    isBounded = deviations.map { $0 > exactness }
    let known = deviations.filter { !$0.isNaN }.sorted()
    let typical = known.isEmpty ? exactness : known[known.count / 2]
    deviations = deviations.map { $0.isNaN ? typical : $0 }
    self.strikes = StrikeLadder(kept)
    try prepare()
  }

  /// Fair values from Black volatilities, with the deviation that volatilities between bid and ask have by the same
  /// rule, divided by the root of the weight.
  init(
    strikes: [Double], volatilities: [Double], bids: [Double]?, asks: [Double]?, weights: [Double]?, forward: Double,
    years: Double
  ) throws(DensityError) {
    (self.forward, self.years, discount) = (forward, years, 1)
    try requireMarket()
    guard !strikes.isEmpty else { throw .noQuotes }
    let exactness = Self.exactness(count: strikes.count)
    var kept: [Double] = []
    for i in strikes.indices {
      for value in [strikes[i], volatilities[i]] where !(value > 0 && value < .infinity) {
        throw .invalidQuote(index: i, value: value)
      }
      let weight = weights?[i] ?? 1
      guard weight >= 0, weight < .infinity else { throw .invalidQuote(index: i, value: weight) }
      guard weight > 0 else { continue }
      var deviation = exactness
      let kind: OptionKind = strikes[i] >= forward ? .call : .put
      func price(_ volatility: Double) -> Double {
        Black76.price(kind, forward: forward, strike: strikes[i], years: years, volatility: volatility) / forward
      }
      if let bid = bids?[i], let ask = asks?[i], bid > 0, ask > 0 {
        guard bid <= ask else { throw .crossedQuote(strike: strikes[i], bid: bid, ask: ask) }
        deviation = max((price(ask) - price(bid)) / 48.0.squareRoot(), deviation)
      }
      kept.append(strikes[i] / forward)
      isCall.append(kind == .call)
      values.append(price(volatilities[i]))
      isBounded.append(deviation > exactness)
      deviations.append(deviation / weight.squareRoot())
    }
    self.strikes = StrikeLadder(kept)
    try prepare()
  }

  private func requireMarket() throws(DensityError) {
    for value in [forward, years, discount] where !(value > 0 && value < .infinity) {
      throw .invalidMarket(forward: forward, discount: discount, years: years)
    }
  }

  /// The median of the volatilities at the five strikes nearest to the forward: one bad quote does not move it.
  private mutating func prepare() throws(DensityError) {
    let distinct = Set(strikes.strikes).count
    guard distinct >= 3 else { throw .tooFewQuotes(usable: distinct) }
    let nearest = values.indices.sorted { abs(strikes.logStrikes[$0]) < abs(strikes.logStrikes[$1]) }
    var found: [Double] = []
    for i in nearest where found.count < 5 {
      let volatility = try? Black76.impliedVolatility(
        of: values[i], isCall[i] ? .call : .put, forward: 1, strike: strikes.strikes[i], years: 1)
      if let volatility, volatility > 1e-5, volatility < 10 { found.append(volatility) }
    }
    guard !found.isEmpty else { throw .noVolatility }
    scale = found.sorted()[found.count / 2]
  }

  /// The range of x = ln(S/F) that densities are kept on: twelve deviations, and past every strike.
  func nodes(count: Int) -> LogNodes {
    let furthest = strikes.logStrikes.map(abs).max() ?? 0
    return LogNodes(halfWidth: max(12 * scale, 1.25 * furthest + 4 * scale), count: count)
  }
}
