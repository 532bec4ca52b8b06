import HydraLearning
import HydraNumerics

extension AgentState {
  /// Past champions that are kept: four years of quarters.
  static let keptChampions = 16

  /// Keeps a champion that is replaced, for a world that comes back.
  mutating func remember(_ version: PolicyVersion) {
    pastChampions.removeAll { $0.number == version.number }
    pastChampions.append(version)
    if pastChampions.count > Self.keptChampions { pastChampions.removeFirst() }
  }

  /// The past champion that would have forecast the newest days best, when it beats the present one on them.
  ///
  /// Only days after the end of its training count, and no fewer than ``ExperimentWork/minimumBars`` of them: what it was
  /// fitted to proves nothing.
  func recalled(_ history: FeatureHistory) -> (version: PolicyVersion, bars: Int)? {
    guard let champion else { return nil }
    let newest = history.count - 1 - history.horizon - 1
    let rows = max(0, newest - ExperimentWork.minimumBars + 1)...max(0, newest)
    func loss(_ forecast: (Int) -> Double) -> Double? {
      var (sum, count) = (0.0, 0)
      for row in rows {
        let (label, value) = (min(3, max(-3, history.label(row))), forecast(row))
        guard label.isFinite, value.isFinite else { continue }
        sum += (label - value) * (label - value)
        count += 1
      }
      return count >= ExperimentWork.minimumBars / 2 ? sum / Double(count) : nil
    }
    guard let present = loss({ forecasts[$0] }) else { return nil }
    var best: (version: PolicyVersion, bars: Int, loss: Double)?
    for version in pastChampions where version.policy != champion.policy {
      guard let trained = history.dates.lastIndex(where: { $0 <= version.policy.trainedTo }) else { continue }
      let bars = history.count - 1 - trained - history.horizon - settings.embargo
      guard bars >= ExperimentWork.minimumBars, trained < rows.lowerBound,
        let found = loss({ version.policy.forecast(history.row($0), columns: version.columns) }),
        found < present, best.map({ found < $0.loss }) ?? true
      else { continue }
      best = (version, bars, found)
    }
    return best.map { ($0.version, $0.bars) }
  }

  /// The proposal to bring a past champion back, where one fits the newest days better.
  func recallProposal(_ history: FeatureHistory) -> (hypothesis: Hypothesis, version: PolicyVersion, bars: Int)? {
    guard let cause = diagnosis?.cause, [.relation, .covariate, .volatility, .staleness].contains(cause),
      let found = recalled(history)
    else { return nil }
    let reason =
      "champion \(found.version.number), trained to \(found.version.policy.trainedTo), fits the newest days better"
    return (Hypothesis(.recall(found.version.number), reason: reason, confidence: 0.5), found.version, found.bars)
  }
}
