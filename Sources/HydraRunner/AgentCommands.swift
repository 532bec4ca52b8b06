import ArgumentParser
import Foundation
import HydraCore

/// `hydra run`: the agent over a market-data folder.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run the agent over a market-data folder; the same command continues a stopped run.")

  @Option(help: "Market-data folder.")
  var data: String

  @Option(help: "Symbol of the market, as in ZO.")
  var market: String = "ZO"

  @Option(help: "First trade date of the run; history before it may train but never trades.")
  var from: CivilDate?

  @Option(help: "Last trade date of the run.")
  var to: CivilDate?

  @OptionGroup var agent: AgentOptions
  @OptionGroup var store: StoreOption
  @OptionGroup var output: OutputOptions
  @OptionGroup var run: RunOptions

  func run() async throws {
    guard FileManager.default.fileExists(atPath: data) else { throw RunnerError(.noInput, "\(data): no such folder") }
    let report = try await agent.run(
      folder: data, market: market, from: from, to: to, store: store.store, options: run)
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

  @OptionGroup var agent: AgentOptions
  @Option(help: "table, csv, jsonl or json for the summary; default: a table on a terminal, JSON in a pipe.")
  var format: OutputFormat?

  @OptionGroup var run: RunOptions

  func run() async throws {
    var world = SyntheticWorld.Settings(seed: run.seed, years: years)
    world.effectScale = effectScale
    let market = out + "/market"
    do {
      try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
      try SyntheticWorld.generate(world).write(to: market)
    } catch {
      throw RunnerError(.cannotCreate, "\(out): \(error.localizedDescription)")
    }
    let store = "sqlite:\(out)/hydra.sqlite"
    // A thin market's first years hold too little to learn from; the shifts are planted after them.
    let from = CivilDate(year: world.start.year + min(8, years / 2), month: 1, day: 1)
    let report = try await agent.run(folder: market, market: "ZO", from: from, to: nil, store: store, options: run)
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
    commandName: "experiment-work", abstract: "Carry out one experiment of a scratch folder.", shouldDisplay: false)

  @Argument var scratch: String
  @Argument var index: Int

  func run() async throws { try ChildExperiments.work(scratch: scratch, index: index) }
}

/// The agent's settings on the command line.
struct AgentOptions: ParsableArguments {
  @Option(help: "Starting capital, in the market's currency.")
  var capital: Double?

  @Option(help: "Annual volatility of the account that an ordinary forecast aims at, as a share of capital.")
  var volatilityTarget: Double?

  @Option(help: "Bars over which a forecast is earned.")
  var horizon: Int?

  @Option(help: "Multiplies the expected cost of every trade.")
  var costMultiplier: Double?

  @Option(help: "Largest share of a day's volume that is ours.")
  var participation: Double?

  @Option(help: "Most rounds of boosting.")
  var rounds: Int?

  @Option(help: "Recipes that an experiment tries around its hypothesis.")
  var trials: Int?

  @Flag(help: "Carry out experiments inside this process instead of in children.")
  var inProcess = false

  func settings(seed: UInt64) throws -> AgentSettings {
    var settings = AgentSettings()
    func set(
      _ value: Double?, _ name: String, _ range: ClosedRange<Double>, _ key: WritableKeyPath<AgentSettings, Double>
    )
      throws
    {
      guard let value else { return }
      guard range.contains(value) else {
        throw RunnerError(.usage, "--\(name) is \(value); it must be in \(range.lowerBound)...\(range.upperBound)")
      }
      settings[keyPath: key] = value
    }
    try set(capital, "capital", 1...1e15, \.capital)
    try set(volatilityTarget, "volatility-target", 0.001...1, \.volatilityTarget)
    try set(costMultiplier, "cost-multiplier", 0...100, \.costMultiplier)
    try set(participation, "participation", 0.0001...1, \.participation)
    if let horizon {
      guard (1...250).contains(horizon) else {
        throw RunnerError(.usage, "--horizon is \(horizon); it must be in 1...250")
      }
      settings.horizon = horizon
    }
    if let rounds {
      guard (1...10_000).contains(rounds) else {
        throw RunnerError(.usage, "--rounds is \(rounds); it must be in 1...10000")
      }
      settings.recipe.trees.rounds = rounds
    }
    if let trials {
      guard (1...1000).contains(trials) else {
        throw RunnerError(.usage, "--trials is \(trials); it must be in 1...1000")
      }
      settings.healing.trials = trials
    }
    settings.seed = seed
    return settings
  }

  /// Reads the folder, imports it into the store, runs the arms.
  func run(
    folder: String, market: String, from: CivilDate?, to: CivilDate?, store url: String, options: RunOptions
  ) async throws -> RunReport {
    let settings = try settings(seed: options.seed)
    let logger = options.logger("run")
    let now = Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970) * 1_000_000_000)
    let input = try RunInput(folder: MarketFolder(path: folder), symbol: market, ingested: now)
    guard let span = input.span else { throw RunnerError(.badData, "\(market) has no bars in \(folder)") }
    let (first, last) = (from ?? span.lowerBound, to ?? span.upperBound)
    guard first <= last else { throw RunnerError(.usage, "--from \(first) is after --to \(last)") }
    let store = try Store(url: url)
    for history in [input.market] + input.related {
      let imported = try store.facts.importHistory(history)
      logger.info(
        "imported",
        metadata: [
          "market": "\(imported.symbol)", "bars": "\(history.bars.count)", "findings": "\(history.findings.count)",
        ])
    }
    if !input.market.findings.isEmpty {
      logger.notice("\(input.market.findings.count) findings in the data of \(market); see 'hydra data check'")
    }
    let experiments: any ExperimentRunner =
      inProcess
      ? InProcessExperiments(threads: options.threads)
      : ChildExperiments(
        executable: try ownExecutable(), arguments: ["experiment-work"], parallel: options.threads,
        timeLimitSeconds: settings.healing.timeLimitSeconds)
    let agent = Agent(store: store, settings: settings, experiments: experiments, threads: options.threads)
    Interruption.watch()
    let bar = ProgressBar("run", quiet: options.quiet)
    do {
      return try await agent.run(market: input.market, related: input.related, from: first, to: last) { progress in
        bar.update(progress.done, of: progress.total)
        return Interruption.signal == nil
      }
    } catch Agent.RunError.interrupted(let date) {
      FileHandle.standardError.write(Data("hydra: stopped at \(date); the same command continues\n".utf8))
      throw ExitCode(128 + (Interruption.signal ?? SIGINT))
    }
  }

  private func ownExecutable() throws -> String {
    #if os(Linux)
    return try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    #else
    guard let path = Bundle.main.executablePath else {
      throw RunnerError(.internalError, "the runner does not know its own path")
    }
    return path
    #endif
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
