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
    var base = settings.baseURL[...]
    while base.last == "/" { base.removeLast() }
    var headers = [HTTPHeader("Content-Type", "application/json"), HTTPHeader("Accept", "application/json")]
    if let key { headers.append(.bearer(key)) }
    let message = HTTPRequest(.post, "\(base)/chat/completions", headers: headers, body: body(for: request).bytes)
    let response: HTTPResponse
    do throws(HTTPError) {
      response = try await client.send(message)
    } catch {
      throw failure(error)
    }
    let envelope = ChatEnvelope(redact: redacted)
    let answer = try envelope.answer(in: response)
    return LanguageReply(
      json: try StrictReply.json(answer.text, schema: request.replySchema), model: answer.model,
      requestID: response.header("x-request-id"), usage: answer.usage)
  }

  /// The request's body: only what every provider takes.
  func body(for request: LanguageRequest) -> JSONValue {
    let system = """
      \(request.instructions)

      Reply with one JSON object and nothing else. It must fit this JSON Schema:
      \(request.replySchema.text)
      """
    var body: JSONValue = [
      "model": .string(settings.model), "temperature": .number(settings.temperature),
      "max_tokens": JSONValue(request.maximumTokens), "stream": false,
      "messages": [
        ["role": "system", "content": .string(system)],
        // Context may hold text from outside; it comes as data in a message of its own, never among the instructions.
        ["role": "user", "content": .string(request.context.text)],
      ],
    ]
    if let seed = request.seed { body["seed"] = .integer(Int64(truncatingIfNeeded: seed & 0x7fff_ffff)) }
    switch settings.responseFormat {
    case .jsonSchema:
      body["response_format"] = [
        "type": "json_schema",
        "json_schema": ["name": .string(request.schemaName), "strict": true, "schema": request.replySchema],
      ]
    case .jsonObject: body["response_format"] = ["type": "json_object"]
    case .none: break
    }
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
