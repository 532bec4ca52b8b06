/// One tree prepared for Shapley values, with every factor that does not depend on the row worked out.
///
/// For one leaf with value v let the features on its path be i = 1…m, z_i the share of training rows that follow the
/// path at feature i (the product over the splits on i), and o_i = 1 when the explained row follows it there, else 0.
/// The weights of Shapley's formula are integrals, k! (m-1-k)! / m! = ∫ t^k (1-t)^(m-1-k) dt, so that feature i is due
///
/// ```
/// φ_i = v (o_i - z_i) ∫ Π_{j≠i} (o_j t + z_j (1-t)) dt      over 0 < t < 1.
/// ```
/// The integrand is a polynomial of degree m - 1, which ⌈m / 2⌉ Gauss–Legendre points integrate exactly. At each point
/// the product over the path is carried down the tree, sums over leaves are carried up, and at every edge the sum
/// below it, divided by the edge's own factor, gives its feature's share. A second split on a feature replaces the
/// factor of the first, whose share it takes back. All factors are positive, so nothing cancels.
///
/// Whether a row follows an edge only chooses between two factors known beforehand, so eight rows go through the tree
/// together without a branch that depends on them (`ShapleyTree+Shares.swift`).
///
/// - Complexity: O(leaves × ⌈depth / 2⌉) per row; the algorithm of 2018 takes O(leaves × depth²).
///
/// Source: S. Lundberg et al., "Consistent individualized feature attribution for tree ensembles", arXiv:1802.03888
/// (2018) for the values; P. Yu et al., "Linear TreeShap", NeurIPS 35 (2022) for the passes down and up. The integral
/// in place of its polynomial division is after G. Owen, "Multilinear extensions of games", Management Science 18 (1972).
struct ShapleyTree: Sendable {
  /// What lies below one child of an internal node. Edges come depth first: an edge, all below it, its sibling.
  struct Edge: Sendable {
    var isLeft: Bool
    var feature: Int
    /// The edge into the node above; -1 at the root.
    var parent: Int
    /// The nearest edge above with the same feature; -1 where there is none.
    var sameFeature: Int
    /// The number of edges above.
    var depth: Int
    /// The leaf below, or -1.
    var leaf: Int
    /// The share of training rows at the node above that go here.
    var share: Double
    /// The product of `share` over the edges with this feature down to here: z.
    var cover: Double
  }

  /// An internal node and the edges below it.
  struct Split: Sendable {
    var node: Int
    var left: Int
    var right: Int
  }

  let tree: RegressionTree
  private(set) var edges: [Edge] = []
  /// The internal nodes, each after the one above.
  private(set) var splits: [Split] = []
  /// The most edges on a path.
  private(set) var depth = 0
  let points: [Double]
  let weights: [Double]
  /// For each edge four runs of a number a point: the factor on the way down when the row leaves the feature's path
  /// here, its bits differing from those when the row follows, and both again for what a sum below the edge is
  /// multiplied with to give the feature's share. Down to a leaf the factor includes the leaf's value.
  private(set) var tables: [UInt64] = []

  /// - Precondition: the tree has counts and more than one leaf.
  init(_ tree: RegressionTree) {
    self.tree = tree
    (edges, splits) = Self.parts(of: tree)
    depth = edges.reduce(0) { max($0, $1.depth + 1) }
    let rule = UnitQuadrature(count: max(1, (Self.mostFeatures(edges) + 1) / 2))
    (points, weights) = (rule.points, rule.weights)
    tables.reserveCapacity(4 * points.count * edges.count)
    for edge in edges {
      let above = edge.sameFeature >= 0 ? edges[edge.sameFeature] : nil
      let value = edge.leaf >= 0 ? tree.leafValue[edge.leaf] : 1
      var runs: [[UInt64]] = [[], [], [], []]
      for (t, w) in zip(points, weights) {
        let factor = edge.cover * (1 - t) + t
        let factorAbove = above.map { $0.cover * (1 - t) + t } ?? 1
        let shareAbove = above.map { w * (1 - $0.cover) / factorAbove } ?? 0
        let cold = edge.cover * (1 - t) / factorAbove * value
        let hot = factor / factorAbove * value
        // (0 - z) / (z (1 - t)), which has a limit where z is 0.
        let coldShare = -w / (1 - t) - shareAbove
        let hotShare = w * (1 - edge.cover) / factor - shareAbove
        runs[0].append(cold.bitPattern)
        runs[1].append(cold.bitPattern ^ hot.bitPattern)
        runs[2].append(coldShare.bitPattern)
        runs[3].append(coldShare.bitPattern ^ hotShare.bitPattern)
      }
      tables += runs.flatMap { $0 }
    }
  }

  private static func parts(of tree: RegressionTree) -> (edges: [Edge], splits: [Split]) {
    var edges: [Edge] = []
    var splits: [Split] = []
    // The split at whose edge a child hangs, and the edge above that.
    var open: [(child: Int, isLeft: Bool, split: Int, parent: Int)] = []
    func enter(_ node: Int, below parent: Int) {
      splits.append(Split(node: node, left: -1, right: -1))
      open.append((tree.rightChild[node], false, splits.count - 1, parent))
      open.append((tree.leftChild[node], true, splits.count - 1, parent))
    }
    enter(0, below: -1)
    while let (child, isLeft, split, parent) = open.popLast() {
      let node = splits[split].node
      let (feature, total) = (tree.splitFeature[node], tree.internalCount[node])
      let share = total > 0 ? Double(tree.count(ofChild: child)) / Double(total) : 0
      var above = parent
      while above >= 0, edges[above].feature != feature { above = edges[above].parent }
      if isLeft { splits[split].left = edges.count } else { splits[split].right = edges.count }
      edges.append(
        Edge(
          isLeft: isLeft, feature: feature, parent: parent, sameFeature: above,
          depth: parent >= 0 ? edges[parent].depth + 1 : 0, leaf: child < 0 ? ~child : -1, share: share,
          cover: share * (above >= 0 ? edges[above].cover : 1)))
      if child >= 0 { enter(child, below: edges.count - 1) }
    }
    return (edges, splits)
  }

  /// The most distinct features on any path.
  private static func mostFeatures(_ edges: [Edge]) -> Int {
    var counts: [Int] = []
    for edge in edges {
      counts.append((edge.parent >= 0 ? counts[edge.parent] : 0) + (edge.sameFeature < 0 ? 1 : 0))
    }
    return counts.max() ?? 0
  }
}
