import HydraNumerics

/// A hypothesis whose experiment was promising but not convincing: it is tried again on days to come, and on those alone.
public struct HeldHypothesis: Hashable, Sendable {
  /// The plan of its first experiment.
  public var plan: ExperimentPlan
  /// The first row that the first experiment had not seen.
  public var sinceRow: Int
  /// Times that it was tried again.
  public var looks = 0

  /// Rows that have come since, at a history's newest row.
  func bars(_ count: Int) -> Int { count - sinceRow }

  /// The next experiment: the same change, on all the days since.
  func nextPlan(_ count: Int) -> ExperimentPlan {
    var next = plan
    next.look = looks + 1
    next.id = "\(plan.id)-look-\(next.look)"
    next.evaluationBars = bars(count)
    next.trials = 1
    return next
  }
}
