import ArgumentParser
import HydraCore

/// `hydra learn search-test`: a sampler on a function with a known minimum.
struct LearnSearchTestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search-test",
    abstract: "The best value after each trial of a search on a known function, for comparison with other optimisers.")

  @Option(help: "branin, hartmann6 or rosenbrock5.")
  var function: SearchFunction

  @Option(help: "random, grid, tpe, cmaes, gp or nsga2.")
  var sampler: String = "tpe"

  @Option(help: "How many trials.")
  var trials: Int = 100

  @Option(help: "Trials that are chosen before the first of them is finished.")
  var parallel: Int = 1

  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  mutating func validate() throws {
    guard trials >= 1 else { throw ValidationError("--trials is \(trials); it must be at least 1") }
    guard parallel >= 1 else { throw ValidationError("--parallel is \(parallel); it must be at least 1") }
  }

  func run() async throws {
    var study = try Study(function.space, sampler: Sampler(name: sampler), seed: common.seed)
    let bar = ProgressBar("searching", quiet: common.quiet)
    Interruption.watch()
    let (function, total) = (function, trials)
    try study.optimize(
      trials: trials, parallel: parallel, threads: common.threads,
      onTrial: { study, _ in
        bar.update(study.results, of: total)
        if let signal = Interruption.signal { throw ExitCode(128 + signal) }
      },
      objective: { trial in function.value(function.bounds.indices.map { trial["x\($0)"] }) })
    var best = Double.infinity
    let values = study.trials.map { $0.values.first ?? .nan }
    let bestSoFar = values.map { value in
      best = min(best, value)
      return best
    }
    try output.write(
      summary: [
        "function": JSONValue(function.rawValue), "sampler": JSONValue(sampler), "trials": JSONValue(values.count),
        "seed": .integer(Int64(bitPattern: common.seed)), "best_value": .number(best),
        "best_parameters": Self.parameters(study.best), "best": JSONValue(bestSoFar), "values": JSONValue(values),
      ])
  }

  static func parameters(_ trial: Trial?) -> JSONValue {
    .object(trial?.parameters.map { ($0.name, $0.value.json) } ?? [])
  }
}

extension SearchFunction: ExpressibleByArgument {}
