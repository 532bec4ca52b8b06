import HydraLearning
import HydraNumerics

extension AgentState {
  /// Bars between two journal entries of an ensemble's weights: a month.
  static let weightsBars = 21

  /// Lets a champion that is an ensemble learn from the newest label.
  mutating func learnWeights(_ history: FeatureHistory, _ row: Int) {
    guard champion?.policy.ensemble != nil, row > history.horizon else { return }
    champion?.policy.ensemble?.learn(row - 1 - history.horizon, history)
  }

  /// The weights of a champion that is an ensemble, for the journal once a month.
  func ensembleWeights() -> [AgentEffect] {
    guard let champion, let ensemble = champion.policy.ensemble, record.dates.count % Self.weightsBars == 0 else {
      return []
    }
    return [
      .journal(kind: "ensemble", payload: ["version": JSONValue(champion.number), "weights": ensemble.json])
    ]
  }

  /// The proposal to let past champions forecast together with the present one, where there are any of another kind.
  func ensembleProposal(_ history: FeatureHistory) -> (hypothesis: Hypothesis, members: ChampionEnsemble)? {
    guard let champion, champion.policy.ensemble == nil, !pastChampions.isEmpty, let cause = diagnosis?.cause,
      [.relation, .covariate, .staleness].contains(cause)
    else { return nil }
    let members = ChampionEnsemble(pastChampions + [champion], embargo: settings.embargo, history)
    let reason = "\(members.members.count) champions know several worlds: weigh them by how well each does now"
    return (Hypothesis(.ensemble, reason: reason, confidence: 0.5), members)
  }
}
