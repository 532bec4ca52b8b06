import HydraNumerics

/// The prices of all listed contracts of one market, day by day.
///
/// Every contract's true price is a martingale but for the drift that it is given: nothing but planted effects, regimes
/// and premiums can be earned. A new contract is listed next to the last one, drawn a little towards the model's
/// level; the slopes that arise this way return to their mean while no contract's return can be foretold.
struct CurveSimulation: Sendable {
  let model: MarketModel
  let schedule: ContractSchedule
  /// Settlements in ticks by day and rank, see ``ContractSchedule/slot(day:contract:)``.
  private(set) var settles: [Int32]
  /// Standard deviation of each day's price change in ticks, at the same places; widths of daily ranges.
  private(set) var spreads: [Float]

  private var latent: [Double]
  private var offsets: [Double]
  private var previous: [Int32]
  private var listedCount = 0
  private var listing: CounterRandom
  private var rounding: CounterRandom
  private let ticksPerUnit: Double

  init(model: MarketModel, schedule: ContractSchedule, seed: UInt64) {
    self.model = model
    self.schedule = schedule
    let count = schedule.contracts.count
    settles = Array(repeating: 0, count: schedule.days.count * schedule.cycle.listed)
    spreads = Array(repeating: 0, count: settles.count)
    latent = Array(repeating: 0, count: count)
    offsets = latent
    previous = Array(repeating: 0, count: count)
    listing = CounterRandom(seed: seed, stream: "listing \(model.symbol)")
    rounding = CounterRandom(seed: seed, stream: "rounding \(model.symbol)")
    ticksPerUnit = 100 / Double(model.tickHundredths)
    listFirst()
  }

  /// What moves the curve on one day.
  struct Move {
    var levelShock: Double
    var slopeShock: Double
    /// Daily standard deviation at the reference maturity.
    var volatility: Double
    /// Expected return of the day.
    var drift: Double
    /// Logarithmic jump.
    var jump: Double
    /// Logarithmic jump of the near end only, as stocks run short.
    var scarcity: Double
  }

  mutating func step(day: Int, _ move: Move) {
    let listed = schedule.listed(on: day)
    while listedCount < listed.upperBound { list(listedCount) }
    for index in listed {
      let maturity = Double(schedule.expiries[index] - schedule.days[day]) / 365
      let weights = self.weights(maturity: maturity)
      let shock = weights.level * move.levelShock + weights.slope * move.slopeShock
      let deviation = move.volatility * weights.norm
      let change =
        move.drift - 0.5 * deviation * deviation + move.volatility * shock + move.jump
        + move.scarcity * Portable.exp(-model.curve.slopeDecay * maturity)
      latent[index] += change
      let price = Portable.exp(latent[index] - model.settlement.staleness * change)
      let settle = settlement(of: price * ticksPerUnit, previous: previous[index])
      previous[index] = settle
      let slot = day * schedule.cycle.listed + index - listed.lowerBound
      settles[slot] = settle
      spreads[slot] = Float(Double(settle) * deviation)
    }
  }

  /// The settlement in ticks of a contract on a day; nil when it is not listed.
  func settle(day: Int, contract index: Int) -> Int32? {
    schedule.slot(day: day, contract: index).map { settles[$0] }
  }

  /// Settlement of the held contract in ticks.
  func heldSettle(_ day: Int) -> Int32 { settle(day: day, contract: schedule.held[day])! }

  /// The contract before the held one and its settlement in ticks; nil when it has expired.
  func carrySettle(_ day: Int) -> (contract: ContractMonth, ticks: Int32)? {
    let index = schedule.held[day] - 1
    guard index >= 0, let ticks = settle(day: day, contract: index) else { return nil }
    return (schedule.contracts[index], ticks)
  }

  /// ln(far / near) a year of the held contract and the one before it; nil when that has expired.
  func slope(_ day: Int) -> Double? {
    guard let near = carrySettle(day) else { return nil }
    let held = schedule.contracts[schedule.held[day]]
    let years = Double(held.months(since: near.contract)) / 12
    return Portable.log(Double(heldSettle(day)) / Double(near.ticks)) / years
  }

  /// Standard deviation of a contract's return for a shock of volatility one.
  func relativeVolatility(day: Int, contract index: Int) -> Double {
    weights(maturity: Double(schedule.expiries[index] - schedule.days[day]) / 365).norm
  }

  private func weights(maturity: Double) -> (level: Double, slope: Double, norm: Double) {
    let curve = model.curve
    func raw(_ years: Double) -> (Double, Double) {
      let near = curve.nearExpiry == 0 ? 1 : 1 + curve.nearExpiry * Portable.exp(-years * 365 / 30)
      return (
        near * Portable.exp(-curve.levelDecay * years), near * curve.slope * Portable.exp(-curve.slopeDecay * years)
      )
    }
    let (level, slope) = raw(maturity)
    let reference = raw(curve.referenceDays / 365)
    let scale = 1 / (reference.0 * reference.0 + reference.1 * reference.1).squareRoot()
    return (level * scale, slope * scale, (level * level + slope * slope).squareRoot() * scale)
  }

  /// Rounds a price in ticks to a whole unit, a half or a tick, inside the day's limits.
  private mutating func settlement(of ticks: Double, previous: Int32) -> Int32 {
    let place = rounding.uniform()
    var step = 1.0
    if place < model.settlement.wholeShare {
      step = ticksPerUnit
    } else if place < model.settlement.wholeShare + model.settlement.halfShare {
      step = ticksPerUnit / 2
    }
    let rounded = Int32(max(1, (ticks / step).rounded() * step))
    guard let limit = model.limitTicks, previous > 0 else { return rounded }
    let (low, high) = (max(1, previous - Int32(limit)), previous + Int32(limit))
    // A true price beyond the limit leaves the market locked at it.
    if ticks >= Double(high) { return high }
    if ticks <= Double(low) { return low }
    return min(max(rounded, low), high)
  }

  // MARK: - Listing

  private mutating func offset(of index: Int) -> Double {
    let month = model.cycle.months.firstIndex(of: schedule.contracts[index].month)!
    return model.curve.seasonal[month] + model.curve.contractSpread * listing.normal()
  }

  /// Lists the first contract near the level, with a slope factor in its stationary state; others follow it.
  private mutating func listFirst() {
    let level = Portable.log(model.level) + 0.15 * listing.normal()
    let slopeFactor = stationarySlope * listing.normal()
    offsets[0] = offset(of: 0)
    latent[0] = level + offsets[0]
    listedCount = 1
    let first = schedule.listed(on: 0)
    while listedCount < first.upperBound { list(listedCount) }
    for index in first {
      let maturity = Double(schedule.expiries[index] - schedule.days[0]) / 365
      latent[index] += slopeFactor * Portable.exp(-model.curve.slopeDecay * maturity)
    }
  }

  /// Stationary standard deviation of the slope factor, as `b²σ² / 2κ`.
  private var stationarySlope: Double {
    let unit = weights(maturity: 0).slope
    return model.volatility.base * unit / (2 * model.curve.slopeDecay).squareRoot()
  }

  private mutating func list(_ index: Int) {
    let last = index - 1
    let years = Double(schedule.expiries[index] - schedule.expiries[last]) / 365
    offsets[index] = offset(of: index)
    let bare = latent[last] - offsets[last]
    let pull = -Portable.expm1(-Portable.log(2) * years / model.levelHalfLifeYears)
    latent[index] = bare + (Portable.log(model.level) - bare) * pull + offsets[index]
    listedCount = index + 1
  }
}
