/// A property that generated markets must have, as measured on real oats.
public struct SyntheticTarget: Hashable, Codable, Sendable {
  public var name: String
  /// The range in which the mean over worlds must lie; nil where the property is only reported.
  public var low: Double?
  public var high: Double?
  /// The figure that was aimed at, as text.
  public var aim: String

  /// Whether a mean is where it should be; nil where nothing is asked.
  public func isMet(by value: Double) -> Bool? {
    guard let low, let high else { return nil }
    return low <= value && value <= high
  }

  /// All properties of daily data, in the order in which ``SyntheticStudy`` measures them.
  ///
  /// Held-contract figures are of returns without rolls; volumes are of the second-nearby series.
  /// - Parameter effectScale: the worlds' factor on planted effects.
  public static func daily(effectScale: Double = 1) -> [SyntheticTarget] {
    let (positions, carry) = (
      effectScale * PlantedEffects.positionsCoefficient, effectScale * PlantedEffects.carryCoefficient
    )
    return daily + [
      .init("IC of positions over 20 days, sign set right", "0.06 x scale", 0.85 * positions, 1.15 * positions),
      .init("IC of carry over 20 days", "0.04 x scale", 0.85 * carry, 1.15 * carry),
      .init("IC of the decoy over 20 days", "0", -0.06, 0.06),
    ]
  }

  private static let daily: [SyntheticTarget] = [
    .init("volatility, median of 60-day windows, %", "29", 26, 32),
    .init("volatility, 5 % of windows, %", "17", 14, 20),
    .init("volatility, 95 % of windows, %", "43", 40, 46),
    .init("excess kurtosis of returns", "1.5 to 2.5", 1, 4),
    .init("skewness of returns", "0", -0.3, 0.3),
    .init("Student degrees of freedom", "4 to 5", 3.5, 7),
    .init("autocorrelation of |return|, lag 1", "0.14 to 0.17", 0.10, 0.21),
    .init("autocorrelation of |return|, lag 5", "0.09 to 0.11", 0.05, 0.15),
    .init("autocorrelation of returns, lag 1", "0.05 to 0.11", 0.01, 0.15),
    .init("GARCH persistence", "0.98", 0.965, 0.995),
    .init("volatility, July over December", "1.5", 1.3, 1.7),
    .init("volatility, 0-60 days to expiry over 90-120", "1.05 to 1.2", nil, nil),
    .init("slope ln(far/near) a year, median, %", "-10", -15, -5),
    .init("slope, standard deviation, %", "35", 27, 43),
    .init("slope, share of days backwardated, %", "65", 57, 73),
    .init("volume, median a day", "280", 224, 336),
    .init("volume, share of days below 50, %", "17", 13.6, 20.4),
    .init("volume, share of days with none, %", "1.5", 1.2, 1.8),
    .init("ln(1 + volume), standard deviation", "1.3 to 1.6", 1.3, 1.6),
    .init("ln(1 + volume), autocorrelation", "0.6 to 0.7", 0.6, 0.7),
    .init("volume before delivery over just after a jump", "4", 3, 6),
    .init("prices on whole cents, %", "40", 37, 43),
    .init("prices on half cents, %", "27", 24, 30),
    .init("prices on quarter cents, %", "16", 13, 19),
    .init("prices on three-quarter cents, %", "17", 14, 20),
    .init("limit days, %", "1.5 to 2", 1, 3),
    .init("correlation with corn", "0.57", 0.50, 0.64),
    .init("correlation with wheat", "0.54", 0.47, 0.61),
    .init("correlation with soybeans", "0.46", 0.39, 0.53),
    .init("withheld position reports, %", "few", nil, nil),
  ]

  private init(_ name: String, _ aim: String, _ low: Double?, _ high: Double?) {
    (self.name, self.aim, self.low, self.high) = (name, aim, low, high)
  }
}
