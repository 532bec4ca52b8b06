import HydraNumerics
import HydraOptions

/// A true smile of the primary market's options: SABR with β = 1 for one expiry on one day.
public struct SyntheticSmile: Hashable, Codable, Sendable {
  public var date: CivilDate
  /// The delivery month of the future that the options are on.
  public var contract: ContractMonth
  /// The last day of the options.
  public var expiry: CivilDate
  /// Settlement of the future.
  public var forward: Double
  /// Volatility at the money, per √year; α is near it.
  public var atTheMoney: Double
  public var alpha: Double
  public var rho: Double
  public var nu: Double

  /// Time to expiry in years.
  public var years: Double { Double(expiry - date) / 365 }

  /// The Black volatility at a strike.
  func volatility(atStrike strike: Double) -> Double { smile.volatility(atStrike: strike) }

  private var smile: SABR { SABR(forward: forward, years: years, alpha: alpha, beta: 1, rho: rho, nu: nu) }

  /// What the volatility at the money is times α.
  static func correction(alpha: Double, rho: Double, nu: Double, years: Double) -> Double {
    1 + (rho * nu * alpha / 4 + (2 - 3 * rho * rho) * nu * nu / 24) * years
  }
}

/// How the true smiles of the primary market move: at the money by the true volatility expected to expiry, askew by a
/// factor of its own that says something about later returns.
struct SmilePath {
  /// ρ = centre + width × factor.
  static let skewCentre = 0.2
  static let skewWidth = 0.2
  /// Trading days.
  static let skewHalfLife = 30.0
  /// What sellers of options ask above the volatility that comes.
  static let premium = 1.05
  /// Calendar days in which half of an unusual volatility is gone.
  static let volatilityHalfLife = 87.0
  /// The options of so many delivery months are quoted, and none with fewer days left.
  static let expiries = 2
  static let fewestDays = 4

  let market: SyntheticMarket

  /// The skew factor of each day: mean zero, deviation one, cut as all features are.
  static func skewFactors(days: Int, seed: UInt64) -> [Double] {
    var random = CounterRandom(seed: seed, stream: "option skew")
    let decay = Portable.exp(-Portable.log(2) / skewHalfLife)
    let step = (1 - decay * decay).squareRoot()
    var factor = random.normal()
    return (0..<days).map { _ in
      factor = decay * factor + step * random.normal()
      return PlantedEffects.bounded(factor)
    }
  }

  /// The smiles of a day, nearest expiry first.
  ///
  /// - Parameters:
  ///   - deviation: the day's standard deviation at the reference maturity, regime and shift in it.
  ///   - skew: the day's skew factor.
  func smiles(day: Int, deviation: Double, skew: Double) -> [SyntheticSmile] {
    let (schedule, curve) = (market.schedule, market.curve)
    let date = schedule.days[day]
    let tick = Double(market.model.tickHundredths) / 100
    var smiles: [SyntheticSmile] = []
    for index in schedule.listed(on: day) where smiles.count < Self.expiries {
      let expiry = market.model.cycle.optionExpiry(of: schedule.contracts[index])
      guard expiry - date >= Self.fewestDays, let settle = curve.settle(day: day, contract: index) else { continue }
      let years = Double(expiry - date) / 365
      let atTheMoney =
        Self.premium * curve.relativeVolatility(day: day, contract: index)
        * expected(from: date, to: expiry, deviation: deviation)
      let rho = Self.skewCentre + Self.skewWidth * skew
      let nu = min(2, 0.9 * Portable.pow(0.25 / years, 0.4))
      var alpha = atTheMoney
      for _ in 0..<8 {
        alpha = atTheMoney / SyntheticSmile.correction(alpha: alpha, rho: rho, nu: nu, years: years)
      }
      smiles.append(
        SyntheticSmile(
          date: date, contract: schedule.contracts[index], expiry: expiry, forward: Double(settle) * tick,
          atTheMoney: atTheMoney, alpha: alpha, rho: rho, nu: nu))
    }
    return smiles
  }

  /// Root of the mean variance a year until expiry: the month's own, times today's deviation from it as that fades.
  private func expected(from date: CivilDate, to expiry: CivilDate, deviation: Double) -> Double {
    let model = market.model.volatility
    let yearly = deviation * 252.0.squareRoot()
    let excess = Portable.log(yearly / (model.base * model.months[date.month - 1]))
    let points = 8
    var sum = 0.0
    for point in 0..<points {
      let days = (Double(point) + 0.5) / Double(points) * Double(expiry - date)
      let later = date.adding(days: Int(days))
      let left = Portable.exp(-Portable.log(2) * days / Self.volatilityHalfLife)
      let level = model.base * model.months[later.month - 1] * Portable.exp(excess * left)
      sum += level * level
    }
    return (sum / Double(points)).squareRoot()
  }
}

extension ContractCycle {
  /// The last day of the options on a future: the last Friday that lies two trading days or more before its first notice
  /// day, or the trading day before that Friday when it is a holiday.
  public func optionExpiry(of contract: ContractMonth) -> CivilDate {
    var day = firstNoticeDay(of: contract)
    for _ in 0..<2 { day = ExchangeCalendar.tradingDay(before: day) }
    while day.weekday != 4 { day = day.adding(days: -1) }
    return ExchangeCalendar.tradingDay(before: day.adding(days: 1))
  }
}
