import HydraNumerics

/// What an arm did, counted for the summary; the whole story is in the journal.
public struct ArmRecord: Sendable {
  /// Trade dates of the run, warm-up included.
  public internal(set) var dates: [CivilDate] = []
  /// Cash after settlement, aligned with the dates.
  public internal(set) var equity: [Double] = []
  /// Every alarm: the stream that raised it, the day, and the first cause that was found where one was looked for.
  public internal(set) var alarms: [Alarm] = []
  public internal(set) var experiments = 0
  public internal(set) var failedExperiments = 0
  /// Configurations tried, those of failed experiments and every look at a held hypothesis included.
  public internal(set) var trials = 0
  public internal(set) var promotions = 0
  public internal(set) var rollbacks = 0
  public internal(set) var fits = 0
  /// Refused orders by the code of the refusal.
  public internal(set) var refusals: [String: Int] = [:]

  /// One alarm.
  public struct Alarm: Hashable, Sendable {
    public var date: CivilDate
    public var stream: String
    public var cause: Cause?
    /// What spoke for that cause.
    public var evidence: String?
  }

  public init() {}
}
