import HydraNumerics

/// What the market's own options say, see ``ImpliedReading``.
///
/// ```
/// implied_volatility       at the money, 60 days, per √year
/// implied_change_20        ln of it over that of 20 readings before
/// implied_term_slope       ln(next expiry / nearest), at the money
/// implied_skewness, implied_kurtosis, implied_risk_reversal
/// variance_premium         model-free variance − square of the price's own volatility, a year
/// gamma_exposure           of dealers, for one per cent, over the mean volume of 20 days
/// gamma_flip_distance      ln(price where it changes its sign / forward)
/// option_call_share        open calls among open options
/// ```
/// Missing when the newest reading is older than `maximumPriceAge` days.
struct ImpliedFeatures: Sendable {
  static let names = [
    "implied_volatility", "implied_change_20", "implied_term_slope", "implied_skewness", "implied_kurtosis",
    "implied_risk_reversal", "variance_premium", "gamma_exposure", "gamma_flip_distance", "option_call_share",
  ]

  private let maximumAge: Int
  private var newest: ImpliedReading?
  private var logarithms = TrailingWindow(capacity: 21)

  init(_ settings: FeatureSettings) { maximumAge = settings.maximumPriceAge }

  mutating func update(_ reading: ImpliedReading) {
    guard newest.map({ reading.date > $0.date }) ?? true else { return }
    newest = reading
    logarithms.append(reading.volatility.map { Portable.log($0) } ?? .nan)
  }

  /// - Parameters:
  ///   - annualVolatility: the price's own, per √year.
  ///   - volume: mean contracts a day; NaN when not known.
  func write(to values: inout [Double], date: CivilDate, annualVolatility: Double?, volume: Double) {
    guard let newest, (0...maximumAge).contains(date - newest.date) else {
      values.append(contentsOf: repeatElement(.nan, count: Self.names.count))
      return
    }
    let change = (logarithms.value(age: 0) ?? .nan) - (logarithms.value(age: 20) ?? .nan)
    let own = annualVolatility ?? .nan
    values.append(contentsOf: [
      newest.volatility ?? .nan, change, newest.termSlope ?? .nan, newest.skewness ?? .nan, newest.kurtosis ?? .nan,
      newest.riskReversal ?? .nan, (newest.variance ?? .nan) - own * own, (newest.gammaExposure ?? .nan) / volume,
      newest.flipDistance ?? .nan, newest.callShare ?? .nan,
    ])
  }
}
