import HydraLearning
import HydraNumerics

/// Looks at all columns once a week for faults that no watched stream shows.
///
/// A fault of a column that the monitor does not watch raises no alarm, and a fault that leaves every number plausible is
/// found by comparing columns alone. What is found is an alarm of the stream ``stream``, whose diagnosis names the column;
/// the same words are said once a year.
struct ColumnWatch: Hashable, Sendable {
  /// The stream that its alarms bear.
  static let stream = "feed"
  /// Bars between two looks, and bars that a look takes for new.
  static let interval = 5
  static let recentBars = 40
  /// Bars for which a fault that was named is not named again.
  static let silence = 250

  private var named: [String: Int] = [:]

  /// An alarm when a look at the newest bar finds a fault that is not yet known.
  ///
  /// - Complexity: every fifth bar that of ``Diagnostician/columnLook(_:)``, else O(1).
  mutating func update(_ history: FeatureHistory) -> DriftAlarm? {
    let row = history.count - 1
    guard row % Self.interval == 0, let (key, _) = Diagnostician().columnLook(history) else { return nil }
    defer { named[key] = row }
    if let last = named[key], row - last < Self.silence { return nil }
    return DriftAlarm(
      stream: Self.stream, detector: "columns", index: row, changePoint: row - Self.recentBars + 1, statistic: 2,
      direction: .up, levelBefore: 0, levelAfter: 1)
  }
}

extension Diagnostician {
  /// A fault of one column, looked for without an alarm: by the column alone, then beside the others. The key names the
  /// column, which may be named for several reasons while the fault lasts.
  func columnLook(_ history: FeatureHistory) -> (key: String, finding: Diagnosis.Finding)? {
    let start = history.count - ColumnWatch.recentBars
    guard start >= referenceBars else { return nil }
    let (recent, reference) = (start..<history.count, start - referenceBars..<start)
    let finding =
      calendarFault(history, before: reference) ?? columnFault(history, recent: recent, reference: reference)
      ?? feedFault(history, recent: recent, reference: reference)
    return finding.map { (history.names.first(where: $0.evidence.hasPrefixWord) ?? $0.evidence, $0) }
  }
}

extension String {
  /// Whether the text begins with the word.
  fileprivate func hasPrefixWord(_ word: String) -> Bool { hasPrefix(word + " ") }
}
