import HydraConnect
import HydraNumerics

/// A language model that the agent asks for hypotheses, and what it is told.
///
/// ```swift
/// let settings = try LanguageSettings(configuration)
/// let advice = LanguageAdvice(try settings.client(seed: 7), identity: settings.json)
/// let agent = Agent(store: store, advice: advice)
/// ```
public struct LanguageAdvice: Sendable {
  public var model: any LanguageModel
  /// What is said of the model in the run's key: names and addresses, never a key.
  public var identity: JSONValue
  /// What is done without a usable reply.
  public var fallback = LanguageSettings.Fallback.none
  public var maximumTokens = 400
  /// Texts from outside that requests may show, in the order in which they were known.
  public var headlines: [Headline] = []

  public init(_ model: any LanguageModel, identity: JSONValue) { (self.model, self.identity) = (model, identity) }

  /// The advice as it stands in the run's settings.
  var json: JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("model", identity), ("fallback", .string(fallback.rawValue)), ("maximum_tokens", JSONValue(maximumTokens)),
      ("prompt", .string(AgentDecision.promptVersion)),
    ]
    if !headlines.isEmpty {
      let text = headlines.map { "\($0.known.nanoseconds) \($0.text)" }.joined(separator: "\n")
      members.append(("headlines", .string(SHA256.hash(text))))
    }
    return .object(members)
  }
}
