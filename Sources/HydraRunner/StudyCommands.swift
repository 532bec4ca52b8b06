import ArgumentParser
import HydraCore

/// `hydra study`: what the agent makes of worlds whose truth is known; long.
struct StudyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study",
    abstract: "Run the agent over generated worlds: delay to alarms, false alarms, skill lost and won back.")

  @Option(help: "Worlds with shifts, and as many without.")
  var seeds = 5

  @Option(help: "Factor on the planted information coefficients.")
  var effectScale = 5.0

  @OptionGroup var output: OutputOptions
  @OptionGroup var run: RunOptions

  func run() async throws {
    var study = WorldStudy()
    study.effectScale = effectScale
    study.threads = run.threads
    var shifts: [WorldStudy.Shift] = []
    var quiet: [WorldStudy.QuietWorld] = []
    let bar = ProgressBar("study", quiet: run.quiet)
    for index in 0..<seeds {
      shifts += try await study.shifts(seed: run.seed + UInt64(index))
      quiet.append(try await study.quiet(seed: run.seed + UInt64(index)))
      bar.update(index + 1, of: seeds)
    }
    var table = RowTable(rows: shifts.count + quiet.count)
    let none = [Double?](repeating: nil, count: quiet.count)
    let blank = [String?](repeating: nil, count: quiet.count)
    table.add(column: "seed", shifts.map { Double($0.seed) } + quiet.map { Double($0.seed) })
    table.add(column: "shift", shifts.map { $0.kind } + quiet.map { _ in "none" })
    table.add(column: "date", shifts.map { $0.date.description } + blank)
    table.add(column: "delay_bars", shifts.map { $0.delay.map(Double.init) } + none)
    table.add(column: "stream", shifts.map { $0.stream } + blank)
    table.add(column: "cause", shifts.map { $0.cause?.rawValue } + blank)
    for arm in Arm.allCases {
      for (index, when) in ["before", "after_120", "later_250"].enumerated() {
        table.add(column: "\(arm.rawValue)_\(when)", shifts.map { $0.skill[arm]?[index] } + none)
      }
    }
    let shiftNone = [Double?](repeating: nil, count: shifts.count)
    table.add(column: "false_alarms_a_year", shiftNone + quiet.map { Double($0.alarms) / $0.years })
    table.add(column: "promotions", shiftNone + quiet.map { Double($0.promotions) })
    table.add(column: "rollbacks", shiftNone + quiet.map { Double($0.rollbacks) })
    try output.write(rows: table)
  }
}
