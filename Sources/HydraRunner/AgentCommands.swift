import ArgumentParser
import Foundation
import HydraCore

/// `hydra run`: the agent over a market-data folder.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run the agent over a market-data folder, or with --live on it as a feed; the same command continues.")

  @Option(help: "Market-data folder.")
  var data: String

  @Option(help: "Symbol of the market, as in ZO.")
  var market: String = "ZO"

  @Option(help: "First trade date of the run; history before it may train but never trades.")
  var from: CivilDate?

  @Option(help: "Last trade date of the run.")
  var to: CivilDate?

  @OptionGroup var mapping: MappingOption
  @OptionGroup var repair: RepairOption
  @OptionGroup var agent: AgentOptions
  @OptionGroup var language: LanguageOptions
  @OptionGroup var live: LiveOptions
  @OptionGroup var store: StoreOption
  @OptionGroup var output: OutputOptions
  @OptionGroup var run: RunOptions

  func run() async throws {
    let report = try await agent.run(
      folder: mapping.folder(data), market: market, from: from, to: to, store: store.store, repairs: repair,
      language: language, live: live, options: run)
    try output.write(report: report)
  }
}

/// `hydra demo`: the main job on a generated market, from nothing.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Generate a thin market, run the agent over it, write a report.")

  @Option(help: "Folder for the market, the store and report.html.")
  var out: String = "demo"

  @Option(help: "Years of the market, the first eight of which only train.")
  var years = 20

  @Option(
    help: "Factor on the planted information coefficients; 1 is true to life, and too little to be seen in years.")
  var effectScale = 5.0

  @Flag(help: "Generate no option chains.")
  var noOptions = false

  @Option(help: "Trading days at the end with minute bars; orders of these days are worked inside of them.")
  var minuteDays = 252

  @Option(help: "Days of the last year with an order-by-order book, in which their orders are worked.")
  var bookDays = 63

  @OptionGroup var agent: AgentOptions
  @Option(help: "table, csv, jsonl or json for the summary; default: a table on a terminal, JSON in a pipe.")
  var format: OutputFormat?

  @OptionGroup var run: RunOptions

  mutating func validate() throws {
    guard (2...60).contains(years) else {
      throw ValidationError("--years is \(years); it must be 2 to 60: half of them, at most eight, only train")
    }
    guard (0...10).contains(effectScale) else {
      throw ValidationError("--effect-scale is \(effectScale); it must be 0 to 10")
    }
    guard (0...20_000).contains(minuteDays) else {
      throw ValidationError("--minute-days is \(minuteDays); it must be 0 to 20000")
    }
    guard (0...1000).contains(bookDays) else {
      throw ValidationError("--book-days is \(bookDays); it must be 0 to 1000")
    }
  }

  func run() async throws {
    var world = SyntheticWorld.Settings(seed: run.seed, years: years)
    world.effectScale = effectScale
    world.options = !noOptions
    (world.minuteDays, world.bookDays) = (minuteDays, bookDays)
    let market = out + "/market"
    do {
      try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
      try SyntheticWorld.generate(world).write(to: market, threads: run.threads)
    } catch {
      throw RunnerError(.cannotCreate, "\(out): \(error.localizedDescription)")
    }
    let store = "sqlite:\(out)/hydra.sqlite"
    // A thin market's first years hold too little to learn from; the shifts are planted after them.
    let from = CivilDate(year: world.start.year + min(8, years / 2), month: 1, day: 1)
    let report = try await agent.run(
      folder: MarketFolder(path: market), market: "ZO", from: from, to: nil, store: store, options: run)
    let page = "\(out)/report.html"
    try writeReport(of: report.summary.runKey, store: store, to: page)
    try OutputOptions.parse(format.map { ["--format", $0.rawValue] } ?? []).write(report: report)
    FileHandle.standardError.write(Data("report: \(page)\n".utf8))
  }
}

/// `hydra status`: where the newest run stands.
struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "State, champion, position, profit and drift scores of a run.")

  @Option(help: "Key of the run, or its beginning; default the newest.")
  var of: String?

  @OptionGroup var store: StoreOption
  @OptionGroup var output: OutputOptions
  @OptionGroup var run: RunOptions

  func run() async throws {
    let store = try openForReading(store.store)
    let chosen = try chooseRun(of, in: store)
    try output.write(summary: RunStatus(of: chosen, in: store).json)
  }
}

/// `hydra report`: the same as a page.
struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write a run as one self-contained HTML page.")

  @Option(help: "Key of the run, or its beginning; default the newest.")
  var of: String?

  @Option(help: "File to write.")
  var out: String

  @OptionGroup var store: StoreOption
  @OptionGroup var run: RunOptions

  func run() async throws { try writeReport(of: of, store: store.store, to: out) }
}

/// What the agent starts for each experiment; not for people.
struct ExperimentWorkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "experiment-work", abstract: "Carry out the experiment of a scratch folder.", shouldDisplay: false)

  @Argument var scratch: String

  func run() async throws {
    // Whoever started it wants to know which limit was met.
    signal(SIGXFSZ, SIG_DFL)
    try ChildExperiments.work(scratch: scratch)
  }
}

/// Opens a store that is only looked at.
func openForReading(_ url: String) throws -> Store {
  var settings = Store.Settings()
  settings.readOnly = true
  return try Store(url: url, settings: settings)
}

/// The run that a verb means.
func chooseRun(_ prefix: String?, in store: Store) throws -> Run {
  if let prefix { return try store.runs.run(prefix: prefix) }
  guard let newest = try store.runs.latest() else { throw RunnerError(.noInput, "the store has no run") }
  return newest
}

/// Writes the page of a run.
func writeReport(of prefix: String?, store url: String, to path: String) throws {
  let store = try openForReading(url)
  let model = try ReportModel(of: try chooseRun(prefix, in: store), in: store)
  do {
    try Data(ReportPage(model).html.utf8).write(to: URL(fileURLWithPath: path))
  } catch {
    throw RunnerError(.cannotCreate, "\(path): cannot be written")
  }
}

extension CivilDate: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
