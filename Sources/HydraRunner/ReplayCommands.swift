import ArgumentParser
import HydraCore

/// `hydra replay`: orders against exchanges and recorded markets.
struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Play orders against an exchange's rules and recorded markets.",
    subcommands: [
      ReplayRunCommand.self, ReplayVerifyCommand.self, ReplayScenarioCommand.self, ReplayDecodeCommand.self,
    ])
}

/// `hydra replay scenario`: small cases of order handling and of costs.
struct ReplayScenarioCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scenario",
    abstract: "Play scenarios of order handling, or compute cost cases; a JSON line each with id, got and pass.",
    discussion: """
      FILE is an object with 'scenarios' (or one scenario, or an array): id, mode (exchange, replay_l3, replay_l2), \
      config, events, and perhaps expected or ask; or an object with 'cases': id, kind (expected_cost, almgren_chriss, \
      propagator, shrink, bayes_reg, account, shortfall, continuous), input, and perhaps expected and tol. 'pass' is \
      there where something was expected, 'error' instead of 'got' where it cannot be played (exit code 65). --strict exits with 65 when one did not pass.
      """)

  @Argument(help: "JSON file; '-' is standard input.")
  var file: String = "-"

  @OptionGroup var output: OutputOptions
  @OptionGroup var strictness: StrictOption
  @OptionGroup var common: RunOptions

  func run() async throws {
    let json: JSONValue
    do {
      json = try JSONValue(parsing: FileBytes.read(file))
    } catch let error as JSONError {
      throw RunnerError(.badData, "\(file): \(error.description)")
    }
    var lines = ""
    var failed = 0
    var faults: [String] = []
    for (id, outcome) in try outcomes(of: json) {
      var line: JSONValue = ["id": .string(id)]
      switch outcome {
      case .success(let outcome):
        line["got"] = outcome.got
        if let passes = outcome.passes { line["pass"] = .bool(passes) }
        if outcome.passes == false { failed += 1 }
      case .failure(let error):
        line["error"] = .string(error.description)
        faults.append(error.description)
      }
      lines += line.text + "\n"
    }
    try output.emit(lines)
    if let first = faults.first {
      let others = faults.count > 1 ? " (and \(faults.count - 1) more)" : ""
      throw RunnerError(.badData, "\(file): \(first)\(others)")
    }
    if strictness.strict, failed > 0 { throw RunnerError(.badData, "\(file): \(failed) did not pass") }
  }

  /// What each scenario or case gave, or why it cannot be played; the others are played all the same.
  private func outcomes(
    of json: JSONValue
  ) throws -> [(id: String, outcome: Result<ReplayScenario.Outcome, ScenarioError>)] {
    do throws(ScenarioError) {
      if json["cases"] != nil {
        return try ReplayCostCase.read(json: json).map { item in (item.id, Result(catching: item.run)) }
      }
      return try ReplayScenario.read(json: json).map { item in (item.id, Result(catching: item.run)) }
    } catch {
      throw RunnerError(.badData, "\(file): \(error.description)")
    }
  }
}
