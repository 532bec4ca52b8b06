import HydraCore
import Testing

@testable import HydraAgent

/// A model fitted to what has come since the estimated change of the world.
@Suite struct TrainingSinceTests {
  static func recipe(since: CivilDate?) -> Recipe {
    var recipe = Recipe()
    recipe.trees.minimumLeafRows = 20
    recipe.since = since
    return recipe
  }

  /// What the feature means turns round at row 400; at row 670 the old meaning still rules among all rows.
  @Test func theWindowFromTheChangeLearnsTheNewRelation() throws {
    let history = RecallTests.history()
    func skill(_ recipe: Recipe) throws -> Double {
      let policy = try Policy.fit(recipe, to: history, before: 670, embargo: 0, seed: 1, threads: 1, rounds: 60)
      let rows = Array(672..<697)
      return Statistics.correlation(
        rows.map { policy.forecast(history.row($0), columns: [0]) }, rows.map { history.label($0) })
    }
    #expect(try skill(Self.recipe(since: history.dates[400])) > 0.7)
    #expect(try skill(Self.recipe(since: nil)) < 0)
  }

  @Test func theWindowBeginsAtTheChangeAndIsNeverShorterThanAYearOfRows() throws {
    let history = RecallTests.history()
    func rows(since: Int) -> [Int] {
      Policy.trainingRows(Self.recipe(since: history.dates[since]), history, before: 900, embargo: 0)
    }
    #expect(rows(since: 500).first == 500)
    #expect(rows(since: 890).count == Policy.minimumRows)
    #expect(rows(since: 890).last == rows(since: 500).last)
    var short = Self.recipe(since: history.dates[100])
    short.window = 300
    #expect(Policy.trainingRows(short, history, before: 900, embargo: 0).count <= 300)
    // A plain window asks for what is older again.
    #expect(short.applying(.trainingWindow(600)).since == nil)
  }

  @Test func aWindowBelowAYearGrowsNoTreesAndIsNoError() throws {
    let history = RecallTests.history()
    var recipe = Recipe().applying(try Change(parameter: "retrain.window_days", value: 30, features: ["x"]))
    recipe.trees.minimumLeafRows = 5
    let policy = try Policy.fit(recipe, to: history, before: 670, embargo: 0, seed: 1, threads: 1)
    #expect(policy.trainingRows == 30 && policy.model.trees.allSatisfy { $0.leaves == 1 })
    #expect(try #require(policy.validationLoss) > 0)
    #expect(policy.forecast(history.row(660), columns: [0]).isFinite)
    recipe.window = 29
    #expect(throws: Policy.FitError.tooFewRows(29, needed: 30)) {
      try Policy.fit(recipe, to: history, before: 670, embargo: 0, seed: 1, threads: 1)
    }
    #expect(throws: Change.Refusal.outOfBounds(parameter: "retrain.window_days", value: 29, low: 30, high: 7560)) {
      try Change(parameter: "retrain.window_days", value: 29, features: ["x"])
    }
  }

  @Test func theRuleBookProposesTheDayThatTheDiagnosisNames() async throws {
    let context: JSONValue = [
      "diagnosis": ["cause": "relation", "change_date": "2012-06-04", "findings": [["score": 3]]],
      "recipe": Recipe().json,
    ]
    let request = LanguageRequest(instructions: "", context: context, replySchema: Hypothesis.replySchema)
    let reply = try await RuleBook().reply(to: request)
    let (accepted, refused) = Hypothesis.decode(reply.json, features: ["x"])
    #expect(refused.isEmpty)
    #expect(accepted.first?.change == .trainingSince(CivilDate(year: 2012, month: 6, day: 4)))
    let recipe = Recipe().applying(accepted[0].change)
    #expect(recipe.json["retrain.since_change"] == "2012-06-04")
    #expect(Recipe().json["retrain.since_change"] == nil)
  }
}
