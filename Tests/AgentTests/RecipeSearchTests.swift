import HydraCore
import Testing

@testable import HydraAgent

@Suite struct RecipeSearchTests {
  private static func plan(_ change: Change, trials: Int) -> ExperimentPlan {
    var recipe = Recipe()
    recipe.trees.rounds = 10
    recipe.trees.minimumLeafRows = 60
    return ExperimentPlan(
      id: "search", hypothesis: Hypothesis(change, reason: "for the test", confidence: 0.5),
      recipe: recipe.applying(change), championRecipe: recipe, evaluationBars: 100, refitBars: 100, embargo: 2,
      trials: trials, dearCost: 1.9, seed: 5)
  }

  /// Rows of which one feature tells the label.
  private static func history(bars: Int = 900) -> FeatureHistory {
    var history = FeatureHistory(names: ["known", "noise"], horizon: 5)
    var builder = LabelBuilder(symbol: "ZO", horizon: 5)
    var random = CounterRandom(seed: 3, stream: "recipe search")
    let steps = (0..<920).map { _ in random.normal() }
    var close = 300.0
    for index in 0..<bars {
      let date = CivilDate(dayNumber: Int32(14_000 + index))
      let time = date.timestamp(hour: 23)
      close += steps[index]
      let bar = HeldBar(
        symbol: "ZO", date: date, contract: ContractMonth(year: 2030, month: 3), close: close,
        times: FactTimes(event: time, published: time, available: time, ingested: time))
      history.append(
        [steps[index + 2...index + 6].reduce(0, +) + 3 * random.normal(), random.normal()], date: date, known: time,
        change: index == 0 ? .nan : steps[index], volatility: index < 40 ? .nan : 1,
        completing: builder.update(.bar(bar)))
    }
    return history
  }

  @Test func oneTrialIsTheHypothesisItself() throws {
    let plan = Self.plan(.leaves(4), trials: 1)
    let choice = try RecipeSearch.choose(plan, Self.history(), before: 800, threads: 1)
    #expect(choice.recipe == plan.recipe && choice.losses.count == 1)
  }

  @Test func theLeastLossIsChosenAndWhatTheHypothesisSaysStays() throws {
    let plan = Self.plan(.leaves(4), trials: 12)
    let choice = try RecipeSearch.choose(plan, Self.history(), before: 800, threads: 1)
    #expect(choice.losses.count == 12)
    #expect(choice.recipe.trees.leaves == 4)
    let again = try Policy.fit(
      choice.recipe, to: Self.history(), before: 800, embargo: 2, seed: plan.seed, threads: 1)
    #expect(again.validationLoss == choice.losses.min() && again.model.rounds == choice.rounds)
    #expect(choice.losses.min()! < choice.losses[0])
    #expect(Set(choice.losses).count > 6)
  }

  @Test func threadsChangeNothingAndIdsDo() throws {
    var plan = Self.plan(.trainingWindow(1500), trials: 6)
    let one = try RecipeSearch.choose(plan, Self.history(), before: 800, threads: 1)
    let three = try RecipeSearch.choose(plan, Self.history(), before: 800, threads: 3)
    #expect(one.losses == three.losses && one.recipe == three.recipe)
    plan.id = "another"
    let other = try RecipeSearch.choose(plan, Self.history(), before: 800, threads: 1)
    #expect(other.losses[0] == one.losses[0] && other.losses != one.losses)
  }

  @Test func rowsFromTheComparedBarsOnAreNotSeen() throws {
    let plan = Self.plan(.trainingWindow(1500), trials: 4)
    let short = try RecipeSearch.choose(plan, Self.history(bars: 800), before: 800, threads: 1)
    let whole = try RecipeSearch.choose(plan, Self.history(), before: 800, threads: 1)
    #expect(short.losses == whole.losses && short.recipe == whole.recipe)
  }
}
