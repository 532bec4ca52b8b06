/// K-fold cross-validation with purging: each of `folds` consecutive blocks of rows is the test set once, and all other
/// rows, before and after it, are purged against it.
///
/// The first blocks are a row longer where the rows do not divide evenly.
public struct PurgedFolds: Hashable, Codable, Sendable {
  public var folds: Int
  public var embargo: PurgedSplit.Embargo

  public init(folds: Int = 5, embargo: PurgedSplit.Embargo = .none) {
    precondition(folds > 1, "\(folds) folds")
    (self.folds, self.embargo) = (folds, embargo)
  }

  /// The splits, in the order of their test parts.
  public func splits(_ labels: [LabelInterval]) -> [PurgedSplit] {
    CombinatorialPurgedFolds(groups: folds, testGroups: 1, embargo: embargo).splits(labels).map(\.split)
  }
}

/// Combinatorial purged cross-validation: the rows are cut into `groups` consecutive blocks, and every choice of
/// `testGroups` of them is the test set once. Together the test predictions make `paths` whole histories.
///
/// Source: M. López de Prado, "Advances in Financial Machine Learning" (2018), section 12.3.
public struct CombinatorialPurgedFolds: Hashable, Codable, Sendable {
  public var groups: Int
  public var testGroups: Int
  public var embargo: PurgedSplit.Embargo

  public init(groups: Int = 6, testGroups: Int = 2, embargo: PurgedSplit.Embargo = .none) {
    precondition(testGroups > 0 && testGroups < groups, "\(testGroups) test groups of \(groups)")
    (self.groups, self.testGroups, self.embargo) = (groups, testGroups, embargo)
  }

  /// Number of backtest paths: C(groups - 1, testGroups - 1).
  public var paths: Int { combinations(of: groups - 1, choosing: testGroups - 1).count }

  /// The splits in lexicographic order of their test groups.
  public func splits(_ labels: [LabelInterval]) -> [(groups: [Int], split: PurgedSplit)] {
    precondition(labels.count >= groups, "\(labels.count) rows for \(groups) groups")
    let ranges = evenRanges(of: labels.count, parts: groups)
    return combinations(of: groups, choosing: testGroups).map { chosen in
      let test = chosen.flatMap { Array(ranges[$0]) }
      let rest = (0..<groups).filter { !chosen.contains($0) }.flatMap { Array(ranges[$0]) }
      return (chosen, PurgedSplit(candidates: rest, test: test, labels: labels, embargo: embargo))
    }
  }
}

/// 0..<count in `parts` consecutive ranges, the first ones longer by one where it does not divide evenly.
func evenRanges(of count: Int, parts: Int) -> [Range<Int>] {
  let (size, longer) = (count / parts, count % parts)
  return (0..<parts).map { part in
    let start = part * size + min(part, longer)
    return start..<(start + size + (part < longer ? 1 : 0))
  }
}

/// All ascending choices of `k` of 0..<n, in lexicographic order.
func combinations(of n: Int, choosing k: Int) -> [[Int]] {
  guard k > 0 else { return [[]] }
  guard k <= n else { return [] }
  var choice = Array(0..<k)
  var all = [choice]
  while let place = (0..<k).last(where: { choice[$0] < n - k + $0 }) {
    choice[place] += 1
    for later in (place + 1)..<max(place + 1, k) { choice[later] = choice[later - 1] + 1 }
    all.append(choice)
  }
  return all
}
