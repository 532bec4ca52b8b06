import HydraNumerics

/// Who holds what: the sign of the dealers' position in each option. Customers are on the other side of open interest,
/// but files do not say of which; every convention is a guess with a name.
public enum DealerConvention: String, Hashable, Codable, CaseIterable, Sendable {
  /// Customers sell calls (overwriting) and buy puts (protection): +1 for calls, -1 for puts.
  ///
  /// Source: SqueezeMetrics, "Gamma exposure", white paper (2017).
  case dealersLongCallsShortPuts = "calls_long_puts_short"
  /// Customers buy both: -1 for all.
  case dealersShortAll = "short_all"

  /// The dealers' sign in an option of this kind.
  public func sign(_ kind: OptionKind) -> Double {
    switch self {
    case .dealersLongCallsShortPuts: kind.sign
    case .dealersShortAll: -1
    }
  }
}

/// What dealers have to trade in the future as its price, volatility and time move, if they hedge their options.
///
/// ```
/// gamma = Σ w Γ F²/100     currency of delta that appears for a move of the future by 1 %
/// vanna = Σ w (∂²V/∂F∂σ) F/100     for a rise of volatility by 1 point
/// charm = Σ w (-∂²V/∂F∂T) F/365     per calendar day           w = sign · open interest · currency per point
/// ```
/// Greeks are Black's, discounted, at each option's own volatility. Positive gamma means that dealers sell rises and buy
/// falls, which calms the market.
///
///     let exposure = try DealerExposure(of: quotes, in: market, convention: .dealersLongCallsShortPuts)
///     print(exposure.gamma, exposure.flipLevels, exposure.callWall)
public struct DealerExposure: Hashable, Sendable {
  /// An option with its open interest.
  public struct Position: Hashable, Codable, Sendable {
    public var kind: OptionKind
    /// Strike, in the unit of the forward.
    public var strike: Double
    /// Time to expiry in years (days / 365).
    public var years: Double
    /// Implied volatility per √year.
    public var volatility: Double
    /// Contracts open.
    public var openInterest: Double
    /// The futures price that the option is written on.
    public var forward: Double
    /// Continuously compounded rate per year.
    public var rate: Double

    public init(
      _ kind: OptionKind, strike: Double, years: Double, volatility: Double, openInterest: Double, forward: Double,
      rate: Double = 0
    ) {
      (self.kind, self.strike, self.years, self.volatility) = (kind, strike, years, volatility)
      (self.openInterest, self.forward, self.rate) = (openInterest, forward, rate)
    }
  }

  /// The exposure of one strike, all expiries and both kinds together.
  public struct Level: Hashable, Codable, Sendable {
    public var strike: Double
    /// Gamma, vanna and charm in the units of the whole.
    public var gamma, vanna, charm: Double
  }

  /// Currency of delta for a move of 1 %, a volatility point, a day.
  public private(set) var gamma = 0.0
  public private(set) var vanna = 0.0
  public private(set) var charm = 0.0
  /// The dealers' delta in contracts of the future.
  public private(set) var delta = 0.0
  /// The dealers' gamma in contracts of the future per point.
  public private(set) var gammaContracts = 0.0
  /// `gamma` as if all positions had one sign.
  public private(set) var grossGamma = 0.0
  /// By strike, from the lowest.
  public private(set) var levels: [Level] = []
  /// Prices of the future, between 85 and 115 % of today's, at which `gamma` would be zero, volatilities staying with
  /// their strikes; from the lowest.
  public private(set) var flipLevels: [Double] = []
  /// The price at which the holders of the nearest expiry would be paid least.
  public private(set) var maxPain: Double?
  /// The time to the nearest expiry in years.
  public private(set) var nearestYears: Double?

  /// The strike with the most positive gamma.
  public var callWall: Double? { levels.max { $0.gamma < $1.gamma }?.strike }
  /// The strike with the most negative gamma.
  public var putWall: Double? { levels.min { $0.gamma < $1.gamma }?.strike }

  /// The exposure of positions.
  ///
  /// Throws `DealerExposureError` for numbers that are NaN or outside the model, with the index of the position.
  ///
  /// - Parameter currencyPerPoint: what one contract earns when the future rises by 1 (oats: 50 $ for a cent).
  /// - Complexity: O(positions) for the sums; the flip levels evaluate all gammas 600 times.
  public init(
    _ positions: [Position], currencyPerPoint: Double = 1, convention: DealerConvention = .dealersLongCallsShortPuts
  ) throws(DealerExposureError) {
    for (index, position) in positions.enumerated() { try position.check(index) }
    var byStrike: [Double: Level] = [:]
    for position in positions {
      let greeks = Black76.greeks(
        position.kind, forward: position.forward, strike: position.strike, years: position.years,
        volatility: position.volatility, rate: position.rate)
      let contracts = convention.sign(position.kind) * position.openInterest
      // Nothing is open, or the option expires at the money this instant: no exposure that could be named.
      guard contracts != 0, greeks.gamma.isFinite else { continue }
      let weight = contracts * currencyPerPoint * position.forward
      let level = Level(
        strike: position.strike, gamma: weight * greeks.gamma * position.forward * 0.01,
        vanna: weight * greeks.vanna * 0.01, charm: weight * greeks.charm / 365)
      byStrike[position.strike, default: Level(strike: position.strike, gamma: 0, vanna: 0, charm: 0)].add(level)
      gamma += level.gamma
      vanna += level.vanna
      charm += level.charm
      delta += contracts * greeks.delta
      gammaContracts += contracts * greeks.gamma
      grossGamma += abs(level.gamma)
    }
    for position in positions where byStrike[position.strike] == nil {
      byStrike[position.strike] = Level(strike: position.strike, gamma: 0, vanna: 0, charm: 0)
    }
    levels = byStrike.values.sorted { $0.strike < $1.strike }
    flipLevels = GammaFlips(positions, convention: convention).levels
    nearestYears = positions.map(\.years).min()
    maxPain = Self.maxPain(positions.filter { $0.years == nearestYears })
  }

  /// The exposure of one expiry's quotes.
  ///
  /// A quote without a volatility of its own gets the one in its mid price, as an American option; quotes without open
  /// interest, or with neither volatility nor a mid that has one, are left out.
  public init(
    of quotes: OptionQuotes, in market: FuturesOptionMarket, currencyPerPoint: Double = 1,
    convention: DealerConvention = .dealersLongCallsShortPuts
  ) throws(DealerExposureError) {
    let positions = quotes.compactMap { quote -> Position? in
      let implied = try? American.impliedVolatility(of: quote.mid, quote.kind, strike: quote.strike, in: market)
      guard let interest = quote.openInterest, let volatility = quote.volatility ?? implied, volatility < .infinity
      else { return nil }
      return Position(
        quote.kind, strike: quote.strike, years: market.years, volatility: volatility, openInterest: interest,
        forward: market.forward, rate: market.rate)
    }
    try self.init(positions, currencyPerPoint: currencyPerPoint, convention: convention)
  }

  /// The strike at which the sum of all payoffs is least; the lowest of several.
  private static func maxPain(_ positions: [Position]) -> Double? {
    let strikes = Set(positions.map(\.strike)).sorted()
    let paid = strikes.map { price in
      positions.reduce(0) { $0 + $1.openInterest * $1.kind.payoff(forward: price, strike: $1.strike) }
    }
    return zip(strikes, paid).min { $0.1 < $1.1 }?.0
  }
}

extension DealerExposure.Level {
  fileprivate mutating func add(_ other: Self) {
    gamma += other.gamma
    vanna += other.vanna
    charm += other.charm
  }
}

/// Why positions have no exposure.
public enum DealerExposureError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A number of the position at this index is NaN, infinite or outside the model.
  case invalid(position: Int, column: String, value: Double)

  public var description: String {
    switch self {
    case .invalid(let position, let column, let value): "position \(position): \(column) is \(value)"
    }
  }
}

extension DealerExposure.Position {
  fileprivate func check(_ index: Int) throws(DealerExposureError) {
    let positive = [("strike", strike), ("forward", forward)]
    let others = [("years", years), ("volatility", volatility), ("open interest", openInterest)]
    for (name, value) in positive where !(value > 0 && value < .infinity) {
      throw .invalid(position: index, column: name, value: value)
    }
    for (name, value) in others where !(value >= 0 && value < .infinity) {
      throw .invalid(position: index, column: name, value: value)
    }
    guard rate.isFinite else { throw .invalid(position: index, column: "rate", value: rate) }
  }
}
