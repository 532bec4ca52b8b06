/// Puts the splits of a growing tree into the arrays of a `RegressionTree`.
struct TreeAssembly {
  private var tree = RegressionTree(constant: 0)
  private var nodes: [(feature: Int, bin: Int, missingGoesLeft: Bool)] = []

  /// Makes an internal node of a leaf: the leaf stays as its left child, the new leaf `sibling` is its right child.
  ///
  /// - Returns: the number of the node.
  mutating func add(
    _ split: SplitCandidate, gain: Double, parent: (node: Int, isLeft: Bool)?, leaf: Int, sibling: Int,
    terms: LeafTerms
  ) -> Int {
    let node = nodes.count
    if let parent {
      if parent.isLeft { tree.leftChild[parent.node] = node } else { tree.rightChild[parent.node] = node }
    }
    nodes.append((split.feature, split.bin, split.missingGoesLeft))
    tree.leftChild.append(~leaf)
    tree.rightChild.append(~sibling)
    tree.splitGain.append(gain)
    tree.internalValue.append(terms.output)
    tree.internalWeight.append(terms.weight)
    tree.internalCount.append(Int(terms.rows))
    // Filled in at the end, when the sizes of both children are known.
    tree.decision.append(SplitDecision(missing: .nan, missingGoesLeft: split.missingGoesLeft))
    learned.append(split.sawMissing)
    return node
  }

  /// Whether the direction of missing values at each node was learned from some.
  private var learned: [Bool] = []

  /// The tree with its leaves. Where a node saw no missing values in training, they go with the majority.
  func finish(
    _ leaves: [(start: Int, terms: LeafTerms)], matrix: BinnedMatrix
  ) -> TreeGrower.GrownTree {
    var tree = tree
    tree.leafValue = leaves.map { $0.terms.output }
    tree.leafWeight = leaves.map { $0.terms.weight }
    tree.leafCount = leaves.map { Int($0.terms.rows) }
    tree.splitFeature = nodes.map { matrix.columns[$0.feature] }
    tree.threshold = nodes.map { matrix.bins[$0.feature].upperBounds[$0.bin] }
    for node in nodes.indices where !learned[node] {
      let majorityIsLeft = tree.count(ofChild: tree.leftChild[node]) >= tree.count(ofChild: tree.rightChild[node])
      tree.decision[node] = SplitDecision(missing: .nan, missingGoesLeft: majorityIsLeft)
    }
    var bins = nodes
    for node in bins.indices { bins[node].missingGoesLeft = tree.decision[node].missingGoesLeft }
    return TreeGrower.GrownTree(
      tree: tree, nodeBins: bins, starts: leaves.map { $0.start }, counts: tree.leafCount)
  }
}

extension TreeGrower.GrownTree {
  /// The leaf that a row of the binned features reaches.
  func leaf(of row: Int, in matrix: BinnedMatrix) -> Int {
    guard !nodeBins.isEmpty else { return 0 }
    var node = 0
    repeat {
      let (feature, bin, missingGoesLeft) = nodeBins[node]
      let word = matrix.group(feature / BinnedMatrix.groupWidth)[row]
      let found = Int(word >> BinnedMatrix.shift(feature) & 255)
      let bins = matrix.bins[feature]
      let goesLeft = bins.hasMissing && found == bins.missingBin ? missingGoesLeft : found <= bin
      node = goesLeft ? tree.leftChild[node] : tree.rightChild[node]
    } while node >= 0
    return ~node
  }
}
