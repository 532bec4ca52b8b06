/// Trees of up to 64 leaves as lists of tests by feature, for prediction without descending.
///
/// A row has a word for each tree with a bit for each leaf, from left to right. A test that sends the row right strikes
/// out the leaves to the left of it, whether or not the row ever came to that test; the lowest bit that remains is
/// the leaf in which the row ends, and the order of the tests does not matter. So those of one feature stand together by
/// threshold: the loop over them has no branch that depends on a tree, reads memory in order, and stops at the first
/// threshold that no row exceeds. Sixteen rows are tested at once.
///
/// Missing values pass every comparison and are then struck by the tests where they go right. A category strikes by a
/// list of its own, one word a tree.
///
/// - Complexity: O(splits) a row, for few cycles each: about half of the splits for a row alone.
///
/// Source: C. Lucchese et al., "QuickScorer: a fast algorithm to rank documents with additive ensembles of regression
/// trees", SIGIR 38 (2015); the same, "Exploiting CPU SIMD extensions to speed-up document scoring with tree ensembles",
/// SIGIR 39 (2016).
struct BitVectorForest: Sendable {
  static let mostLeaves = 64
  /// Trees whose words are in the cache together.
  static let groupTrees = 128

  /// Tests that strike the same way, in order: entry i keeps `masks[i]` of the word `words[i]` of the group.
  struct Strikes: Sendable {
    private(set) var masks: [UInt64] = []
    private(set) var words: [UInt32] = []

    var count: Int { masks.count }

    mutating func append(_ mask: UInt64, word: Int) {
      masks.append(mask)
      words.append(UInt32(truncatingIfNeeded: word))
    }
  }

  /// The tests of one feature in a group of trees.
  struct FeatureTests: Sendable {
    var column: Int
    /// Into `thresholds` and `strikes`.
    var tests = 0..<0
    /// Into `missingStrikes`: tests that send missing values right.
    var missing = 0..<0
    var zeroIsMissing = false
    /// Into `categoryStarts`: a category c in 0..<count - 1, and last every other value. Empty for numbers.
    var categories = 0..<0
  }

  struct Group: Sendable {
    var trees: Range<Int>
    var features: [FeatureTests] = []
  }

  private(set) var groups: [Group] = []
  private(set) var thresholds: [Double] = []
  private(set) var strikes = Strikes()
  private(set) var missingStrikes = Strikes()
  private(set) var categoryStrikes = Strikes()
  /// The strikes of entry e are `categoryStarts[e]..<categoryStarts[e + 1]`.
  private(set) var categoryStarts: [Int] = [0]
  /// What the leaves of each tree add, from left to right.
  private(set) var values: [Double] = []
  private(set) var firstValues: [Int] = []

  /// Nil when a tree has more leaves than a word has bits, or linear ones, when the nodes of one feature do not agree
  /// on what is missing, or when lists by category would be long.
  init?(_ trees: [RegressionTree]) {
    guard trees.allSatisfy({ $0.linearLeaves == nil && $0.leaves <= Self.mostLeaves }) else { return nil }
    for start in stride(from: 0, to: trees.count, by: Self.groupTrees) {
      let range = start..<min(start + Self.groupTrees, trees.count)
      var tests: [Int: [Test]] = [:]
      for tree in range { addLeaves(trees[tree], word: tree - start, &tests) }
      var group = Group(trees: range)
      for (column, tests) in tests.sorted(by: { $0.key < $1.key }) {
        guard let feature = feature(column, tests, trees, first: start) else { return nil }
        group.features.append(feature)
      }
      groups.append(group)
    }
  }

  // MARK: - Preparing

  private struct Test {
    var word: Int
    var node: Int
    /// The leaves that remain when the test sends a row right.
    var mask: UInt64
  }

  /// Numbers the leaves of a tree from left to right and collects its tests by column.
  private mutating func addLeaves(_ tree: RegressionTree, word: Int, _ tests: inout [Int: [Test]]) {
    firstValues.append(values.count)
    var leaves = 0
    // A node comes off the stack twice: on the way down, and when its left leaves have been numbered.
    var open: [(child: Int, first: Int?)] = [(tree.splitFeature.isEmpty ? ~0 : 0, nil)]
    while let (child, first) = open.popLast() {
      if child < 0 {
        values.append(tree.leafValue[~child])
        leaves += 1
      } else if let first {
        let left = (UInt64(1) << UInt64(leaves - first) &- 1) << UInt64(first)
        tests[tree.splitFeature[child], default: []].append(Test(word: word, node: child, mask: ~left))
        open.append((tree.rightChild[child], nil))
      } else {
        open.append((child, leaves))
        open.append((tree.leftChild[child], nil))
      }
    }
  }

  private mutating func feature(
    _ column: Int, _ tests: [Test], _ trees: [RegressionTree], first: Int
  ) -> FeatureTests? {
    var feature = FeatureTests(column: column)
    func decision(_ test: Test) -> SplitDecision { trees[first + test.word].decision[test.node] }
    func threshold(_ test: Test) -> Double { trees[first + test.word].threshold[test.node] }
    let (kind, isCategorical) = (decision(tests[0]).missing, decision(tests[0]).isCategorical)
    feature.zeroIsMissing = kind == .zero && !isCategorical
    let agree = tests.allSatisfy { test in
      decision(test).isCategorical == isCategorical
        && (isCategorical || (decision(test).missing == .zero) == (kind == .zero))
    }
    guard agree else { return nil }
    if isCategorical { return categories(feature, tests, trees, first: first) }
    // Equal thresholds keep the order of their trees; it decides nothing.
    let sorted = tests.sorted { (threshold($0), $0.word, $0.node) < (threshold($1), $1.word, $1.node) }
    guard !sorted.contains(where: { threshold($0).isNaN }) else { return nil }
    let (start, missingStart) = (thresholds.count, missingStrikes.count)
    for test in sorted {
      thresholds.append(threshold(test))
      strikes.append(test.mask, word: test.word)
      let (decision, threshold) = (decision(test), threshold(test))
      let goesLeft = kind == .zero ? decision.missingGoesLeft : decision.nanGoesLeft(threshold: threshold)
      if !goesLeft { missingStrikes.append(test.mask, word: test.word) }
    }
    feature.tests = start..<thresholds.count
    feature.missing = missingStart..<missingStrikes.count
    return feature
  }

  private mutating func categories(
    _ plain: FeatureTests, _ tests: [Test], _ trees: [RegressionTree], first: Int
  ) -> FeatureTests? {
    var feature = plain
    let sets = tests.map { test -> ArraySlice<UInt32> in
      let tree = trees[first + test.word]
      let set = Int(tree.threshold[test.node])
      return tree.categoryBits[tree.categoryBoundaries[set]..<tree.categoryBoundaries[set + 1]]
    }
    let count = sets.reduce(0) { max($0, 32 * $1.count) }
    guard (count + 1) * tests.count <= 1 << 20 else { return nil }
    let start = categoryStarts.count - 1
    for category in 0...count {
      var masks: [(word: Int, mask: UInt64)] = []
      for (test, set) in zip(tests, sets) where category == count || !set.containsCategory(Double(category)) {
        if masks.last?.word == test.word {
          masks[masks.count - 1].mask &= test.mask
        } else {
          masks.append((test.word, test.mask))
        }
      }
      for (word, mask) in masks { categoryStrikes.append(mask, word: word) }
      categoryStarts.append(categoryStrikes.count)
    }
    feature.categories = start..<categoryStarts.count - 1
    return feature
  }
}
