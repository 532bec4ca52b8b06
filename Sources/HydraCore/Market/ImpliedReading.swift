import HydraNumerics

/// What the options of one market said at the end of one day, in a few numbers.
///
/// Whatever the day's chains do not give is nil: a thin chain may carry a volatility and no tails.
public struct ImpliedReading: Hashable, Codable, Sendable {
  public var symbol: String
  public var date: CivilDate
  /// Black volatility at the money, per √year, of a constant ``maturityDays``: total variance between the neighbouring
  /// expiries, the nearest one's volatility outside of them.
  public var volatility: Double?
  /// ln(volatility at the money of the next expiry / of the nearest).
  public var termSlope: Double?
  /// Model-free variance a year (of the log-contract) of the constant maturity.
  public var variance: Double?
  /// Risk-neutral skewness and kurtosis of the log return to the expiry nearest the constant maturity; a normal one has
  /// 0 and 3.
  public var skewness: Double?
  public var kurtosis: Double?
  /// (Volatility one deviation above the forward − one below) / volatility at the money, at the same expiry.
  public var riskReversal: Double?
  /// Futures that dealers, long the calls and short the puts that are open, sell when the price rises by one per cent.
  public var gammaExposure: Double?
  /// ln(price at which that sign changes / forward).
  public var flipDistance: Double?
  /// Open calls among all open options, 0…1.
  public var callShare: Double?
  public var times: FactTimes

  /// Days of the constant maturity.
  public static let maturityDays = 60.0

  public init(symbol: String, date: CivilDate, times: FactTimes) {
    self.symbol = symbol
    self.date = date
    self.times = times
  }

  /// The numbers by their names, in the order in which they are stored.
  public static let figures: [(name: String, path: WritableKeyPath<ImpliedReading, Double?> & Sendable)] = [
    ("volatility", \.volatility), ("term_slope", \.termSlope), ("variance", \.variance), ("skewness", \.skewness),
    ("kurtosis", \.kurtosis), ("risk_reversal", \.riskReversal), ("gamma_exposure", \.gammaExposure),
    ("flip_distance", \.flipDistance), ("call_share", \.callShare),
  ]
}
