/// What kind of change of the world an alarm stands for.
public enum Cause: String, Codable, Sendable, CaseIterable {
  /// The input is broken or stale; trading is blocked and nothing is retrained.
  case dataFault = "data_fault"
  /// The size of price moves changed.
  case volatility
  /// Features mean something else for returns than before.
  case relation
  /// Features moved to where the model has not been trained.
  case covariate
  /// Volume dried up or returned.
  case liquidity
  /// Nothing moved that is watched, but the model's forecasts have worn off since it was fitted.
  case staleness
  /// Fills cost more than the cost model expects.
  case execution
}
