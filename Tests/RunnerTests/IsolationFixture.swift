import Foundation
import HydraCore

/// An experiment that is small enough to be carried out often: a random walk with one feature that tells its future.
enum SmallExperiment {
  static func plan(_ id: String) -> ExperimentPlan {
    var recipe = recipe
    recipe.trees.leaves = 3
    return ExperimentPlan(
      id: id, hypothesis: Hypothesis(.leaves(3), reason: "for the test", confidence: 0.5), recipe: recipe,
      championRecipe: Self.recipe, evaluationBars: 80, refitBars: 80, embargo: 2, trials: 1, dearCost: 1.9, seed: 5)
  }

  private static var recipe: Recipe {
    var recipe = Recipe()
    recipe.trees.rounds = 3
    recipe.trees.minimumLeafRows = 20
    recipe.trees.maximumBins = 8
    return recipe
  }

  static let data = Result { try make() }

  private static func make() throws -> ExperimentData {
    let instrument = Instrument(
      symbol: "ZO", carryCode: "OATIES", name: "Oats", pointValue: 50, tickSize: 0.25, commission: 3, halfSpread: 1,
      averageDailyVolume: 500)
    var random = CounterRandom(seed: 3, stream: "small experiment")
    var history = FeatureHistory(names: ["known", "noise"], horizon: 5)
    var builder = LabelBuilder(symbol: "ZO", horizon: 5)
    var batches: [ExperimentData.Batch] = []
    let steps = (0..<480).map { _ in 8 * (random.uniform() - 0.5) }
    var close = 300.0
    for index in 0..<470 {
      let date = CivilDate(dayNumber: Int32(14_000 + index))
      let time = date.timestamp(hour: 23)
      close += steps[index]
      let bar = HeldBar(
        symbol: "ZO", date: date, contract: ContractMonth(year: 2030, month: 3), close: close,
        times: FactTimes(event: time, published: time, available: time, ingested: time))
      let label = builder.update(.bar(bar))
      history.append(
        [steps[index + 2...index + 6].reduce(0, +), random.uniform()], date: date, known: time,
        change: index == 0 ? .nan : steps[index], volatility: index < 40 ? .nan : 2.3, completing: label)
      batches.append(.init(row: index, events: [.bar(bar)]))
    }
    var settings = AgentSettings()
    settings.horizon = 5
    let champion = try Policy.fit(recipe, to: history, before: 380, embargo: 2, seed: 1, threads: 1)
    let columns = try champion.columns(in: history.names)
    let forecasts = (0..<history.count).map {
      $0 < 60 ? Double.nan : champion.forecast(history.row($0), columns: columns)
    }
    return ExperimentData(
      instrument: instrument, book: settings.book(for: instrument), capital: 500_000, history: history,
      champion: champion, forecasts: forecasts, batches: batches)
  }
}
