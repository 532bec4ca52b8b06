import HydraNumerics

/// When a trial that reports on its way is stopped because others did better at that point.
///
/// Only trials of the study count that had finished, or reported, when the decision is made; decisions need a study of
/// one objective.
public enum Pruner: Hashable, Codable, Sendable {
  /// Never.
  case none
  /// When the best report so far is worse than the quantile of the reports of complete trials at the same step: .5 is
  /// the median, .25 keeps the best quarter. Not before `startup` trials are complete, nor before step `warmup`.
  case quantile(level: Double, startup: Int, warmup: Int)
  /// Asynchronous successive halving: of the trials that reach step `least` × `factor`^k, the best 1 / `factor` go on.
  ///
  /// Source: L. Li et al., "A system for massively parallel hyperparameter tuning", MLSys 3 (2020).
  case successiveHalving(least: Int, factor: Int)
  /// Successive halving in several brackets that begin to stop trials at different steps, each trial in one of them by
  /// its number: a hedge against good trials that start slowly.
  ///
  /// Source: L. Li et al., "Hyperband", JMLR 18 (2018).
  case hyperband(least: Int, most: Int, factor: Int)

  /// The usual median rule.
  public static let median = Pruner.quantile(level: 0.5, startup: 5, warmup: 0)

  /// The pruner of that name with its usual settings: none, median, halving or hyperband.
  public init(name: String, steps: Int) throws(SearchError) {
    switch name {
    case "none": self = .none
    case "median": self = .median
    case "halving", "successive-halving", "asha": self = .successiveHalving(least: 1, factor: 3)
    case "hyperband": self = .hyperband(least: 1, most: max(steps, 1), factor: 3)
    default: throw .unknown(word: name, place: "pruner", nearest: nearestName(to: name, in: Self.names))
    }
  }

  /// The names that `init(name:steps:)` knows.
  public static let names = ["none", "median", "halving", "hyperband"]

  func check() throws(SearchError) {
    func require(_ holds: Bool, _ name: String, _ value: some CustomStringConvertible) throws(SearchError) {
      guard holds else {
        throw .badSetting(name: "pruner's \(name)", value: value.description, allowed: "in its range")
      }
    }
    switch self {
    case .none: break
    case .quantile(let level, let startup, _):
      try require(level > 0 && level < 1, "level", level)
      try require(startup >= 1, "startup", startup)
    case .successiveHalving(let least, let factor), .hyperband(let least, _, let factor):
      try require(least >= 1, "least", least)
      try require(factor >= 2, "factor", factor)
      if case .hyperband(_, let most, _) = self { try require(most >= least, "most", most) }
    }
  }
}

extension Study {
  /// Whether a running trial had better be stopped after its last report.
  public func shouldPrune(_ trial: Trial) -> Bool {
    guard directions.count == 1, let last = trial.reports.last else { return false }
    guard !last.value.isNaN else { return pruner != .none }
    switch pruner {
    case .none: return false
    case .quantile(let level, let startup, let warmup):
      return isBehindQuantile(trial, step: last.step, level: level, startup: startup, warmup: warmup)
    case .successiveHalving(let least, let factor):
      return isBehindRung(trial, least: least, factor: factor) { _ in true }
    case .hyperband(let least, let most, let factor):
      let brackets = Self.brackets(least: least, most: most, factor: factor)
      let own = bracket(of: trial.number, brackets: brackets, factor: factor)
      var first = least
      for _ in 0..<own { first *= factor }
      return isBehindRung(trial, least: first, factor: factor) {
        bracket(of: $0.number, brackets: brackets, factor: factor) == own
      }
    }
  }

  private func isBehindQuantile(_ trial: Trial, step: Int, level: Double, startup: Int, warmup: Int) -> Bool {
    guard step >= warmup else { return false }
    let complete = trials.filter { $0.state == .complete && $0.number != trial.number }
    guard complete.count >= startup else { return false }
    let others = complete.compactMap { other in
      other.reports.first { $0.step == step }.map { directions[0].loss($0.value) }
    }.filter { !$0.isNaN }
    guard !others.isEmpty else { return false }
    let best = trial.reports.filter { !$0.value.isNaN }.map { directions[0].loss($0.value) }.min() ?? .infinity
    return best > Statistics.quantile(others, level)
  }

  /// The loss that a trial reported when it first reached a step.
  private func loss(_ trial: Trial, reaching step: Int) -> Double? {
    trial.reports.first { $0.step >= step }.map { directions[0].loss($0.value) }
  }

  private func isBehindRung(_ trial: Trial, least: Int, factor: Int, among isRival: (Trial) -> Bool) -> Bool {
    guard let last = trial.reports.last else { return false }
    let before = trial.reports.dropLast().last?.step ?? .min
    var rung = least
    while rung <= last.step {
      // A rung that was passed before was judged then.
      if rung > before, let own = loss(trial, reaching: rung) {
        let rivals = trials.filter { $0.number != trial.number && isRival($0) }
          .compactMap { loss($0, reaching: rung) }.filter { !$0.isNaN }
        let better = rivals.count { $0 < own }
        // With less than `factor` trials at the rung the best of them goes on.
        if better >= max((rivals.count + 1) / factor, 1) { return true }
      }
      let next = rung.multipliedReportingOverflow(by: factor)
      if next.overflow { break }
      rung = next.partialValue
    }
    return false
  }

  private static func brackets(least: Int, most: Int, factor: Int) -> Int {
    var (count, rung) = (1, least)
    while rung <= most / factor {
      rung *= factor
      count += 1
    }
    return count
  }

  /// Brackets that stop later get fewer trials, so that each uses about the same work, as in the paper.
  private func bracket(of number: Int, brackets: Int, factor: Int) -> Int {
    let shares = (0..<brackets).map { bracket in
      let rungs = Double(brackets - bracket)
      return (0..<brackets - bracket).reduce(Double(brackets) / rungs) { product, _ in product * Double(factor) }
    }
    var random = CounterRandom(seed: seed, stream: "bracket \(number)")
    var pick = random.uniform() * shares.reduce(0, +)
    for (bracket, share) in shares.enumerated() {
      pick -= share
      if pick < 0 { return bracket }
    }
    return 0
  }
}
