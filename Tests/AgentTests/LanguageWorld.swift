import Foundation
import HydraCore
import TestSupport
import Testing

@testable import HydraAgent

/// An arm in the middle of its life with a diagnosis on the table, and the edge that asks a language model about it.
struct LanguageWorld {
  var state: AgentState
  let history: FeatureHistory
  let diagnosis: Diagnosis
  let store: Store
  let edge: Edge

  init(_ advice: LanguageAdvice?) throws {
    let evidence = DiagnosticianTests.evidence(.relation, seed: 1)
    history = evidence.history
    let settings = SmallWorld.settings
    let instrument = try SmallWorld.instrument()
    var state = AgentState(arm: .selfHealing, settings: settings, instrument: instrument, features: history.names)
    let rows = Array(0..<400)
    var trees = GradientBoostedTrees.Settings()
    trees.rounds = 3
    let targets = rows.map { evidence.forecasts[$0] }
    let features = history.matrix(rows: rows, columns: [0, 1, 2])
    let model = try GradientBoostedTrees.fit(features, targets, names: history.names, settings: trees)
    let policy = Policy(
      recipe: settings.recipe, model: model, features: history.names, trainedFrom: history.dates[0],
      trainedTo: history.dates[399], trainingRows: 400, labelMean: 0, labelDeviation: 1, validationLoss: nil)
    _ = try state.next(.fitted(policy, purpose: .initial), history: history)
    state.forecasts = evidence.forecasts
    var diagnostician = Diagnostician()
    diagnostician.recentBars = DiagnosticianTests.age...120
    diagnosis = diagnostician.diagnose(
      try DiagnosticianTests.alarm("relation"),
      .init(history: history, forecasts: evidence.forecasts, policy: policy))
    _ = try state.next(.diagnosed(diagnosis), history: history)
    self.state = state
    store = try Store(path: ":memory:")
    let run = try store.runs.findOrCreate(
      RunDescription(settings: ["test": "language"], dataHashes: [:], version: "1"), created: history.known[0])
    edge = Edge(
      store: store, run: run, writer: try JournalWriter(store, run: run), instrument: instrument, settings: settings,
      experiments: InProcessExperiments(), ruleBook: RuleBook(), advice: advice, threads: 1)
  }

  /// Asks, and steps the arm with the answer.
  mutating func ask() async throws -> (input: AgentInput, effects: [AgentEffect]) {
    let now = history.known[history.count - 1]
    let input = try await edge.propose(
      diagnosis, state.champion!.policy.recipe, arm: "self_healing", history, at: now)
    return (input, try state.next(input, history: history))
  }

  /// All that a language model must not have changed, as text.
  var standing: String {
    let book = state.book
    return """
      \(state.champion!.number) \(state.champion!.policy.recipe) \(book.settings) \(book.governor) \(book.position) \
      \(book.equity) \(state.held.count) \(state.record.promotions) \(state.record.experiments) \(state.ledger.count)
      """
  }
}

/// A model that always says the same.
struct StubModel: LanguageModel {
  var json: JSONValue
  func reply(to request: LanguageRequest) async throws(LanguageModelError) -> LanguageReply {
    LanguageReply(json: json)
  }

  static func decision(_ parameter: String, _ value: JSONValue, diagnosis: String = "skill fell") -> JSONValue {
    [
      "diagnosis": .string(diagnosis), "hypothesis": "because it does",
      "change": ["param": .string(parameter), "value": value], "confidence": 0.5,
    ]
  }
}
