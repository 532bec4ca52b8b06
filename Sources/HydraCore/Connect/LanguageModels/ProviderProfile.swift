import HydraNumerics

/// What is peculiar to a provider of the chat-completions interface: address, key, how JSON is asked for.
///
/// Names of models and prices are not in it: they change, and belong into a configuration.
///
/// Source: the providers' documentation of autumn 2026, and exchanges with llama.cpp's server.
public enum ProviderProfile: String, Hashable, Codable, Sendable, CaseIterable {
  case openai
  case together
  case fireworks
  case deepseek
  case groq
  case vllm
  case llamaCpp = "llama.cpp"
  case ollama

  /// The address in front of `/chat/completions`; of servers of one's own, the one that they listen to by default.
  public var baseURL: String {
    switch self {
    case .openai: "https://api.openai.com/v1"
    case .together: "https://api.together.xyz/v1"
    case .fireworks: "https://api.fireworks.ai/inference/v1"
    case .deepseek: "https://api.deepseek.com"
    case .groq: "https://api.groq.com/openai/v1"
    case .vllm: "http://127.0.0.1:8000/v1"
    case .llamaCpp: "http://127.0.0.1:8080/v1"
    case .ollama: "http://127.0.0.1:11434/v1"
    }
  }

  /// The environment variable that holds the key by custom; nil for servers of one's own, which need none.
  public var keyVariable: String? {
    switch self {
    case .openai: "OPENAI_API_KEY"
    case .together: "TOGETHER_API_KEY"
    case .fireworks: "FIREWORKS_API_KEY"
    case .deepseek: "DEEPSEEK_API_KEY"
    case .groq: "GROQ_API_KEY"
    case .vllm, .llamaCpp, .ollama: nil
    }
  }

  /// DeepSeek knows no schema; Groq knows it for some models only. A provider that does not know the format is asked in a
  /// simpler one anyway, so this only saves a request.
  public var responseFormat: OpenAICompatible.ResponseFormat {
    switch self {
    case .deepseek, .groq: .jsonObject
    default: .jsonSchema
    }
  }

  /// Newer models of OpenAI take no `max_tokens`.
  public var tokensField: String { self == .openai ? "max_completion_tokens" : "max_tokens" }

  /// DeepSeek thinks unless it is told not to, and may then answer nothing; Ollama's models think less with `low`.
  public var extraFields: JSONValue? {
    switch self {
    case .deepseek: ["thinking": ["type": "disabled"]]
    case .ollama: ["reasoning_effort": "low"]
    default: nil
    }
  }

  /// Settings of a provider for a model.
  public func settings(model: String) -> OpenAICompatible.Settings {
    var settings = OpenAICompatible.Settings(baseURL: baseURL, model: model)
    settings.name = rawValue
    settings.keyVariable = keyVariable
    settings.responseFormat = responseFormat
    settings.tokensField = tokensField
    settings.extraFields = extraFields
    return settings
  }
}
