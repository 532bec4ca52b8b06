/// Splits in which the past is trained on and the time after it is tested, again and again, with purging: a past row
/// whose label is not known before the first test row starts is left out.
///
/// The last `folds` × `testSize` rows are the test rows. `gap` rows before each test block are left out as embargo;
/// what is left before them, at most the latest `maxTrain` rows, is trained on.
public struct WalkForward: Hashable, Codable, Sendable {
  public var folds: Int
  /// Rows in each test block; nil for rows / (folds + 1).
  public var testSize: Int?
  public var gap: Int
  /// Longest training set in rows, counted before purging; nil for everything.
  public var maxTrain: Int?

  public init(folds: Int = 5, testSize: Int? = nil, gap: Int = 0, maxTrain: Int? = nil) {
    precondition(folds > 0 && gap >= 0, "\(folds) folds with a gap of \(gap)")
    (self.folds, self.testSize, self.gap, self.maxTrain) = (folds, testSize, gap, maxTrain)
  }

  /// The splits, in the order of their test parts.
  public func splits(_ labels: [LabelInterval]) -> [PurgedSplit] {
    let size = testSize ?? labels.count / (folds + 1)
    let first = labels.count - folds * size
    precondition(size > 0 && first - gap > 0, "\(labels.count) rows are too few for \(folds) tests of \(size)")
    return (0..<folds).map { fold in
      let start = first + fold * size
      return PurgedSplit.holdOut(start..<(start + size), labels: labels, gap: gap, maxTrain: maxTrain)
    }
  }
}

extension PurgedSplit {
  /// One split: the rows of `test` are tested, the rows before it, less `gap` of them and purged, are trained on.
  public static func holdOut(
    _ test: Range<Int>, labels: [LabelInterval], gap: Int = 0, maxTrain: Int? = nil
  ) -> PurgedSplit {
    precondition(test.upperBound <= labels.count && test.lowerBound >= 0, "test rows outside 0..<\(labels.count)")
    let end = max(0, test.lowerBound - gap)
    let start = max(0, end - (maxTrain ?? end))
    return PurgedSplit(candidates: Array(start..<end), test: Array(test), labels: labels, embargo: .none)
  }
}
