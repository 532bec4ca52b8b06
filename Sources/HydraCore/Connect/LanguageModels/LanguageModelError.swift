/// Why a language model gave no usable reply.
///
/// Texts that come from a server are short and without keys.
public indirect enum LanguageModelError: Error, Hashable, Sendable {
  /// The settings do not allow a request, as a key that is not set.
  case badConfiguration(String)
  /// No connection.
  case unreachable(String)
  case timedOut(String)
  /// Too many requests; how long the server asks to wait, where it says so.
  case rateLimited(retryAfterSeconds: Double?)
  /// The server failed; a request that is not to its liking can show like this too.
  case serverError(status: Int, String)
  /// The key is not accepted.
  case unauthorized(String)
  /// The money is used up.
  case quotaExceeded(String)
  case modelNotFound(String)
  /// The request is longer than the model can read.
  case contextTooLong(String)
  /// The server does not take the request.
  case badRequest(status: Int, String)
  /// The answer is not the JSON object that the interface promises.
  case invalidEnvelope(String)
  case emptyChoices
  case emptyContent
  /// The reply was cut off at the token limit; it is not read, even if it could be.
  case truncated
  /// The model declined.
  case refusal
  /// The provider held the reply back.
  case contentFilter
  /// The answer is larger than allowed.
  case tooLarge(bytes: Int)
  /// There is no JSON object in the reply.
  case noJSON
  /// The reply begins like JSON and is none.
  case invalidJSON(String)
  /// The reply holds more than one object.
  case ambiguousOutput
  /// The reply is JSON, but not what was asked for; every fault with its place.
  case schema([String])
  /// The reply changes something that is not on the list.
  case unknownParameter(String)
  /// The reply changes a parameter to a value outside of its bounds.
  case outOfRange(String)
  /// The provider does not know how JSON was asked for.
  case formatUnsupported(String)
  /// A stream ended before the reply did.
  case streamIncomplete
  /// The request would cost more than what is left; it was not sent.
  case budgetExceeded(String)
  /// The provider failed too often of late; it was not asked.
  case circuitOpen(String)
  /// There is no recorded exchange for this request.
  case notRecorded(String)
  /// An error of an earlier run, by its code and its text.
  case recorded(code: String, reason: String)
  /// None of several models had a usable reply: each one's name and reason.
  case allFailed([ModelFailure])
  /// The task was cancelled.
  case cancelled

  /// The reason of one model among several.
  public struct ModelFailure: Hashable, Sendable {
    public var model: String
    public var error: LanguageModelError
  }

  /// A name for logs and counts that stays the same whatever the details.
  public var code: String {
    switch self {
    case .badConfiguration: "bad_configuration"
    case .unreachable: "connection"
    case .timedOut: "timeout"
    case .rateLimited: "rate_limited"
    case .serverError: "server_error"
    case .unauthorized: "auth"
    case .quotaExceeded: "quota"
    case .modelNotFound: "model_not_found"
    case .contextTooLong: "context_length"
    case .badRequest: "bad_request"
    case .invalidEnvelope: "invalid_envelope"
    case .emptyChoices: "empty_choices"
    case .emptyContent: "empty_content"
    case .truncated: "truncated"
    case .refusal: "refusal"
    case .contentFilter: "content_filter"
    case .tooLarge: "too_large"
    case .noJSON: "no_json"
    case .invalidJSON: "invalid_json"
    case .ambiguousOutput: "ambiguous_output"
    case .schema: "schema"
    case .unknownParameter: "unknown_param"
    case .outOfRange: "out_of_range"
    case .formatUnsupported: "format_unsupported"
    case .streamIncomplete: "stream_incomplete"
    case .budgetExceeded: "budget_exceeded"
    case .circuitOpen: "circuit_open"
    case .notRecorded: "not_recorded"
    case .recorded(let code, _): code
    case .allFailed: "all_failed"
    case .cancelled: "cancelled"
    }
  }
}

extension LanguageModelError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .badConfiguration(let text), .unreachable(let text): text
    case .timedOut(let text): "\(text): timed out"
    case .rateLimited(let seconds):
      "too many requests" + (seconds.map { "; the server asks to wait \($0) s" } ?? "")
    case .serverError(let status, let text): "server error \(status): \(text)"
    case .unauthorized(let text): "the key is not accepted: \(text)"
    case .quotaExceeded(let text): "the account is used up: \(text)"
    case .modelNotFound(let text): "no such model: \(text)"
    case .contextTooLong(let text): "the request is too long: \(text)"
    case .badRequest(let status, let text): "the request is refused (\(status)): \(text)"
    case .invalidEnvelope(let text): "the answer is not what the interface promises: \(text)"
    case .emptyChoices: "the answer holds no choice"
    case .emptyContent: "the reply is empty"
    case .truncated: "the reply was cut off at the token limit"
    case .refusal: "the model declined"
    case .contentFilter: "the provider held the reply back"
    case .tooLarge(let bytes): "the reply is too large (\(bytes) bytes)"
    case .noJSON: "the reply holds no JSON"
    case .invalidJSON(let text): "the reply is broken JSON: \(text)"
    case .ambiguousOutput: "the reply holds more than one object"
    case .schema(let faults): "the reply is not what was asked for: \(faults.joined(separator: "; "))"
    case .unknownParameter(let name): "there is no parameter \(name)"
    case .outOfRange(let text): text
    case .formatUnsupported(let text): "JSON cannot be asked for like this: \(text)"
    case .streamIncomplete: "the stream ended before the reply did"
    case .budgetExceeded(let text): "the budget does not allow the request: \(text)"
    case .circuitOpen(let name): "\(name) failed too often of late and is left alone for a while"
    case .notRecorded(let hash): "no exchange is recorded for request \(hash)"
    case .recorded(_, let reason): reason
    case .allFailed(let failures):
      "no model replied: " + failures.map { "\($0.model): \($0.error)" }.joined(separator: "; ")
    case .cancelled: "cancelled"
    }
  }
}
