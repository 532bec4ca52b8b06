import HydraNumerics

/// Tree-structured Parzen estimator: two densities, of the good trials and of the rest; of some draws from the first
/// the one is tried where it exceeds the second the most.
///
/// Multivariate: a kernel covers all numbers of a group of parameters at once, with a width that shrinks with the
/// number of trials. Grouped: parameters under the same condition are a group, whose densities rest on the trials that
/// have them. Parallel trials count among the rest until they are finished (the constant liar), so that others keep
/// away from them. Pruned trials rank behind complete ones, by how far they came.
///
/// - Complexity: O(candidates × trials × parameters) a suggestion, without a sort or a fit: kernels are kept between
///   trials, and their normalisations follow the width in steps.
///
/// Source: J. Bergstra et al., "Algorithms for hyper-parameter optimization", NIPS 24 (2011); S. Watanabe,
/// arXiv:2304.11127 (2023) for the choices compared; S. Falkner et al., ICML 35 (2018) for the multivariate form.
public struct TPE: Hashable, Codable, Sendable {
  /// Trials chosen at random before the first estimate.
  public var startupTrials = 10
  /// Draws from the density of the good.
  public var candidates = 24
  /// The share of trials that are good, rounded up.
  public var goodShare = 0.1
  /// The most trials that are good.
  public var mostGood = 25
  /// The width of a kernel is this × trials^(-1 / (parameters + 4)) of the range. A quarter of what is usual: on the test
  /// functions of `SearchFunction` 0.05 found lower values after 100 trials than 0.1 or 0.2, and than 0.03.
  public var bandwidth = 0.05
  /// The weight of the prior, a wide kernel in the middle, in kernels.
  public var priorWeight = 1.0

  public init() {}

  func checked() throws(SearchError) -> TPE {
    func require(_ holds: Bool, _ name: String, _ value: Double, _ allowed: String) throws(SearchError) {
      guard holds else { throw .badSetting(name: "tpe.\(name)", value: NumberText.text(value), allowed: allowed) }
    }
    try require(startupTrials >= 1, "startupTrials", Double(startupTrials), "at least 1")
    try require(candidates >= 1, "candidates", Double(candidates), "at least 1")
    try require(goodShare > 0 && goodShare < 1, "goodShare", goodShare, "between 0 and 1")
    try require(mostGood >= 1, "mostGood", Double(mostGood), "at least 1")
    try require(bandwidth > 0 && bandwidth.isFinite, "bandwidth", bandwidth, "positive")
    try require(priorWeight > 0 && priorWeight.isFinite, "priorWeight", priorWeight, "positive")
    return self
  }
}

/// The estimator at work.
struct TPEEngine: SearchEngine {
  let space: UnitSpace
  let settings: TPE
  private var groups: [ParzenGroup]
  /// How good each finished trial is, by its place among the kernels.
  private var ranks: [Rank] = []
  /// Finished trials from best to worst.
  private var order: [Int] = []
  private var running: [Int: [Double]] = [:]

  /// Complete trials by loss, then pruned ones by how far they came; failed ones are not kept.
  private struct Rank: Comparable {
    var isPruned: Bool
    var steps: Int
    var loss: Double

    static func < (left: Rank, right: Rank) -> Bool {
      if left.isPruned != right.isPruned { return right.isPruned }
      if left.steps != right.steps { return left.steps > right.steps }
      return left.loss < right.loss
    }
  }

  init(_ space: UnitSpace, _ settings: TPE) {
    self.space = space
    self.settings = settings
    // Parameters under one condition belong together; conditions name earlier parameters, so groups come in order.
    var keys: [SearchSpace.Condition?] = []
    var members: [[Int]] = []
    for (index, parameter) in space.space.parameters.enumerated() {
      if let place = keys.firstIndex(of: parameter.condition) {
        members[place].append(index)
      } else {
        keys.append(parameter.condition)
        members.append([index])
      }
    }
    groups = members.map { ParzenGroup(space, members: $0, settings: settings) }
  }

  mutating func begin(_ trial: Trial) { running[trial.number] = space.point(trial) }

  mutating func learn(_ trial: Trial, losses: [Double]) {
    running[trial.number] = nil
    guard let loss = losses.first, !loss.isNaN else { return }
    let rank = Rank(
      isPruned: trial.state == .pruned, steps: trial.state == .pruned ? trial.reports.last?.step ?? 0 : 0, loss: loss)
    var (low, high) = (0, order.count)
    while low < high {
      let middle = (low + high) / 2
      if rank < ranks[order[middle]] { high = middle } else { low = middle + 1 }
    }
    order.insert(ranks.count, at: low)
    ranks.append(rank)
    let point = space.point(trial)
    for index in groups.indices { groups[index].add(point, trial: ranks.count - 1) }
  }

  func suggest(number: Int, random: inout CounterRandom) -> SearchChoice? {
    guard ranks.count >= settings.startupTrials else { return SearchChoice(space.random(&random)) }
    var point = [Double](repeating: .nan, count: space.axes.count)
    let liars = running.keys.sorted().compactMap { running[$0] }
    for group in groups {
      guard isActive(group, point) else { continue }
      group.choose(into: &point, order: order, liars: liars, random: &random)
    }
    return SearchChoice(point)
  }

  private func isActive(_ group: ParzenGroup, _ point: [Double]) -> Bool {
    let first = group.members[0]
    guard space.parents[first] != nil else { return true }
    let filled = point.map { $0.isNaN ? 0 : $0 }
    return space.isActive(first, Array(space.values(filled).prefix(first)))
  }
}
