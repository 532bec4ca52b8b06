import ArgumentParser
import HydraCore

/// `hydra study markets`: what the arms earn in recorded markets, alone and pooled.
struct StudyMarketsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "markets",
    abstract: "Run the agent over several markets of a folder, and compare its arms on all of them together.",
    discussion: """
      One row for each market and one for their pool, a portfolio of equal capital in each: annualised net Sharpe ratios \
      and the differences of the self-healing arm to the others, with 90 % intervals.
      """)

  @Option(help: "Market-data folder.")
  var data: String

  @Option(help: "Symbols, with commas between.")
  var markets: String

  @Option(help: "First trade date; history before it trains only. Default: the first of each market.")
  var from: CivilDate?

  @Option(help: "Last trade date. Default: the last of each market.")
  var to: CivilDate?

  @Option(help: "Also show the time up to the day before this date and from it on; may be repeated.")
  var split: [CivilDate] = []

  @OptionGroup var mapping: MappingOption
  @OptionGroup var agent: AgentOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var run: RunOptions

  func run() async throws {
    let symbols = markets.split(separator: ",").map(String.init)
    guard !symbols.isEmpty, Set(symbols).count == symbols.count else {
      throw RunnerError(.usage, "--markets '\(markets)': different symbols with commas between are expected")
    }
    if let from, let to, from > to { throw RunnerError(.usage, "--from \(from) is after --to \(to)") }
    var study = MarketStudy()
    study.settings = try agent.settings(seed: run.seed)
    (study.from, study.to, study.splits) = (from, to, split)
    let bar = ProgressBar("study", quiet: run.quiet)
    let done = try await study.markets(symbols, in: mapping.folder(data), threads: run.threads) {
      bar.update($0, of: $1)
    }
    try output.write(rows: Self.table(study.results(done)))
  }

  private static func table(_ results: [MarketStudy.Result]) -> RowTable {
    var table = RowTable(rows: results.count)
    table.add(column: "market", results.map(\.name))
    table.add(column: "from", results.map { $0.from.description })
    table.add(column: "to", results.map { $0.to.description })
    table.add(column: "days", results.map { Double($0.days) })
    for arm in Arm.allCases {
      add(arm.rawValue, results.map { $0.sharpe[arm] })
    }
    for other in [Arm.frozen, .periodic] {
      add("minus_\(other.rawValue)", results.map { $0.difference[other] })
    }
    return table

    func add(_ name: String, _ intervals: [SharpeInterval?]) {
      func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
      table.add(column: name, intervals.map { $0.map { rounded($0.estimate) } })
      table.add(column: "\(name)_low", intervals.map { $0.map { rounded($0.lower) } })
      table.add(column: "\(name)_high", intervals.map { $0.map { rounded($0.upper) } })
    }
  }
}
