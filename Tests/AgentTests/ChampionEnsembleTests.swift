import HydraCore
import Testing

@testable import HydraAgent
@testable import HydraMarket

/// Past champions and the present one forecast together.
@Suite struct ChampionEnsembleTests {
  /// Regimes A B A of 400, 300 and 300 days, a label of one bar, and a feature that explains `share` of its variance.
  static func history(share: Double, seed: UInt64) -> FeatureHistory {
    var days = SignalDays(seed: seed, stream: "regimes of champions")
    for day in 0..<1000 {
      days.next(
        edge: share.squareRoot() * ((400..<700).contains(day) ? -1 : 1), noise: (1 - share).squareRoot())
    }
    return days.history
  }

  /// Two champions of each of the first two regimes, numbered from 1.
  static func versions(_ history: FeatureHistory) throws -> [PolicyVersion] {
    try [10..<200, 10..<390, 420..<560, 420..<690].enumerated().map { index, rows in
      PolicyVersion(
        number: index + 1, policy: try RecallTests.policy(history, rows), columns: [0], parent: nil, origin: "test")
    }
  }

  /// A returning regime gives a champion of the old one the largest weight within 40 days, in at least 70 % of worlds
  /// whose feature explains a tenth of the labels' variance.
  @Test func aReturningRegimeFindsItsOldChampion() throws {
    var found = 0
    for seed in 0..<40 {
      let history = Self.history(share: 0.1, seed: UInt64(seed))
      var ensemble = ChampionEnsemble(try Self.versions(history), embargo: 0, history)
      func best() -> Int {
        zip(ensemble.members, ensemble.weights).max { $0.1 < $1.1 }!.0.number
      }
      for row in 300..<698 { ensemble.learn(row, history) }
      let wasOfB = best() >= 3
      for row in 698..<738 { ensemble.learn(row, history) }
      if wasOfB && best() <= 2 { found += 1 }
    }
    #expect(found >= 28, "\(found) of 40")
  }

  /// What a model was fitted to proves nothing: it sleeps until its training is over.
  @Test func aMemberSleepsUntilItsTrainingIsOver() throws {
    let history = Self.history(share: 0.3, seed: 1)
    var ensemble = ChampionEnsemble(try Self.versions(history), embargo: 0, history)
    #expect(ensemble.forecast(150, history) == nil)
    for row in 100..<190 { ensemble.learn(row, history) }
    #expect(ensemble.weights == [0.25, 0.25, 0.25, 0.25])
    let first = try #require(ensemble.forecast(250, history))
    #expect(first == ensemble.members[0].policy.forecast(history.row(250), columns: [0]))
    for row in 400..<500 { ensemble.learn(row, history) }
    // Both champions of A fail in B; those of B have not been heard yet and keep what they had, but for the share that flows back.
    #expect(abs(ensemble.weights[2] - 0.25) < 0.02 && abs(ensemble.weights[3] - 0.25) < 0.02)
    #expect(abs(ensemble.weights.reduce(0, +) - 1) < 1e-12)
  }

  /// The weights at a row rest on what was known there: other labels after it change nothing.
  @Test func theWeightsAreAPointInTime() throws {
    let (history, other) = (Self.history(share: 0.3, seed: 1), Self.history(share: 0.3, seed: 2))
    var mixed = FeatureHistory(names: ["signal"], horizon: 1)
    for row in 0..<1000 {
      let source = row < 800 ? history : other
      let label: Label? =
        row >= 2 && source.label(row - 2).isFinite
        ? SignalDays.label(source.label(row - 2), of: row - 2, known: history.dates[row], in: history) : nil
      mixed.append(
        Array(source.row(row)), date: history.dates[row], known: history.known[row], change: 0, volatility: 1,
        completing: label)
    }
    let versions = try Self.versions(history)
    var (one, two) = (
      ChampionEnsemble(versions, embargo: 0, history), ChampionEnsemble(versions, embargo: 0, mixed)
    )
    for row in 200..<798 {
      one.learn(row, history)
      two.learn(row, mixed)
    }
    #expect(one.weights == two.weights)
    #expect(one.forecast(799, history) == two.forecast(799, mixed))
  }

  /// As champion it takes part in the agent's days: it learns from each label, and the next fit joins the others.
  @Test func theNextFitJoinsAnEnsembleThatIsChampion() throws {
    let history = Self.history(share: 0.3, seed: 4)
    let versions = try Self.versions(history)
    var policy = versions[3].policy
    policy.ensemble = ChampionEnsemble(versions, embargo: 0, history)
    var state = AgentState(
      arm: .selfHealing, settings: SmallWorld.settings, instrument: try SmallWorld.instrument(),
      features: history.names)
    _ = try state.next(.fitted(policy, purpose: .initial), history: history)
    state.learnWeights(history, history.count - 1)
    #expect(state.champion?.policy.ensemble?.weights != policy.ensemble?.weights)
    _ = try state.next(.fitted(versions[0].policy, purpose: .calendar), history: history)
    #expect(state.champion?.policy.ensemble?.members.count == 5)
    let bytes = try #require(try state.champion?.policy.encoded())
    #expect(!bytes.isEmpty)
  }
}
