import HydraNumerics

/// What kind of market a day belongs to.
public enum MarketRegime: String, Codable, Sendable, CaseIterable {
  case quiet
  case trendUp = "trend_up"
  case trendDown = "trend_down"
  /// Short crop: twice the quiet volatility, near months dear.
  case supplyShock = "supply_shock"
  /// Makers leave: spread wider, volume a third.
  case liquidityDrought = "liquidity_drought"
  /// All grains fall together.
  case selloff

  /// Factor on volatility; the supply shock has twice that of the quiet range.
  var volatilityFactor: Double {
    switch self {
    case .quiet: 0.8
    case .trendUp, .trendDown, .liquidityDrought: 1.03
    case .supplyShock: 1.6
    case .selloff: 1.2
    }
  }

  /// Expected logarithmic return a year.
  var drift: Double {
    switch self {
    case .quiet, .supplyShock, .liquidityDrought: 0
    case .trendUp: 0.25
    case .trendDown: -0.25
    case .selloff: -0.3
    }
  }

  var volumeFactor: Double { self == .liquidityDrought ? 0.3 : 1 }
  /// Factor on the bid-ask spread.
  var spreadFactor: Double { self == .liquidityDrought ? 2.5 : 1 }
  /// Market makers present.
  var makers: Int { self == .liquidityDrought ? 1 : 3 }

  /// Chance of following a regime that has ended, before leaving out that one itself.
  private var weight: Double {
    switch self {
    case .quiet: 0.44
    case .trendUp, .trendDown: 0.16
    case .supplyShock: 0.05
    case .liquidityDrought: 0.09
    case .selloff: 0.08
    }
  }

  /// Shortest and longest stay in trading days: 3 to 18 months, the violent ones at most 6.
  private var stay: ClosedRange<Int> {
    switch self {
    case .quiet, .trendUp, .trendDown: 63...378
    case .supplyShock, .liquidityDrought, .selloff: 63...126
    }
  }

  /// One regime per day: a semi-Markov chain with uniform stays, begun in the middle of one.
  static func path(days: Int, random: inout CounterRandom) -> [MarketRegime] {
    var path: [MarketRegime] = []
    path.reserveCapacity(days)
    var current = MarketRegime.quiet
    var isFirst = true
    while path.count < days {
      let next = isFirst ? draw(excluding: nil, random: &random) : draw(excluding: current, random: &random)
      var length = next.stay.lowerBound + random.below(next.stay.count)
      if isFirst { length = 1 + random.below(length) }
      (current, isFirst) = (next, false)
      for _ in 0..<min(length, days - path.count) { path.append(current) }
    }
    return path
  }

  private static func draw(excluding excluded: MarketRegime?, random: inout CounterRandom) -> MarketRegime {
    let candidates = allCases.filter { $0 != excluded }
    var place = random.uniform() * candidates.reduce(0) { $0 + $1.weight }
    for candidate in candidates {
      place -= candidate.weight
      if place < 0 { return candidate }
    }
    return candidates[candidates.count - 1]
  }
}
