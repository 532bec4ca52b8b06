import HydraLearning
import HydraMarket
import HydraNumerics

extension AgentState {
  /// Takes a freshly fitted policy as champion: the first one, or the same recipe on newer data.
  mutating func adopt(
    _ policy: Policy, _ purpose: FitPurpose, _ history: FeatureHistory
  ) throws -> [AgentEffect] {
    var version = try newVersion(policy, origin: purpose.rawValue, history)
    let previous = champion
    if var ensemble = previous?.policy.ensemble {
      // The newest fit joins the others.
      ensemble.add(version, embargo: settings.embargo, history)
      version.policy.ensemble = ensemble
    }
    if let previous { remember(previous) }
    take(version, history)
    if firstFitRow == nil { firstFitRow = history.count - 1 }
    record.fits += 1
    var effects: [AgentEffect] = [
      .journal(kind: "fit", payload: entry(version)), .register(version, isChallenger: previous != nil),
    ]
    if let previous {
      effects.append(
        .promote(version: version.number, over: previous.number, reason: purpose.reason, evidence: .object([])))
      effects.append(.archive(version: previous.number))
      effects += shadowFits()
    } else {
      effects.append(.promote(version: version.number, over: nil, reason: purpose.reason, evidence: .object([])))
    }
    return effects
  }

  mutating func diagnosed(_ diagnosis: Diagnosis, _ history: FeatureHistory) -> [AgentEffect] {
    self.diagnosis = diagnosis
    if let index = record.alarms.lastIndex(where: { $0.stream == diagnosis.alarm.stream }) {
      record.alarms[index].cause = diagnosis.cause
      record.alarms[index].evidence = diagnosis.findings[0].evidence
    }
    var effects: [AgentEffect] = [.journal(kind: "diagnosis", payload: diagnosis.json)]
    effects += doubt(diagnosis, history.count - 1)
    guard diagnosis.cause != .dataFault, let champion else {
      if diagnosis.cause == .dataFault {
        // Learning from a broken feed would make the model broken too.
        let row = history.count - 1
        effects += block(until: row + settings.healing.coolDown, because: diagnosis.findings[0].evidence, row)
      }
      phase = .observing
      return effects
    }
    phase = .hypothesising
    if diagnosis.cause == .relation || diagnosis.cause == .covariate, probation == nil {
      // The world has moved from what the model was fitted to: fit the same recipe now, not at the calendar's next date.
      effects.append(.fit(champion.policy.recipe, purpose: .diagnosis))
    }
    effects.append(.propose(diagnosis, champion.policy.recipe))
    return effects
  }

  mutating func proposed(
    _ hypotheses: [Hypothesis], refused: [String], source: String, _ history: FeatureHistory
  ) -> [AgentEffect] {
    let row = history.count - 1
    // The rule book cannot know which champions there were.
    let recall = source == "RuleBook" ? recallProposal(history) : nil
    let ensemble = source == "RuleBook" ? ensembleProposal(history) : nil
    let (hypotheses, repeats) = memory.chosen(
      hypotheses + [recall?.hypothesis, ensemble?.hypothesis].compactMap { $0 },
      recipe: champion?.policy.recipe ?? settings.recipe,
      held: held.map(\.plan.hypothesis.change),
      row: row, changeRow: row + 1 - (diagnosis?.age ?? 0), refutedBars: settings.operations.refutedBars,
      limit: settings.operations.hypothesesPerAlarm)
    let refused = refused + repeats
    var effects: [AgentEffect] = [
      .journal(
        kind: "hypotheses",
        payload: .object([
          ("source", .string(source)), ("accepted", .array(hypotheses.map(\.json))),
          ("refused", .array(refused.map { .string($0) })),
        ]))
    ]
    let bars = min(settings.healing.evaluationBars, history.count - evidenceFromRow)
    let mayTry = probation == nil && bars >= ExperimentWork.minimumBars
    if let champion, !hypotheses.isEmpty, !mayTry {
      // The last promotion is on trial first, and the days that decided it decide nothing else.
      effects.append(
        .journal(
          kind: "evidence_used",
          payload: [
            "champion": JSONValue(champion.number), "bars": JSONValue(bars),
            "needed": JSONValue(ExperimentWork.minimumBars), "on_probation": .bool(probation != nil),
          ]))
    }
    guard let champion, !hypotheses.isEmpty, mayTry else {
      phase = .observing
      return effects
    }
    phase = .experimenting
    let healing = settings.healing
    let plans = hypotheses.enumerated().map { index, hypothesis in
      var plan = ExperimentPlan(
        id: "\(arm.rawValue)-\(history.dates[history.count - 1])-\(index + 1)", hypothesis: hypothesis,
        recipe: champion.policy.recipe.applying(hypothesis.change), championRecipe: champion.policy.recipe,
        evaluationBars: bars, refitBars: healing.refitBars, embargo: settings.embargo, trials: healing.trials,
        dearCost: settings.dearCost, seed: settings.seed)
      plan.follows = follows
      if case .ensemble = hypothesis.change { plan.ensemble = ensemble?.members }
      if case .recall = hypothesis.change, let recall {
        (plan.past, plan.recipe) = (recall.version.policy, recall.version.policy.recipe)
        plan.evaluationBars = min(bars, recall.bars)
      }
      return plan
    }
    effects.append(.experiment(plans))
    return effects
  }

  mutating func experimented(
    _ outcomes: [ExperimentOutcome], _ history: FeatureHistory
  ) throws -> [AgentEffect] {
    phase = .observing
    var effects: [AgentEffect] = []
    // Everything counts before anything is judged: what failed has been tried as well.
    for outcome in outcomes {
      record.experiments += 1
      switch outcome.result {
      case .failure(let failure):
        record.failedExperiments += 1
        if outcome.plan.look == 0 { memory.note(outcome.plan.hypothesis.change, .failed, row: history.count - 1) }
        ledger.add(trials: outcome.plan.trials, nil)
        effects.append(
          .journal(
            kind: "experiment_failed",
            payload: .object([("plan", outcome.plan.json), ("reason", .string(failure.reason))])))
      case .success(let result): ledger.add(trials: result.trialLosses.count, result.primary)
      }
    }
    record.trials = ledger.count
    let results = outcomes.compactMap { try? $0.result.get() }
    var passed: (plan: ExperimentPlan, result: ExperimentResult, verdict: Verdict)?
    for outcome in outcomes {
      guard case .success(let result) = outcome.result else {
        release(outcome.plan)
        continue
      }
      let plan = outcome.plan
      let round = plan.look == 0 ? results : [result]
      var verdict = Verdict(
        on: result, look: plan.look, round: round, ledger: ledger, shadow: challenger(of: plan)?.shadow,
        settings: settings.healing)
      if verdict.decision == .hold, plan.look == 0, held.count >= settings.healing.challengers {
        verdict.decision = .reject
        verdict.reason += "; as many as may wait do so already"
      }
      effects.append(
        .journal(
          kind: "experiment",
          payload: .object([
            ("plan", plan.json), ("champion", champion.map { JSONValue($0.number) } ?? .null), ("result", result.json),
            ("verdict", verdict.json),
          ])))
      let change = plan.hypothesis.change
      switch verdict.decision {
      case .promote: memory.note(change, .promoted, row: history.count - 1)
      case .hold: if plan.look == 0 { memory.note(change, .held, row: history.count - 1) }
      case .reject: memory.note(change, .refuted, row: history.count - 1)
      }
      switch verdict.decision {
      case .promote:
        release(plan)
        // Of several that pass, the one with the strongest evidence; the others were compared with the old champion.
        if (result.primary?.pValue ?? 1) < (passed?.result.primary?.pValue ?? 1) { passed = (plan, result, verdict) }
      case .hold: try hold(plan, result, history)
      case .reject: release(plan)
      }
    }
    guard let passed else { return effects }
    let change = passed.plan.hypothesis.change
    let version = try newVersion(passed.result.policy, origin: change.parameter, history)
    effects.append(.register(version, isChallenger: true))
    effects += self.passed(
      version, id: passed.plan.id, isSizing: change.isSizing, reason: passed.verdict.reason,
      evidence: .object([("result", passed.result.json), ("verdict", passed.verdict.json)]), history)
    return effects
  }

  /// Makes a version champion and puts it on probation against the one it replaces.
  mutating func promote(
    _ version: PolicyVersion, isSizing: Bool, reason: String, evidence: JSONValue, _ history: FeatureHistory
  ) -> [AgentEffect] {
    guard let previous = champion else { return [] }
    var effects: [AgentEffect] = []
    if let earlier = probation?.previous { effects.append(.archive(version: earlier.number)) }
    // What is held was compared with a champion that is no more.
    held = []
    evidenceFromRow = history.count
    remember(previous)
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
      memory.paid(current.origin)
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
    held = []
    evidenceFromRow = row + 1
    return [
      .journal(
        kind: "rollback",
        payload: .object([
          ("version", .number(Double(current.number))), ("to", .number(Double(previous.number))),
          ("reason", .string(reason)), ("comparison", comparison.json),
        ])),
      .rollBack(version: current.number, to: previous.number, reason: reason, evidence: comparison.json),
      .archive(version: current.number),
    ]
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
      span: Losses.forecastSpan(history))
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
    book.settings = settings.book(for: book.instrument).under(version.policy.recipe)
    volatility = VolatilityPath.newest(span: version.policy.recipe.volatilitySpan, history)
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
