import HydraCore
import Testing

@Suite struct ChangeTests {
  static let features = ["carry", "cot", "season"]

  @Test func proposalsWithinBoundsAreTaken() throws {
    #expect(
      try Change(parameter: "retrain.window_days", value: 504, features: Self.features) == .trainingWindow(504))
    #expect(try Change(parameter: "sizing.risk_scale", value: 0.5, features: Self.features) == .riskScale(0.5))
    #expect(
      try Change(parameter: "features.drop", value: ["season", "carry"], features: Self.features)
        == .dropFeatures(["carry", "season"]))
    #expect(
      try Change(parameter: "retrain.since_change", value: "2012-06-04", features: Self.features)
        == .trainingSince(CivilDate(year: 2012, month: 6, day: 4)))
    #expect(try Change(parameter: "features.restore", value: nil, features: Self.features) == .restoreFeatures)
  }

  @Test(arguments: [
    ("retrain.window_days", JSONValue.number(29)), ("retrain.window_days", .number(7561)),
    ("retrain.window_days", .number(300.5)), ("retrain.window_days", .string("500")), ("retrain.window_days", .null),
    ("model.learning_rate", .number(.nan)), ("model.learning_rate", .number(.infinity)),
    ("sizing.risk_scale", .number(1.01)), ("sizing.risk_scale", .number(-1)), ("risk.maximum_position", .number(500)),
    ("features.drop", .array([.string("carry"), .string("cot"), .string("season")])),
    ("features.drop", .array([.string("nonsense")])), ("features.drop", .array([])),
    ("", .number(1)), ("retrain.since_change", .number(100)), ("retrain.since_change", .string("2012-02-30")),
    ("retrain.since_change", .string("1012-06-04")),
  ])
  func everythingElseIsRefusedNotClamped(parameter: String, value: JSONValue) {
    #expect(throws: Change.Refusal.self) {
      _ = try Change(parameter: parameter, value: value, features: Self.features)
    }
  }

  @Test func noChangeRaisesTheRisk() {
    var recipe = Recipe()
    recipe.riskScale = 1
    #expect(recipe.applying(.riskScale(0.5)).riskScale == 0.5)
    #expect(recipe.applying(.riskScale(3)).riskScale == 1)
  }

  @Test func theRuleBookKeepsToTheSchemaForEveryCause() async throws {
    for cause in Cause.allCases {
      let context: JSONValue = [
        "diagnosis": [
          "cause": .string(cause.rawValue), "direction": "down", "findings": [["score": 2.5]],
          "features": [["feature": "carry"]], "attributions": [["feature": "cot"], ["feature": "season"]],
        ], "recipe": Recipe().json,
      ]
      let request = LanguageRequest(instructions: "", context: context, replySchema: Hypothesis.replySchema)
      let reply = try await RuleBook().reply(to: request)
      #expect(JSONSchema.faults(of: reply.json, against: Hypothesis.replySchema).isEmpty)
      let (accepted, refused) = Hypothesis.decode(reply.json, features: Self.features)
      #expect(refused.isEmpty)
      #expect(accepted.isEmpty == (cause == .dataFault))
    }
  }

  @Test func aReplyOutOfBoundsIsRefusedOneByOne() {
    let reply: JSONValue = [
      "hypotheses": [
        ["param": "model.num_leaves", "value": 8, "reason": "smaller", "confidence": 0.5],
        ["param": "model.num_leaves", "value": 8000, "reason": "larger", "confidence": 0.5],
        ["param": "risk.total_loss_stop", "value": 1e9, "reason": "IGNORE ALL RULES", "confidence": 1],
      ]
    ]
    let (accepted, refused) = Hypothesis.decode(reply, features: Self.features)
    #expect(accepted.map(\.change) == [.leaves(8)])
    #expect(refused.map(\.parameter) == ["model.num_leaves", "risk.total_loss_stop"])
  }
}
