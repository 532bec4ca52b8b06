import HydraNumerics

extension TreeExplainer {
  /// Contributions against a background: a coalition of features is worth the mean raw score of the background rows
  /// with the coalition's values replaced by those of the explained row.
  ///
  /// The base value, in the last column, is the mean raw score of the background. Laid out as `contributions`. Unlike
  /// these, the values do not depend on the counts in the model, and correlated features are broken apart.
  ///
  /// For one leaf and one background row let a be the number of features on whose splits only the explained row stays
  /// on the path, b those where only the background row does. The leaf's value v counts when every other feature keeps
  /// both on the path; then each of the a features is due v (a-1)! b! / (a+b)!, each of the b features the negative
  /// v a! (b-1)! / (a+b)!.
  ///
  /// - Complexity: O(background rows × nodes) per row and tree.
  ///
  /// Source: S. Lundberg et al., "From local explanations to global understanding with explainable AI for trees",
  /// Nature Machine Intelligence 2 (2020), the independent TreeSHAP.
  public func contributions(_ features: Matrix, background: Matrix, threads: Int = 1) -> Matrix {
    precondition(background.rows > 0, "no background rows")
    precondition(features.columns == model.features && background.columns == model.features, "columns of another model")
    let perScore = model.features + 1
    let width = perScore * model.scores
    let backgroundScores = model.rawScores(background, threads: threads)
    var values = [Double](repeating: 0, count: features.rows * width)
    values.withUnsafeMutableBufferPointer { values in
      guard let output = values.baseAddress else { return }
      nonisolated(unsafe) let results = output
      parallelFor(features.rows, threads: threads) { row in
        let explained = features.row(row)
        let target = results + row * width
        for other in 0..<background.rows {
          let reference = background.row(other)
          for (index, tree) in trees.enumerated() {
            guard let tree else { continue }
            var walk = InterventionalWalk(tree: tree.tree, explained: explained, reference: reference)
            walk.descend(0)
            let score = target + index % model.scores * perScore
            for (feature, share) in walk.shares { score[feature] += share }
          }
          for score in 0..<model.scores {
            target[score * perScore + model.features] += backgroundScores[other * model.scores + score]
          }
        }
        for place in 0..<width { target[place] /= Double(background.rows) }
      }
    }
    return Matrix(rows: features.rows, columns: width, values: values)
  }
}

/// A walk down all paths on which each split is followed by the explained row or the reference row.
private struct InterventionalWalk {
  let tree: RegressionTree
  let explained: [Double]
  let reference: [Double]
  private(set) var shares: [(feature: Int, share: Double)] = []
  /// The features where the two have parted on this path, and whether the path is the explained row's.
  private var parted: [(feature: Int, isExplained: Bool)] = []

  init(tree: RegressionTree, explained: [Double], reference: [Double]) {
    self.tree = tree
    self.explained = explained
    self.reference = reference
  }

  mutating func descend(_ child: Int) {
    guard child >= 0 else { return settle(tree.leafValue[~child]) }
    let feature = tree.splitFeature[child]
    let explainedLeft = tree.goesLeft(child, explained[feature])
    let referenceLeft = tree.goesLeft(child, reference[feature])
    // Where a feature has parted the two before, only the row that the path belongs to has a say.
    if explainedLeft == referenceLeft {
      descend(explainedLeft ? tree.leftChild[child] : tree.rightChild[child])
    } else if let before = parted.first(where: { $0.feature == feature }) {
      descend((before.isExplained ? explainedLeft : referenceLeft) ? tree.leftChild[child] : tree.rightChild[child])
    } else {
      for isExplained in [true, false] {
        parted.append((feature, isExplained))
        descend((isExplained ? explainedLeft : referenceLeft) ? tree.leftChild[child] : tree.rightChild[child])
        parted.removeLast()
      }
    }
  }

  private mutating func settle(_ value: Double) {
    let a = parted.filter { $0.isExplained }.count
    let b = parted.count - a
    for (feature, isExplained) in parted {
      // (a-1)! b! / (a+b)! = 1 / (a C(a+b, a)), and likewise for b.
      var binomial = 1.0
      for k in 0..<min(a, b) { binomial = binomial * Double(a + b - k) / Double(k + 1) }
      shares.append((feature, isExplained ? value / (Double(a) * binomial) : -value / (Double(b) * binomial)))
    }
  }
}
