/// How patient a ``LanguageClient`` is.
public struct LanguagePolicy: Hashable, Codable, Sendable {
  /// Faults of a provider that may pass (a busy server, a lost connection) after which the next one is asked.
  public var maximumAttempts = 3
  /// The n-th wait is `base · 2^(n-1)`, at most `cap`, of which a random half is taken off.
  public var backoffBaseSeconds = 0.5
  public var backoffCapSeconds = 8.0
  /// A provider that asks to wait longer is left alone.
  public var maximumRetryAfterSeconds = 30.0
  /// How often a provider whose reply was no good is told so and asked again.
  public var reaskLimit = 1
  /// A reply that was cut off is asked for again with twice the tokens, at most so many.
  public var maximumTokensCap = 4000
  public var connectTimeoutSeconds = 10.0
  /// For one exchange, and for the whole decision over all providers.
  public var timeoutSeconds = 60.0
  public var deadlineSeconds = 240.0
  /// Whether replies come in pieces, and how long a stream may be silent.
  public var streams = false
  public var streamIdleSeconds = 20.0
  /// So many faults in a row open a provider's circuit for a while; then one probe decides.
  public var failuresToOpen = 5
  public var openSeconds = 60.0

  public init() {}
}
