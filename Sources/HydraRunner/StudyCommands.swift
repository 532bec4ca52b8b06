import ArgumentParser
import HydraCore

/// `hydra study`: long studies of the agent.
struct StudyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study",
    abstract: "Long studies: the agent on generated worlds, judged by their truth, or on recorded markets.",
    subcommands: [StudyWorldsCommand.self, StudyMarketsCommand.self, StudyFaultsCommand.self],
    defaultSubcommand: StudyWorldsCommand.self)
}

/// `hydra study worlds`: what the agent makes of worlds whose truth is known.
struct StudyWorldsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worlds",
    abstract: "Run the agent over generated worlds with and without shifts, and judge it by their truth.")

  @Option(help: "Worlds with shifts, and as many without.")
  var seeds = 5

  @Option(help: "Calendar years of each world; the first eight only train.")
  var years = 20

  @Option(help: "Factor on the planted information coefficients.")
  var effectScale = 5.0

  @Flag(help: "Worlds without option chains, and without the effect of their skew.")
  var noOptions = false

  @Option(help: "Also write a row for each planted shift to this CSV file.")
  var shiftRows: String?

  @Option(help: "Also write a row for each experiment, with what the truth says of it, to this CSV file.")
  var trialRows: String?

  @OptionGroup var agent: AgentOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var run: RunOptions

  func validate() throws {
    guard (1...10_000).contains(seeds) else { throw ValidationError("--seeds is \(seeds); it must be 1 to 10000") }
    guard (10...60).contains(years) else { throw ValidationError("--years is \(years); it must be 10 to 60") }
    guard (0...10).contains(effectScale) else {
      throw ValidationError("--effect-scale is \(effectScale); it must be 0 to 10")
    }
    guard run.seed <= UInt64.max - 10_000 else { throw ValidationError("--seed is too large") }
  }

  func run() async throws {
    var study = WorldStudy()
    study.settings = try agent.settings(seed: AgentSettings().seed)
    study.years = years
    study.effectScale = effectScale
    study.hasOptions = !noOptions
    let bar = ProgressBar("study", quiet: run.quiet)
    let worlds = try await study.worlds(seeds: run.seed..<run.seed + UInt64(seeds), threads: run.threads) {
      bar.update($0, of: $1)
    }
    if let shiftRows { try OutputOptions.write(Self.table(shifts: worlds.flatMap(\.shifts)).text(.csv), to: shiftRows) }
    if let trialRows { try OutputOptions.write(Self.table(trials: worlds).text(.csv), to: trialRows) }
    try output.write(summary: StudySummary(worlds).json)
  }

  private static func table(shifts: [WorldStudy.Shift]) -> RowTable {
    var table = RowTable(rows: shifts.count)
    table.add(column: "seed", shifts.map { String($0.seed) })
    table.add(column: "shift", shifts.map { $0.kind })
    table.add(column: "date", shifts.map { $0.date.description })
    table.add(column: "delay_bars", shifts.map { $0.delay.map(Double.init) })
    table.add(column: "stream", shifts.map { $0.stream })
    table.add(column: "cause", shifts.map { $0.cause?.rawValue })
    for arm in Arm.allCases {
      table.add(column: "\(arm.rawValue)_before", shifts.map { $0.skill[arm]?.before })
      table.add(column: "\(arm.rawValue)_old_model_after", shifts.map { $0.skill[arm]?.atShift })
      table.add(column: "\(arm.rawValue)_after_120", shifts.map { $0.skill[arm]?.recovered })
      table.add(column: "\(arm.rawValue)_forecasts_after_120", shifts.map { $0.skill[arm]?.forecast })
      table.add(column: "\(arm.rawValue)_risk_before", shifts.map { $0.risk[arm]?.before })
      table.add(column: "\(arm.rawValue)_risk_first_20", shifts.map { $0.risk[arm]?.first })
      table.add(column: "\(arm.rawValue)_risk_next_20", shifts.map { $0.risk[arm]?.after })
    }
    return table
  }

  private static func table(trials worlds: [WorldStudy.World]) -> RowTable {
    let trials = worlds.flatMap { world in world.trials.map { (world.hasShifts, $0) } }
    var table = RowTable(rows: trials.count)
    table.add(column: "seed", trials.map { String($0.1.seed) })
    table.add(column: "has_shifts", trials.map { $0.0 ? "yes" : "no" })
    table.add(column: "date", trials.map { $0.1.date.description })
    table.add(column: "change", trials.map { $0.1.change })
    table.add(column: "p", trials.map { $0.1.pValue })
    table.add(column: "net_t", trials.map { $0.1.netStatistic })
    table.add(column: "truly_better", trials.map { $0.1.isBetter.map { $0 ? "yes" : "no" } })
    table.add(column: "decision", trials.map { $0.1.decision.rawValue })
    return table
  }
}
