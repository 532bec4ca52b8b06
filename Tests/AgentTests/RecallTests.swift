import HydraCore
import Testing

@testable import HydraAgent
@testable import HydraMarket

/// A returning regime finds its old champion.
@Suite struct RecallTests {
  /// Two regimes, A B A: what the feature means for the label turns round in B.
  static func history() -> FeatureHistory {
    var random = CounterRandom(seed: 5, stream: "regimes")
    var history = FeatureHistory(names: ["signal"], horizon: 1)
    var labels: [Double] = []
    var dates: [CivilDate] = []
    var date = CivilDate(year: 2010, month: 1, day: 4)
    for bar in 0..<1000 {
      let signal = random.normal()
      let sign = (400..<700).contains(bar) ? -1.0 : 1.0
      labels.append(0.8 * sign * signal + 0.3 * random.normal())
      dates.append(date)
      var label: Label?
      if bar >= 3 {
        label = Label(
          date: dates[bar - 2], decided: dates[bar - 2].timestamp(), entry: dates[bar - 1], end: date,
          known: date.timestamp(), horizon: 1, value: labels[bar - 2], scale: 1)
      }
      history.append(
        [signal], date: date, known: date.timestamp(hour: 20), change: random.normal(), volatility: 1, completing: label
      )
      date = date.adding(days: 1)
    }
    return history
  }

  static func policy(_ history: FeatureHistory, _ rows: Range<Int>) throws -> Policy {
    var trees = GradientBoostedTrees.Settings()
    (trees.rounds, trees.minimumLeafRows) = (30, 20)
    let chosen = rows.filter { history.label($0).isFinite }
    let model = try GradientBoostedTrees.fit(
      history.matrix(rows: chosen, columns: [0]), chosen.map { history.label($0) }, names: ["signal"], settings: trees)
    return Policy(
      recipe: Recipe(trees: trees), model: model, features: ["signal"], trainedFrom: history.dates[rows.lowerBound],
      trainedTo: history.dates[rows.upperBound - 1], trainingRows: chosen.count, labelMean: 0, labelDeviation: 1,
      validationLoss: nil)
  }

  @Test func theChampionOfTheOldRegimeIsProposedAndOnlyOnDaysThatAreNewToIt() throws {
    let history = Self.history()
    var state = AgentState(
      arm: .selfHealing, settings: SmallWorld.settings, instrument: try SmallWorld.instrument(),
      features: history.names)
    _ = try state.next(.fitted(Self.policy(history, 10..<390), purpose: .initial), history: history)
    let old = try #require(state.champion)
    _ = try state.next(.fitted(Self.policy(history, 420..<690), purpose: .diagnosis), history: history)
    let champion = try #require(state.champion)
    state.forecasts = (0..<history.count).map { champion.policy.forecast(history.row($0), columns: [0]) }
    let found = try #require(state.recalled(history))
    #expect(found.version.number == old.number)
    // 1000 rows, trained to row 389, less the span of a label and the embargo.
    #expect(found.bars == 999 - 389 - 1 - SmallWorld.settings.embargo)

    // Fitted to the newest days itself, it would prove nothing.
    state.pastChampions = [
      PolicyVersion(
        number: 9, policy: try Self.policy(history, 750..<995), columns: [0], parent: nil, origin: "test")
    ]
    #expect(state.recalled(history) == nil)
  }

  @Test func stressesAreHarderWorlds() throws {
    let settings = SmallWorld.settings.book(for: try SmallWorld.instrument())
    #expect(Stress.spread.applied(to: settings).cost.halfSpread == 2 * settings.cost.halfSpread)
    #expect(Stress.drought.applied(to: settings).venue.participation == settings.venue.participation / 4)
    let late = Stress.latency.applied(to: [1, 2, 3])
    #expect(late[0].isNaN && late[1] == 1 && late[2] == 2)
  }

  @Test func likenessOfVolatilityWeighsTheTrainingRows() throws {
    let history = Self.history()
    var recipe = Recipe()
    #expect(recipe.applying(.similarity(0.5)).similarityWidth == 0.5)
    recipe.similarityWidth = 0.5
    recipe.trees.rounds = 2
    recipe.trees.minimumLeafRows = 20
    // All days are alike here, so that the weights are all one and the trees the same.
    let weighted = try Policy.fit(recipe, to: history, before: 900, embargo: 0, seed: 1, threads: 1, rounds: 2)
    recipe.similarityWidth = nil
    let plain = try Policy.fit(recipe, to: history, before: 900, embargo: 0, seed: 1, threads: 1, rounds: 2)
    #expect(weighted.model == plain.model)
  }
}
