import Foundation
import HydraConnect
import HydraLearning
import HydraNumerics
import HydraStore

extension Edge {
  /// Asks for hypotheses: the language model where one is configured, else the rule book.
  func propose(
    _ diagnosis: Diagnosis, _ recipe: Recipe, arm: String, _ history: FeatureHistory, at time: Timestamp
  ) async throws -> AgentInput {
    guard let advice else { return try await ask(ruleBook, diagnosis, recipe, history) }
    let recorded = try await decision(advice, diagnosis, recipe, history, at: time)
    note(recorded.json, kind: "language", arm: arm, at: time)
    if let reply = recorded.reply {
      let (accepted, refused) = AgentDecision.decode(
        reply, features: history.names, inForce: RiskInForce(settings, recipe))
      return .proposed(
        accepted.map { [$0] } ?? [], refused: refused.map { [$0] } ?? [], source: "LanguageModel")
    }
    let why = "no reply (\(recorded.error ?? "")): \(recorded.reason ?? "")"
    guard advice.fallback == .ruleBook else { return .proposed([], refused: [why], source: "LanguageModel") }
    guard case .proposed(let accepted, let refused, let source) = try await ask(RuleBook(), diagnosis, recipe, history)
    else { return .proposed([], refused: [why], source: "LanguageModel") }
    return .proposed(accepted, refused: [why] + refused, source: source)
  }

  /// The model's decision, or the one that an earlier execution of the run has met.
  private func decision(
    _ advice: LanguageAdvice, _ diagnosis: Diagnosis, _ recipe: Recipe, _ history: FeatureHistory, at time: Timestamp
  ) async throws -> LanguageDecision.Recorded {
    let request = AgentDecision.request(
      diagnosis: diagnosis, recipe: recipe, headlines: Headline.recent(advice.headlines, at: time),
      maximumTokens: advice.maximumTokens, seed: settings.seed)
    let key = CanonicalJSON.hash([
      "run": .string(run.key), "decide": request.context, "row": JSONValue(history.count),
    ])
    if let bytes = try store.artefacts.artefact(key: key) {
      return try JSONDecoder().decode(LanguageDecision.Recorded.self, from: bytes)
    }
    let decision = await advice.model.decision(on: request)
    // A run that was cancelled has not been refused an answer.
    try Task.checkCancellation()
    let recorded = LanguageDecision.Recorded(decision)
    try store.artefacts.put(key: key, bytes: recorded.encoded(), kind: "decision")
    return recorded
  }

  /// Asks a model that speaks the whole space of changes.
  private func ask(
    _ model: any LanguageModel, _ diagnosis: Diagnosis, _ recipe: Recipe, _ history: FeatureHistory
  ) async throws -> AgentInput {
    let context: JSONValue = ["diagnosis": diagnosis.json, "recipe": recipe.json]
    let source = String(describing: type(of: model))
    let request = LanguageRequest(
      instructions: "Propose changes.", context: context, replySchema: Hypothesis.replySchema)
    let json: JSONValue
    do {
      json = try await model.reply(to: request).json
    } catch {
      try Task.checkCancellation()
      return .proposed([], refused: ["no reply (\(error.code)): \(error)"], source: source)
    }
    let faults = JSONSchema.faults(of: json, against: Hypothesis.replySchema)
    guard faults.isEmpty else { return .proposed([], refused: faults, source: source) }
    let (accepted, refused) = Hypothesis.decode(json, features: history.names)
    return .proposed(accepted, refused: refused.map { "\($0.parameter): \($0.reason)" }, source: source)
  }
}
