import ArgumentParser
import Foundation
import HydraCore

/// `hydra models`: the registry.
struct ModelsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "Models, which of them decides, and how it came to that.",
    subcommands: [
      ModelsListCommand.self, ModelsShowCommand.self, ModelsCompareCommand.self, ModelsPromoteCommand.self,
      ModelsRollbackCommand.self, ModelsArchiveCommand.self,
    ])
}

/// A model's name on the command line: `3`, or `self_healing/3`.
struct ModelName: ExpressibleByArgument, Sendable {
  var arm: String
  var version: Int

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let version = Int(parts[parts.count - 1]), version >= 1 else { return nil }
    (arm, self.version) = (parts.count == 2 ? String(parts[0]) : Arm.selfHealing.rawValue, version)
  }

  func model(of run: Run, in store: Store) throws -> ModelRecord {
    guard let model = try store.models.model(version, of: run, arm: arm) else {
      throw RunnerError(.noInput, "run \(run.shortKey) has no model \(arm)/\(version)", hint: "see 'hydra models list'")
    }
    return model
  }
}

/// `hydra models list`: all models of a run.
struct ModelsListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "Models of a run by arm and version.")

  @Option(help: "Only this arm.")
  var arm: String?

  @OptionGroup var choice: RunChoice
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    let (store, run) = try choice.open()
    let models = try store.models.all(of: run, arm: arm)
    var table = RowTable(rows: models.count)
    table.add(column: "arm", models.map(\.arm))
    table.add(column: "version", models.map(\.version))
    table.add(column: "status", models.map(\.status.rawValue))
    table.add(column: "created", models.map { $0.created.description })
    table.add(column: "trained_from", models.map { $0.trainedRange?.lowerBound.date.description })
    table.add(column: "trained_to", models.map { $0.trainedRange?.upperBound.date.description })
    table.add(column: "parent", models.map { $0.parent.map(Double.init) })
    table.add(column: "metrics", models.map { $0.metrics.text })
    table.add(column: "artefact", models.map { String($0.artefactHash.prefix(12)) })
    try output.write(rows: table)
  }
}

/// `hydra models show`: one model with its story.
struct ModelsShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "One model: settings, metrics, and every move of the champion that concerned it.")

  @Argument(help: "VERSION of the arm self_healing, or ARM/VERSION.")
  var model: ModelName

  @OptionGroup var choice: RunChoice
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    let (store, run) = try choice.open()
    let model = try model.model(of: run, in: store)
    let moves = try store.models.moves(of: run, arm: model.arm)
      .filter { $0.from == model.version || $0.to == model.version }
    try output.write(summary: [
      "run": .string(model.run), "arm": .string(model.arm), "version": JSONValue(model.version),
      "status": .string(model.status.rawValue), "created": .string(model.created.description),
      "trained_from": JSONValue(model.trainedRange?.lowerBound.description),
      "trained_to": JSONValue(model.trainedRange?.upperBound.description),
      "parent": model.parent.map { JSONValue($0) } ?? .null, "artefact": .string(model.artefactHash),
      "settings": model.settings, "metrics": model.metrics, "moves": .array(moves.map(\.json)),
    ])
  }
}

extension ChampionMove {
  fileprivate var json: JSONValue {
    [
      "sequence": JSONValue(sequence), "action": .string(action.rawValue), "from": from.map { JSONValue($0) } ?? .null,
      "to": JSONValue(to), "time": .string(time.description), "reason": .string(reason), "by_hand": .bool(isByHand),
      "evidence": evidence,
    ]
  }
}

/// `hydra models compare`: two models side by side.
struct ModelsCompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Settings and metrics of two models side by side.")

  @Argument(help: "VERSION of the arm self_healing, or ARM/VERSION.")
  var first: ModelName

  @Argument(help: "The other one.")
  var second: ModelName

  @Flag(help: "Only what differs.")
  var differences = false

  @OptionGroup var choice: RunChoice
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    let (store, run) = try choice.open()
    let models = try [first, second].map { try $0.model(of: run, in: store) }
    let values = models.map { model in
      (Self.flat(model.settings, "settings") + Self.flat(model.metrics, "metrics"))
        + [("artefact", .string(model.artefactHash)), ("created", .string(model.created.description))]
    }
    var names = values[0].map(\.0)
    names += values[1].map(\.0).filter { !names.contains($0) }
    let rows = names.map { name in (name, values.map { $0.first { $0.0 == name }?.1 }) }
      .filter { !differences || $0.1[0] != $0.1[1] }
    var table = RowTable(rows: rows.count)
    table.add(column: "name", rows.map(\.0))
    for (index, model) in models.enumerated() {
      table.add(column: "\(model.arm)/\(model.version)", rows.map { $0.1[index].map { $0.string ?? $0.text } })
    }
    table.add(
      column: "difference",
      rows.map { row -> Double? in
        guard let a = row.1[0]?.double, let b = row.1[1]?.double else { return nil }
        return b - a
      })
    try output.write(rows: table)
  }

  /// Members with dotted names.
  private static func flat(_ value: JSONValue, _ path: String) -> [(String, JSONValue)] {
    guard case .object(let members) = value else { return [(path, value)] }
    return members.flatMap { flat($0.value, "\(path).\($0.key)") }
  }
}

// MARK: - By hand

/// What a person does to the registry: carried out and journaled in one transaction.
struct ByHand: ParsableArguments {
  @Option(help: "Why; it stands in the registry and in the operator's journal.")
  var reason: String

  @OptionGroup var choice: RunChoice
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  mutating func validate() throws {
    guard reason.contains(where: { !$0.isWhitespace }) else { throw ValidationError("--reason is empty") }
  }

  /// Runs `body` on the store, journals what it answers, and prints that.
  func perform(
    _ kind: String, arm: String,
    _ body: (Store.Transaction, Run, MoveReason) throws -> [(key: String, value: JSONValue)]
  ) throws {
    // A path that is mistyped should not become an empty store.
    _ = try openForReading(choice.store.store)
    let store = try Store(url: choice.store.store)
    let run = try choice.run(in: store)
    let now = Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970) * 1_000_000_000)
    let journal = try JournalWriter(store, run: store.runs.operatorRun(), continuing: .atTheEnd)
    let result = try store.write { transaction in
      let changes = try body(transaction, run, .byHand(reason, at: now))
      let payload = JSONValue.object(
        [("run", .string(run.key)), ("arm", .string(arm))] + changes + [("reason", .string(reason))])
      try journal.append(JournalEntry(time: now, arm: arm, kind: kind, payload: payload), in: transaction)
      return payload
    }
    try output.write(summary: result)
  }
}

/// `hydra models promote`: makes a model champion by hand.
struct ModelsPromoteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "promote", abstract: "Make a model champion by hand.")

  @Argument(help: "VERSION of the arm self_healing, or ARM/VERSION.")
  var model: ModelName

  @Option(help: "Refuse unless this version is champion now; default: whatever it is.")
  var expected: Int?

  @OptionGroup var byHand: ByHand

  func run() async throws {
    try byHand.perform("promote", arm: model.arm) { transaction, run, reason in
      let current = try transaction.models.champion(of: run, arm: model.arm)?.version
      try transaction.models.promote(
        model.version, of: run, arm: model.arm, expected: expected ?? current, reason: reason)
      return [("from", current.map { JSONValue($0) } ?? .null), ("champion", JSONValue(model.version))]
    }
  }
}

/// `hydra models rollback`: back to the champion before.
struct ModelsRollbackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback", abstract: "Make the champion before the present one champion again.")

  @Option(help: "The arm.")
  var arm = Arm.selfHealing.rawValue

  @Option(help: "Refuse unless this version is champion now; default: whatever it is.")
  var expected: Int?

  @OptionGroup var byHand: ByHand

  func run() async throws {
    try byHand.perform("rollback", arm: arm) { transaction, run, reason in
      guard let current = try transaction.models.champion(of: run, arm: arm)?.version else {
        throw RunnerError(.badData, "arm '\(arm)' of run \(run.shortKey) has no champion")
      }
      let champion = try transaction.models.rollBack(
        of: run, arm: arm, expected: expected ?? current, reason: reason)
      return [("from", JSONValue(current)), ("champion", JSONValue(champion))]
    }
  }
}

/// `hydra models archive`: takes a model out of the contest.
struct ModelsArchiveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "archive", abstract: "Take a model out of the contest; its bytes and its history stay.")

  @Argument(help: "VERSION of the arm self_healing, or ARM/VERSION.")
  var model: ModelName

  @OptionGroup var byHand: ByHand

  func run() async throws {
    try byHand.perform("archive", arm: model.arm) { transaction, run, _ in
      try transaction.models.archive(model.version, of: run, arm: model.arm)
      return [("archived", JSONValue(model.version))]
    }
  }
}
