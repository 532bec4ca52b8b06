import HydraCore
import Testing

@Suite struct VerdictTests {
  /// What a verdict does not look at.
  static let policy = Result { () throws -> Policy in
    var history = FeatureHistory(names: ["x"], horizon: 1)
    var labels = LabelBuilder(symbol: "ZO", horizon: 1)
    var changes = RollFreeChanges()
    for event in MarketHistory.events(primary: try SmallWorld.input().market).prefix(2000) {
      let label = labels.update(event)
      if case .roll(let roll) = event { changes.update(roll) }
      guard case .bar(let bar) = event, let step = changes.update(bar) else { continue }
      history.append(
        [Double(history.count % 7)], date: bar.date, known: bar.times.available, change: step.change ?? .nan,
        volatility: 1, completing: label)
    }
    return try Policy.fit(
      Recipe(), to: history, before: history.count, embargo: 0, seed: 1, threads: 1, rounds: 1)
  }

  /// A result with a candidate whose losses are lower by `edge` standard deviations a day, and whose returns follow.
  static func result(
    edge: Double, days: Int = 500, gain: Double = 0.05, drawdown: Double = 0.05, lots: Int = 200, seed: UInt64 = 1,
    basis: Comparison.Basis = .forecastError
  ) throws -> ExperimentResult {
    var random = CounterRandom(seed: seed, stream: "verdict")
    let differences = (0..<days).map { _ in edge + random.normal() }
    let champion = (0..<days).map { _ in 0.005 * random.normal() }
    let candidate = zip(champion, differences).map { $0 + gain / 252 + 0.0005 * ($1 - edge) }
    func account(_ annual: Double) -> ExperimentResult.Account {
      .init(
        annualReturn: annual, sharpe: 1, maximumDrawdown: drawdown, lotsTraded: lots, annualReturnAtDearCost: annual)
    }
    var best = account(0.02 + gain)
    best.maximumDrawdown = drawdown
    best.lotsTraded = lots
    var old = account(0.02)
    (old.maximumDrawdown, old.lotsTraded) = (0.05, 200)
    return ExperimentResult(
      id: "test", policy: try policy.get(),
      primary: Comparison(basis, champion: differences, candidate: [Double](repeating: 0, count: days), span: 1),
      netReturn: nil, champion: old, candidate: best, trialLosses: [1], championReturns: champion,
      candidateReturns: candidate)
  }

  static func verdict(_ result: ExperimentResult, trials: Int = 1, look: Int = 0) -> Verdict {
    var ledger = TrialLedger()
    for _ in 0..<trials { ledger.add(trials: 1, nil) }
    return Verdict(on: result, look: look, round: [result], ledger: ledger, settings: HealingSettings())
  }

  @Test func aCandidateThatPassesEveryBoundIsPromoted() throws {
    let verdict = Self.verdict(try Self.result(edge: 0.3), trials: 60)
    #expect(verdict.decision == .promote, "\(verdict.reason)")
    #expect(
      verdict.checks.map(\.name)
        == ["deflated_probability", "gain_at_dear_cost", "drawdown", "lots_traded", "overfitting"])
    #expect(verdict.checks.allSatisfy { $0.hasPassed })
  }

  /// The same evidence is worth less the more was tried before it.
  @Test func everyTrialRaisesTheBar() throws {
    let result = try Self.result(edge: 0.13)
    #expect(Self.verdict(result, trials: 1).decision == .promote)
    let late = Self.verdict(result, trials: 300)
    #expect(late.decision == .hold)
    #expect(late.checks.filter { !$0.hasPassed }.map(\.name) == ["deflated_probability"])
  }

  @Test func eachBoundAloneForbidsPromotion() throws {
    let good = try Self.result(edge: 0.3)
    #expect(Self.verdict(good).decision == .promote)
    for (name, bad) in [
      ("gain_at_dear_cost", try Self.result(edge: 0.3, gain: 0.004)),
      ("drawdown", try Self.result(edge: 0.3, drawdown: 0.101)),
      ("lots_traded", try Self.result(edge: 0.3, lots: 601)),
    ] {
      let verdict = Self.verdict(bad)
      #expect(verdict.decision == .reject, "\(name)")
      #expect(verdict.checks.contains { $0.name == name && !$0.hasPassed }, "\(name): \(verdict.checks)")
    }
  }

  /// Returns that fall into parts in which now one, now the other is ahead: choosing among them chooses noise.
  @Test func choosingNoiseIsFoundOut() throws {
    let results = try (1...6).map { try Self.result(edge: 0, gain: 0, seed: $0) }
    var ledger = TrialLedger()
    ledger.add(trials: 6, nil)
    let verdict = Verdict(
      on: results[0], look: 0, round: results, ledger: ledger, settings: HealingSettings())
    let overfitting = try #require(verdict.checks.first { $0.name == "overfitting" })
    #expect(overfitting.value > 0.2)
    #expect(verdict.decision != .promote)
  }

  @Test func hopeEndsAfterTheLastLook() throws {
    let result = try Self.result(edge: 0.08)
    #expect(Self.verdict(result, trials: 100).decision == .hold)
    #expect(Self.verdict(result, trials: 100, look: HealingSettings().challenges).decision == .reject)
  }

  @Test func aChangeOfTheSpanMustGainLikelihoodAndNotLoseMoney() throws {
    let gains = try Self.result(edge: 0.3, gain: 0.001, basis: .varianceForecast)
    #expect(Self.verdict(gains).decision == .promote)
    let loses = try Self.result(edge: 0.3, gain: -0.001, basis: .varianceForecast)
    #expect(Self.verdict(loses).decision == .reject)
  }

  @Test func nothingToCompareIsRejected() throws {
    #expect(Self.verdict(try Self.result(edge: 1, days: 10)).decision == .reject)
  }

  /// Of worthless candidates, judged one after another with all earlier ones counted, hardly any run promotes one.
  @Test func worthlessCandidatesAreNotPromotedHoweverManyAreTried() throws {
    var runs = 0
    let gate = GateSettings()
    for run in 0..<200 {
      var random = CounterRandom(seed: UInt64(run), stream: "worthless")
      var ledger = TrialLedger()
      var isPromoted = false
      for _ in 0..<40 {
        let differences = (0..<250).map { _ in random.normal() }
        let comparison = try #require(
          Comparison(.forecastError, champion: differences, candidate: [Double](repeating: 0, count: 250), span: 1))
        ledger.add(trials: 1, comparison)
        if ledger.deflatedProbability(of: comparison) >= gate.confidence { isPromoted = true }
      }
      if isPromoted { runs += 1 }
    }
    #expect(runs <= 20, "\(runs) of 200 runs promoted a worthless candidate")
  }

  @Test func failedTrialsCountLikeAllOthers() throws {
    let comparison = try #require(try Self.result(edge: 0.15).primary)
    var few = TrialLedger()
    few.add(trials: 1, comparison)
    var many = few
    for _ in 0..<50 { many.add(trials: 2, nil) }
    #expect(many.count == 101)
    #expect(many.deflatedProbability(of: comparison) < few.deflatedProbability(of: comparison))
  }
}
