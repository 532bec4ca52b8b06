import HydraNumerics
import HydraOptions

extension ImpliedReading {
  /// Expiries with fewer days left say little but noise.
  static let fewestDays = 7
  /// Log-prices at which a density is computed.
  private static let densityNodes = 257

  /// One reading a date from its chains and what the days before said of the same expiries, dates ascending.
  ///
  /// - Complexity: about an implied volatility for each quote out of the money.
  public static func readings(of chains: [DailyOptionChain]) -> [ImpliedReading] {
    var readings: [ImpliedReading] = []
    var priors: [CivilDate: ThinLadder.Prior] = [:]
    var rest = chains[...]
    while let first = rest.first {
      let day = rest.prefix { $0.date == first.date }
      rest = rest.dropFirst(day.count)
      let usable = day.filter { $0.expiry - $0.date >= fewestDays }
      var smiles: [ChainSmile] = []
      for chain in usable {
        guard let smile = ChainSmile(chain, prior: priors[chain.expiry]) else { continue }
        smiles.append(smile)
        priors[chain.expiry] = smile.fit.priorForNextDay
      }
      var reading = ImpliedReading(symbol: first.symbol, date: first.date, times: first.times)
      reading.readSmiles(smiles)
      reading.readInterest(Array(usable), smiles)
      readings.append(reading)
    }
    return readings
  }

  private mutating func readSmiles(_ smiles: [ChainSmile]) {
    guard let first = smiles.first else { return }
    let target = Self.maturityDays / 365
    let densities = smiles.map { try? RiskNeutralDensity($0.smile, strikes: $0.strikes, nodes: Self.densityNodes) }
    if smiles.count > 1 { termSlope = Portable.log(smiles[1].atTheMoney / first.atTheMoney) }
    volatility = Self.constantMaturity(smiles.map { ($0.years, $0.atTheMoney * $0.atTheMoney) }, target).map {
      $0.squareRoot()
    }
    variance = Self.constantMaturity(
      zip(smiles, densities).compactMap { smile, density in density.map { (smile.years, $0.varianceSwapRate) } }, target
    )
    let nearest = smiles.indices.min { abs(smiles[$0].years - target) < abs(smiles[$1].years - target) }!
    let smile = smiles[nearest].smile
    let deviation = smiles[nearest].atTheMoney * smile.years.squareRoot()
    riskReversal =
      (smile.volatility(atStrike: smile.forward * Portable.exp(deviation))
        - smile.volatility(atStrike: smile.forward * Portable.exp(-deviation))) / smiles[nearest].atTheMoney
    if let density = densities[nearest] { (skewness, kurtosis) = (density.skewness, density.kurtosis) }
    for (_, figure) in Self.figures where self[keyPath: figure]?.isFinite == false { self[keyPath: figure] = nil }
  }

  private mutating func readInterest(_ chains: [DailyOptionChain], _ smiles: [ChainSmile]) {
    var (calls, all) = (0.0, 0.0)
    var positions: [DealerPosition] = []
    for chain in chains {
      let smile = smiles.first { $0.years == chain.market.years }?.smile
      for quote in chain.quotes {
        guard let open = quote.openInterest, open > 0 else { continue }
        all += open
        if quote.kind == .call { calls += open }
        if let smile { positions.append(DealerPosition(quote, open, chain.market, smile)) }
      }
    }
    guard all > 0 else { return }
    callShare = calls / all
    guard !positions.isEmpty else { return }
    gammaExposure = DealerPosition.gamma(positions, move: 0)
    flipDistance = DealerPosition.flip(positions)
  }

  /// A rate of variance at a maturity: linear in total variance between neighbours, the end's own rate outside.
  private static func constantMaturity(_ points: [(years: Double, rate: Double)], _ target: Double) -> Double? {
    guard let first = points.first, let last = points.last else { return nil }
    if target <= first.years { return first.rate }
    if target >= last.years { return last.rate }
    let above = points.firstIndex { $0.years >= target }!
    let (a, b) = (points[above - 1], points[above])
    let share = (target - a.years) / (b.years - a.years)
    return ((1 - share) * a.rate * a.years + share * b.rate * b.years) / target
  }
}

/// An open option as dealers are taken to hold it, long the calls and short the puts, at the smile's volatility.
///
/// The same exposure as ``HydraOptions/DealerExposure``, in futures instead of currency, on a coarse grid of prices: this
/// runs for every day of a history.
private struct DealerPosition {
  private let scale: Double
  private let logMoneyness: Double
  private let deviation: Double

  init(_ quote: OptionQuote, _ openInterest: Double, _ market: FuturesOptionMarket, _ smile: SABR) {
    scale = quote.kind.sign * openInterest * market.discount
    logMoneyness = Portable.log(market.forward / quote.strike)
    deviation = smile.volatility(atStrike: quote.strike) * market.years.squareRoot()
  }

  /// Futures that dealers sell when the price rises by one per cent from where it has moved to: `Σ w Γ F / 100`.
  ///
  /// - Parameter move: logarithm of the moved price over the forward.
  static func gamma(_ positions: [DealerPosition], move: Double) -> Double {
    var sum = 0.0
    for position in positions where position.deviation > 0 {
      let d1 = (position.logMoneyness + move) / position.deviation + position.deviation / 2
      // F cancels: Γ F = D φ(d1) / (σ √T).
      sum += position.scale * Portable.normalDensity(d1) / position.deviation * 0.01
    }
    return sum
  }

  /// The move to the nearest change of the sign of gamma within 15 %; nil when there is none.
  static func flip(_ positions: [DealerPosition]) -> Double? {
    let steps = 30
    let moves = (-steps...steps).map { 0.15 * Double($0) / Double(steps) }
    let values = moves.map { gamma(positions, move: $0) }
    var nearest: Double?
    for index in moves.indices.dropFirst() where (values[index] > 0) != (values[index - 1] > 0) {
      let share = values[index - 1] / (values[index - 1] - values[index])
      let move = moves[index - 1] + share * (moves[index] - moves[index - 1])
      if nearest.map({ abs(move) < abs($0) }) ?? true { nearest = move }
    }
    return nearest
  }
}
