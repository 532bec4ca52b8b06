/// The trees of an ensemble in one array of nodes, for descent without looking anything up elsewhere.
struct CompiledForest: Sendable {
  struct Node: Sendable {
    var threshold: Double
    var feature: Int32
    /// A node when not negative, else the leaf `~child`; both count over the whole forest.
    var left: Int32
    var right: Int32
    var kind: Int32
  }

  /// `Node.kind`: what decides, beyond `value <= threshold`.
  enum Kind {
    static let nanRight: Int32 = 0
    static let nanLeft: Int32 = 1
    static let zeroMissingRight: Int32 = 2
    static let zeroMissingLeft: Int32 = 3
    static let categorical: Int32 = 4
  }

  private(set) var nodes: [Node] = []
  /// The root of each tree, a leaf for a tree of one leaf.
  private(set) var roots: [Int32] = []
  /// The first leaf of each tree.
  private(set) var firstLeaves: [Int32] = []
  private(set) var leafValues: [Double] = []
  private var categorySets: [ArraySlice<UInt32>] = []
  /// Trees with linear leaves are few and are walked one by one.
  private var linearTrees: [RegressionTree]?
  /// The same trees as lists of tests, where they are small.
  private let tests: BitVectorForest?
  /// The same trees for eight descents at a time, where they are not and all splits are plain.
  private let lockstep: LockstepForest?

  init(_ trees: [RegressionTree]) {
    tests = BitVectorForest(trees)
    lockstep = tests == nil ? LockstepForest(trees) : nil
    for tree in trees {
      let firstNode = Int32(nodes.count)
      let firstLeaf = Int32(leafValues.count)
      func absolute(_ child: Int) -> Int32 { child >= 0 ? firstNode + Int32(child) : ~(firstLeaf + Int32(~child)) }
      roots.append(tree.splitFeature.isEmpty ? ~firstLeaf : firstNode)
      firstLeaves.append(firstLeaf)
      leafValues.append(contentsOf: tree.leafValue)
      for index in tree.splitFeature.indices {
        var node = Node(
          threshold: tree.threshold[index], feature: Int32(tree.splitFeature[index]),
          left: absolute(tree.leftChild[index]), right: absolute(tree.rightChild[index]), kind: Kind.categorical)
        let decision = tree.decision[index]
        if decision.isCategorical {
          let set = Int(tree.threshold[index])
          node.threshold = Double(categorySets.count)
          categorySets.append(tree.categoryBits[tree.categoryBoundaries[set]..<tree.categoryBoundaries[set + 1]])
        } else if decision.missing == .zero {
          node.kind = decision.missingGoesLeft ? Kind.zeroMissingLeft : Kind.zeroMissingRight
        } else {
          node.kind = decision.nanGoesLeft(threshold: node.threshold) ? Kind.nanLeft : Kind.nanRight
        }
        nodes.append(node)
      }
    }
    if trees.contains(where: { $0.linearLeaves != nil }) { linearTrees = trees }
  }

  /// Calls `body` with each row, tree and leaf (counted over the forest); for one row, trees come in order.
  ///
  /// Rows are taken in blocks that stay in the cache while the trees pass over them.
  /// - Precondition: every row has all columns that the nodes test.
  func forEachLeaf(
    _ features: UnsafePointer<Double>, columns: Int, rows: Range<Int>, trees: Int,
    _ body: (_ row: Int, _ tree: Int, _ leaf: Int) -> Void
  ) {
    nodes.withUnsafeBufferPointer { nodes in
      roots.withUnsafeBufferPointer { roots in
        var start = rows.lowerBound
        while start < rows.upperBound {
          let end = min(start + 32, rows.upperBound)
          for tree in 0..<trees {
            for row in start..<end {
              body(row, tree, descend(nodes.baseAddress, roots[tree], features + row * columns))
            }
          }
          start = end
        }
      }
    }
  }

  @inline(__always)
  private func descend(_ nodes: UnsafePointer<Node>?, _ root: Int32, _ row: UnsafePointer<Double>) -> Int {
    guard root >= 0, let nodes else { return Int(~root) }
    var index = root
    repeat {
      let node = nodes + Int(index)
      let value = row[Int(node.pointee.feature)]
      let kind = node.pointee.kind
      let left: Bool
      if kind <= Kind.nanLeft {
        left = value <= node.pointee.threshold || (kind == Kind.nanLeft && value.isNaN)
      } else {
        left = goesLeftRarely(node.pointee, value)
      }
      index = left ? node.pointee.left : node.pointee.right
    } while index >= 0
    return Int(~index)
  }

  @inline(never)
  private func goesLeftRarely(_ node: Node, _ value: Double) -> Bool {
    if node.kind == Kind.categorical { return categorySets[Int(node.threshold)].containsCategory(value) }
    if value.isNaN || abs(value) <= SplitDecision.zeroBound { return node.kind == Kind.zeroMissingLeft }
    return value <= node.threshold
  }

  /// Adds the scores of the first `trees` trees to `scores`, row after row with `width` scores each.
  func addScores(
    _ features: UnsafePointer<Double>, columns: Int, rows: Range<Int>, trees: Int, width: Int,
    to scores: UnsafeMutablePointer<Double>
  ) {
    if let tests {
      return tests.addScores(features, columns: columns, rows: rows, trees: trees, width: width, to: scores)
    }
    if let lockstep {
      return lockstep.addScores(
        features, columns: columns, rows: rows, trees: 0..<trees, width: width, to: scores)
    }
    if let linearTrees {
      for row in rows {
        for tree in 0..<trees {
          scores[row * width + tree % width] += linearTrees[tree].value(of: features + row * columns)
        }
      }
      return
    }
    leafValues.withUnsafeBufferPointer { values in
      forEachLeaf(features, columns: columns, rows: rows, trees: trees) { row, tree, leaf in
        scores[width == 1 ? row : row * width + tree % width] += values[leaf]
      }
    }
  }
}
