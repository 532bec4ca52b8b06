/// A language model that tells, beside its reply, of every exchange on the way to it.
///
/// What the journal keeps of a decision (attempts, cost, repairs) comes from here; a model that is only a
/// ``LanguageModel`` is journalled with its reply alone.
public protocol DecidingLanguageModel: LanguageModel {
  /// Asks until there is a reply, or nobody left to ask.
  func decide(_ request: LanguageRequest) async -> LanguageDecision
}

extension DecidingLanguageModel {
  /// The reply of a decision, or its last error.
  public func reply(to request: LanguageRequest) async throws(LanguageModelError) -> LanguageReply {
    try await decide(request).result.get()
  }
}

extension LanguageModel {
  /// A decision of any model; one that does not tell of its exchanges has none.
  public func decision(on request: LanguageRequest) async -> LanguageDecision {
    if let model = self as? any DecidingLanguageModel { return await model.decide(request) }
    do throws(LanguageModelError) {
      let reply = try await reply(to: request)
      let faults = JSONSchema.faults(of: reply.json, against: request.replySchema)
      guard faults.isEmpty else { throw .schema(faults) }
      try request.parameterBounds?.check(reply.json)
      return LanguageDecision(result: .success(reply), provider: reply.model, attempts: [], reasks: 0)
    } catch {
      return LanguageDecision(result: .failure(error), provider: nil, attempts: [], reasks: 0)
    }
  }
}
