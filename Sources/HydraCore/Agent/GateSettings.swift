/// What a candidate has to show before it becomes champion. Every bound is checked and journalled, passed or not.
public struct GateSettings: Hashable, Codable, Sendable {
  /// Least probability that the candidate is truly better, after deflation for everything ever tried.
  public var confidence = 0.95
  /// Percentile of the cost of trading at which both accounts are compared: what survives dear trading is no artefact
  /// of a hopeful cost model.
  public var costPercentile = 0.95
  /// Least gain over the champion at that cost, a year, as a share of capital; half a percent is what a change of model
  /// has to bring to be worth the trouble. A change of the volatility's span must only not lose.
  public var minimumGain = 0.005
  /// Least gain of a change of the volatility's span, in QLIKE: 0.01 is about a tenth off the error of the volatility.
  public var minimumVarianceGain = 0.01
  /// Largest probability of backtest overfitting among the round's candidates and the champion.
  public var overfitting = 0.2
  /// Blocks into which the compared days are cut for it; even.
  public var blocks = 10
  /// Largest drawdown, as a multiple of the champion's and a share of capital on top of it.
  public var drawdownFactor = 1.5
  public var drawdownAllowance = 0.02
  /// The bound on the drawdown is never less: a champion that did not trade forbids nothing. At a volatility target of
  /// a tenth, luck alone falls that far in an ordinary year.
  public var drawdownFloor = 0.10
  /// Most lots traded, as a multiple of the champion's and a number on top of it.
  public var turnoverFactor = 2.0
  public var turnoverAllowance = 200.0

  /// Annual return, as a share of capital, by which the candidate may fall behind the champion under each ``Stress``.
  public var stressAllowance = 0.02

  public init() {}
}
