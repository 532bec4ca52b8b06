import HydraCore
import Testing

@testable import HydraAgent
@testable import HydraMarket

/// A challenger predicts beside the champion, and the verdict may come on any day.
@Suite struct ShadowTrialTests {
  /// Follows a challenger that knows the feature's meaning beside a champion that forecasts nothing.
  static func trial(edge: Double, seed: UInt64, days: Int) throws -> (trial: ShadowTrial, history: FeatureHistory) {
    var world = SignalDays(seed: seed, stream: "shadow")
    for _ in 0..<400 { world.next(edge: edge) }
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
        result, champion: book, settings: book.settings, recipe: policy.recipe, columns: [0], follows: false,
        world.history))
    var champion = [Double](repeating: 0, count: 400)
    for _ in 0..<days {
      world.next(edge: edge)
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

  /// What a search inside the first experiment chose is what predicts in shadow, what its last experiment tries, and
  /// what is promoted.
  @Test func theRecipeThatWasSearchedForGoesTheWholeWay() throws {
    var world = SignalDays(seed: 5, stream: "searched")
    for _ in 0..<400 { world.next(edge: 0.8) }
    let champion = try RecallTests.policy(world.history, 0..<120)
    var settings = SmallWorld.settings
    settings.healing.trials = 4
    (settings.healing.gate.confidence, settings.healing.holdSignificance) = (0.9, 0.9)
    let instrument = try SmallWorld.instrument()
    var state = AgentState(
      arm: .selfHealing, settings: settings, instrument: instrument, features: world.history.names)
    _ = try state.next(.fitted(champion, purpose: .initial), history: world.history)

    var hypothesised = champion.recipe
    hypothesised.trees.leaves = 4
    var searched = hypothesised
    (searched.trees.l2, searched.trees.minimumLeafRows) = (17, 83)
    var plan = ExperimentPlan(
      id: "searched", hypothesis: Hypothesis(.leaves(4), reason: "for the test", confidence: 0.5),
      recipe: hypothesised, championRecipe: champion.recipe, evaluationBars: 200, refitBars: 100, embargo: 2, trials: 4,
      dearCost: 1.9, seed: 5)
    var result = try VerdictTests.result(edge: 0.05)
    result.id = plan.id
    result.policy = try RecallTests.policy(world.history, 0..<390)
    result.policy.recipe = searched
    result.trialLosses = [1, 0.9, 0.8, 0.7]
    _ = try state.next(
      .experimented([ExperimentOutcome(plan: plan, result: .success(result))]), history: world.history)
    let held = try #require(state.held.first)
    #expect(held.shadow.policy.recipe == searched && state.ledger.count == 4)
    // The champion's next fit has the challenger fitted anew with the recipe that was searched for.
    let fits = state.shadowFits().compactMap { if case .fit(let recipe, .shadow) = $0 { recipe } else { nil } }
    #expect(fits == [searched])

    // Days on which it is far better, until its evidence suffices.
    var asked: [ExperimentPlan] = []
    for _ in 0..<500 where asked.isEmpty {
      world.next(edge: 0.8)
      state.held[0].shadow.predict(
        champion: [Double](repeating: 0, count: world.history.count), world.history)
      for effect in state.judgeShadows(world.history, world.history.count - 1) {
        if case .experiment(let plans) = effect { asked = plans }
      }
    }
    plan = try #require(asked.first)
    #expect(plan.recipe == searched && plan.trials == 1 && plan.look == 1)
    // The last experiment tries nothing beside it.
    (result.id, result.trialLosses) = (plan.id, [0.7])
    let effects = try state.next(
      .experimented([ExperimentOutcome(plan: plan, result: .success(result))]), history: world.history)
    let registered = effects.compactMap { if case .register(let version, _) = $0 { version } else { nil } }
    #expect(registered.map(\.policy.recipe.trees.l2) == [17])
    #expect(state.champion?.policy.recipe == searched && state.probation?.previous.policy.recipe == champion.recipe)
  }
}
