import Foundation
import HydraCore
import Testing

@testable import HydraAgent
@testable import HydraMarket

/// The linear forecast beneath the trees, and what follows it.
@Suite struct LinearPathTests {
  /// A market whose next change follows a persistent signal; from row `turn` on with the other sign.
  static func history(
    rows: Int, turn: Int = .max, seed: UInt64 = 4, use: LinearPath.Use = .following, changed: Int = .max
  ) -> FeatureHistory {
    var random = CounterRandom(seed: seed, stream: "linear path")
    var settings = LinearPath.Settings(use: use)
    settings.regression.shrinkage = 200
    var history = FeatureHistory(names: ["signal", "noise"], horizon: 5, linear: settings)
    var (signal, signals) = (0.0, [Double]())
    var changes: [Double] = []
    var date = CivilDate(year: 2000, month: 1, day: 3)
    for row in 0..<rows {
      signal = 0.95 * signal + 0.31 * random.normal()
      signals.append(signal)
      let effect = row < turn ? 0.25 : -0.25
      var change = (row >= 2 ? effect * signals[row - 2] : 0) + random.normal()
      if row >= changed { change = 9 - change }
      changes.append(change)
      var label: Label?
      if row >= 6 {
        let decided = row - 6
        label = Label(
          date: history.dates[decided], decided: history.known[decided], entry: history.dates[decided + 1], end: date,
          known: date.timestamp(), horizon: 5, value: changes[(decided + 2)...row].reduce(0, +) / 5.0.squareRoot(),
          scale: 1)
      }
      history.append(
        [signal, random.normal()], date: date, known: date.timestamp(hour: 20), change: change, volatility: 1,
        completing: label)
      date = date.adding(days: 1)
    }
    return history
  }

  private static func fit(_ history: FeatureHistory, before limit: Int) throws -> Policy {
    try Policy.fit(Recipe(), to: history, before: limit, embargo: 0, seed: 1, threads: 1)
  }

  /// The linear forecasts of the first rows.
  private func forecasts(_ history: FeatureHistory, rows: Int) -> [Double] {
    (0..<rows).map { history.linearForecast($0, columns: [0, 1]) }
  }

  private func skill(_ forecasts: [Double], _ labels: [Double]) -> Double {
    let pairs = zip(forecasts, labels).filter { $0.1.isFinite }
    return Statistics.correlation(pairs.map(\.0), pairs.map(\.1))
  }

  @Test func whatComesLaterChangesNoRow() {
    let (whole, other) = (Self.history(rows: 900), Self.history(rows: 900, changed: 700))
    let short = Self.history(rows: 700)
    #expect(forecasts(whole, rows: 700) == forecasts(short, rows: 700))
    #expect(forecasts(other, rows: 700) == forecasts(short, rows: 700))
    #expect(forecasts(other, rows: 900) != forecasts(whole, rows: 900))
    for row in [10, 349, 500, 699] { #expect(whole.linear.model(at: row) == short.linear.model(at: row)) }
    #expect(other.linear.model(at: 899) != whole.linear.model(at: 899))
  }

  @Test func theForecastOfARowIsThatOfItsModel() {
    let history = Self.history(rows: 600)
    for row in [0, 4, 5, 299, 300, 599] {
      #expect(history.linearForecast(row, columns: [0, 1]) == history.linear.model(at: row).predict(history.row(row)))
    }
  }

  @Test func aHistoryThatTravelledForecastsTheSame() throws {
    let history = Self.history(rows: 600)
    let copy = try JSONDecoder().decode(FeatureHistory.self, from: JSONEncoder().encode(history))
    #expect(copy.linear == history.linear)
  }

  @Test func theTreesAreGrownOnWhatTheLinearForecastLeft() throws {
    let history = Self.history(rows: 2000)
    let policy = try Self.fit(history, before: 1500)
    #expect(policy.linear == history.linearModel(at: 1499))
    let rows = Array(1510..<1990)
    let forecasts = rows.map { policy.forecast(history.row($0), columns: [0, 1]) }
    #expect(skill(forecasts, rows.map { history.label($0) }) > 0.25)
    // The relation is linear: what is left of it moves the forecast little.
    let trees = rows.map { policy.model.predict(Array(history.row($0))) }
    #expect(Statistics.standardDeviation(trees) < 0.5 * Statistics.standardDeviation(forecasts))
    let none = try Self.fit(Self.history(rows: 2000, use: .none), before: 1500)
    #expect(none.linear == nil)
    #expect(none.forecast(history.row(1600), columns: [0, 1]) == none.model.predict(Array(history.row(1600))))
  }

  @Test func onlyAPolicyThatFollowsLearnsThatTheWorldTurned() throws {
    let history = Self.history(rows: 2600, turn: 1800)
    var policy = try Self.fit(history, before: 1800)
    let rows = Array(2200..<2590)
    let labels = rows.map { history.label($0) }
    func skill(follows: Bool) -> Double {
      self.skill(
        rows.map { policy.forecast(at: $0, of: history, columns: [0, 1], follows: follows) }, labels)
    }
    #expect(skill(follows: false) < -0.2)
    #expect(skill(follows: true) > 0.1)
    policy.isPinned = true
    #expect(skill(follows: true) == skill(follows: false))
  }

  /// Four parts of equal length; two rounds are better than none in all of them, or in one alone.
  @Test func treesHaveToBeatNoneByMoreThanTheirErrorOverTheParts() {
    func parts(_ losses: [[Double]]) -> [Policy.FoldLosses] {
      losses.map { Policy.FoldLosses(share: 1 / Double(losses.count), losses: $0) }
    }
    let clear = Policy.chosenRounds(
      parts([[1, 0.97, 0.95], [1, 0.98, 0.96], [1.1, 1.08, 1.06], [0.9, 0.87, 0.85]]))
    #expect(clear.rounds == 2 && abs(clear.loss - 0.955) < 1e-12)
    let lucky = Policy.chosenRounds(parts([[1, 0.9, 0.8], [1, 1, 1], [1.1, 1.11, 1.12], [0.9, 0.91, 0.92]]))
    #expect(lucky.rounds == 0 && abs(lucky.loss - 1) < 1e-12)
    let flat = Policy.chosenRounds(parts([[1, 0.9, 0.9], [1, 0.9, 0.9], [1, 0.9, 0.9], [1, 0.9, 0.9]]))
    #expect(flat.rounds == 1)
  }

  /// Where nothing follows, a diagnosis explains the model as it was fitted.
  @Test func onlyTheSelfHealingArmFollowsAndOnlyWhereItIsAskedTo() {
    #expect(LinearPath.Settings().follows(in: .selfHealing))
    for arm in [Arm.frozen, .periodic] { #expect(!LinearPath.Settings().follows(in: arm)) }
    for use in [LinearPath.Use.none, .fitted] { #expect(!LinearPath.Settings(use: use).follows(in: .selfHealing)) }
  }

  @Test func contributionsAddUpToTheForecast() throws {
    let history = Self.history(rows: 1800)
    let policy = try Self.fit(history, before: 1500)
    let rows = [1600, 1650, 1700, 1790]
    let parts = try policy.contributions(rows, of: history, columns: [0, 1], follows: true)
    let rest = zip(rows, parts).map { row, parts in
      policy.forecast(at: row, of: history, columns: [0, 1], follows: true) - parts.reduce(0, +)
    }
    for value in rest { #expect(abs(value - rest[0]) < 1e-12) }
    #expect(abs(parts[0][0]) > abs(parts[0][1]))
  }

  @Test func aDroppedFeatureHasNoPartInTheLinearForecast() throws {
    let history = Self.history(rows: 1800)
    var recipe = Recipe()
    recipe.dropped = ["signal"]
    let policy = try Policy.fit(recipe, to: history, before: 1500, embargo: 0, seed: 1, threads: 1)
    #expect(policy.linear?.coefficients.count == 1)
    let row = Array(history.row(1600))
    #expect(policy.forecast(row, columns: [1]) == policy.forecast([99, row[1]], columns: [1]))
  }
}
