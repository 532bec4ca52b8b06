import HydraNumerics

/// Leaves a provider alone that fails again and again: closed, open for a while, then half-open for one probe.
struct CircuitBreaker: Sendable {
  private var failures = 0
  private var openUntil: Timestamp?
  private var isProbing = false
  let failuresToOpen: Int
  let openSeconds: Double

  init(_ policy: LanguagePolicy) { (failuresToOpen, openSeconds) = (policy.failuresToOpen, policy.openSeconds) }

  /// Whether a request may be sent now; the first one after the pause is the probe.
  mutating func allows(at now: Timestamp) -> Bool {
    guard let openUntil else { return true }
    guard now >= openUntil, !isProbing else { return false }
    isProbing = true
    return true
  }

  mutating func succeeded() { (failures, openUntil, isProbing) = (0, nil, false) }

  mutating func failed(at now: Timestamp) {
    failures += 1
    isProbing = false
    if failures >= failuresToOpen { openUntil = now.adding(nanoseconds: Int64(openSeconds * 1e9)) }
  }
}
