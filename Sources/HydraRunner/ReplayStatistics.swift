import HydraCore

/// What a run's changes from settlement to settlement say, and how sure that is: moments and Sharpe ratio, the probability
/// that the true ratio is positive, the same after everything that was tried, the length of record that would be needed,
/// and a mean tested with dependence.
enum ReplayStatistics {
  /// Where they stand in a run's folder.
  static let file = "statistics.json"

  /// Those of a finished run.
  static func summary(of record: ReplayRecord, trials: Int) -> JSONValue {
    summary(of: record.report.netChanges(record.configuration.settings), trials: trials)
  }

  /// - Parameters:
  ///   - changes: net changes of the account from one mark to the next, in currency.
  ///   - trials: configurations tried so far, this one included.
  /// - Returns: null for each figure that so few or such constant changes do not have.
  static func summary(of changes: [Double], trials: Int) -> JSONValue {
    let ratio = SharpeRatio(returns: changes)
    // Without skill the ratios of n periods vary by 1/(n - 1): what trials whose own ratios are not known are held to.
    let spread = ratio.map { 1 / Double(max(1, $0.count - 1)) }
    let drift = NeweyWest(changes)
    return [
      "periods": JSONValue(changes.count),
      "sharpe": JSONValue(ratio?.ratio), "sharpe_annual": JSONValue(ratio?.annualised()),
      "skewness": JSONValue(ratio?.skewness), "kurtosis": JSONValue(ratio?.kurtosis),
      "psr": JSONValue(ratio?.probability(above: 0)),
      "trials": JSONValue(trials),
      "dsr": JSONValue(ratio.flatMap { ratio in spread.map { ratio.deflated(trials: trials, variance: $0) } }),
      "minimum_track_record": JSONValue(ratio?.minimumTrackRecord()),
      "newey_west_t": JSONValue(drift.map { $0.mean / $0.standardError }),
      "newey_west_lags": drift.map { JSONValue($0.lags) } ?? .null,
      "max_drawdown": .number(maximumDrawdown(of: changes)),
    ]
  }
}
