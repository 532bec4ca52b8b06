import Foundation
import HydraMarket
import HydraNumerics
import HydraStore

/// Runs the agent over generated worlds, whose truth is known, and measures what it noticed, lost and won back.
public struct WorldStudy: Sendable {
  /// One planted shift of one world and what the self-healing arm made of it.
  public struct Shift: Sendable {
    public var seed: UInt64
    public var kind: String
    public var date: CivilDate
    /// Bars from the shift to the first alarm after it; nil when none came within a year.
    public var delay: Int?
    public var stream: String?
    public var cause: Cause?
    /// Correlation of forecast and outcome in the year before, the 120 bars after, and the year after those.
    public var skill: [Arm: [Double?]]
  }

  /// One world without shifts.
  public struct QuietWorld: Sendable {
    public var seed: UInt64
    public var years: Double
    public var alarms: Int
    public var promotions: Int
    public var rollbacks: Int
  }

  public var years = 20
  /// Years that only train.
  public var trainingYears = 8
  public var effectScale = 5.0
  public var settings = AgentSettings()
  public var threads = 1

  public init() {}

  /// The agent on one world; the world's folder lives as long as the reading takes.
  func run(_ world: SyntheticWorld) async throws -> RunReport {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-study-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try world.write(to: folder.path)
    let input = try RunInput(
      folder: MarketFolder(path: folder.path), symbol: "ZO", ingested: Timestamp(nanoseconds: 0))
    guard let span = input.span else {
      throw Agent.RunError.noBars(symbol: "ZO", from: world.settings.start, to: world.settings.start)
    }
    let from = CivilDate(year: world.settings.start.year + trainingYears, month: 1, day: 1)
    let agent = Agent(store: try Store(path: ":memory:"), settings: settings, threads: threads)
    return try await agent.run(market: input.market, related: input.related, from: from, to: span.upperBound)
  }

  /// What became of the shifts of a world.
  public func shifts(seed: UInt64) async throws -> [Shift] {
    var worldSettings = SyntheticWorld.Settings(seed: seed, years: years)
    worldSettings.effectScale = effectScale
    let world = SyntheticWorld.generate(worldSettings)
    let report = try await run(world)
    let alarms = report.records[.selfHealing]?.alarms ?? []
    return world.truth.shifts.map { shift in
      let row = report.dates.firstIndex { $0 >= shift.date } ?? report.dates.count
      let first = alarms.first { $0.date >= shift.date }
      let delay = first.flatMap { alarm in report.dates.firstIndex { $0 >= alarm.date }.map { $0 - row } }
      let isNoticed = delay.map { $0 <= 250 } ?? false
      var skill: [Arm: [Double?]] = [:]
      for arm in Arm.allCases {
        skill[arm] = [
          report.skill(arm, max(0, row - 250)..<row), report.skill(arm, row..<row + 120),
          report.skill(arm, row + 120..<row + 370),
        ]
      }
      return Shift(
        seed: seed, kind: shift.kind.rawValue, date: shift.date, delay: isNoticed ? delay : nil,
        stream: isNoticed ? first?.stream : nil, cause: isNoticed ? first?.cause : nil, skill: skill)
    }
  }

  /// A world in which nothing changes but what always changes: every alarm is false.
  public func quiet(seed: UInt64) async throws -> QuietWorld {
    var worldSettings = SyntheticWorld.Settings(seed: seed, years: years)
    worldSettings.effectScale = effectScale
    worldSettings.shifts = false
    worldSettings.faults = false
    let report = try await run(SyntheticWorld.generate(worldSettings))
    let record = report.records[.selfHealing] ?? ArmRecord()
    return QuietWorld(
      seed: seed, years: Double(record.dates.count) / 252, alarms: record.alarms.count, promotions: record.promotions,
      rollbacks: record.rollbacks)
  }
}
