import ArgumentParser
import HydraCore

/// `hydra experiments`: what was tried on past data, and what came out.
struct ExperimentsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "experiments", abstract: "Experiments of a run: plan, state, result.",
    subcommands: [ExperimentsListCommand.self, ExperimentsShowCommand.self, ExperimentsRerunCommand.self])
}

extension Experiment.State: ExpressibleByArgument {}

/// `hydra experiments list`: all experiments of a run.
struct ExperimentsListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Experiments of a run in the order in which they were planned.")

  @Option(help: "Only this arm.")
  var arm: String?

  @Option(help: "Only experiments in this state: queued, running, done, failed.")
  var state: Experiment.State?

  @OptionGroup var choice: RunChoice
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    let (store, run) = try choice.open()
    let experiments = try store.experiments.all(of: run, arm: arm, state: state)
    var table = RowTable(rows: experiments.count)
    table.add(column: "id", experiments.map(\.id))
    table.add(column: "arm", experiments.map(\.arm))
    table.add(column: "state", experiments.map(\.state.rawValue))
    table.add(column: "attempts", experiments.map(\.attempts))
    table.add(column: "queued", experiments.map { $0.queued.description })
    table.add(column: "ended", experiments.map { $0.ended?.description })
    table.add(column: "seed", experiments.map { "\($0.seed)" })
    table.add(column: "plan_hash", experiments.map { String($0.planHash.prefix(12)) })
    table.add(column: "error", experiments.map(\.error))
    try output.write(rows: table)
  }
}

/// `hydra experiments show`: one experiment with its plan and result.
struct ExperimentsShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "One experiment with its whole plan and result.")

  @Argument(help: "Id of the experiment, as 'hydra experiments list' prints it.")
  var id: String

  @OptionGroup var choice: RunChoice
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    let (store, run) = try choice.open()
    guard let experiment = try store.experiments.experiment(id, of: run) else {
      throw RunnerError(.noInput, "run \(run.shortKey) has no experiment '\(id)'", hint: "see 'hydra experiments list'")
    }
    try output.write(summary: [
      "id": .string(experiment.id), "run": .string(experiment.run), "arm": .string(experiment.arm),
      "state": .string(experiment.state.rawValue), "attempts": JSONValue(experiment.attempts),
      // Seeds use all 64 bits, which many readers of JSON numbers do not have.
      "seed": .string("\(experiment.seed)"), "queued": .string(experiment.queued.description),
      "ended": JSONValue(experiment.ended?.description), "plan": experiment.plan,
      "plan_hash": .string(experiment.planHash), "result": experiment.result ?? .null,
      "error": JSONValue(experiment.error),
    ])
  }
}

/// `hydra experiments rerun`: one experiment once more, from what is stored.
struct ExperimentsRerunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rerun",
    abstract: "Repeat an experiment from what is stored; exit code 65 when other bytes come out than then.")

  @Argument(help: "Id of the experiment, as 'hydra experiments list' prints it.")
  var id: String

  @Flag(help: "Inside this process instead of in a child.")
  var inProcess = false

  @OptionGroup var limits: LimitOptions
  @OptionGroup var choice: RunChoice
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    let (store, run) = try choice.open()
    let runner: any ExperimentRunner =
      inProcess
      ? InProcessExperiments(threads: common.threads)
      : ChildExperiments(
        executable: try AgentOptions.ownExecutable(), arguments: ["experiment-work"], parallel: 1,
        limits: try limits.limits())
    let rerun = try ExperimentRerun(id, of: run, in: store, with: runner)
    try output.write(summary: [
      "id": .string(id), "run": .string(run.key), "same": .bool(rerun.isSame), "stored": .string(rerun.storedHash),
      "now": .string(rerun.hash), "difference": JSONValue(rerun.difference), "result": rerun.result ?? .null,
      "error": JSONValue(rerun.failure),
    ])
    if let difference = rerun.difference {
      throw RunnerError(.badData, "experiment '\(id)' does not repeat: \(difference)")
    }
  }
}
