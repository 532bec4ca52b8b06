import HydraNumerics

/// K-fold cross-validation of rows without an order: each row is in one test part, drawn at random.
///
/// Where rows follow each other in time, `WalkForward` and `PurgedFolds` are the honest ones.
public struct ShuffledFolds: Hashable, Codable, Sendable {
  public var folds: Int
  /// The key of the draw.
  public var seed: UInt64

  public init(folds: Int = 5, seed: UInt64 = 42) {
    precondition(folds > 1, "\(folds) folds")
    (self.folds, self.seed) = (folds, seed)
  }

  /// The splits of so many rows; train and test rows ascend.
  ///
  /// - Precondition: at least as many rows as folds.
  public func splits(_ rows: Int) -> [PurgedSplit] {
    precondition(rows >= folds, "\(rows) rows for \(folds) folds")
    var order = Array(0..<rows)
    var random = CounterRandom(seed: seed, stream: "folds")
    random.shuffle(&order)
    return evenRanges(of: rows, parts: folds).map { range in
      var isTest = [Bool](repeating: false, count: rows)
      for place in range { isTest[order[place]] = true }
      // Rows that are points in time of their own: nothing is purged.
      return PurgedSplit(
        candidates: (0..<rows).filter { !isTest[$0] }, test: (0..<rows).filter { isTest[$0] },
        labels: LabelInterval.points(rows), embargo: .none)
    }
  }
}
