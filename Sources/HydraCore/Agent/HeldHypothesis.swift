import HydraNumerics

/// A hypothesis whose experiment was promising but not convincing: its candidate predicts beside the champion on the days
/// to come.
public struct HeldHypothesis: Sendable {
  /// The plan of its first experiment.
  public var plan: ExperimentPlan
  /// The first row that the first experiment had not seen.
  public var sinceRow: Int
  /// The candidate in shadow, and what the days since have shown.
  public internal(set) var shadow: ShadowTrial
  /// Times that its evidence sufficed and it was judged again.
  public var looks = 0
  /// The row before which it is not judged again.
  var notBeforeRow = 0

  init(plan: ExperimentPlan, sinceRow: Int, shadow: ShadowTrial) {
    (self.plan, self.sinceRow, self.shadow) = (plan, sinceRow, shadow)
  }

  /// Rows that have come since, at a history's newest row.
  func bars(_ count: Int) -> Int { count - sinceRow }

  /// Whether the candidate is the recipe fitted to the newest days, and not a model that stays as it is.
  var isRefitted: Bool {
    switch plan.hypothesis.change {
    case .refitLeaves, .recall, .ensemble: false
    default: !plan.hypothesis.change.isSizing
    }
  }

  /// The next experiment: the same change, on the days of the first one and all since, at most `most` of them.
  func nextPlan(_ count: Int, most: Int) -> ExperimentPlan {
    var next = plan
    next.look = looks + 1
    next.id = "\(plan.id)-look-\(next.look)"
    next.evaluationBars = min(max(most, plan.evaluationBars), plan.evaluationBars + bars(count))
    next.trials = 1
    return next
  }
}
