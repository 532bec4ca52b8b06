import HydraLearning
import HydraNumerics

/// Finds out what an alarm stands for, from what was known when it was raised.
///
/// The bars since the estimated change are held against earlier windows of the same length, because market series are
/// persistent and a test for independent values would find a change everywhere. Causes are ranked by −log₁₀ p of their
/// own tests; where none finds anything, the stream that alarmed speaks for its own. A broken feed comes first whatever
/// the tests say, since they are then computed on broken numbers.
public struct Diagnostician: Sendable {
  /// Bars before the change that stand for the old world.
  public var referenceBars = 250
  /// Fewest and most bars after the change that stand for the new one.
  public var recentBars = 20...120
  /// p-value below which a cause counts as found.
  public var significance = 0.05
  /// Score of the alarm itself for its stream's own cause, where no test finds one: a window of its length raises an alarm
  /// by chance in a hundred.
  public var alarmScore = 2.0
  /// Closes repeated so often in a row stand for a feed that has stopped.
  public var staleRun = 6

  public init() {}

  /// What is needed to judge an alarm.
  public struct Evidence: Sendable {
    public var history: FeatureHistory
    /// The champion's forecasts, aligned with the history.
    public var forecasts: [Double]
    public var policy: Policy?
    /// What fills cost, where anybody has counted.
    public var executions: [ExecutionCost]

    public init(
      history: FeatureHistory, forecasts: [Double], policy: Policy?, executions: [ExecutionCost] = []
    ) {
      self.history = history
      self.forecasts = forecasts
      self.policy = policy
      self.executions = executions
    }
  }

  /// Judges an alarm raised at the newest row.
  public func diagnose(_ alarm: DriftAlarm, _ evidence: Evidence) -> Diagnosis {
    let history = evidence.history
    let (recent, reference) = windows(age: alarm.index - alarm.changePoint + 1, history)
    var findings: [Diagnosis.Finding] = []
    let fault =
      dataFault(history, recent: recent, reference: reference) ?? calendarFault(history, before: reference)
      ?? columnFault(history, recent: recent, reference: reference)
      ?? feedFault(history, recent: recent, reference: reference)
    if let fault { findings.append(fault) }
    let tests = featureTests(history, recent)
    var others = [
      volatilityFinding(history), relationFinding(evidence), liquidityFinding(history, recent),
      covariateFinding(featureTests(history, recent, ofPrice: false)), stalenessFinding(evidence),
      executionFinding(evidence, recent),
    ].compactMap { $0 }
    // The alarm says that something moved. What did is said by the tests, which see more than the stream that alarmed; only
    // where none of them finds anything, the stream speaks for its own cause.
    let isFound = others.contains { $0.score >= score(significance) }
    // Every p-value counts as often as causes are tested, of which there are at least four (Bonferroni).
    let tested = max(4, others.count)
    for index in others.indices { others[index].score = max(0, others[index].score - score(1 / Double(tested))) }
    let own = Monitoring.cause(of: alarm.stream)
    let text = "\(alarm.stream) moved \(alarm.direction.rawValue), by \(alarm.detector)"
    if own == .dataFault, fault != nil {
      // The fault says it itself.
    } else if let index = others.firstIndex(where: { $0.cause == own }) {
      others[index].score += isFound ? 0 : alarmScore
      others[index].evidence = text + "; " + others[index].evidence
    } else {
      others.append(.init(cause: own, score: isFound ? 0 : alarmScore, evidence: text))
    }
    findings += others.sorted { $0.score > $1.score }
    return diagnosis(alarm, findings, tests, evidence, recent, reference)
  }

  /// The bars since a change `age` bars ago, within bounds, and the year before them.
  private func windows(age: Int, _ history: FeatureHistory) -> (recent: Range<Int>, reference: Range<Int>) {
    let length = min(max(age, recentBars.lowerBound), recentBars.upperBound)
    let recent = max(0, history.count - length)..<history.count
    return (recent, max(0, recent.lowerBound - referenceBars)..<recent.lowerBound)
  }

  private func diagnosis(
    _ alarm: DriftAlarm, _ findings: [Diagnosis.Finding], _ tests: [Diagnosis.FeatureTest], _ evidence: Evidence,
    _ recent: Range<Int>, _ reference: Range<Int>
  ) -> Diagnosis {
    let history = evidence.history
    let (before, after) = (skill(evidence, reference), skill(evidence, recent))
    return Diagnosis(
      alarm: alarm, date: history.dates[history.count - 1], changeDate: history.dates[recent.lowerBound],
      age: recent.count, findings: findings, features: Array(tests.prefix(8)),
      attributions: attributions(evidence, recent, reference), errorBefore: before.error, errorAfter: after.error,
      skillBefore: before.correlation, skillAfter: after.correlation,
      volatilityRatio: volatilityRatio(history, recent, reference))
  }

  // MARK: - Causes

  /// Whether the feed is broken now, by the newest bars alone; looked at on every bar, alarm or not.
  ///
  /// - Complexity: O(columns × (20 + reference bars)) where a newest value is missing, else O(stale run).
  public func brokenFeed(_ history: FeatureHistory) -> Diagnosis.Finding? {
    let newest = history.count - 1
    guard newest >= 20 else { return nil }
    if (0..<staleRun).allSatisfy({ history.changes[newest - $0] == 0 }) {
      return .init(cause: .dataFault, score: 99, evidence: "the close repeats \(staleRun + 1) times in a row")
    }
    guard history.row(newest).contains(where: \.isNaN) else { return nil }
    let recent = newest - 19..<newest + 1
    return missingFeature(history, recent: recent, reference: max(0, newest - 19 - referenceBars)..<newest - 19)
  }

  private func dataFault(
    _ history: FeatureHistory, recent: Range<Int>, reference: Range<Int>
  ) -> Diagnosis.Finding? {
    var run = 0
    var longest = 0
    for row in recent {
      run = history.changes[row] == 0 ? run + 1 : 0
      longest = max(longest, run)
    }
    if longest >= staleRun {
      return .init(cause: .dataFault, score: 99, evidence: "the close repeats \(longest + 1) times in a row")
    }
    return missingFeature(history, recent: recent, reference: reference)
  }

  /// A feature that was always there and is there no more.
  private func missingFeature(
    _ history: FeatureHistory, recent: Range<Int>, reference: Range<Int>
  ) -> Diagnosis.Finding? {
    for (column, name) in history.names.enumerated()
    where history.values[(history.count - 1) * history.names.count + column].isNaN {
      let before = missingShare(history, column, reference)
      let after = missingShare(history, column, recent)
      if before < 0.1, after > 0.9, reference.count >= 60 {
        return .init(cause: .dataFault, score: 98, evidence: "\(name) is no longer delivered")
      }
    }
    return nil
  }

  private func missingShare(_ history: FeatureHistory, _ column: Int, _ rows: Range<Int>) -> Double {
    guard !rows.isEmpty else { return 0 }
    let missing = rows.count { history.values[$0 * history.names.count + column].isNaN }
    return Double(missing) / Double(rows.count)
  }

  private func liquidityFinding(_ history: FeatureHistory, _ recent: Range<Int>) -> Diagnosis.Finding? {
    guard let column = history.names.firstIndex(of: "volume_surprise"),
      let test = windowTest(recent, { history.values[$0 * history.names.count + column] })
    else { return nil }
    let text = "log volume against its own past moved by t = \(rounded(test.statistic))"
    return .init(cause: .liquidity, score: score(test.pValue), evidence: text)
  }

  private func covariateFinding(_ tests: [Diagnosis.FeatureTest]) -> Diagnosis.Finding? {
    guard let first = tests.first, first.pValue < 1 else { return nil }
    let found = tests.count { $0.pValue < significance }
    let text =
      "\(found) of \(tests.count) features moved; most of all \(first.feature), t = \(rounded(first.statistic))"
    return .init(cause: .covariate, score: score(first.pValue), evidence: text)
  }

  /// Tests each feature's newest mean, adjusted by Holm for their number; strongest first; without those that are of the
  /// market's own price where they are no evidence.
  private func featureTests(
    _ history: FeatureHistory, _ recent: Range<Int>, ofPrice: Bool = true
  ) -> [Diagnosis.FeatureTest] {
    var tests: [Diagnosis.FeatureTest] = []
    for (column, name) in history.names.enumerated() where ofPrice || !Self.isOfPrice(name) {
      guard let test = windowTest(recent, { history.values[$0 * history.names.count + column] }) else { continue }
      tests.append(.init(feature: name, statistic: test.statistic, pValue: test.pValue))
    }
    let adjusted = MultipleTesting.holm(tests.map(\.pValue))
    for index in tests.indices { tests[index].pValue = adjusted[index] }
    return tests.sorted { a, b in
      a.pValue == b.pValue ? abs(a.statistic) > abs(b.statistic) : a.pValue < b.pValue
    }
  }

  /// Tests whether the mean over the newest window is unlike earlier ones; two-sided. Nil with too few values.
  ///
  /// Market series are persistent: within a few months most of them move by more than a test for independent values, or
  /// one with a few lags, allows. So the newest mean is held against the means over all earlier windows of the same
  /// length, whose spread holds the persistence: t = (m − mean(mᵢ)) / (sd(mᵢ) √(1 + 1/K)), with K − 1 degrees of freedom.
  /// `transform` is applied to the means.
  private func windowTest(
    _ recent: Range<Int>, _ value: (Int) -> Double, of transform: (Double) -> Double = { $0 }
  ) -> (statistic: Double, pValue: Double)? {
    func mean(_ rows: Range<Int>) -> Double? {
      let values = rows.map(value).filter(\.isFinite)
      guard values.count >= max(10, rows.count / 2) else { return nil }
      let result = transform(Statistics.mean(values))
      return result.isFinite ? result : nil
    }
    guard let newest = mean(recent) else { return nil }
    var means: [Double] = []
    var end = recent.lowerBound
    while end >= recent.count, means.count < 60 {
      if let earlier = mean(end - recent.count..<end) { means.append(earlier) }
      end -= recent.count
    }
    guard means.count >= 10 else { return nil }
    let spread = Statistics.standardDeviation(means) * (1 + 1 / Double(means.count)).squareRoot()
    guard spread > 0 else { return nil }
    let statistic = (newest - Statistics.mean(means)) / spread
    return (statistic, max(Portable.studentTTwoSided(statistic, degrees: Double(means.count - 1)), 1e-12))
  }

  // MARK: - Numbers

  private func volatilityRatio(_ history: FeatureHistory, _ recent: Range<Int>, _ reference: Range<Int>) -> Double? {
    func mean(_ rows: Range<Int>) -> Double {
      Statistics.mean(rows.map { abs(history.changes[$0]) }.filter(\.isFinite))
    }
    let (after, before) = (mean(recent), mean(reference))
    return before > 0 && after > 0 ? after / before : nil
  }

  func score(_ pValue: Double) -> Double { -Portable.log(max(pValue, 1e-12)) / 2.302585092994046 }

  func rounded(_ value: Double) -> String { ((value * 100).rounded() / 100).description }

  private func skill(_ evidence: Evidence, _ rows: Range<Int>) -> (error: Double?, correlation: Double?) {
    let pairs = rows.map { (evidence.forecasts[$0], evidence.history.label($0)) }
      .filter { $0.0.isFinite && $0.1.isFinite }
    guard pairs.count >= 10 else { return (nil, nil) }
    let error = Statistics.mean(pairs.map { ($0.1 - $0.0) * ($0.1 - $0.0) })
    let correlation = Statistics.correlation(pairs.map(\.0), pairs.map(\.1))
    return (error, correlation.isFinite ? correlation : nil)
  }

  private func attributions(
    _ evidence: Evidence, _ recent: Range<Int>, _ reference: Range<Int>
  ) -> [Diagnosis.AttributionShift] {
    guard let policy = evidence.policy, let columns = try? policy.columns(in: evidence.history.names),
      !recent.isEmpty, !reference.isEmpty
    else { return [] }
    func means(_ rows: Range<Int>) -> [Double]? {
      // Sixty rows show where the weight lies; all of them would cost more than the experiments.
      let step = max(1, rows.count / 60)
      let chosen = Array(stride(from: rows.lowerBound, to: rows.upperBound, by: step))
      guard
        let explained = try? policy.contributions(
          chosen, of: evidence.history, columns: columns,
          follows: evidence.history.linear.settings.follows(in: .selfHealing))
      else { return nil }
      var sums = [Double](repeating: 0, count: columns.count)
      for row in 0..<chosen.count {
        for column in columns.indices { sums[column] += abs(explained[row][column]) }
      }
      return sums.map { $0 / Double(chosen.count) }
    }
    guard let before = means(reference), let after = means(recent) else { return [] }
    var shifts: [Diagnosis.AttributionShift] = []
    for column in columns.indices where before[column] > 0 || after[column] > 0 {
      shifts.append(.init(feature: policy.features[column], before: before[column], after: after[column]))
    }
    func size(_ shift: Diagnosis.AttributionShift) -> Double { abs(shift.after - shift.before) }
    shifts.sort { a, b in size(a) == size(b) ? a.feature < b.feature : size(a) > size(b) }
    return Array(shifts.prefix(6))
  }
}
