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
/// - Complexity: O(leaves × ⌈depth / 2⌉) per row; the algorithm of 2018 takes O(leaves × depth²).
///
/// Source: S. Lundberg et al., "Consistent individualized feature attribution for tree ensembles", arXiv:1802.03888
/// (2018) for the values; P. Yu et al., "Linear TreeShap", NeurIPS 35 (2022) for the passes down and up. The integral
/// in place of its polynomial division is after G. Owen, "Multilinear extensions of games", Management Science 18 (1972).
struct ShapleyTree: Sendable {
  typealias Lanes = SIMD4<Double>

  /// What lies below one child of an internal node. Edges are in an order in which parents come first.
  struct Edge: Sendable {
    /// The internal node above, in the numbering of the tree.
    var node: Int32
    var isLeft: Bool
    var feature: Int32
    /// The edge into the node above; -1 at the root.
    var parent: Int32
    /// The nearest edge above with the same feature; -1 where there is none.
    var sameFeature: Int32
    /// The leaf below, or -1.
    var leaf: Int32
    /// The share of training rows at the node above that go here.
    var share: Double
    /// The product of `share` over the edges with this feature down to here: z.
    var cover: Double
  }

  let tree: RegressionTree
  private(set) var edges: [Edge] = []
  /// Blocks of four points.
  let blocks: Int
  /// For each edge and block: the ratio of path products when the row follows the feature's path down to here.
  private(set) var hotRatio: [Lanes] = []
  /// The same when the row leaves the feature's path here. Where it left it before, the ratio is `share`.
  private(set) var coldRatio: [Lanes] = []
  /// What a sum below the edge is multiplied with to give the feature's share, when the row follows the path.
  private(set) var hotShare: [Lanes] = []
  /// The same when the row leaves the path here. Where it left before, the shares of both edges cancel.
  private(set) var coldShare: [Lanes] = []
  let points: [Lanes]
  let weights: [Lanes]

  /// - Precondition: the tree has counts and more than one leaf.
  init(_ tree: RegressionTree) {
    self.tree = tree
    edges = Self.edges(of: tree)
    blocks = max(1, (Self.mostFeatures(edges) + 7) / 8)
    let rule = UnitQuadrature(count: max(1, (Self.mostFeatures(edges) + 1) / 2))
    // Points that pad the last block have weight 0.
    func padded(_ values: [Double], _ index: Int, _ filler: Double) -> Double {
      index < values.count ? values[index] : filler
    }
    points = (0..<blocks).map { b in Lanes((0..<4).map { padded(rule.points, 4 * b + $0, 0.5) }) }
    weights = (0..<blocks).map { b in Lanes((0..<4).map { padded(rule.weights, 4 * b + $0, 0) }) }
    for edge in edges {
      let above = edge.sameFeature >= 0 ? edges[Int(edge.sameFeature)] : nil
      for block in 0..<blocks {
        let (t, w) = (points[block], weights[block])
        let factor = edge.cover * (1 - t) + t
        let factorAbove = above.map { $0.cover * (1 - t) + t } ?? Lanes(repeating: 1)
        let shareAbove = above.map { w * (1 - $0.cover) / factorAbove } ?? Lanes(repeating: 0)
        hotRatio.append(factor / factorAbove)
        coldRatio.append(edge.cover * (1 - t) / factorAbove)
        hotShare.append(w * (1 - edge.cover) / factor - shareAbove)
        // (0 - z) / (z (1 - t)), which has a limit where z is 0.
        coldShare.append(-w / (1 - t) - shareAbove)
      }
    }
  }

  private static func edges(of tree: RegressionTree) -> [Edge] {
    var edges: [Edge] = []
    var open: [(node: Int, parent: Int)] = [(0, -1)]
    while let (node, parent) = open.popLast() {
      for (child, isLeft) in [(tree.leftChild[node], true), (tree.rightChild[node], false)] {
        let total = tree.internalCount[node]
        let share = total > 0 ? Double(tree.count(ofChild: child)) / Double(total) : 0
        var above = parent
        while above >= 0, edges[above].feature != Int32(tree.splitFeature[node]) { above = Int(edges[above].parent) }
        edges.append(
          Edge(
            node: Int32(node), isLeft: isLeft, feature: Int32(tree.splitFeature[node]), parent: Int32(parent),
            sameFeature: Int32(above), leaf: child < 0 ? Int32(~child) : -1, share: share,
            cover: share * (above >= 0 ? edges[above].cover : 1)))
        if child >= 0 { open.append((child, edges.count - 1)) }
      }
    }
    return edges
  }

  /// The most distinct features on any path.
  private static func mostFeatures(_ edges: [Edge]) -> Int {
    var counts: [Int] = []
    for edge in edges {
      counts.append((edge.parent >= 0 ? counts[Int(edge.parent)] : 0) + (edge.sameFeature < 0 ? 1 : 0))
    }
    return counts.max() ?? 0
  }
}

/// Memory for explaining rows with trees of up to a number of edges and blocks.
struct ShapleyScratch: ~Copyable {
  /// Whether the row follows the feature's path down to each edge.
  let isHot: UnsafeMutablePointer<Bool>
  /// Products on the way down, sums on the way up.
  let sums: UnsafeMutablePointer<ShapleyTree.Lanes>

  init(edges: Int, blocks: Int) {
    isHot = .allocate(capacity: max(edges, 1))
    sums = .allocate(capacity: max(edges * blocks, 1))
  }

  deinit {
    isHot.deallocate()
    sums.deallocate()
  }
}

extension ShapleyTree {
  /// Adds what each feature is due to `shares`, one block of four lanes per feature, still to be summed.
  func addShares(
    row: UnsafePointer<Double>, scratch: borrowing ShapleyScratch, shares: UnsafeMutablePointer<Lanes>
  ) {
    let (isHot, sums) = (scratch.isHot, scratch.sums)
    edges.withUnsafeBufferPointer { edges in
      follow(row, edges, isHot)
      goDown(edges, isHot, sums)
      goUp(edges, isHot, sums, shares)
    }
  }

  /// Finds the edges down to which the row follows the path of each edge's feature.
  func follow(_ row: UnsafePointer<Double>, _ edges: UnsafeBufferPointer<Edge>, _ isHot: UnsafeMutablePointer<Bool>) {
    // Both edges of a node stand side by side.
    for index in stride(from: 0, to: edges.count, by: 2) {
      let edge = edges[index]
      let goesLeft = tree.goesLeft(Int(edge.node), row[Int(edge.feature)])
      let wasHot = edge.sameFeature < 0 || isHot[Int(edge.sameFeature)]
      isHot[index] = wasHot && goesLeft
      isHot[index + 1] = wasHot && !goesLeft
    }
  }

  private func goDown(
    _ edges: UnsafeBufferPointer<Edge>, _ isHot: UnsafePointer<Bool>, _ products: UnsafeMutablePointer<Lanes>
  ) {
    hotRatio.withUnsafeBufferPointer { hotRatio in
      coldRatio.withUnsafeBufferPointer { coldRatio in
        for index in edges.indices {
          let edge = edges[index]
          let isNewlyCold = !isHot[index] && (edge.sameFeature < 0 || isHot[Int(edge.sameFeature)])
          for block in 0..<blocks {
            let place = index * blocks + block
            let above = edge.parent < 0 ? Lanes(repeating: 1) : products[Int(edge.parent) * blocks + block]
            products[place] =
              above * (isHot[index] ? hotRatio[place] : isNewlyCold ? coldRatio[place] : Lanes(repeating: edge.share))
          }
        }
      }
    }
  }

  private func goUp(
    _ edges: UnsafeBufferPointer<Edge>, _ isHot: UnsafePointer<Bool>, _ sums: UnsafeMutablePointer<Lanes>,
    _ shares: UnsafeMutablePointer<Lanes>
  ) {
    tree.leafValue.withUnsafeBufferPointer { leafValue in
      hotShare.withUnsafeBufferPointer { hotShare in
        coldShare.withUnsafeBufferPointer { coldShare in
          // The product at an inner edge has served its turn once those below it have been made; sums replace it.
          for index in edges.indices {
            let scale = edges[index].leaf >= 0 ? leafValue[Int(edges[index].leaf)] : 0
            for block in 0..<blocks { sums[index * blocks + block] *= scale }
          }
          for index in stride(from: edges.count - 1, through: 0, by: -1) {
            let edge = edges[index]
            let isNewlyCold = !isHot[index] && (edge.sameFeature < 0 || isHot[Int(edge.sameFeature)])
            for block in 0..<blocks {
              let place = index * blocks + block
              let sum = sums[place]
              if edge.parent >= 0 { sums[Int(edge.parent) * blocks + block] += sum }
              if isHot[index] {
                shares[Int(edge.feature)] += sum * hotShare[place]
              } else if isNewlyCold {
                shares[Int(edge.feature)] += sum * coldShare[place]
              }
            }
          }
        }
      }
    }
  }
}
