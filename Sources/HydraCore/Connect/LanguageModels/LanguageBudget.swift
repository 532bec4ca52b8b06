import HydraNumerics

/// What language models may cost, and what they have cost: by decision, day, month and in all.
///
/// Before a request is sent, the most that it could cost has to fit into every cap; afterwards its usage is charged, that
/// of failed attempts too, and the most where the provider does not say. Days and months are those of UTC.
public struct LanguageBudget: Hashable, Codable, Sendable {
  /// Caps in the currency of the prices; nil for none.
  public struct Caps: Hashable, Codable, Sendable {
    public var decision: Double?
    public var day: Double?
    public var month: Double?
    public var run: Double?

    public init(decision: Double? = nil, day: Double? = nil, month: Double? = nil, run: Double? = nil) {
      (self.decision, self.day, self.month, self.run) = (decision, day, month, run)
    }

    var isLimited: Bool { decision != nil || day != nil || month != nil || run != nil }
  }

  public var caps: Caps
  /// Spent in the current decision, on the day and in the month of the newest charge, and in all.
  public private(set) var decision = 0.0
  public private(set) var day = 0.0
  public private(set) var month = 0.0
  public private(set) var run = 0.0
  private var date: CivilDate?

  public init(_ caps: Caps = Caps()) { self.caps = caps }

  mutating func beginDecision(at now: Timestamp) {
    decision = 0
    turn(to: now.date)
  }

  private mutating func turn(to today: CivilDate) {
    if let date, date != today {
      day = 0
      if (date.year, date.components.month) != (today.year, today.components.month) { month = 0 }
    }
    date = today
  }

  /// Why a request of this cost may not be sent; nil when it may.
  mutating func refusal(worstCase cost: Double?, at now: Timestamp) -> String? {
    guard caps.isLimited else { return nil }
    guard let cost else { return "there is a cap and no price" }
    turn(to: now.date)
    for (name, cap, spent) in [
      ("decision", caps.decision, decision), ("day", caps.day, day), ("month", caps.month, month),
      ("run", caps.run, run),
    ] {
      if let cap, spent + cost > cap {
        return "up to \(cost) more would pass the cap of \(cap) a \(name), of which \(spent) is spent"
      }
    }
    return nil
  }

  mutating func charge(_ cost: Double, at now: Timestamp) {
    turn(to: now.date)
    decision += cost
    day += cost
    month += cost
    run += cost
  }
}
