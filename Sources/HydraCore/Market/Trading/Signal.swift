import HydraNumerics

/// What a model expects of a market.
public struct Signal: Hashable, Codable, Sendable {
  public var symbol: String
  /// When the forecast was made.
  public var time: Timestamp
  /// Expected price change over the horizon, in standard deviations of such a change (as the labels are): the
  /// expected gain of a long contract is `forecast × σ_D × √horizonDays` in price units.
  public var forecast: Double
  /// Trade dates.
  public var horizonDays: Int

  public init(symbol: String, time: Timestamp, forecast: Double, horizonDays: Int) {
    precondition(horizonDays > 0, "the horizon is not positive: \(horizonDays)")
    self.symbol = symbol
    self.time = time
    self.forecast = forecast
    self.horizonDays = horizonDays
  }

  /// The side the forecast asks for; nil when it is zero or missing.
  public var side: Side? { forecast > 0 ? .buy : forecast < 0 ? .sell : nil }

  /// |forecast|; zero when missing.
  public var conviction: Double { forecast.isNaN ? 0 : abs(forecast) }
}
