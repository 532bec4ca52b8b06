import HydraLearning
import HydraNumerics

/// What the journal records for its readers beside the decisions: no decision rests on it.
extension AgentState {
  /// Bars between two records of what the champion's forecasts rest on: a quarter of a year.
  static let attributionBars = 63

  /// Features that such a record names.
  static let attributionFeatures = 8

  /// At the first bar the streams that the monitor watches, then each quarter what the champion's forecasts rest on.
  func evidence(_ history: FeatureHistory, _ row: Int) -> [AgentEffect] {
    guard arm == .selfHealing else { return [] }
    var effects: [AgentEffect] = []
    if record.dates.count == 1 {
      effects.append(
        .journal(kind: "monitor", payload: .object([("streams", JSONValue(monitor.streams))])))
    }
    if record.dates.count % Self.attributionBars == 0, let payload = attributions(history, row) {
      effects.append(.journal(kind: "attributions", payload: payload))
    }
    return effects
  }

  /// The score of every stream, to two decimals, in the order of the `monitor` entry; 1 raises an alarm.
  var driftScores: JSONValue {
    .array(monitor.streams.map { .number((100 * monitor.score(of: $0)).rounded() / 100) })
  }

  /// Mean |SHAP value| of the champion's features over the newest quarter, largest first; nil without a champion.
  private func attributions(_ history: FeatureHistory, _ row: Int) -> JSONValue? {
    guard let champion else { return nil }
    // Every third row: a mean over twenty rows shows where the weight lies, and costs little beside the fits.
    let rows = Array(stride(from: max(0, row - Self.attributionBars + 1), through: row, by: 3))
    guard
      let explained = try? champion.policy.contributions(rows, of: history, columns: champion.columns, follows: follows)
    else { return nil }
    var means: [(feature: String, value: Double)] = []
    for (column, name) in champion.policy.features.enumerated() {
      var sum = 0.0
      for index in rows.indices { sum += abs(explained[index][column]) }
      if sum > 0 { means.append((name, sum / Double(rows.count))) }
    }
    // Features of equal weight stay in column order.
    let order = means.indices.sorted { (-means[$0].value, $0) < (-means[$1].value, $1) }
    let top = order.prefix(Self.attributionFeatures).map { (key: means[$0].feature, value: means[$0].value) }
    return .object([
      ("champion", JSONValue(champion.number)), ("bars", JSONValue(Self.attributionBars)),
      ("features", .object(top.map { (key: $0.key, value: .number(($0.value * 1e6).rounded() / 1e6)) })),
    ])
  }
}
