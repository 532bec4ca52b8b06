import HydraNumerics

/// Turns a forecast into a number of contracts, against what trading would cost.
///
/// ```
/// unit lots      U = capital · τ / (σ_D · √252 · pointValue)         the position at an ordinary forecast
/// scaled         f = clamp(forecast · scale, −cap … cap)              1 = ordinary
/// ideal          N = U · f
/// gain           G = |forecast| · σ_D · √h                             price units per contract over the horizon
/// cost           C = cost(Q) + fee / pointValue                        price units per contract and side
/// ```
/// `τ` is the target of annual volatility as a share of capital, `σ_D` the standard deviation of a day's price change.
/// Then, with the current position P:
/// 1. No-trade band: while |N − P| ≤ band · U the position stays; else the target is the nearer edge of N ± band · U.
/// 2. New risk (a larger position, or one on the other side) only as far as it pays: by the largest trade Q for which
///    G > `costMargin` · 2C(Q), a round trip.
/// 3. A position against the forecast is closed when G > `exitMargin` · C; below that leaving costs more than staying.
/// 4. Whole lots, rounded to nearest, never more than the risk limits allow.
///
/// Source of the volatility target, the cap and the band: R. Carver, "Systematic Trading" (2015), chapters 9–12.
public struct Sizing: Hashable, Codable, Sendable {
  /// τ: annual volatility as a share of capital.
  public var targetVolatility = 0.15
  /// Makes an ordinary forecast 1: one over the mean |forecast|.
  public var forecastScale = 1.0
  /// Largest scaled forecast.
  public var forecastCap = 2.0
  /// Half-width of the no-trade band, as a share of the unit position.
  public var noTradeBand = 0.1
  /// Expected gain over a round trip's cost below which no new risk is taken.
  public var costMargin = 1.0
  /// Expected loss over one side's cost above which a position against the forecast is closed.
  public var exitMargin = 0.5

  public init() {}

  /// Why a target is what it is.
  public enum Reason: String, Codable, Sendable, CaseIterable {
    /// The target differs from the position: trade.
    case trade
    /// The ideal position is inside the no-trade band, or rounds to what is held.
    case insideBand = "inside_band"
    /// The expected gain does not pay for the trade.
    case belowCost = "below_cost"
    /// The risk limits allow nothing.
    case riskLimited = "risk_limited"
    /// The forecast, the volatility or the volume is missing.
    case missingInput = "missing_input"
  }

  /// A target position with the numbers behind it.
  public struct Decision: Hashable, Codable, Sendable {
    public var currentLots: Int
    public var targetLots: Int
    public var reason: Reason
    /// U and N, contracts.
    public var unitLots: Double?
    public var idealLots: Double?
    /// G and 2C, price units per contract.
    public var expectedGain: Double?
    public var roundTripCost: Double?

    /// Lots to trade; negative sells.
    public var change: Int { targetLots - currentLots }
  }

  /// U: contracts whose annual standard deviation is `capital × targetVolatility`.
  ///
  ///     Sizing.unitLots(capital: 100_000, targetVolatility: 0.15, dailyVolatility: 7, pointValue: 50)   // 2.6998
  public static func unitLots(
    capital: Double, targetVolatility: Double, dailyVolatility: Double, pointValue: Double
  ) -> Double {
    max(0, capital) * targetVolatility
      / (dailyVolatility * DailyVolatility.daysPerYear.squareRoot() * pointValue)
  }

  /// The position to hold, before risk limits.
  public func decide(
    _ signal: Signal, currentLots: Int, capital: Double, market: MarketState, cost: CostModel, fees: FeeModel
  ) -> Decision {
    guard signal.forecast.isFinite, let sigma = market.dailyVolatility, sigma > 0,
      let volume = market.averageDailyVolume, volume > 0
    else { return Decision(currentLots: currentLots, targetLots: currentLots, reason: .missingInput) }

    let unit = Self.unitLots(
      capital: capital, targetVolatility: targetVolatility, dailyVolatility: sigma, pointValue: market.pointValue)
    let ideal = unit * min(max(signal.forecast * forecastScale, -forecastCap), forecastCap)
    let wanted = Self.bandTarget(ideal: ideal, current: currentLots, halfWidth: noTradeBand * unit)
    let gain = signal.conviction * sigma * Double(signal.horizonDays).squareRoot()
    func side(_ lots: Int) -> Double {
      cost.expected(lots: lots, averageDailyVolume: volume, dailyVolatility: sigma).total
        + fees.perContract / market.pointValue
    }
    let change = abs(wanted - currentLots)
    let affordable = Self.largest(upTo: change) { gain > costMargin * 2 * side($0) }
    let paying = Self.payingTarget(
      wanted: wanted, current: currentLots, forecast: signal.forecast, affordable: affordable,
      closes: gain > exitMargin * side(max(1, abs(currentLots))))
    let reason: Reason = paying != currentLots ? .trade : wanted == currentLots ? .insideBand : .belowCost
    return Decision(
      currentLots: currentLots, targetLots: paying, reason: reason, unitLots: unit, idealLots: ideal,
      expectedGain: gain, roundTripCost: 2 * side(max(1, abs(paying - currentLots))))
  }

  /// Rule 1: `current` inside the band, else the band's nearer edge, in whole lots.
  static func bandTarget(ideal: Double, current: Int, halfWidth: Double) -> Int {
    let distance = ideal - Double(current)
    if abs(distance) <= halfWidth { return current }
    // Lots that do not fit an Int are out of all proportion; the risk limits cut them anyway.
    let edge = (ideal - (distance > 0 ? halfWidth : -halfWidth)).rounded()
    return Int(min(max(edge, -1e9), 1e9))
  }

  /// Rules 2 and 3: of the way to `wanted`, the part that pays. `affordable` lots may be traded to open new risk.
  static func payingTarget(wanted: Int, current: Int, forecast: Double, affordable: Int, closes: Bool) -> Int {
    let isSameSide = wanted == 0 || current == 0 || (wanted > 0) == (current > 0)
    let isAgainst = Double(current) * forecast < 0
    if isSameSide && abs(wanted) <= abs(current) { return isAgainst && !closes ? current : wanted }
    let opened = current + (wanted > current ? 1 : -1) * min(abs(wanted - current), affordable)
    // On the way to the other side: closing pays sooner than opening does.
    let stopsShort = !isSameSide && (opened == 0 || (opened > 0) == (current > 0))
    return stopsShort && closes ? 0 : opened
  }

  /// The largest number up to `limit` that passes, when every smaller one passes too; 0 when 1 does not.
  private static func largest(upTo limit: Int, where passes: (Int) -> Bool) -> Int {
    guard limit > 0, passes(1) else { return 0 }
    var (good, bad) = (1, limit + 1)
    while bad - good > 1 {
      let middle = (good + bad) / 2
      if passes(middle) { good = middle } else { bad = middle }
    }
    return good
  }

  /// The order that leads to the decided position, cut to what the risk limits allow, with the decision behind it.
  public func order(
    _ signal: Signal, id: Int, portfolio: Portfolio, market: MarketState, limits: RiskLimits, cost: CostModel,
    fees: FeeModel, capital: Double? = nil
  ) -> (order: Order?, decision: Decision) {
    var decision = decide(
      signal, currentLots: portfolio.lots(market.symbol, market.contract), capital: capital ?? portfolio.cash,
      market: market, cost: cost, fees: fees)
    guard let side = Side(ofChange: decision.change) else { return (nil, decision) }
    let allowed = limits.allowedLots(side, contract: market.contract, portfolio: portfolio, market: market)
    let lots = min(abs(decision.change), allowed)
    decision.targetLots = decision.currentLots + side.sign * lots
    guard lots > 0 else {
      decision.reason = .riskLimited
      return (nil, decision)
    }
    let order = Order(
      id: id, symbol: market.symbol, contract: market.contract, side: side, lots: lots, decided: market.now,
      referencePrice: market.price)
    return (order, decision)
  }
}
