import ArgumentParser
import Foundation
import HydraCore

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

  @Option(
    help: ArgumentHelp(
      "A setting of the agent, as in healing.trials=5; may be repeated. 'hydra config show' lists them.",
      valueName: "key=value"))
  var set: [String] = []

  /// The settings that the options name; an option of its own wins over `--set`.
  func settings(seed: UInt64) throws -> AgentSettings {
    var settings = AgentSettings()
    for assignment in set {
      let (setting, value) = try Self.parsed(assignment)
      if let problem = setting.set(value, in: &settings) {
        throw RunnerError(.usage, "--set \(setting.key): \(problem)")
      }
    }
    for (option, value) in short {
      guard let setting = Setting.ofOption(option), let value else { continue }
      if let problem = setting.set(value, in: &settings) { throw RunnerError(.usage, "--\(option): \(problem)") }
    }
    settings.seed = seed
    return settings
  }

  /// The setting and the value of `KEY=VALUE`.
  static func parsed(_ assignment: String) throws -> (setting: Setting, value: String) {
    guard let equals = assignment.firstIndex(of: "=") else {
      throw RunnerError(.usage, "--set '\(assignment)': KEY=VALUE is expected")
    }
    let key = String(assignment[..<equals])
    guard let setting = Setting.named(key) else {
      let nearest = nearestName(to: key, in: Setting.all.map(\.key))
      throw RunnerError(
        .usage, "--set: there is no setting '\(key)'",
        hint: nearest.map { "did you mean '\($0)'?" } ?? "'hydra config show' lists them")
    }
    return (setting, String(assignment[assignment.index(after: equals)...]))
  }

  /// The options that are short for settings, with the values that were given.
  var short: [(option: String, value: String?)] {
    [
      ("capital", capital?.description), ("volatility-target", volatilityTarget?.description),
      ("horizon", horizon?.description), ("cost-multiplier", costMultiplier?.description),
      ("participation", participation?.description), ("rounds", rounds?.description), ("trials", trials?.description),
    ]
  }

  /// Reads the folder, imports it into the store, runs the arms.
  func run(
    folder: MarketFolder, market: String, from: CivilDate?, to: CivilDate?, store url: String,
    repairs: RepairOption? = nil, language: LanguageOptions? = nil, live: LiveOptions? = nil,
    options: RunOptions
  ) async throws -> RunReport {
    var settings = try settings(seed: options.seed)
    if let repairs { settings.repairs = try repairs.rules(on: settings.repairs) }
    let logger = options.logger("run")
    let now = Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970) * 1_000_000_000)
    let watch = FolderWatch(folder, symbol: market, ingested: now, repairs: settings.repairs)
    let input: RunInput
    do {
      input = try RunInput(folder: folder, symbol: market, ingested: now, repairs: settings.repairs)
    } catch {
      live?.noteUnreadable(error, market: market, store: url, at: now)
      throw error
    }
    let features = FeaturePipeline(
      instrument: input.market.instrument, relatedSymbols: input.market.instrument.related
    ).names
    if let unknown = settings.recipe.dropped.first(where: { !features.contains($0) }) {
      throw RunnerError(
        .badConfiguration, "recipe.dropped: '\(unknown)' is not a feature of \(market)",
        hint: nearestName(to: unknown, in: features).map { "did you mean '\($0)'?" })
    }
    guard let span = input.span else { throw RunnerError(.badData, "\(market) has no bars in \(folder.path)") }
    let end = live?.follow == nil ? span.upperBound : CivilDate(year: 9999, month: 12, day: 31)
    let (first, last) = (from ?? span.lowerBound, to ?? end)
    guard first <= last else { throw RunnerError(.usage, "--from \(first) is after --to \(last)") }
    var opening = Store.Settings()
    // An order that went out cannot be made again: each transaction of a live run waits for the disk.
    if live?.live == true { opening.durability = .full }
    let store = try Store(url: url, settings: opening)
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
        executable: try Self.ownExecutable(), arguments: ["experiment-work"], parallel: options.threads,
        limits: settings.experiments)
    let asked = try language?.advice(seed: options.seed)
    // Also of a run that is stopped: what was asked so far has been paid for.
    defer { if let record = asked?.record { try? language?.keep(record) } }
    let agent = Agent(
      store: store, settings: settings, experiments: experiments, advice: asked?.advice, threads: options.threads)
    let session = try live?.session(
      input.market.instrument, settings, store: store, url: url, watch: watch, logger: logger)
    defer { session?.pages?.stop() }
    Interruption.watch()
    let bar = ProgressBar("run", quiet: options.quiet)
    do {
      return try await agent.run(
        market: input.market, related: input.related, from: first, to: last, live: session?.session
      ) { progress in
        bar.update(progress.done, of: progress.total)
        return Interruption.signal == nil
      }
    } catch Agent.RunError.interrupted(let date) {
      FileHandle.standardError.write(Data("hydra: stopped at \(date); the same command continues\n".utf8))
      throw ExitCode(128 + (Interruption.signal ?? SIGINT))
    } catch is LiveOptions.Stopped {
      FileHandle.standardError.write(Data("hydra: stopped; the same command continues\n".utf8))
      throw ExitCode(128 + (Interruption.signal ?? SIGINT))
    }
  }

  static func ownExecutable() throws -> String {
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
