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
      there where something was expected. --strict exits with 65 when one did not pass.
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
    do {
      for (id, outcome) in try Self.outcomes(of: json) {
        var line: JSONValue = ["id": .string(id), "got": outcome.got]
        if let passes = outcome.passes { line["pass"] = .bool(passes) }
        if outcome.passes == false { failed += 1 }
        lines += line.text + "\n"
      }
    } catch let error as ScenarioError {
      throw RunnerError(.badData, "\(file): \(error.description)")
    }
    try output.emit(lines)
    if strictness.strict, failed > 0 { throw RunnerError(.badData, "\(file): \(failed) did not pass") }
  }

  private static func outcomes(of json: JSONValue) throws -> [(String, ReplayScenario.Outcome)] {
    if json["cases"] != nil { return try ReplayCostCase.read(json: json).map { ($0.id, try $0.run()) } }
    return try ReplayScenario.read(json: json).map { ($0.id, try $0.run()) }
  }
}
