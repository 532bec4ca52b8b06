import HydraNumerics

/// One exchange with a provider, as the journal keeps it. No text of a model or a server is in it, and no key.
public struct LanguageAttempt: Hashable, Codable, Sendable {
  public var provider: String
  public var modelAsked: String
  /// The model that answered, in the provider's words.
  public var modelAnswered: String?
  /// SHA-256 of the request without key and time.
  public var requestHash: String
  public var promptVersion: String
  public var seed: UInt64?
  /// HTTP status; nil when no answer came.
  public var status: Int?
  /// `ok`, or ``LanguageModelError/code``.
  public var outcome: String
  public var repairs: [ReplyRepair]
  public var usage: TokenUsage?
  /// In the currency of the price; nil without one.
  public var cost: Double?
  public var latencySeconds: Double
  public var requestID: String?
}

/// What came of asking: a reply or the reason why there is none, and every exchange on the way.
public struct LanguageDecision: Sendable {
  public var result: Result<LanguageReply, LanguageModelError>
  /// The provider whose answer ended the decision; nil when all of them failed.
  public var provider: String?
  public var attempts: [LanguageAttempt]
  /// How often a provider was told that its reply was no good and asked again.
  public var reasks: Int

  /// A decision; one that asked nobody has no attempts.
  public init(
    result: Result<LanguageReply, LanguageModelError>, provider: String? = nil, attempts: [LanguageAttempt] = [],
    reasks: Int = 0
  ) {
    (self.result, self.provider, self.attempts, self.reasks) = (result, provider, attempts, reasks)
  }

  /// Requests that were sent to a provider.
  public func requests(to provider: String) -> Int { attempts.count { $0.provider == provider } }

  /// Tokens of all attempts that reported them; nil when none did.
  public var usage: TokenUsage? { attempts.compactMap(\.usage).reduce(nil) { a, b in a.map { $0 + b } ?? b } }

  /// Cost of all attempts that have one.
  public var cost: Double { attempts.compactMap(\.cost).reduce(0, +) }
}
