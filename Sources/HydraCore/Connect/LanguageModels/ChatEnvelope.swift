import HydraNumerics

/// Reads the answer of a chat-completions interface down to the model's own text.
///
/// In this order: the status; the body as one JSON object; an `error` in it, under whatever status; the first choice;
/// why it ended; the text, from a tool call's arguments or the content. Reasoning fields are not looked at.
struct ChatEnvelope {
  struct Answer {
    var text: String
    var model: String?
    var usage: TokenUsage?
  }

  /// Takes keys out of a server's words.
  let redact: (String) -> String
  /// Seconds since 1970, for servers that name a date to wait for and do not say what time they have.
  var now: Double?

  /// What an answer says that it used up, whether it was any good or not.
  func usage(in response: HTTPResponse) -> TokenUsage? { (try? value(of: response)).flatMap { usage(in: $0) } }

  /// The body as JSON; pieces of a stream put together.
  private func value(of response: HTTPResponse) throws(LanguageModelError) -> JSONValue? {
    let type = response.header("content-type") ?? ""
    if (200..<300).contains(response.status), type.hasPrefix("text/event-stream") {
      return try ServerSentEvents.envelope(of: response.body)
    }
    return try? JSONValue(parsing: response.body)
  }

  func answer(in response: HTTPResponse) throws(LanguageModelError) -> Answer {
    let parsed = try value(of: response)
    guard (200..<300).contains(response.status) else { throw failure(response, parsed?["error"] ?? parsed) }
    guard let parsed, case .object = parsed else {
      throw .invalidEnvelope("the body is not a JSON object: \(short(response.text))")
    }
    if let error = parsed["error"], !error.isNull { throw failure(response, error) }
    guard let choice = parsed["choices"]?.array?.first else { throw .emptyChoices }
    switch choice["finish_reason"]?.string {
    case "content_filter": throw .contentFilter
    case "length": throw .truncated
    default: break
    }
    guard let message = choice["message"] else { throw .invalidEnvelope("the choice has no message") }
    if let refusal = message["refusal"]?.string, !refusal.isEmpty { throw .refusal }
    guard let text = text(of: message), text.contains(where: { !$0.isWhitespace }) else { throw .emptyContent }
    return Answer(text: text, model: parsed["model"]?.string.map { short($0) }, usage: usage(in: parsed))
  }

  private func text(of message: JSONValue) -> String? {
    if let arguments = message["tool_calls"]?[0]?["function"]?["arguments"]?.string { return arguments }
    switch message["content"] {
    case .string(let text): return text
    case .array(let parts):
      return parts.filter { $0["type"]?.string == "text" }.compactMap { $0["text"]?.string }.joined()
    default: return nil
    }
  }

  func usage(in envelope: JSONValue) -> TokenUsage? {
    guard let usage = envelope["usage"], let prompt = usage["prompt_tokens"]?.int, prompt >= 0,
      let completion = usage["completion_tokens"]?.int, completion >= 0
    else { return nil }
    let cached = usage["prompt_tokens_details"]?["cached_tokens"]?.int ?? usage["prompt_cache_hit_tokens"]?.int ?? 0
    return TokenUsage(prompt: prompt, completion: completion, cached: min(max(0, cached), prompt))
  }

  // MARK: - Errors

  private func failure(_ response: HTTPResponse, _ error: JSONValue?) -> LanguageModelError {
    let text = short(error?["message"]?.string ?? error?.string ?? response.text)
    let code = error?["code"]
    let names = [code?.string, error?["type"]?.string].compactMap { $0 }
    // Some servers say 200, or 500 for all, and put the status into the body.
    let status = (200..<300).contains(response.status) ? code?.int ?? 500 : response.status
    func isNamed(_ words: String...) -> Bool { names.contains { name in words.contains { name.contains($0) } } }
    if isNamed("insufficient_quota") || status == 402 { return .quotaExceeded(text) }
    if isNamed("context_length", "exceed_context_size") { return .contextTooLong(text) }
    if isNamed("content_filter") { return .contentFilter }
    switch status {
    case 429: return .rateLimited(retryAfterSeconds: retryAfter(response))
    case 401, 403: return .unauthorized(text)
    case 404: return .modelNotFound(text)
    case 408, 409, 500...599:
      return isNamed("rate_limit")
        ? .rateLimited(retryAfterSeconds: retryAfter(response))
        : .serverError(status: status, text)
    case 400 where isAboutLength(text), 422 where isAboutLength(text): return .contextTooLong(text)
    case 413: return .contextTooLong(text)
    case 400 where isAboutFormat(text), 422 where isAboutFormat(text): return .formatUnsupported(text)
    default: return .badRequest(status: status, text)
    }
  }

  /// Servers without a code of their own say it in words.
  private func isAboutLength(_ text: String) -> Bool {
    let words = text.lowercased()
    return [
      "context length", "context_length", "context size", "context window", "maximum context", "prompt is too long",
      "reduce the length",
    ].contains { words.contains($0) }
  }

  private func isAboutFormat(_ text: String) -> Bool {
    let words = text.lowercased()
    return ["response_format", "json_schema", "json schema", "json_object", "guided_json", "structured output"].contains
    {
      words.contains($0)
    }
  }

  /// Seconds that the server asks to wait: milliseconds, seconds, or a date against the server's own.
  func retryAfter(_ response: HTTPResponse) -> Double? {
    if let milliseconds = response.header("retry-after-ms").flatMap(Double.init), milliseconds >= 0 {
      return milliseconds / 1000
    }
    guard let text = response.header("retry-after") else { return nil }
    if let seconds = Double(text) { return seconds >= 0 ? seconds : nil }
    guard let until = HTTPDate.seconds(text), let now = response.header("date").flatMap(HTTPDate.seconds) ?? now else {
      return nil
    }
    return max(0, until - now)
  }

  /// A server's words for a message: on one line, short, without keys and control characters.
  private func short(_ text: String) -> String {
    var line = redact(String(text.prefix(2000)))
    line.unicodeScalars.removeAll { $0.properties.generalCategory == .control }
    return line.count > 200 ? line.prefix(200) + "…" : line
  }
}
