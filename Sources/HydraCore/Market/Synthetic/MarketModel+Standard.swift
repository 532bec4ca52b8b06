extension MarketModel {
  /// Oats as measured on the held contract to 2014, see `SyntheticTargets`.
  public static let oats = MarketModel(
    symbol: "ZO", carryCode: "OATIES", name: "Oats, generated",
    cycle: ContractCycle(
      months: [3, 5, 7, 9, 12], listed: 7, expiry: .middleOfMonth,
      // The real series leaves March, May and July early in the month before, September and December in the month.
      held: [
        .init(month: 3, monthsBefore: 1, day: 1), .init(month: 5, monthsBefore: 1, day: 2),
        .init(month: 7, monthsBefore: 1, day: 2), .init(month: 9, monthsBefore: 0, day: 2),
        .init(month: 12, monthsBefore: 0, day: 1),
      ]),
    tickHundredths: 25, pointValue: 50, limitTicks: 80, initialMargin: 1100, commission: 1.5, halfSpread: 0.98,
    level: 310, levelHalfLifeYears: 1,
    volatility: VolatilityModel(
      base: 0.297, fastSpread: 0.13, slowSpread: 0.13, months: grainMonths, degreesOfFreedom: 6,
      reportJumpProbability: 0.3, otherJumpsPerYear: 2, jumpSize: 1.5),
    curve: CurveModel(
      levelDecay: 0.3, slope: 1, slopeDecay: 2.5, nearExpiry: 0,
      seasonal: [0.05, 0.014, -0.022, -0.058, 0], contractSpread: 0.02),
    settlement: SettlementModel(staleness: 0.035, wholeShare: 0.13, halfShare: 0.21),
    activity: ActivityModel(
      volumeScale: 0.92, monthScale: [0.95, 1, 0.9, 0.38, 1.4], commonSpread: 1.02, commonPersistence: 0.9,
      commonSkew: 0.35, quietness: 0.75,
      emptyVolume: 0.7, openInterest: 5200),
    premium: 0, correlations: [0.7, 0.665, 0.57], selloffCorrelations: [0.85, 0.8, 0.7])

  /// Corn: held in December only.
  public static let corn = grain(
    "ZC", "CORN", "Corn, generated", months: [3, 5, 7, 9, 12], held: .init(month: 12, monthsBefore: 2, day: 17),
    level: 420, base: 0.24, halfSpread: 0.16, limitTicks: 160)

  /// Wheat: held in December only.
  public static let wheat = grain(
    "ZW", "WHEAT", "Wheat, generated", months: [3, 5, 7, 9, 12], held: .init(month: 12, monthsBefore: 3, day: 14),
    level: 560, base: 0.27, halfSpread: 0.37, limitTicks: 240)

  /// Soybeans: held in November only.
  public static let soybeans = grain(
    "ZS", "SOYBEAN", "Soybeans, generated", months: [1, 3, 5, 7, 8, 9, 11],
    held: .init(month: 11, monthsBefore: 2, day: 14), level: 1050, base: 0.22, halfSpread: 0.25, limitTicks: 280)

  /// A volatility index future, held in the third month, with the steep contango that its sellers are paid.
  public static let volatilityIndex = MarketModel(
    symbol: "VIX", carryCode: "VIX", name: "Volatility index, generated",
    cycle: ContractCycle(
      months: Array(1...12), listed: 7, expiry: .thirdWednesday,
      held: (1...12).map { .init(month: $0, monthsBefore: 2, day: 23) }),
    tickHundredths: 5, pointValue: 1000, limitTicks: nil, initialMargin: 5000, commission: 2.38, halfSpread: 0.025,
    level: 22, levelHalfLifeYears: 0.5,
    volatility: VolatilityModel(
      base: 0.42, fastSpread: 0.2, slowSpread: 0.25, months: Array(repeating: 1, count: 12), degreesOfFreedom: 5,
      reportJumpProbability: 0, otherJumpsPerYear: 3, jumpSize: 2),
    curve: CurveModel(
      levelDecay: 1.5, slope: 0.5, slopeDecay: 4, nearExpiry: 0, seasonal: Array(repeating: 0, count: 12),
      contractSpread: 0.005),
    settlement: SettlementModel(staleness: 0, wholeShare: 0, halfShare: 0),
    activity: ActivityModel(
      volumeScale: 80, monthScale: Array(repeating: 1, count: 12), commonSpread: 0.5, commonPersistence: 0.8,
      commonSkew: 0.25, quietness: 0.2, emptyVolume: 0,
      openInterest: 60_000),
    premium: -0.3, correlations: [-0.15, -0.12, -0.18], selloffCorrelations: [-0.5, -0.4, -0.5])

  /// Real oats' volatility by month over its mean, 1970 to 2014; July and December a little closer to each other,
  /// because the ratio of two noisy figures is high on average.
  static let grainMonths = [0.90, 0.86, 1.01, 1.01, 1.06, 1.20, 1.20, 1.12, 0.96, 0.93, 0.94, 0.835]

  private static func grain(
    _ symbol: String, _ code: String, _ name: String, months: [Int], held: ContractCycle.Departure, level: Double,
    base: Double, halfSpread: Double, limitTicks: Int
  ) -> MarketModel {
    MarketModel(
      symbol: symbol, carryCode: code, name: name,
      cycle: ContractCycle(
        months: months, listed: months.count == 7 ? 11 : 8, expiry: .middleOfMonth, held: [held]),
      tickHundredths: 25, pointValue: 50, limitTicks: limitTicks, initialMargin: 1500, commission: 2.92,
      halfSpread: halfSpread, level: level, levelHalfLifeYears: 2,
      volatility: VolatilityModel(
        base: base, fastSpread: 0.15, slowSpread: 0.2, months: grainMonths, degreesOfFreedom: 6,
        reportJumpProbability: 0.3, otherJumpsPerYear: 1, jumpSize: 1.5),
      curve: CurveModel(
        levelDecay: 0.2, slope: 0.7, slopeDecay: 2, nearExpiry: 0,
        seasonal: months.map { $0 >= 9 ? -0.02 : 0.02 }, contractSpread: 0.008),
      settlement: SettlementModel(staleness: 0, wholeShare: 0.05, halfShare: 0.08),
      activity: ActivityModel(
        volumeScale: 160, monthScale: months.map { _ in 1 }, commonSpread: 0.35, commonPersistence: 0.8,
        commonSkew: 0.25, quietness: 0.1, emptyVolume: 0,
        openInterest: 250_000),
      premium: 0, correlations: [], selloffCorrelations: [])
  }
}
