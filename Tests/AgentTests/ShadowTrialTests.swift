import HydraCore
import Testing

@testable import HydraAgent
@testable import HydraMarket

/// A challenger predicts beside the champion, and the verdict may come on any day.
@Suite struct ShadowTrialTests {
  /// Days of a market whose labels follow `edge` times the feature, one label known two bars later.
  struct Days {
    var history = FeatureHistory(names: ["signal"], horizon: 1)
    private var random: CounterRandom
    private var labels: [Double] = []
    private var date = CivilDate(year: 2010, month: 1, day: 4)
    let edge: Double

    init(edge: Double, seed: UInt64) {
      self.edge = edge
      random = CounterRandom(seed: seed, stream: "shadow")
    }

    mutating func next() {
      let (signal, bar) = (random.normal(), history.count)
      labels.append(edge * signal + random.normal())
      var label: Label?
      if bar >= 2 {
        let decided = history.dates[bar - 2]
        label = Label(
          date: decided, decided: decided.timestamp(), entry: history.dates[bar - 1], end: date,
          known: date.timestamp(), horizon: 1, value: labels[bar - 2], scale: 1)
      }
      history.append(
        [signal], date: date, known: date.timestamp(hour: 20), change: random.normal(), volatility: 1,
        completing: label)
      date = date.adding(days: 1)
    }
  }

  /// Follows a challenger that knows the feature's meaning beside a champion that forecasts nothing.
  static func trial(edge: Double, seed: UInt64, days: Int) throws -> (trial: ShadowTrial, history: FeatureHistory) {
    var world = Days(edge: edge, seed: seed)
    for _ in 0..<400 { world.next() }
    let policy = try RecallTests.policy(world.history, 0..<390)
    var (random, result) = (CounterRandom(seed: seed, stream: "first"), try VerdictTests.result(edge: 0.05))
    result.policy = policy
    result.primary = Comparison(
      .forecastError, champion: (0..<250).map { _ in 0.1 + 1.2 * random.normal() },
      candidate: [Double](repeating: 0, count: 250), span: 2)
    let book = TradingBook(
      instrument: try SmallWorld.instrument(), capital: 1e6,
      settings: SmallWorld.settings.book(for: try SmallWorld.instrument()))
    var trial = try #require(
      ShadowTrial(
        result, champion: book, settings: book.settings, recipe: policy.recipe, columns: [0], world.history))
    var champion = [Double](repeating: 0, count: 400)
    for _ in 0..<days {
      world.next()
      champion.append(0)
      trial.predict(champion: champion, world.history)
    }
    return (trial, world.history)
  }

  @Test func onlyDaysAfterTheExperimentCountAndOnlyOnceTheirLabelsAreKnown() throws {
    #expect(try Self.trial(edge: 0.5, seed: 1, days: 0).trial.evidence.count == 0)
    #expect(try Self.trial(edge: 0.5, seed: 1, days: 2).trial.evidence.count == 0)
    #expect(try Self.trial(edge: 0.5, seed: 1, days: 3).trial.evidence.count == 1)
    let (trial, history) = try Self.trial(edge: 0.5, seed: 1, days: 50)
    var sum = 0.0
    for row in 400..<448 {
      let (label, forecast) = (
        min(3, max(-3, history.label(row))), trial.policy.forecast(history.row(row), columns: [0])
      )
      sum += label * label - (label - forecast) * (label - forecast)
    }
    #expect(trial.evidence.count == 48 && abs(trial.evidence.sum - sum) < 1e-9)
  }

  @Test func aBetterChallengerWinsWithinTheTimeThatItHasAndAWorseOneIsGivenUp() throws {
    var ledger = TrialLedger()
    for _ in 0..<20 { ledger.add(trials: 1, nil) }
    let won = try (1...20).count {
      ledger.deflatedProbability(
        ofLogEvidence: try Self.trial(edge: 0.8, seed: UInt64($0), days: 500).trial.logEvidence) >= 0.95
    }
    #expect(won >= 18, "\(won) of 20")
    // One that is fitted to noise is found out.
    let against = try (1...20).map { try Self.trial(edge: 0, seed: UInt64($0), days: 500).trial }
    let lost = against.count { $0.evidence.logEvidenceAgainst >= AgentState.logGivenUp }
    #expect(lost >= 10, "\(lost) of 20")
    #expect(against.allSatisfy { ledger.deflatedProbability(ofLogEvidence: $0.logEvidence) < 0.95 })
  }

  /// Candidates without any worth: a first experiment, and two years in shadow with a look on every day.
  @Test func worthlessChallengersHardlyEverWinHoweverOftenOneLooks() throws {
    let (runs, gate, healing) = (200, GateSettings(), HealingSettings())
    var promoted = 0
    for run in 0..<runs {
      var random = CounterRandom(seed: UInt64(run), stream: "worthless in shadow")
      var ledger = TrialLedger()
      var isPromoted = false
      for _ in 0..<12 {
        // Labels that overlap over five days make neighbours alike.
        var noise = (0..<800).map { _ in random.normal() }
        noise = (5..<noise.count).map { day in noise[day - 5..<day].reduce(0, +) / 5.0.squareRoot() }
        let comparison = try #require(
          Comparison(
            .forecastError, champion: Array(noise[..<250]), candidate: [Double](repeating: 0, count: 250), span: 10))
        ledger.add(trials: 1, comparison)
        guard comparison.pValue < healing.holdSignificance else { continue }
        var evidence = SequentialMean(scale: abs(comparison.meanDifference / comparison.ratio), lags: 9)
        let prior = SequentialMean.logEvidence(ofPValue: comparison.pValue)
        for value in noise[250..<754] {
          evidence.update(value)
          if ledger.deflatedProbability(ofLogEvidence: prior + evidence.logEvidence) >= gate.confidence {
            isPromoted = true
          }
        }
      }
      if isPromoted { promoted += 1 }
    }
    // 5 % and two standard errors.
    #expect(promoted <= 16, "\(promoted) of \(runs) runs")
  }

  /// The gate names the check as it always did, and everything else still has to pass.
  @Test func theVerdictRestsOnWhatTheShadowHasShown() throws {
    let (trial, _) = try Self.trial(edge: 0.8, seed: 3, days: 500)
    var ledger = TrialLedger()
    for _ in 0..<20 { ledger.add(trials: 1, nil) }
    func verdict(_ result: ExperimentResult, _ shadow: ShadowTrial?) -> Verdict {
      Verdict(on: result, look: 1, round: [result], ledger: ledger, shadow: shadow, settings: HealingSettings())
    }
    // Fixed evidence that would not do, and evidence of the shadow that does.
    let weak = try VerdictTests.result(edge: 0.08)
    #expect(verdict(weak, nil).decision == .hold)
    let strong = verdict(weak, trial)
    #expect(strong.decision == .promote, "\(strong.reason)")
    #expect(strong.checks.first?.name == "deflated_probability")
    #expect(verdict(try VerdictTests.result(edge: 0.08, gain: 0.004), trial).decision == .reject)
    for _ in 0..<1_000_000 { ledger.add(trials: 1000, nil) }
    #expect(verdict(weak, trial).decision == .hold)
  }

  /// A whole run: challengers are followed, fitted anew with the champion, and every trial ends.
  @Test func aRunFollowsItsChallengersToAVerdict() async throws {
    var settings = SmallWorld.settings
    (settings.healing.challengeBars, settings.healing.challenges) = (20, 6)
    // Nothing passes at once, nearly everything is held.
    (settings.healing.gate.confidence, settings.healing.holdSignificance) = (0.999, 0.9)
    let store = try Store(path: ":memory:")
    _ = try await SmallWorld.run(try AgentRunTests.input.get(), store: store, settings: settings)
    let run = try #require(try store.runs.latest())
    let entries = try store.journal.entries(of: run, JournalFilter())
    let shadows = entries.filter { $0.kind == "shadow" }
    #expect(shadows.contains { $0.payloadText.contains("\"decision\":\"hold\"") }, "\(shadows.count) entries")
    #expect(shadows.contains { $0.payloadText.contains("\"decision\":\"reject\"") }, "\(shadows.count) entries")
    #expect(entries.contains { $0.kind == "shadow_fit" })
    #expect(shadows.allSatisfy { $0.arm == "self_healing" && $0.payloadText.contains("\"log_evidence\"") })
  }
}
