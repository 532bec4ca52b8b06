/// One way of treating the model over a run; all arms see the same data, costs and limits.
public enum Arm: String, Codable, Sendable, CaseIterable {
  /// Trained once at the end of the warm-up, never again.
  case frozen
  /// Trained anew on a calendar, whatever happens.
  case periodic
  /// Changed only when drift was noticed and an experiment paid.
  case selfHealing = "self_healing"
}
