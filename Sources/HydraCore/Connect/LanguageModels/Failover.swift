/// Asks models one after the other until one gives a usable reply.
///
///     Failover([HouseModel(), RuleBook()])        // the rule book needs no network and has always an answer
///
/// Each reply is checked against the request's schema, so that a model that answers nonsense counts as one that does
/// not answer. When none is left, ``LanguageModelError/allFailed(_:)`` holds every reason; a cancelled task ends at once.
public struct Failover: LanguageModel {
  public let models: [any LanguageModel]

  /// - Precondition: at least one model.
  public init(_ models: [any LanguageModel]) {
    precondition(!models.isEmpty, "a failover without models")
    self.models = models
  }

  /// The first reply of the models, in their order, that passes the schema.
  public func reply(to request: LanguageRequest) async throws(LanguageModelError) -> LanguageReply {
    var failures: [LanguageModelError.ModelFailure] = []
    for model in models {
      do throws(LanguageModelError) {
        let reply = try await model.reply(to: request)
        let faults = JSONSchema.faults(of: reply.json, against: request.replySchema)
        guard faults.isEmpty else { throw .schema(faults) }
        return reply
      } catch {
        if error == .cancelled { throw .cancelled }
        failures.append(.init(model: Self.name(of: model), error: error))
      }
    }
    throw .allFailed(failures)
  }

  private static func name(of model: any LanguageModel) -> String {
    (model as? OpenAICompatible)?.settings.name ?? "\(type(of: model))"
  }
}
