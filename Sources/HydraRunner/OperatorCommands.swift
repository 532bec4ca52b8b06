import ArgumentParser
import Foundation
import HydraCore

/// `hydra halt`: the kill switch.
struct HaltCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "halt",
    abstract: "Stop all trading on a store, also of runs at work, until 'hydra resume'; survives restarts.")

  @Flag(help: "Close every position as fast as the limits on order size allow.")
  var flatten = false

  @OptionGroup var request: OperatorRequest

  func run() async throws { try request.ask(flatten ? .flatten : .halt) }
}

/// `hydra resume`: takes a halt back.
struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Let a halted store trade again; ends safe mode too.")

  @OptionGroup var request: OperatorRequest

  func run() async throws { try request.ask(.resume) }
}

/// `hydra approve`: lets a promotion go ahead that waits for a person.
struct ApproveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve",
    abstract: "Approve a promotion that waits for a person (operations.promotions=approval), or reject it.")

  @Argument(help: "The experiment that the promotion rests on, as 'hydra status' names it.")
  var id: String

  @Flag(help: "Reject it instead.")
  var reject = false

  @Option(help: "Key of the run, or its beginning; default the newest.")
  var of: String?

  @OptionGroup var request: OperatorRequest

  func run() async throws {
    let store = try openForReading(request.store.store)
    let chosen = try chooseRun(of, in: store)
    guard try RunStatus.approvals(of: chosen, in: store).contains(id) else {
      throw RunnerError(.noInput, "no promotion '\(id)' waits in run \(chosen.shortKey)")
    }
    try request.ask(reject ? .reject : .approve, id: id, run: chosen)
  }
}

/// What every request of an operator takes.
struct OperatorRequest: ParsableArguments {
  @Option(help: "Why; it stands in the operator's journal.")
  var reason: String

  @OptionGroup var store: StoreOption
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  mutating func validate() throws {
    guard reason.contains(where: { !$0.isWhitespace }) else { throw ValidationError("--reason is empty") }
  }

  /// Writes the request and prints what holds now.
  func ask(_ kind: ControlAction.Kind, id: String? = nil, run: Run? = nil) throws {
    // A path that is mistyped should not become an empty store.
    _ = try openForReading(store.store)
    var settings = Store.Settings()
    settings.durability = .full
    let now = Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970) * 1_000_000_000)
    let answer = try KillSwitch.ask(
      kind, id: id, run: run, reason: reason, at: now, in: Store(url: store.store, settings: settings))
    try output.write(summary: answer)
  }
}
