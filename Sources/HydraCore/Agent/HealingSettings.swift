/// How the agent answers an alarm. Counts are bars unless said otherwise.
public struct HealingSettings: Hashable, Codable, Sendable {
  /// Alarms a year that all streams together may raise while nothing changes.
  public var falseAlarmsPerYear = 1.0
  /// Bars on which a candidate is compared with the champion: a year, so that every season is in it.
  public var evaluationBars = 250
  /// Bars after which a candidate is fitted anew inside the comparison.
  public var refitBars = 50
  /// Recipes that an experiment tries around its hypothesis, chosen on training data alone.
  public var trials = 3
  /// One-sided p-value of the paired test below which a candidate is promoted, divided by the hypotheses of the alarm.
  public var significance = 0.05
  /// p-value below which a candidate that is not promoted is held as a challenger.
  public var holdSignificance = 0.25
  /// Most challengers at a time.
  public var challengers = 2
  /// A challenger is compared anew after each so many bars, on those bars alone.
  public var challengeBars = 63
  /// Comparisons after which a challenger that has not won is archived.
  public var challenges = 3
  /// Bars over which a promoted champion is compared with the one it replaced.
  public var probationBars = 63
  /// One-sided p-value, for the previous champion being better, below which a promotion is rolled back.
  public var rollbackSignificance = 0.1
  /// Bars between two rounds of experiments.
  public var coolDown = 20
  /// Bars without a round of experiments after which the champion is looked at even so. No monitor sees that a better
  /// model has become possible; half a year of new data may hold one.
  public var checkUpBars = 125
  /// Seconds after which an experiment's process is ended; a guard only, the work itself is counted in trials.
  public var timeLimitSeconds = 120

  public init() {}
}
