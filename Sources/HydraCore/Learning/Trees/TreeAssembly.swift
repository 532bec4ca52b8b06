/// How the rows of the binned features part at one node.
struct BinnedSplit: Sendable {
  var feature: Int
  var bin: Int
  var missingGoesLeft: Bool
  var categories: SIMD4<UInt64>?

  func goesLeft(_ found: Int, _ bins: FeatureBins) -> Bool {
    if let categories { return found < 256 && categories[found / 64] >> UInt64(found % 64) & 1 == 1 }
    return bins.hasMissing && found == bins.missingBin ? missingGoesLeft : found <= bin
  }
}

/// Puts the splits of a growing tree into the arrays of a `RegressionTree`.
struct TreeAssembly {
  private var tree = RegressionTree(constant: 0)
  private var nodes: [BinnedSplit] = []
  /// Whether the direction of missing values at each node was learned from some.
  private var learned: [Bool] = []

  /// Makes an internal node of a leaf: the leaf stays as its left child, the new leaf `sibling` is its right child.
  ///
  /// - Returns: the number of the node.
  mutating func add(
    _ split: SplitCandidate, gain: Double, parent: (node: Int, isLeft: Bool)?, leaf: Int, sibling: Int,
    terms: LeafTerms, output: Double
  ) -> Int {
    let node = nodes.count
    if let parent {
      if parent.isLeft { tree.leftChild[parent.node] = node } else { tree.rightChild[parent.node] = node }
    }
    nodes.append(
      BinnedSplit(
        feature: split.feature, bin: split.bin, missingGoesLeft: split.missingGoesLeft, categories: split.categories))
    tree.leftChild.append(~leaf)
    tree.rightChild.append(~sibling)
    tree.splitGain.append(gain)
    tree.internalValue.append(output)
    tree.internalWeight.append(terms.weight)
    tree.internalCount.append(Int(terms.rows))
    learned.append(split.sawMissing || split.categories != nil)
    return node
  }

  /// What becomes of a leaf in the tree.
  struct Leaf {
    var start: Int
    var rows: Int
    var value: Double
    var weight: Double
  }

  /// The tree with its leaves. Where a node saw no missing values in training, they go with the majority.
  func finish(_ leaves: [Leaf], matrix: BinnedMatrix) -> TreeGrower.GrownTree {
    var tree = tree
    var nodes = nodes
    tree.leafValue = leaves.map { $0.value }
    tree.leafWeight = leaves.map { $0.weight }
    tree.leafCount = leaves.map { $0.rows }
    tree.splitFeature = nodes.map { matrix.columns[$0.feature] }
    for node in nodes.indices {
      let bins = matrix.bins[nodes[node].feature]
      if let set = nodes[node].categories {
        tree.addCategories(
          (0..<bins.valueBins).filter { set[$0 / 64] >> UInt64($0 % 64) & 1 == 1 }.map { bins.categories?[$0] ?? 0 })
        continue
      }
      tree.threshold.append(bins.upperBounds[nodes[node].bin])
      if !learned[node] {
        nodes[node].missingGoesLeft =
          tree.count(ofChild: tree.leftChild[node]) >= tree.count(ofChild: tree.rightChild[node])
      }
      tree.decision.append(SplitDecision(missing: bins.missing, missingGoesLeft: nodes[node].missingGoesLeft))
    }
    return TreeGrower.GrownTree(tree: tree, nodes: nodes, starts: leaves.map { $0.start }, counts: tree.leafCount)
  }
}

extension RegressionTree {
  /// Makes the next node a categorical one with this set on the left.
  fileprivate mutating func addCategories(_ categories: [Int]) {
    threshold.append(Double(categoryBoundaries.count - 1))
    decision.append(.categorical)
    var words = [UInt32](repeating: 0, count: (categories.max() ?? 0) / 32 + 1)
    for category in categories { words[category / 32] |= 1 << UInt32(category % 32) }
    categoryBits += words
    categoryBoundaries.append(categoryBits.count)
  }
}

extension TreeGrower.GrownTree {
  /// The leaf that a row of the binned features reaches.
  func leaf(of row: Int, in matrix: BinnedMatrix) -> Int {
    guard !nodes.isEmpty else { return 0 }
    var node = 0
    repeat {
      let split = nodes[node]
      let found = matrix.bin(of: split.feature, row: row)
      node = split.goesLeft(found, matrix.bins[split.feature]) ? tree.leftChild[node] : tree.rightChild[node]
    } while node >= 0
    return ~node
  }
}
