import HydraLearning
import HydraMarket
import HydraNumerics

/// One arm of a run: account, champion, monitor, and what it is doing about an alarm.
///
/// ``next(_:history:)`` is the whole agent: a pure step from an input to the effects that it asks for. It reads no clock,
/// no file and no random number; the edge carries the effects out and comes back with their answers. An answer that
/// does not come, or that is a failure, leaves the champion as it is.
public struct AgentState: Sendable {
  public let arm: Arm
  public let settings: AgentSettings
  public internal(set) var phase = AgentPhase.observing
  public internal(set) var book: TradingBook
  public internal(set) var monitor: DriftMonitor
  /// Columns of the history that the monitor watches beside its own streams.
  let watched: [Int]
  /// Looks for faults of columns that no stream shows.
  var columns = ColumnWatch()

  public internal(set) var champion: PolicyVersion?
  /// The volatility that the champion sizes with.
  var volatility = DailyVolatility()
  /// The champions' forecasts, aligned with the history; NaN where there was none.
  public internal(set) var forecasts: [Double] = []
  /// Hypotheses that wait for more evidence.
  public internal(set) var held: [HeldHypothesis] = []
  /// Everything that was tried so far.
  public internal(set) var ledger = TrialLedger()
  public internal(set) var probation: Probation?
  var nextVersion = 1
  /// The row of the first fit, from which the calendar counts.
  var firstFitRow: Int?
  /// The last row at which a first fit was asked for.
  var askedRow = 0
  var blockedUntilRow = 0
  var quietUntilRow = 0
  /// The first row that has not yet decided a promotion.
  var evidenceFromRow = 0
  /// A promotion that waits for a person.
  public internal(set) var awaited: AwaitedApproval?
  /// The rows at which safe mode, and the doubts after an alarm, end.
  var safeModeUntilRow: Int?
  var doubtUntilRow: Int?
  /// Champions that were replaced, oldest first.
  public internal(set) var pastChampions: [PolicyVersion] = []
  /// What was tried before, and what it came to.
  public internal(set) var memory = HypothesisMemory()
  /// The alarm that is being dealt with.
  var diagnosis: Diagnosis?

  /// What the newest fills cost beside what was expected of them.
  var executions: [ExecutionCost] = []

  /// What happened, for the summary and the report.
  public internal(set) var record = ArmRecord()

  /// A promoted champion on trial against the one that it replaced.
  public struct Probation: Sendable {
    public var previous: PolicyVersion
    public var isSizing: Bool
    public var sinceRow: Int
    public var forecasts: [Double] = []
  }

  /// A state before the first bar, after `earlierTrials` configurations that other runs have tried on the market.
  public init(
    arm: Arm, settings: AgentSettings, instrument: Instrument, features: [String], earlierTrials: Int = 0,
    sessions: [MarketSession] = []
  ) {
    self.arm = arm
    ledger = TrialLedger(earlier: earlierTrials)
    self.settings = settings
    book = TradingBook(
      instrument: instrument, capital: settings.capital, settings: settings.book(for: instrument), sessions: sessions)
    book.governor.maximumOrdersPerDay = settings.operations.maximumOrdersPerDay
    let names = Monitoring.watched(among: features)
    watched = names.compactMap { features.firstIndex(of: $0) }
    monitor = Monitoring.monitor(watched: names, falseAlarmsPerYear: settings.healing.falseAlarmsPerYear)
  }

  /// Whether models forecast with what the linear forecast has learnt since their fit.
  var follows: Bool { settings.linear.follows(in: arm) }

  /// Takes an input and says what is to be done.
  public mutating func next(_ input: AgentInput, history: FeatureHistory) throws -> [AgentEffect] {
    switch input {
    case .moment(let moment): return try observe(moment, history)
    case .fitted(let policy, .shadow): return try refit(policy, history)
    case .fitted(let policy, let purpose): return try adopt(policy, purpose, history)
    case .fitFailed(let reason, let purpose):
      return [.journal(kind: "fit_failed", payload: ["purpose": .string(purpose.rawValue), "reason": .string(reason)])]
    case .diagnosed(let diagnosis): return diagnosed(diagnosis, history)
    case .proposed(let hypotheses, let refused, let source):
      return proposed(hypotheses, refused: refused, source: source, history)
    case .experimented(let outcomes): return try experimented(outcomes, history)
    case .control(let action, let now): return take(action, at: now, history)
    case .failed(let stage, let reason): return enterSafeMode(stage, reason, history)
    }
  }
}
