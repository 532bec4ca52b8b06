import HydraLearning
import HydraNumerics

/// Champions of the past and the present one, weighted by how well each has forecast lately.
///
/// ```
/// forecast = Σ w_i f_i        w_i ← (1 - α) w_i l_i / Σ w_j l_j + α / n,   l_i = exp(-(label - f_i)² / 2h)
/// ```
/// The weights are those of fixed share, ``ExpertMixture`` of the healing streams, with the likelihood of a normal label in
/// place of a class's probability: labels are in standard deviations, and since those of neighbouring bars overlap over
/// the horizon h, each counts for an h-th. The share α that flows back to all lets the champion of a regime that returns
/// come back. A member takes part from the first row on that its training did not know; until then it sleeps, with a
/// weight that the others' success leaves as it is. So the weights at a row rest on what was known there and on nothing
/// else.
///
/// - Complexity: O(members) forecasts a row.
///
/// Sources: M. Herbster, M. Warmuth, "Tracking the best expert", Machine Learning 32 (1998) 151–178; for sleeping members
/// Y. Freund, R. Schapire, Y. Singer, M. Warmuth, "Using and combining predictors that specialize", STOC 1997.
public struct ChampionEnsemble: Hashable, Codable, Sendable {
  /// The share of weight that flows back to all with each label: regimes of daily markets last half a year and longer.
  static let switchRate = 1.0 / 126

  /// Most members: the kept champions and the present one.
  static let mostMembers = AgentState.keptChampions + 1

  /// A champion with what is needed to ask it.
  public struct Member: Hashable, Codable, Sendable {
    /// Its number in the registry.
    public var number: Int
    var policy: Policy
    /// Columns of the history that its model reads.
    var columns: [Int]
    /// The first row that its training did not know.
    var firstRow: Int
  }

  public private(set) var members: [Member] = []
  private var mixture = ExpertMixture(classes: 1, switchRate: switchRate)

  /// An ensemble of equal weights.
  init(_ versions: [PolicyVersion], embargo: Int, _ history: FeatureHistory) {
    for version in versions { add(version, embargo: embargo, history) }
  }

  /// The members' weights, in their order; they sum to one.
  public var weights: [Double] { mixture.weights }

  /// Adds a champion with as much weight as the best has; beyond ``mostMembers`` the one with the least weight goes.
  mutating func add(_ version: PolicyVersion, embargo: Int, _ history: FeatureHistory) {
    var policy = version.policy
    policy.ensemble = nil
    let trained = history.dates.lastIndex { $0 <= policy.trainedTo } ?? -1
    members.append(
      Member(
        number: version.number, policy: policy, columns: version.columns,
        firstRow: trained + history.horizon + 2 + embargo))
    mixture.add()
    if members.count > Self.mostMembers, let least = weights.indices.min(by: { weights[$0] < weights[$1] }) {
      members.remove(at: least)
      mixture.remove(at: least)
    }
  }

  /// The weighted forecast of those that are awake at a row; nil when none is.
  func forecast(_ row: Int, _ history: FeatureHistory) -> Double? {
    var (sum, total) = (0.0, 0.0)
    for (member, weight) in zip(members, weights) where member.firstRow <= row {
      sum += weight * member.policy.forecast(history.row(row), columns: member.columns)
      total += weight
    }
    return total > 0 ? sum / total : nil
  }

  /// The weighted forecast of all, for a row that is newer than all training.
  func forecast(_ row: some RandomAccessCollection<Double>) -> Double {
    zip(members, weights).reduce(0) { $0 + $1.1 * $1.0.policy.forecast(row, columns: $1.0.columns) }
  }

  /// Learns from a row whose label has become known; one without a label teaches nothing.
  mutating func learn(_ row: Int, _ history: FeatureHistory) {
    let label = min(3, max(-3, history.label(row)))
    guard label.isFinite else { return }
    var likelihoods = [Double?](repeating: nil, count: members.count)
    var (sum, total) = (0.0, 0.0)
    for (index, member) in members.enumerated() where member.firstRow <= row {
      let error = label - member.policy.forecast(history.row(row), columns: member.columns)
      let likelihood = Portable.exp(-error * error / (2 * Double(history.horizon)))
      likelihoods[index] = likelihood
      sum += weights[index] * likelihood
      total += weights[index]
    }
    guard total > 0 else { return }
    mixture.learn(likelihoods.map { $0 ?? sum / total }, label: 0)
  }

  /// The weights as they stand in journals.
  var json: JSONValue {
    .array(
      zip(members, weights).map { member, weight in
        ["champion": JSONValue(member.number), "weight": .number((weight * 1e4).rounded() / 1e4)]
      })
  }
}
