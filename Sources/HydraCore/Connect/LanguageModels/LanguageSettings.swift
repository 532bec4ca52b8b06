import Foundation
import HydraNumerics

/// Everything that an operator says about language models: whom to ask, how patiently, for how much money.
///
/// ```yaml
/// providers:                       # in the order in which they are asked
///   - profile: deepseek            # address, key variable and format of a well-known provider
///     model: deepseek-flash
///     prices:
///       - {input: 0.28, input-cached: 0.028, output: 0.42, window: "00:30-16:30"}
///   - {name: house, base-url: "http://127.0.0.1:8080/v1", model: qwen3-8b, response-format: json_schema}
/// policy: {maximum-attempts: 3, deadline-seconds: 120}
/// budget: {decision: 0.05, day: 1, month: 10, run: 20}
/// fallback: none                   # or rule-book
/// ```
/// Keys come from the environment, by the name that `key-variable` gives; a key in the file is an error.
public struct LanguageSettings: Hashable, Codable, Sendable {
  /// What is done when no model has a usable reply.
  public enum Fallback: String, Hashable, Codable, Sendable, CaseIterable {
    /// Nothing: the agent goes on as it is and says why.
    case none
    /// The rule book is asked instead.
    case ruleBook = "rule-book"
  }

  public var providers: [OpenAICompatible.Settings]
  public var policy = LanguagePolicy()
  public var budget = LanguageBudget.Caps()
  public var fallback = Fallback.none
  /// The longest reply that is paid for.
  public var maximumTokens = 400

  public init(providers: [OpenAICompatible.Settings]) { self.providers = providers }

  /// The client; throws ``LanguageModelError/badConfiguration(_:)`` when the environment lacks a key.
  public func client(
    seed: UInt64, clock: any LanguageClock = SystemLanguageClock(),
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(LanguageModelError) -> LanguageClient {
    try LanguageClient(
      providers, policy: policy, budget: LanguageBudget(budget), seed: seed, clock: clock, environment: environment)
  }

  /// All settings, for a run's key and for records: addresses and names of variables, never a key.
  public var json: JSONValue {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    // A struct of numbers and texts always encodes, and its bytes always parse.
    return (try? encoder.encode(self)).flatMap { try? JSONValue(parsing: Array($0)) } ?? .null
  }
}

/// What is wrong in a configuration, and where: the keys and indices that lead there.
public struct LanguageSettingsError: Error, Hashable, Sendable, CustomStringConvertible {
  public var path: [String]
  public var message: String

  public init(_ path: [String], _ message: String) { (self.path, self.message) = (path, message) }

  public var description: String { path.isEmpty ? message : "\(path.joined(separator: ".")): \(message)" }
}

extension LanguageSettings {
  /// Reads a configuration; an unknown key is an error that names the nearest known one.
  public init(_ json: JSONValue) throws(LanguageSettingsError) {
    let top = try SettingsReader(json, [], ["providers", "policy", "budget", "fallback", "maximum-tokens"])
    guard let list = json["providers"]?.array, !list.isEmpty else {
      throw LanguageSettingsError(["providers"], "at least one provider is needed")
    }
    var providers: [OpenAICompatible.Settings] = []
    for (index, entry) in list.enumerated() {
      let provider = try Self.provider(entry, ["providers", "\(index)"])
      guard !providers.contains(where: { $0.name == provider.name }) else {
        throw LanguageSettingsError(["providers", "\(index)"], "there are two providers '\(provider.name)'")
      }
      providers.append(provider)
    }
    self.init(providers: providers)
    if let text = try top.string("fallback") {
      guard let known = Fallback(rawValue: text) else {
        throw LanguageSettingsError(["fallback"], "'\(text)' is not one of none, rule-book")
      }
      fallback = known
    }
    maximumTokens = try top.int("maximum-tokens", 1...1_000_000) ?? maximumTokens
    if let entry = json["policy"] { policy = try Self.policy(entry) }
    if let entry = json["budget"] {
      let reader = try SettingsReader(entry, ["budget"], ["decision", "day", "month", "run"])
      let amounts = 0.0...1e9
      budget = LanguageBudget.Caps(
        decision: try reader.number("decision", amounts), day: try reader.number("day", amounts),
        month: try reader.number("month", amounts), run: try reader.number("run", amounts))
      let isLimited = budget != LanguageBudget.Caps()
      if isLimited, let index = providers.firstIndex(where: { $0.prices.isEmpty }) {
        throw LanguageSettingsError(["providers", "\(index)"], "there is a budget, and no prices to hold it with")
      }
    }
  }

  private static func provider(
    _ json: JSONValue, _ path: [String]
  ) throws(LanguageSettingsError) -> OpenAICompatible.Settings {
    let reader = try SettingsReader(
      json, path,
      [
        "profile", "name", "base-url", "model", "key-variable", "response-format", "temperature", "tokens-field",
        "extra", "prices",
      ])
    guard let model = try reader.string("model"), !model.isEmpty else {
      throw LanguageSettingsError(path, "'model' is needed")
    }
    var settings: OpenAICompatible.Settings
    if let name = try reader.string("profile") {
      guard let profile = ProviderProfile(rawValue: name) else {
        let known = ProviderProfile.allCases.map(\.rawValue).joined(separator: ", ")
        throw LanguageSettingsError(path + ["profile"], "'\(name)' is not one of \(known)")
      }
      settings = profile.settings(model: model)
    } else {
      guard let base = try reader.string("base-url") else {
        throw LanguageSettingsError(path, "'profile' or 'base-url' is needed")
      }
      settings = OpenAICompatible.Settings(baseURL: base, model: model)
    }
    settings.baseURL = try reader.string("base-url") ?? settings.baseURL
    // An address is printed and journalled: nothing secret may stand in it.
    let address = HTTPRequest(.get, settings.baseURL).printableURL
    guard address == settings.baseURL, address.hasPrefix("http://") || address.hasPrefix("https://") else {
      throw LanguageSettingsError(
        path + ["base-url"], "a plain http or https address is needed, without user, password and query")
    }
    settings.name = try reader.string("name") ?? settings.name
    settings.keyVariable = try reader.string("key-variable") ?? settings.keyVariable
    if let variable = settings.keyVariable,
      !variable.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }) || variable.isEmpty
    {
      throw LanguageSettingsError(
        path + ["key-variable"], "the name of an environment variable is needed, never the key itself")
    }
    if let format = try reader.string("response-format") {
      guard let known = OpenAICompatible.ResponseFormat(rawValue: format) else {
        throw LanguageSettingsError(
          path + ["response-format"], "'\(format)' is not one of json_schema, json_object, none")
      }
      settings.responseFormat = known
    }
    settings.temperature = try reader.number("temperature", 0...2) ?? settings.temperature
    settings.tokensField = try reader.string("tokens-field") ?? settings.tokensField
    if let extra = json["extra"] { settings.extraFields = extra }
    for (index, price) in (json["prices"]?.array ?? []).enumerated() {
      settings.prices.append(try Self.price(price, path + ["prices", "\(index)"]))
    }
    return settings
  }

  private static func price(_ json: JSONValue, _ path: [String]) throws(LanguageSettingsError) -> TokenPrice {
    let reader = try SettingsReader(
      json, path, ["input", "input-cached", "output", "currency", "valid-from", "window"])
    guard let input = try reader.number("input", 0...1e6), let output = try reader.number("output", 0...1e6) else {
      throw LanguageSettingsError(path, "'input' and 'output' are needed, per million tokens")
    }
    var price = TokenPrice(
      input: input, inputCached: try reader.number("input-cached", 0...1e6), output: output,
      currency: try reader.string("currency") ?? "USD")
    if let text = try reader.string("valid-from") {
      guard let date = CivilDate(text) else {
        throw LanguageSettingsError(path + ["valid-from"], "'\(text)' is not a date YYYY-MM-DD")
      }
      price.validFrom = date.timestamp()
    }
    if let text = try reader.string("window") {
      let minutes = text.split(separator: "-").map { part -> Int? in
        let clock = part.split(separator: ":").compactMap { Int($0) }
        guard clock.count == 2, (0...23).contains(clock[0]), (0...59).contains(clock[1]) else { return nil }
        return 60 * clock[0] + clock[1]
      }
      guard minutes.count == 2, let from = minutes[0], let to = minutes[1] else {
        throw LanguageSettingsError(path + ["window"], "'\(text)' is not a part of the UTC day like 16:30-00:30")
      }
      price.window = TokenPrice.Window(fromMinute: from, toMinute: to)
    }
    return price
  }

  private static func policy(_ json: JSONValue) throws(LanguageSettingsError) -> LanguagePolicy {
    let reader = try SettingsReader(
      json, ["policy"],
      [
        "maximum-attempts", "backoff-base-seconds", "backoff-cap-seconds", "maximum-retry-after-seconds",
        "reask-limit", "maximum-tokens-cap", "connect-timeout-seconds", "timeout-seconds", "deadline-seconds",
        "streams", "stream-idle-seconds", "failures-to-open", "open-seconds",
      ])
    var policy = LanguagePolicy()
    let seconds = 0.0...86_400
    policy.maximumAttempts = try reader.int("maximum-attempts", 1...20) ?? policy.maximumAttempts
    policy.backoffBaseSeconds = try reader.number("backoff-base-seconds", seconds) ?? policy.backoffBaseSeconds
    policy.backoffCapSeconds = try reader.number("backoff-cap-seconds", seconds) ?? policy.backoffCapSeconds
    policy.maximumRetryAfterSeconds =
      try reader.number("maximum-retry-after-seconds", seconds) ?? policy.maximumRetryAfterSeconds
    policy.reaskLimit = try reader.int("reask-limit", 0...10) ?? policy.reaskLimit
    policy.maximumTokensCap = try reader.int("maximum-tokens-cap", 1...1_000_000) ?? policy.maximumTokensCap
    policy.connectTimeoutSeconds = try reader.number("connect-timeout-seconds", seconds) ?? policy.connectTimeoutSeconds
    policy.timeoutSeconds = try reader.number("timeout-seconds", seconds) ?? policy.timeoutSeconds
    policy.deadlineSeconds = try reader.number("deadline-seconds", seconds) ?? policy.deadlineSeconds
    policy.streamIdleSeconds = try reader.number("stream-idle-seconds", seconds) ?? policy.streamIdleSeconds
    policy.failuresToOpen = try reader.int("failures-to-open", 1...1000) ?? policy.failuresToOpen
    policy.openSeconds = try reader.number("open-seconds", seconds) ?? policy.openSeconds
    policy.streams = try reader.bool("streams") ?? policy.streams
    return policy
  }
}

/// Reads the members of one object of a configuration.
private struct SettingsReader {
  let json: JSONValue
  let path: [String]

  init(_ json: JSONValue, _ path: [String], _ known: [String]) throws(LanguageSettingsError) {
    guard case .object(let members) = json else {
      throw LanguageSettingsError(path, "keys with values are expected here")
    }
    for (key, _) in members where !known.contains(key) {
      if ["key", "api-key", "token", "secret"].contains(key.lowercased()) {
        throw LanguageSettingsError(path + [key], "keys come from the environment: name the variable in 'key-variable'")
      }
      let hint = nearestName(to: key, in: known).map { "; did you mean '\($0)'?" } ?? ""
      throw LanguageSettingsError(path + [key], "there is no key '\(key)'\(hint)")
    }
    (self.json, self.path) = (json, path)
  }

  func string(_ key: String) throws(LanguageSettingsError) -> String? {
    guard let value = json[key], value != .null else { return nil }
    guard let text = value.string else { throw LanguageSettingsError(path + [key], "a text is expected") }
    return text
  }

  func number(_ key: String, _ range: ClosedRange<Double>) throws(LanguageSettingsError) -> Double? {
    guard let value = json[key], value != .null else { return nil }
    guard value.string == nil, let number = value.double else {
      throw LanguageSettingsError(path + [key], "a number is expected")
    }
    guard range.contains(number) else {
      throw LanguageSettingsError(
        path + [key], "\(number) is out of range; it must be in \(range.lowerBound)…\(range.upperBound)")
    }
    return number
  }

  func int(_ key: String, _ range: ClosedRange<Int>) throws(LanguageSettingsError) -> Int? {
    guard let number = try number(key, Double(range.lowerBound)...Double(range.upperBound)) else { return nil }
    guard let whole = Int(exactly: number) else {
      throw LanguageSettingsError(path + [key], "\(number) is not a whole number")
    }
    return whole
  }

  func bool(_ key: String) throws(LanguageSettingsError) -> Bool? {
    guard let value = json[key], value != .null else { return nil }
    switch value {
    case .bool(let flag): return flag
    case .string("true"): return true
    case .string("false"): return false
    default: throw LanguageSettingsError(path + [key], "true or false is expected")
    }
  }
}
