import HydraLearning
import HydraMarket
import HydraNumerics

/// Challengers in shadow: they predict beside the champion every day, and the verdict may come on any of them.
extension AgentState {
  /// Evidence that a challenger is worse, 20 to one, gives its place to another: a mistake costs a chance, not money.
  static let logGivenUp = 2.995732273553991

  /// Lets each challenger that trades for itself do so at the end of a bar.
  mutating func tradeInShadow(_ forecast: Double, isBlocked: Bool, at now: Timestamp) {
    for index in held.indices {
      held[index].shadow.trade(
        forecast, champion: book, capital: settings.capital, isBlocked: isBlocked, at: now)
    }
  }

  /// Ends trials that are lost or too old, and asks for the last experiment of those whose evidence suffices.
  ///
  /// The evidence may be looked at every day, see ``SequentialMean``; it has to be worth the count of everything ever
  /// tried. The experiment then repeats the comparison over the days of the first one and those since, for what evidence
  /// alone does not show: costs, drawdown, overfitting, stresses.
  mutating func judgeShadows(_ history: FeatureHistory, _ row: Int) -> [AgentEffect] {
    guard phase == .observing, probation == nil, let champion else { return [] }
    let healing = settings.healing
    var effects: [AgentEffect] = []
    var kept: [HeldHypothesis] = []
    var due: [HeldHypothesis] = []
    for trial in held {
      let bars = trial.bars(row + 1)
      let isLost = trial.shadow.evidence.logEvidenceAgainst >= Self.logGivenUp
      let isOver = isLost || bars >= healing.challengeBars * healing.challenges
      // As it will be when the last experiments of all of them have been counted.
      let probability = ledger.deflatedProbability(
        ofLogEvidence: trial.shadow.logEvidence, more: healing.challengers)
      let isDue = !isOver && row >= trial.notBeforeRow && probability >= healing.gate.confidence
      if isOver || isDue || (bars > 0 && bars % healing.challengeBars == 0) {
        var payload = trial.shadow.json
        payload["id"] = .string(trial.plan.id)
        payload["champion"] = JSONValue(champion.number)
        payload["deflated_probability"] = .number(probability)
        payload["decision"] = .string(isOver ? "reject" : isDue ? "judge" : "hold")
        effects.append(.journal(kind: "shadow", payload: payload))
      }
      if isOver { memory.note(trial.plan.hypothesis.change, .refuted, row: row) } else { kept.append(trial) }
      if isDue { due.append(trial) }
    }
    held = kept
    guard !due.isEmpty else { return effects }
    phase = .experimenting
    let most = max(healing.evaluationBars, healing.challengeBars * healing.challenges)
    let plans = due.map { held in
      var plan = held.nextPlan(row + 1, most: most)
      plan.championRecipe = champion.policy.recipe
      // The very recipe that predicted, which the first experiment may have searched for.
      plan.recipe = held.shadow.policy.recipe
      return plan
    }
    return effects + [.experiment(plans)]
  }

  /// The challenger whose last experiment a plan is.
  func challenger(of plan: ExperimentPlan) -> HeldHypothesis? {
    plan.look > 0 ? held.first { plan.id.hasPrefix($0.plan.id + "-look-") } : nil
  }

  /// Keeps a hypothesis for days to come, or counts a look at one that is kept.
  mutating func hold(_ plan: ExperimentPlan, _ result: ExperimentResult, _ history: FeatureHistory) throws {
    if plan.look > 0 {
      guard let index = held.firstIndex(where: { plan.id.hasPrefix($0.plan.id + "-look-") }) else { return }
      held[index].looks = plan.look
      held[index].notBeforeRow = history.count - 1 + settings.healing.challengeBars
      return
    }
    guard held.count < settings.healing.challengers, let champion,
      !held.contains(where: { $0.plan.hypothesis.change == plan.hypothesis.change }),
      let shadow = ShadowTrial(
        result, champion: book, settings: settings.book(for: book.instrument), recipe: champion.policy.recipe,
        columns: try result.policy.columns(in: history.names), follows: follows, history)
    else { return }
    held.append(HeldHypothesis(plan: plan, sinceRow: history.count, shadow: shadow))
  }

  /// Gives up a hypothesis that was tried again in vain.
  mutating func release(_ plan: ExperimentPlan) {
    held.removeAll { plan.look > 0 && plan.id.hasPrefix($0.plan.id + "-look-") }
  }

  /// The fits that challengers need when the champion has been fitted anew, so that both know the same days.
  func shadowFits() -> [AgentEffect] {
    held.filter { $0.plan.past == nil && $0.isRefitted }.map { .fit($0.shadow.policy.recipe, purpose: .shadow) }
  }

  /// Takes the newer fit of a challenger.
  mutating func refit(_ policy: Policy, _ history: FeatureHistory) throws -> [AgentEffect] {
    var effects: [AgentEffect] = []
    for index in held.indices where held[index].isRefitted && held[index].shadow.policy.recipe == policy.recipe {
      held[index].shadow.policy = policy
      held[index].shadow.columns = try policy.columns(in: history.names)
      effects.append(
        .journal(
          kind: "shadow_fit",
          payload: ["id": .string(held[index].plan.id), "to": .string(policy.trainedTo.description)]))
    }
    return effects
  }
}
