import HydraLearning
import HydraMarket
import HydraNumerics

extension AgentState {
  /// Takes a freshly fitted policy as champion: the first one, or the calendar's.
  mutating func adopt(
    _ policy: Policy, _ purpose: FitPurpose, _ history: FeatureHistory
  ) throws -> [AgentEffect] {
    let version = try newVersion(policy, origin: purpose.rawValue, history)
    let previous = champion
    take(version, history)
    record.fits += 1
    var effects: [AgentEffect] = [
      .journal(kind: "fit", payload: entry(version)), .register(version, isChallenger: previous != nil),
    ]
    if let previous {
      effects.append(
        .promote(version: version.number, over: previous.number, reason: "the calendar", evidence: .object([])))
      effects.append(.archive(version: previous.number))
    } else {
      effects.append(.promote(version: version.number, over: nil, reason: "first model", evidence: .object([])))
    }
    return effects
  }

  mutating func diagnosed(_ diagnosis: Diagnosis, _ history: FeatureHistory) -> [AgentEffect] {
    self.diagnosis = diagnosis
    if let alarm = diagnosis.alarm, let index = record.alarms.lastIndex(where: { $0.stream == alarm.stream }) {
      record.alarms[index].cause = diagnosis.cause
    }
    var effects: [AgentEffect] = [.journal(kind: "diagnosis", payload: diagnosis.json)]
    guard diagnosis.cause != .dataFault, let champion else {
      if diagnosis.cause == .dataFault {
        // Learning from a broken feed would make the model broken too.
        blockedUntilRow = history.count + settings.healing.coolDown
        effects.append(
          .journal(kind: "trading_blocked", payload: .object([("bars", .number(Double(settings.healing.coolDown)))])))
      }
      phase = .observing
      return effects
    }
    phase = .hypothesising
    effects.append(.propose(diagnosis, champion.policy.recipe))
    return effects
  }

  mutating func proposed(
    _ hypotheses: [Hypothesis], refused: [String], source: String, _ history: FeatureHistory
  ) -> [AgentEffect] {
    var effects: [AgentEffect] = [
      .journal(
        kind: "hypotheses",
        payload: .object([
          ("source", .string(source)), ("accepted", .array(hypotheses.map(\.json))),
          ("refused", .array(refused.map { .string($0) })),
        ]))
    ]
    guard let champion, !hypotheses.isEmpty else {
      phase = .observing
      return effects
    }
    phase = .experimenting
    let healing = settings.healing
    let plans = hypotheses.enumerated().map { index, hypothesis in
      ExperimentPlan(
        id: "\(arm.rawValue)-\(history.dates[history.count - 1])-\(index + 1)", hypothesis: hypothesis,
        recipe: champion.policy.recipe.applying(hypothesis.change), championRecipe: champion.policy.recipe,
        evaluationBars: healing.evaluationBars, refitBars: healing.refitBars, embargo: settings.embargo,
        trials: healing.trials, seed: settings.seed)
    }
    effects.append(.experiment(plans))
    return effects
  }

  mutating func experimented(
    _ outcomes: [ExperimentOutcome], _ history: FeatureHistory
  ) throws -> [AgentEffect] {
    phase = .observing
    var effects: [AgentEffect] = []
    var judged: [(outcome: ExperimentOutcome, result: ExperimentResult, verdict: Verdict)] = []
    for outcome in outcomes {
      record.experiments += 1
      switch outcome.result {
      case .failure(let failure):
        record.failedExperiments += 1
        effects.append(
          .journal(
            kind: "experiment_failed",
            payload: .object([("plan", outcome.plan.json), ("reason", .string(failure.reason))])))
      case .success(let result):
        let verdict = Verdict(on: result, tried: outcomes.count, settings: settings.healing)
        effects.append(
          .journal(
            kind: "experiment",
            payload: .object([("plan", outcome.plan.json), ("result", result.json), ("verdict", verdict.json)])))
        judged.append((outcome, result, verdict))
      }
    }
    // Of several that pass, the one with the strongest evidence; the others were compared with the old champion and
    // have to be tried again against the new one.
    let passed = judged.filter { $0.verdict.decision == .promote }
      .min { ($0.result.primary?.pValue ?? 1) < ($1.result.primary?.pValue ?? 1) }
    if let passed {
      let version = try newVersion(
        passed.result.policy, origin: passed.outcome.plan.hypothesis.change.parameter, history)
      effects.append(.register(version, isChallenger: true))
      effects += promote(
        version, isSizing: passed.outcome.plan.hypothesis.change.isSizing, reason: passed.verdict.reason,
        evidence: passed.result.json, history)
      return effects
    }
    for held in judged where held.verdict.decision == .hold && challengers.count < settings.healing.challengers {
      let version = try newVersion(held.result.policy, origin: held.outcome.plan.hypothesis.change.parameter, history)
      challengers.append(
        Challenger(
          version: version, isSizing: held.outcome.plan.hypothesis.change.isSizing, sinceRow: history.count))
      effects.append(.register(version, isChallenger: true))
    }
    return effects
  }

  /// Makes a version champion and puts it on probation against the one it replaces.
  private mutating func promote(
    _ version: PolicyVersion, isSizing: Bool, reason: String, evidence: JSONValue, _ history: FeatureHistory
  ) -> [AgentEffect] {
    guard let previous = champion else { return [] }
    var effects: [AgentEffect] = []
    if let earlier = probation?.previous { effects.append(.archive(version: earlier.number)) }
    effects += dropChallengers()
    take(version, history)
    probation = Probation(previous: previous, isSizing: isSizing, sinceRow: history.count)
    record.promotions += 1
    effects.append(
      .journal(
        kind: "promotion",
        payload: .object([
          ("version", .number(Double(version.number))), ("over", .number(Double(previous.number))),
          ("change", .string(version.origin)), ("reason", .string(reason)),
        ])))
    effects.append(.promote(version: version.number, over: previous.number, reason: reason, evidence: evidence))
    return effects
  }

  /// Challengers were held against a champion that is no more.
  private mutating func dropChallengers() -> [AgentEffect] {
    defer { challengers = [] }
    return challengers.map { .archive(version: $0.version.number) }
  }

  /// Ends the probation of the champion when its days are over: it stays, or the previous one comes back.
  mutating func endProbation(_ history: FeatureHistory, _ row: Int) -> [AgentEffect] {
    guard let trial = probation, let current = champion else { return [] }
    // Labels of the last bars are not known yet.
    let span = trial.isSizing ? 0 : history.horizon + 1
    guard row + 1 - trial.sinceRow >= settings.healing.probationBars + span else { return [] }
    let rows = trial.sinceRow..<(row + 1)
    // Losses the other way round: a small p-value says that the previous champion was better.
    let comparison = compare(
      champion: (current.policy, Array(forecasts[rows])), candidate: (trial.previous.policy, trial.forecasts),
      isSizing: trial.isSizing, history, rows)
    probation = nil
    let previous = trial.previous
    guard let comparison, comparison.pValue < settings.healing.rollbackSignificance else {
      return [
        .journal(
          kind: "probation_passed",
          payload: .object([
            ("version", .number(Double(current.number))), ("comparison", comparison?.json ?? .null),
          ])),
        .archive(version: previous.number),
      ]
    }
    let reason = "previous champion better, p = \(Verdict.short(comparison.pValue)) over \(comparison.days) days"
    take(previous, history)
    record.rollbacks += 1
    var effects = dropChallengers()
    effects += [
      .journal(
        kind: "rollback",
        payload: .object([
          ("version", .number(Double(current.number))), ("to", .number(Double(previous.number))),
          ("reason", .string(reason)), ("comparison", comparison.json),
        ])),
      .rollBack(version: current.number, to: previous.number, reason: reason, evidence: comparison.json),
      .archive(version: current.number),
    ]
    return effects
  }

  /// Compares each challenger whose days are over with the champion, on those days alone.
  mutating func compareChallengers(_ history: FeatureHistory, _ row: Int) -> [AgentEffect] {
    guard let current = champion, probation == nil else { return [] }
    var effects: [AgentEffect] = []
    for index in challengers.indices.reversed() {
      let challenger = challengers[index]
      let span = challenger.isSizing ? 0 : history.horizon + 1
      guard row + 1 - challenger.sinceRow >= settings.healing.challengeBars + span else { continue }
      let rows = challenger.sinceRow..<(row + 1)
      let comparison = compare(
        champion: (current.policy, Array(forecasts[rows])),
        candidate: (challenger.version.policy, challenger.forecasts), isSizing: challenger.isSizing, history, rows)
      let verdict = Verdict(onNewDays: comparison, challenge: challenger.challenge + 1, settings: settings.healing)
      effects.append(
        .journal(
          kind: "challenge",
          payload: .object([
            ("version", .number(Double(challenger.version.number))), ("comparison", comparison?.json ?? .null),
            ("verdict", verdict.json),
          ])))
      switch verdict.decision {
      case .promote:
        challengers.remove(at: index)
        return effects
          + promote(
            challenger.version, isSizing: challenger.isSizing, reason: verdict.reason,
            evidence: comparison?.json ?? .null, history)
      case .hold:
        challengers[index].challenge += 1
        challengers[index].sinceRow = row + 1
        challengers[index].forecasts = []
      case .reject:
        challengers.remove(at: index)
        effects.append(.archive(version: challenger.version.number))
      }
    }
    return effects
  }

  // MARK: - Helpers

  private func compare(
    champion: (policy: Policy, forecasts: [Double]), candidate: (policy: Policy, forecasts: [Double]), isSizing: Bool,
    _ history: FeatureHistory, _ rows: Range<Int>
  ) -> Comparison? {
    if isSizing, champion.policy.recipe.volatilitySpan == candidate.policy.recipe.volatilitySpan {
      // Only the share of the risk differs: the candidate would have earned the account's returns at its own share.
      let equity = record.equity.suffix(rows.count + 1)
      let returns = zip(equity.dropFirst(), equity).map { ($0 - $1) / settings.capital }
      let share = candidate.policy.recipe.riskScale / champion.policy.recipe.riskScale
      return Comparison(.netReturn, champion: returns.map { -$0 }, candidate: returns.map { -$0 * share }, span: 5)
    }
    if isSizing {
      return Comparison(
        .varianceForecast, champion: Losses.variance(span: champion.policy.recipe.volatilitySpan, history, rows: rows),
        candidate: Losses.variance(span: candidate.policy.recipe.volatilitySpan, history, rows: rows), span: 5)
    }
    func losses(_ forecasts: [Double]) -> [Double] {
      zip(rows, forecasts).map { row, forecast in
        let error = min(3, max(-3, history.label(row))) - forecast
        return error * error
      }
    }
    return Comparison(
      .forecastError, champion: losses(champion.forecasts), candidate: losses(candidate.forecasts),
      span: history.horizon)
  }

  private mutating func newVersion(
    _ policy: Policy, origin: String, _ history: FeatureHistory
  ) throws -> PolicyVersion {
    defer { nextVersion += 1 }
    return PolicyVersion(
      number: nextVersion, policy: policy, columns: try policy.columns(in: history.names), parent: champion?.number,
      origin: origin)
  }

  private mutating func take(_ version: PolicyVersion, _ history: FeatureHistory) {
    champion = version
    volatility = VolatilityPath.newest(span: version.policy.recipe.volatilitySpan, history)
    lastFitRow = history.count - 1
  }

  private func entry(_ version: PolicyVersion) -> JSONValue {
    .object([
      ("version", .number(Double(version.number))), ("origin", .string(version.origin)),
      ("rows", .number(Double(version.policy.trainingRows))),
      ("from", .string(version.policy.trainedFrom.description)),
      ("to", .string(version.policy.trainedTo.description)),
      ("rounds", .number(Double(version.policy.model.rounds))), ("recipe", version.policy.recipe.json),
    ])
  }
}
