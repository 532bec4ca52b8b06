import Foundation
import HydraNumerics

/// A provider that speaks the chat-completions interface: OpenAI and most others, vLLM, llama.cpp's server, Ollama.
///
/// ```swift
/// var settings = OpenAICompatible.Settings(baseURL: "http://127.0.0.1:8080/v1", model: "qwen3-8b")
/// settings.keyVariable = "HOUSE_KEY"
/// let model = try OpenAICompatible(settings)
/// ```
/// One request, one answer: nothing is tried again, streamed, or repaired. The key comes from an environment variable,
/// goes into one header, and is left out of every message.
public struct OpenAICompatible: LanguageModel {
  /// How the provider is asked for JSON.
  public enum ResponseFormat: String, Hashable, Codable, Sendable {
    /// By the schema, strictly.
    case jsonSchema = "json_schema"
    /// As any JSON object; the schema stands in the prompt.
    case jsonObject = "json_object"
    /// Not at all; the schema stands in the prompt.
    case none

    /// What to try with a provider that does not know this one.
    var simpler: ResponseFormat? {
      switch self {
      case .jsonSchema: .jsonObject
      case .jsonObject: ResponseFormat.none
      case .none: nil
      }
    }
  }

  /// What one exchange asks for beside the request.
  struct Call: Hashable, Sendable {
    var format: ResponseFormat
    var maximumTokens: Int
    var streams: Bool
    /// What was wrong with the reply before; nil for a first question.
    var correction: String?
  }

  /// Where the model is and how it is asked.
  public struct Settings: Hashable, Codable, Sendable {
    /// For reports.
    public var name = "openai-compatible"
    /// The address in front of `/chat/completions`, as `https://api.openai.com/v1`.
    public var baseURL: String
    /// The model's name in the provider's words.
    public var model: String
    /// Name of the environment variable that holds the key; nil for a server without one.
    public var keyVariable: String?
    public var responseFormat = ResponseFormat.jsonSchema
    /// 0 asks for the likeliest reply.
    public var temperature = 0.0
    public var connectTimeoutSeconds = 10.0
    public var timeoutSeconds = 60.0
    /// What the provider calls the greatest number of tokens; newer models of OpenAI want `max_completion_tokens`.
    public var tokensField = "max_tokens"
    /// Fields of the body that only this provider knows, as `{"thinking": {"type": "disabled"}}`.
    public var extraFields: JSONValue?
    /// What tokens cost; empty when nothing is known.
    public var prices: [TokenPrice] = []

    public init(baseURL: String, model: String) { (self.baseURL, self.model) = (baseURL, model) }
  }

  public let settings: Settings
  private let key: Secret?
  private let client: HTTPClient

  /// Throws ``LanguageModelError/badConfiguration(_:)`` when the environment lacks the key.
  public init(
    _ settings: Settings, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(LanguageModelError) {
    self.settings = settings
    if let variable = settings.keyVariable {
      guard let value = environment[variable], !value.isEmpty else {
        throw .badConfiguration("\(settings.name): the environment variable '\(variable)' with the key is not set")
      }
      key = Secret(value)
    } else {
      key = nil
    }
    var limits = HTTPClient.Settings()
    limits.connectTimeoutSeconds = settings.connectTimeoutSeconds
    limits.timeoutSeconds = settings.timeoutSeconds
    limits.maximumBodyBytes = 4 << 20
    client = HTTPClient(settings: limits)
  }

  /// Asks once and checks the answer against the schema.
  public func reply(to request: LanguageRequest) async throws(LanguageModelError) -> LanguageReply {
    let response = try await send(body(for: request), timeoutSeconds: settings.timeoutSeconds, idleSeconds: nil)
    let answer = try envelope().answer(in: response)
    let object = try StrictReply.json(answer.text, schema: request.replySchema)
    try request.parameterBounds?.check(object)
    return LanguageReply(
      json: object, model: answer.model, requestID: response.header("x-request-id"), usage: answer.usage)
  }

  /// Sends a body and waits for the answer, whatever it is.
  func send(
    _ body: JSONValue, timeoutSeconds: Double, idleSeconds: Double?
  ) async throws(LanguageModelError) -> HTTPResponse {
    let accepted = idleSeconds == nil ? "application/json" : "text/event-stream"
    var headers = [HTTPHeader("Content-Type", "application/json"), HTTPHeader("Accept", accepted)]
    if let key { headers.append(.bearer(key)) }
    var client = client
    client.settings.timeoutSeconds = timeoutSeconds
    client.settings.idleTimeoutSeconds = idleSeconds
    do throws(HTTPError) {
      return try await client.send(HTTPRequest(.post, address, headers: headers, body: body.bytes))
    } catch {
      throw failure(error)
    }
  }

  private var address: String {
    var base = settings.baseURL[...]
    while base.last == "/" { base.removeLast() }
    return "\(base)/chat/completions"
  }

  /// Reads this provider's answers.
  func envelope(now: Double? = nil) -> ChatEnvelope { ChatEnvelope(redact: redacted, now: now) }

  /// SHA-256 over provider, address and body, members in the order of their names; neither key nor time is in it.
  func hash(of body: JSONValue) -> String {
    func sorted(_ value: JSONValue) -> JSONValue {
      switch value {
      case .array(let items): .array(items.map(sorted))
      case .object(let members):
        .object(members.map { (key: $0.key, value: sorted($0.value)) }.sorted { $0.key < $1.key })
      default: value
      }
    }
    return SHA256.hash(Array("\(settings.name)\n\(address)\n\(sorted(body).text)".utf8))
  }

  /// The body of a first question in one piece.
  func body(for request: LanguageRequest) -> JSONValue {
    body(
      for: request,
      Call(
        format: settings.responseFormat, maximumTokens: request.maximumTokens, streams: false, correction: nil))
  }

  /// The request's body: only what every provider takes, and what the settings add for this one.
  func body(for request: LanguageRequest, _ call: Call) -> JSONValue {
    let system = """
      \(request.instructions)

      Reply with one JSON object and nothing else. It must fit this JSON Schema:
      \(request.replySchema.text)
      """
    var messages: [JSONValue] = [
      ["role": "system", "content": .string(system)],
      // Context may hold text from outside; it comes as data in a message of its own, never among the instructions.
      ["role": "user", "content": .string(UntrustedText.cleaned(request.context).text)],
    ]
    if let correction = call.correction { messages.append(["role": "user", "content": .string(correction)]) }
    var body: JSONValue = [
      "model": .string(settings.model), "temperature": .number(settings.temperature), "stream": .bool(call.streams),
      "messages": .array(messages),
    ]
    body[settings.tokensField] = JSONValue(call.maximumTokens)
    if call.streams { body["stream_options"] = ["include_usage": true] }
    if let seed = request.seed { body["seed"] = .integer(Int64(truncatingIfNeeded: seed & 0x7fff_ffff)) }
    switch call.format {
    case .jsonSchema:
      body["response_format"] = [
        "type": "json_schema",
        "json_schema": ["name": .string(request.schemaName), "strict": true, "schema": request.replySchema],
      ]
    case .jsonObject: body["response_format"] = ["type": "json_object"]
    case .none: break
    }
    if case .object(let extra) = settings.extraFields { for (name, value) in extra { body[name] = value } }
    return body
  }

  private func failure(_ error: HTTPError) -> LanguageModelError {
    switch error {
    case .badAddress, .badHeader: .badConfiguration("\(settings.name): \(redacted(error.description))")
    case .connection: .unreachable("\(settings.name): \(redacted(error.description))")
    case .timedOut: .timedOut(settings.name)
    case .tooLarge(_, let limit): .tooLarge(bytes: limit)
    case .cancelled: .cancelled
    }
  }

  private func redacted(_ text: String) -> String { key?.redacted(in: text) ?? Secret.redactedPatterns(in: text) }
}
