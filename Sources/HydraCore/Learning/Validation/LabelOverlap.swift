/// Training rows whose labels are made from the time of the test rows: with them a model has seen the answers.
///
///     LabelOverlap.find(train: split.train, test: split.test, labels: labels)      // empty for every PurgedSplit
///
/// For splits of whatever origin; those of this folder are purged and have none.
public struct LabelOverlap: Hashable, Codable, Sendable {
  /// A training row and the first test row that its label touches.
  public var trainRow: Int
  public var testRow: Int
  public var trainLabel: LabelInterval
  public var testLabel: LabelInterval

  /// All training rows whose label interval shares a point with that of any test row, in the order of `train`.
  ///
  /// - Complexity: O((m + n) log n) for m training and n test rows.
  public static func find(train: [Int], test: [Int], labels: [LabelInterval]) -> [LabelOverlap] {
    let ordered = test.sorted { (labels[$0].start, $0) < (labels[$1].start, $1) }
    // The latest end of all test labels up to a place: none before the first place where it reaches the row touches it.
    var latest: [Int64] = []
    for row in ordered { latest.append(max(latest.last ?? labels[row].end, labels[row].end)) }
    return train.compactMap { row in
      let label = labels[row]
      var (low, high) = (0, latest.count)
      while low < high {
        let middle = (low + high) / 2
        if latest[middle] < label.start { low = middle + 1 } else { high = middle }
      }
      guard low < ordered.count, labels[ordered[low]].start <= label.end else { return nil }
      return LabelOverlap(trainRow: row, testRow: ordered[low], trainLabel: label, testLabel: labels[ordered[low]])
    }
  }
}
