import HydraNumerics

/// What a market order pays in a replay without a visible book: half the spread, its own impact, and what is left of the
/// impact of earlier orders of ours.
///
/// ```
/// price = mid + displacement(t) + sign · [ spread/2 · m + Y σ_D (Q/ADV)^δ g ] · multiplier
/// ```
/// in ticks, rounded against us, and never better than the quote.
public struct ReplayCost: Hashable, Codable, Sendable {
  /// Half of the spread in ticks; nil takes the quoted one, or ``ReplayRunSettings/halfSpreadTicks`` on bars.
  public var halfSpread: Double?
  /// Y, without unit; 0 is no impact.
  public var impactCoefficient: Double
  /// δ in (0, 1].
  public var impactExponent = 0.5
  /// t₀ of the propagator, in nanoseconds.
  public var decayTime = 600e9
  /// β of the propagator.
  public var decayExponent = 0.5
  /// m and g by part of the day; nil is 1.
  public var sessions: SessionMultipliers?
  /// Contracts a day and deviation of a day's change in ticks, where they are not to be taken from the days before.
  public var averageDailyVolume: Double?
  public var dailyVolatility: Double?
  /// Multiplies the whole cost.
  public var multiplier = 1.0

  /// Y is 0.8 where nothing is said: near what many markets show.
  public init(impactCoefficient: Double = 0.8) { self.impactCoefficient = impactCoefficient }

  /// An account's cost function in ticks; volatility is in price units, as there.
  package init(_ model: CostModel, tick: Double, averageDailyVolume: Double?, dailyVolatility: Double?) {
    impactCoefficient = model.impactCoefficient * model.impactMultiplier
    impactExponent = model.impactExponent
    halfSpread = model.halfSpread * model.spreadMultiplier / tick
    multiplier = model.multiplier
    self.averageDailyVolume = averageDailyVolume
    self.dailyVolatility = dailyVolatility.map { $0 / tick }
  }
}

/// The cost of market orders as a replay goes on: volumes and volatility known so far, and own earlier orders.
struct CostMeter {
  var cost: ReplayCost
  private(set) var liquidity = TrailingLiquidity()
  private var own: [(time: Double, lots: Double)] = []

  init(_ cost: ReplayCost) { self.cost = cost }

  mutating func trade(time: Int64, price: Int, lots: Int) { liquidity.add(time: time, price: price, lots: lots) }

  /// Half-spread and impact of one side of `lots`, in ticks per contract.
  ///
  /// Before volume or volatility is known the impact counts as that of a whole day's volume at 2 % a day: dear, so that no
  /// early trade looks cheap.
  func estimate(_ lots: Int, halfSpread: Double, price: Int, time: Int64) -> CostModel.Estimate {
    var model = CostModel(halfSpread: cost.halfSpread ?? halfSpread)
    (model.impactCoefficient, model.impactExponent) = (cost.impactCoefficient, cost.impactExponent)
    model.multiplier = cost.multiplier
    if let sessions = cost.sessions {
      let part = sessions.part(at: time)
      (model.spreadMultiplier, model.impactMultiplier) = (sessions.spread[part], sessions.impact[part])
    }
    guard cost.impactCoefficient > 0 else {
      return CostModel.Estimate(
        halfSpread: model.halfSpread * model.spreadMultiplier * model.multiplier, impact: 0)
    }
    let volume = cost.averageDailyVolume ?? liquidity.averageDailyVolume ?? Double(lots)
    let volatility = cost.dailyVolatility ?? liquidity.dailyVolatility ?? 0.02 * abs(Double(price))
    return model.expected(lots: lots, averageDailyVolume: max(volume, 1), dailyVolatility: volatility)
  }

  /// How far our earlier orders still push the price, in ticks.
  func displacement(at time: Int64) -> Double {
    guard !own.isEmpty, cost.impactCoefficient > 0 else { return 0 }
    let volume = cost.averageDailyVolume ?? liquidity.averageDailyVolume
    let volatility = cost.dailyVolatility ?? liquidity.dailyVolatility
    guard let volume, let volatility, volume > 0 else { return 0 }
    let propagator = ImpactPropagator(
      coefficient: cost.impactCoefficient * cost.multiplier, dailyVolatility: volatility, averageDailyVolume: volume,
      exponent: cost.impactExponent, decayTime: cost.decayTime, decayExponent: cost.decayExponent)
    // An order at the same moment pushes in full.
    return propagator.displacement(at: Double(time).nextUp, after: own)
  }

  /// Notes an order of ours; the last thousand are kept.
  mutating func note(_ side: Side, lots: Int, time: Int64) {
    guard cost.impactCoefficient > 0 else { return }
    if own.count == 1000 { own.removeFirst() }
    own.append((Double(time), Double(side.sign * lots)))
  }
}
