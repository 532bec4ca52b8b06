import HydraMarket
import HydraNumerics

/// Runs the agent over generated worlds, whose truth is known, and measures what it noticed, lost and won back.
///
/// The same seed gives a world with its three planted shifts and faults, and one where nothing ever changes.
/// A year of outcomes says nearly nothing about skill, so skill is measured against the truth: see ``Shift/skill``.
public struct WorldStudy: Sendable {
  /// One planted shift of one world and what the arms made of it.
  public struct Shift: Sendable {
    public var seed: UInt64
    public var kind: String
    public var date: CivilDate
    /// Bars from the shift to the first alarm after it; nil when none came within a year.
    public var delay: Int?
    public var stream: String?
    /// The strongest cause of the first diagnosis after the shift, within a year.
    public var cause: Cause?
    /// True skill of each arm: `before`, of its forecasts over the year before the shift; `atShift`, over bars 120 to 370
    /// after it of the model as it stood at the shift; `recovered`, over those same bars, of the model as it stood 120 bars
    /// after the shift; `forecast`, of what the arm forecast on those bars, going on to learn as it does.
    public var skill: [Arm: Skill]
    /// Risk of each arm's sizing around a shift of the volatility.
    public var risk: [Arm: Risk] = [:]
  }

  /// Risk that an arm's sizing took, true over estimated volatility, 1 where the target is met: mean over the year before
  /// a shift, over the first 20 bars after it, and over the 20 bars after those.
  public struct Risk: Hashable, Sendable {
    public var before: Double?
    public var first: Double?
    public var after: Double?
  }

  /// True skill, Σ f e / √(Σ f² Σ e²) of forecasts f and true expected outcomes e, each in -1...1.
  public struct Skill: Hashable, Sendable {
    public var before: Double?
    public var atShift: Double?
    public var recovered: Double?
    public var forecast: Double?
  }

  /// One experiment, what was decided, and what the truth says of it.
  public struct Trial: Hashable, Sendable {
    public var seed: UInt64
    public var date: CivilDate
    public var change: String
    public var pValue: Double?
    public var netStatistic: Double?
    public var isBetter: Bool?
    public var decision: Verdict.Decision
  }

  /// One promotion, and whether the new champion was truly better over the year after it, or until the next shift.
  public struct Promotion: Hashable, Sendable {
    public var seed: UInt64
    public var date: CivilDate
    public var reason: String
    /// Nil when the truth cannot say.
    public var isBetter: Bool?
  }

  /// One world: what was planted, and what the self-healing arm did.
  public struct World: Sendable {
    public var seed: UInt64
    public var hasShifts: Bool
    /// Years traded.
    public var years: Double
    public var shifts: [Shift]
    public var alarms: Int
    public var alarmsByStream: [String: Int]
    public var experiments: Int
    public var rollbacks: Int
    public var promotions: [Promotion]
    public var trials: [Trial]
    /// Net Sharpe ratio of each arm.
    public var sharpe: [Arm: Double]

    /// Promotions that the truth contradicts.
    public var wrongPromotions: Int { promotions.count { $0.isBetter == false } }
  }

  public var years = 20
  /// Years that only train.
  public var trainingYears = 8
  public var effectScale = 5.0
  /// Whether the market has options, and their skew its effect, as in the demo's world.
  public var hasOptions = true
  public var settings = AgentSettings()

  public init() {}

  /// The agent on one world.
  ///
  /// - Complexity: about half a minute of one core for twenty years.
  public func world(seed: UInt64, hasShifts: Bool) async throws -> World {
    var worldSettings = SyntheticWorld.Settings(seed: seed, years: years)
    worldSettings.effectScale = effectScale
    worldSettings.options = hasOptions
    worldSettings.shifts = hasShifts
    worldSettings.faults = hasShifts
    let from = CivilDate(year: worldSettings.start.year + trainingYears, month: 1, day: 1)
    let reading = try await WorldReading(SyntheticWorld.generate(worldSettings), from: from, settings: settings)
    let record = reading.report.records[.selfHealing] ?? ArmRecord()
    return World(
      seed: seed, hasShifts: hasShifts, years: Double(record.dates.count) / 252,
      shifts: try reading.world.truth.shifts.map { try shift($0, reading, record) }, alarms: record.alarms.count,
      alarmsByStream: Dictionary(record.alarms.map { ($0.stream, 1) }, uniquingKeysWith: +),
      experiments: record.experiments, rollbacks: record.rollbacks, promotions: try reading.promotions(),
      trials: try reading.trials(), sharpe: reading.report.summary.arms.compactMapValues(\.sharpe))
  }

  /// Worlds with shifts and without, for each seed, `threads` at a time, in the order of the seeds.
  ///
  /// `progress` is told how many of them are done.
  public func worlds(
    seeds: Range<UInt64>, threads: Int, progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) async throws -> [World] {
    let tasks = seeds.flatMap { seed in [(seed, true), (seed, false)] }
    return try await concurrentTasks(tasks.count, threads: threads, progress: progress) {
      try await world(seed: tasks[$0].0, hasShifts: tasks[$0].1)
    }
  }

  private func shift(_ shift: PlantedShift, _ reading: WorldReading, _ record: ArmRecord) throws -> Shift {
    let row = reading.row(shift.date)
    let dates = reading.history.dates
    let year = dates[min(row + 250, dates.count - 1)]
    let alarms = record.alarms.filter { ($0.date >= shift.date) && ($0.date <= year) }
    var skill: [Arm: Skill] = [:]
    var risk: [Arm: Risk] = [:]
    for arm in Arm.allCases {
      var own = Skill()
      let later = row + 120..<row + 370
      own.before = reading.skill(arm, rows: max(0, row - 250)..<row)
      if let policy = try reading.standing(arm, at: row) {
        own.atShift = try reading.skill(policy, rows: later, follows: false)
      }
      if let policy = try reading.standing(arm, at: row + 120) {
        own.recovered = try reading.skill(policy, rows: later, follows: false)
      }
      own.forecast = reading.skill(arm, rows: later)
      skill[arm] = own
      guard shift.kind == .volatility else { continue }
      risk[arm] = Risk(
        before: try reading.risk(arm, rows: max(0, row - 250)..<row),
        first: try reading.risk(arm, rows: row..<row + 20),
        after: try reading.risk(arm, rows: row + 20..<row + 40))
    }
    return Shift(
      seed: reading.world.settings.seed, kind: shift.kind.rawValue, date: shift.date,
      delay: alarms.first.flatMap { alarm in dates.firstIndex { $0 >= alarm.date }.map { $0 - row } },
      stream: alarms.first?.stream, cause: alarms.first { $0.cause != nil }?.cause, skill: skill, risk: risk)
  }
}
