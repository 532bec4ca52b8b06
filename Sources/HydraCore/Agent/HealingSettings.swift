/// How the agent answers an alarm. Counts are bars unless said otherwise.
public struct HealingSettings: Hashable, Codable, Sendable {
  /// Alarms a year that all streams together may raise while nothing changes.
  public var falseAlarmsPerYear = 1.0
  /// Bars on which a candidate is compared with the champion: two years, so that every season is in it twice. Bars that
  /// decided a promotion never decide another one.
  public var evaluationBars = 500
  /// Bars after which a candidate is fitted anew inside the comparison, as the champion is by the calendar.
  public var refitBars = 63
  /// Recipes that an experiment tries around its hypothesis, suggested by a tree-structured Parzen estimator and chosen on
  /// training data alone. Each one raises the bar for all that come after it, so that one, the hypothesis itself, is the
  /// default.
  public var trials = 1
  /// What a candidate has to show.
  public var gate = GateSettings()
  /// One-sided p-value of the paired test, not deflated, below which a candidate that is not promoted is held as a
  /// challenger.
  public var holdSignificance = 0.25
  /// Most challengers at a time.
  public var challengers = 2
  /// A challenger predicts beside the champion every day, and may win on any; after each so many bars the journal says how
  /// it stands, and one that was judged and held on waits so long before it is judged again.
  public var challengeBars = 63
  /// Times ``challengeBars`` after which a challenger that has not won is given up.
  public var challenges = 8
  /// Bars over which a promoted champion is compared with the one it replaced.
  public var probationBars = 63
  /// One-sided p-value, for the previous champion being better, below which a promotion is rolled back.
  public var rollbackSignificance = 0.1
  /// Bars between two rounds of experiments.
  public var coolDown = 20

  public init() {}
}
