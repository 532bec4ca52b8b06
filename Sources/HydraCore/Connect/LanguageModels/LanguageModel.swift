import HydraNumerics

/// Something that answers a request with JSON: a provider, a local model, a book of rules.
///
/// ```swift
/// struct HouseModel: LanguageModel {
///   func reply(to request: LanguageRequest) async throws(LanguageModelError) -> LanguageReply {
///     guard let answer = await ask(request.instructions, request.context) else { throw .unreachable("house model") }
///     return LanguageReply(json: try StrictReply.json(answer, schema: request.replySchema))
///   }
/// }
/// ```
/// A reply is data: it is checked against the request's schema, refused when it does not fit, never repaired into
/// something that was not said, and never executed.
public protocol LanguageModel: Sendable {
  /// Answers a request, or says why there is no answer.
  func reply(to request: LanguageRequest) async throws(LanguageModelError) -> LanguageReply
}

/// What a language model is asked.
public struct LanguageRequest: Sendable {
  /// What it is to do; written by the program, never with text from outside.
  public var instructions: String
  /// What it is to go by.
  public var context: JSONValue
  /// JSON Schema of the reply, in the subset of ``JSONSchema``.
  public var replySchema: JSONValue
  /// A short name of the schema, which some providers ask for: letters, digits, `_` and `-`.
  public var schemaName = "decision"
  /// The longest reply that is paid for.
  public var maximumTokens = 1000
  /// For providers that take one.
  public var seed: UInt64?
  /// Bounds that depend on what is changed, which a schema cannot say; nil where the schema says it all.
  public var parameterBounds: ParameterBounds?
  /// Version of the instructions, for the journal.
  public var promptVersion = "1"

  public init(instructions: String, context: JSONValue, replySchema: JSONValue) {
    (self.instructions, self.context, self.replySchema) = (instructions, context, replySchema)
  }
}

/// What a language model answered.
public struct LanguageReply: Sendable {
  public var json: JSONValue
  /// The name of the model that answered, in the provider's words; it may differ from the one that was asked.
  public var model: String?
  /// The provider's number for the exchange.
  public var requestID: String?
  public var usage: TokenUsage?
  /// What had to be taken away around the object before it could be read.
  public var repairs: [ReplyRepair] = []

  public init(json: JSONValue, model: String? = nil, requestID: String? = nil, usage: TokenUsage? = nil) {
    (self.json, self.model, self.requestID, self.usage) = (json, model, requestID, usage)
  }
}

/// What an exchange used up, in tokens.
public struct TokenUsage: Hashable, Codable, Sendable {
  public var prompt: Int
  /// Reasoning included.
  public var completion: Int
  /// Those of the prompt that the provider had seen before, and bills for less.
  public var cached: Int

  public init(prompt: Int, completion: Int, cached: Int = 0) {
    (self.prompt, self.completion, self.cached) = (prompt, completion, cached)
  }

  public static func + (a: TokenUsage, b: TokenUsage) -> TokenUsage {
    TokenUsage(prompt: a.prompt + b.prompt, completion: a.completion + b.completion, cached: a.cached + b.cached)
  }
}
