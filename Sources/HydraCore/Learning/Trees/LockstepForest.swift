/// Trees of numerical splits laid out for eight descents at a time.
///
/// A descent waits for memory and for comparisons at every step; eight of them, of eight rows through one tree or of one
/// row through eight trees, wait together. Children stand side by side, so that a step is an addition and no branch, and
/// a leaf is its own child, so that all descents take as many steps as the tree is deep.
struct LockstepForest: Sendable {
  /// Sixteen bytes, four to a cache line.
  struct Node: Sendable {
    var threshold: Double
    /// The left child, or the node itself for a leaf; the right child is the next one.
    var left: UInt32
    /// The column, and in the highest bit whether NaN goes right.
    var feature: UInt32

    static let nanRight: UInt32 = 1 << 31
  }

  private(set) var nodes: [Node] = []
  /// What each leaf adds, by node.
  private(set) var values: [Double] = []
  private(set) var roots: [UInt32] = []
  private(set) var depths: [Int] = []

  /// Nil when a tree has a split by categories, by zero as missing, or linear leaves.
  init?(_ trees: [RegressionTree]) {
    for tree in trees {
      guard tree.linearLeaves == nil, tree.decision.allSatisfy({ !$0.isCategorical && $0.missing != .zero }) else {
        return nil
      }
      add(tree)
    }
    guard nodes.count < 1 << 31 else { return nil }
  }

  /// Adds a tree level by level, pairs of children side by side.
  private mutating func add(_ tree: RegressionTree) {
    let root = UInt32(truncatingIfNeeded: nodes.count)
    roots.append(root)
    var level = [tree.splitFeature.isEmpty ? ~0 : 0]
    var depth = 0
    nodes.append(Node(threshold: .infinity, left: root, feature: 0))
    values.append(0)
    var first = nodes.count - 1
    while !level.isEmpty {
      var below: [Int] = []
      let next = nodes.count
      for (offset, child) in level.enumerated() {
        let place = first + offset
        guard child >= 0 else {
          values[place] = tree.leafValue[~child]
          continue
        }
        let nanGoesLeft = tree.decision[child].nanGoesLeft(threshold: tree.threshold[child])
        nodes[place] = Node(
          threshold: tree.threshold[child], left: UInt32(truncatingIfNeeded: next + below.count),
          feature: UInt32(tree.splitFeature[child]) | (nanGoesLeft ? 0 : Node.nanRight))
        below += [tree.leftChild[child], tree.rightChild[child]]
      }
      for offset in below.indices {
        nodes.append(Node(threshold: .infinity, left: UInt32(truncatingIfNeeded: next + offset), feature: 0))
        values.append(0)
      }
      if !below.isEmpty { depth += 1 }
      (level, first) = (below, next)
    }
    depths.append(depth)
  }

  /// One step: the right child when the value is above the threshold, or missing and NaN goes right.
  @inline(__always)
  private static func step(
    _ nodes: UnsafePointer<Node>, _ place: UInt32, _ row: UnsafePointer<Double>
  ) -> UInt32 {
    let node = nodes[Int(place)]
    let value = row[Int(node.feature & ~Node.nanRight)]
    let isAbove: UInt32 = value > node.threshold ? 1 : 0
    let isNotBelow: UInt32 = value <= node.threshold ? 0 : 1
    return node.left &+ (isAbove | (isNotBelow & (node.feature &>> 31)))
  }

  /// Adds the values of trees to the scores of rows; each score adds its trees in their order.
  func addScores(
    _ features: UnsafePointer<Double>, columns: Int, rows: Range<Int>, trees: Range<Int>, width: Int,
    to scores: UnsafeMutablePointer<Double>
  ) {
    nodes.withUnsafeBufferPointer { nodes in
      values.withUnsafeBufferPointer { values in
        guard let nodes = nodes.baseAddress, let values = values.baseAddress else { return }
        var start = rows.lowerBound
        while start < rows.upperBound {
          // A block of rows stays in the cache while the trees pass over it.
          let end = min(start + 64, rows.upperBound)
          let whole = start + (end - start) / 8 * 8
          for tree in trees {
            for row in stride(from: start, to: whole, by: 8) {
              let leaves = descend(nodes, tree, features + row * columns, columns)
              for lane in 0..<8 { scores[(row + lane) * width + tree % width] += values[Int(leaves[lane])] }
            }
          }
          for row in whole..<end {
            addScores(nodes, values, features + row * columns, trees, width, to: scores + row * width)
          }
          start = end
        }
      }
    }
  }

  /// The leaves of eight rows in one tree.
  @inline(__always)
  private func descend(
    _ nodes: UnsafePointer<Node>, _ tree: Int, _ first: UnsafePointer<Double>, _ columns: Int
  ) -> SIMD8<UInt32> {
    let root = roots[tree]
    var (a, b, c, d) = (root, root, root, root)
    var (e, f, g, h) = (root, root, root, root)
    for _ in 0..<depths[tree] {
      a = Self.step(nodes, a, first)
      b = Self.step(nodes, b, first + columns)
      c = Self.step(nodes, c, first + 2 * columns)
      d = Self.step(nodes, d, first + 3 * columns)
      e = Self.step(nodes, e, first + 4 * columns)
      f = Self.step(nodes, f, first + 5 * columns)
      g = Self.step(nodes, g, first + 6 * columns)
      h = Self.step(nodes, h, first + 7 * columns)
    }
    return SIMD8(a, b, c, d, e, f, g, h)
  }

  /// One row through all trees, eight at a time.
  private func addScores(
    _ nodes: UnsafePointer<Node>, _ values: UnsafePointer<Double>, _ row: UnsafePointer<Double>, _ trees: Range<Int>,
    _ width: Int, to scores: UnsafeMutablePointer<Double>
  ) {
    var tree = trees.lowerBound
    while tree + 8 <= trees.upperBound {
      var (a, b, c, d) = (roots[tree], roots[tree + 1], roots[tree + 2], roots[tree + 3])
      var (e, f, g, h) = (roots[tree + 4], roots[tree + 5], roots[tree + 6], roots[tree + 7])
      var depth = 0
      for lane in 0..<8 { depth = max(depth, depths[tree + lane]) }
      for _ in 0..<depth {
        a = Self.step(nodes, a, row)
        b = Self.step(nodes, b, row)
        c = Self.step(nodes, c, row)
        d = Self.step(nodes, d, row)
        e = Self.step(nodes, e, row)
        f = Self.step(nodes, f, row)
        g = Self.step(nodes, g, row)
        h = Self.step(nodes, h, row)
      }
      let leaves = SIMD8(a, b, c, d, e, f, g, h)
      for lane in 0..<8 { scores[(tree + lane) % width] += values[Int(leaves[lane])] }
      tree += 8
    }
    while tree < trees.upperBound {
      var place = roots[tree]
      for _ in 0..<depths[tree] { place = Self.step(nodes, place, row) }
      scores[tree % width] += values[Int(place)]
      tree += 1
    }
  }
}
