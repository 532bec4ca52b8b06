import ArgumentParser
import Foundation
import HydraCore

/// `hydra llm`: language models, apart from a run.
struct LanguageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "llm", abstract: "Language models: one decision, a recorded answer, what was spent.",
    subcommands: [LanguageDecideCommand.self, LanguageParseCommand.self, LanguageSpendingCommand.self])
}

/// `hydra llm decide`: one decision of the configured models.
struct LanguageDecideCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decide",
    abstract: "Ask the models for one decision and print outcome, repairs, requests, usage and attempts.")

  @Option(
    help: ArgumentHelp(
      "A provider without a configuration file, in the order in which they are asked; repeatable.",
      valueName: "name=url"))
  var provider: [String] = []

  @Option(help: "Name of the model that those providers are asked for.")
  var model = "default"

  @Option(help: "Environment variable with the key of those providers.")
  var keyVariable: String?

  @Option(
    help:
      "JSON policy in the contract's names (max_attempts, base_ms, …); with 'default' inside, that. Repeatable, later ones win."
  )
  var policy: [String] = []

  @Option(help: "JSON file with schema and parameter_bounds; default: the agent's own.")
  var schema: String?

  @Option(help: "JSON file with what the model is to go by.")
  var context: String?

  @Option(help: "What the model is told to do.")
  var instructions = "You are the research agent of a trading system. Propose one change."

  @OptionGroup var language: LanguageOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    var settings = try providers()
    if !policy.isEmpty {
      for path in policy { try LanguagePolicyFile.apply(jsonFile(path), to: &settings) }
    }
    var request = LanguageRequest(
      instructions: instructions, context: try context.map(jsonFile) ?? .object([]),
      replySchema: AgentDecision.schema)
    request.parameterBounds = AgentDecision.bounds
    if let schema {
      let file = try jsonFile(schema)
      request.replySchema = file["schema"] ?? file
      request.parameterBounds = try file["parameter_bounds"].map { try LanguagePolicyFile.bounds($0, path: schema) }
    }
    request.maximumTokens = settings.maximumTokens
    request.seed = common.seed
    let (model, record) = try language.source(settings, seed: common.seed)
    let decision = await model.decision(on: request)
    try language.keep(record)
    try output.write(summary: LanguageDecision.Recorded(decision).json)
  }

  private func providers() throws -> LanguageSettings {
    if let path = language.languageModel { return try LanguageOptions.settings(path) }
    guard !provider.isEmpty else { throw RunnerError(.usage, "--language-model or --provider is needed") }
    return LanguageSettings(
      providers: try provider.map { text in
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
          throw RunnerError(.usage, "--provider '\(text)': NAME=URL is expected")
        }
        var one = OpenAICompatible.Settings(baseURL: String(text[text.index(after: equals)...]), model: model)
        one.name = String(text[..<equals])
        one.keyVariable = keyVariable
        return one
      })
  }
}

/// `hydra llm parse`: what recorded answers are worth, without asking anybody.
struct LanguageParseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parse", abstract: "Judge recorded answers of providers: JSON of one body, or of an array of them.")

  @Argument(help: "JSON file: a response body, an array of bodies, or exchanges with status, headers and json or text.")
  var file: String

  @Option(help: "JSON file with schema and parameter_bounds; default: the agent's own.")
  var schema: String?

  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    var request = LanguageRequest(instructions: "", context: .object([]), replySchema: AgentDecision.schema)
    request.parameterBounds = AgentDecision.bounds
    if let schema {
      let contract = try jsonFile(schema)
      request.replySchema = contract["schema"] ?? contract
      request.parameterBounds = try contract["parameter_bounds"].map {
        try LanguagePolicyFile.bounds($0, path: schema)
      }
    }
    let found = try jsonFile(file)
    var lines = ""
    for exchange in found["exchanges"]?.array ?? found.array ?? [found] {
      let response = exchange["response"] ?? exchange
      let body = response["json"] ?? response["text"] ?? response["body"] ?? response
      var headers: [(name: String, value: String)] = []
      if case .object(let members)? = response["headers"] {
        headers = members.map { (name: $0.key, value: $0.value.string ?? "") }
      }
      let status = response["status"]?.int ?? exchange["status"]?.int ?? 200
      let verdict = LanguageClient.judge(
        HTTPResponse(status: status, headers: headers, body: Array((body.string ?? body.text).utf8)), request)
      let json = LanguageDecision.Recorded(LanguageDecision(result: verdict)).json
      let isOK = json["outcome"] == "ok"
      let members: [(key: String, value: JSONValue)] = [
        ("id", exchange["id"] ?? exchange["name"] ?? .null), ("outcome", isOK ? "ok" : "rejected"),
        ("decision", json["decision"] ?? .null), ("error", json["error"] ?? .null),
        ("repairs", json["repairs"] ?? .null),
      ]
      lines += JSONValue.object(members).description + "\n"
    }
    try output.emit(lines)
  }
}

/// `hydra llm spending`: what a run's decisions cost and how they ended.
struct LanguageSpendingCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spending", abstract: "Decisions, attempts, tokens and cost of a run by provider.")

  @Option(help: "Key of the run, or its beginning; default the newest.")
  var of: String?

  @OptionGroup var store: StoreOption
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    let store = try openForReading(store.store)
    try output.write(summary: LanguageSpending(of: chooseRun(of, in: store), in: store).json)
  }
}

/// Reads a JSON file of the command line.
func jsonFile(_ path: String) throws -> JSONValue {
  guard let data = FileManager.default.contents(atPath: path) else {
    throw RunnerError(.noInput, "\(path): cannot be read")
  }
  do {
    return try JSONValue(parsing: Array(data))
  } catch {
    throw RunnerError(.badData, "\(path): \(error)")
  }
}

/// A client policy in the names of the contract's files, times in milliseconds.
enum LanguagePolicyFile {
  static func apply(_ json: JSONValue, to settings: inout LanguageSettings) throws {
    let values = json["default"] ?? json["policy"] ?? json
    guard case .object(let members) = values else { throw RunnerError(.badData, "the policy is no JSON object") }
    for (name, value) in members {
      let seconds = (value.double ?? 0) / 1000
      switch name {
      case "max_attempts": settings.policy.maximumAttempts = value.int ?? settings.policy.maximumAttempts
      case "base_ms": settings.policy.backoffBaseSeconds = seconds
      case "cap_ms": settings.policy.backoffCapSeconds = seconds
      case "timeout_ms": settings.policy.timeoutSeconds = seconds
      case "stream_idle_ms": settings.policy.streamIdleSeconds = seconds
      case "max_retry_after_ms": settings.policy.maximumRetryAfterSeconds = seconds
      case "reask_limit": settings.policy.reaskLimit = value.int ?? settings.policy.reaskLimit
      case "max_tokens": settings.maximumTokens = value.int ?? settings.maximumTokens
      case "max_tokens_cap": settings.policy.maximumTokensCap = value.int ?? settings.policy.maximumTokensCap
      case "stream": settings.policy.streams = value == .bool(true)
      case "response_format":
        for index in settings.providers.indices {
          settings.providers[index].responseFormat =
            value.string.flatMap(OpenAICompatible.ResponseFormat.init) ?? .jsonSchema
        }
      case "providers", "note": break
      default:
        throw RunnerError(.badData, "the policy has no field '\(name)'")
      }
    }
  }

  static func bounds(_ json: JSONValue, path: String) throws -> ParameterBounds {
    guard case .object(let members) = json else {
      throw RunnerError(.badData, "\(path): parameter_bounds is no object")
    }
    var bounds: [String: ParameterBounds.Bound] = [:]
    for (name, bound) in members {
      guard let low = bound["min"]?.double, let high = bound["max"]?.double, low <= high else {
        throw RunnerError(.badData, "\(path): parameter_bounds.\(name): 'min' and 'max' are needed")
      }
      bounds[name] = .init(low...high, isInteger: bound["integer"] == .bool(true))
    }
    return ParameterBounds(bounds)
  }
}
