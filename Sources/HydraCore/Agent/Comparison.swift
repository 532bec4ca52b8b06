import HydraLearning
import HydraNumerics

/// A paired test of a candidate against the champion on the same days.
public struct Comparison: Hashable, Codable, Sendable {
  /// What is compared.
  public enum Basis: String, Codable, Sendable {
    /// Squared errors of the forecasts against matured labels.
    case forecastError = "forecast_error"
    /// QLIKE, ln f + x²/f, of the variance f that positions are sized with against the next change x.
    case varianceForecast = "variance_forecast"
    /// Daily net returns.
    case netReturn = "net_return"
  }

  public var basis: Basis
  /// Days compared.
  public var days: Int
  /// Mean loss of the champion minus that of the candidate: positive when the candidate is better.
  public var meanDifference: Double
  /// Diebold-Mariano with Harvey's factor, in standard errors.
  public var statistic: Double
  /// One-sided: small when the candidate is better.
  public var pValue: Double
  /// Moments of the differences; population moments, 3 for a normal kurtosis.
  public var skewness: Double
  public var kurtosis: Double

  /// Mean over standard deviation of a day's difference, with the overlap of neighbouring days in the deviation.
  public var ratio: Double { statistic / Double(days).squareRoot() }

  /// Tests losses that are aligned day by day; `span` is the number of days over which neighbours overlap.
  ///
  /// Nil with fewer than 20 days, or when the two never differ. Source: F. Diebold, R. Mariano (1995); D. Harvey,
  /// S. Leybourne, P. Newbold (1997), equation 9.
  public init?(_ basis: Basis, champion: [Double], candidate: [Double], span: Int) {
    precondition(champion.count == candidate.count, "\(champion.count) days against \(candidate.count)")
    let differences = zip(champion, candidate).map { $0 - $1 }.filter(\.isFinite)
    guard differences.count >= max(20, 2 * span), differences.contains(where: { $0 != 0 }) else { return nil }
    // Bartlett's weights keep the variance positive where the rectangular ones of the paper need not.
    guard let mean = NeweyWest(differences, lags: span - 1), mean.standardError > 0 else { return nil }
    let n = Double(differences.count)
    let h = Double(span)
    let factor = ((n + 1 - 2 * h + h * (h - 1) / n) / n).squareRoot()
    let statistic = mean.t * factor
    self.basis = basis
    days = differences.count
    meanDifference = mean.mean
    self.statistic = statistic
    pValue = 1 - Portable.studentTCDF(statistic, degrees: n - 1)
    skewness = Statistics.skewness(differences)
    kurtosis = Statistics.kurtosis(differences)
  }

  /// The comparison as it stands in journals.
  public var json: JSONValue {
    .object([
      ("basis", .string(basis.rawValue)), ("days", .number(Double(days))), ("mean_difference", .number(meanDifference)),
      ("statistic", .number(statistic)), ("p", .number(pValue)),
    ])
  }
}

/// Losses that comparisons are made of.
enum Losses {
  /// Days over which neighbouring forecast losses hang together: labels overlap over the horizon, and Bartlett's weights
  /// count only part of what lies within their reach, so they reach twice as far.
  static func forecastSpan(_ history: FeatureHistory) -> Int { 2 * history.horizon }

  /// (label − forecast)² of the rows whose labels are known; NaN elsewhere.
  static func forecast(_ forecasts: [Double], _ history: FeatureHistory, rows: Range<Int>) -> [Double] {
    rows.map { row in
      let error = min(3, max(-3, history.label(row))) - forecasts[row]
      return error * error
    }
  }

  /// QLIKE of the variance with a span, day by day: the variance known at row−1 against the change of row.
  static func variance(span: Int, _ history: FeatureHistory, rows: Range<Int>) -> [Double] {
    let variances = VolatilityPath.deviations(span: span, history)
    return rows.map { row in
      guard row >= 1, let sigma = variances[row - 1] else { return .nan }
      let change = history.changes[row]
      return likelihood(sigma, change)
    }
  }

  /// QLIKE of a day's change, given its standard deviation.
  static func likelihood(_ sigma: Double, _ change: Double) -> Double {
    Portable.log(sigma * sigma) + change * change / (sigma * sigma)
  }
}
