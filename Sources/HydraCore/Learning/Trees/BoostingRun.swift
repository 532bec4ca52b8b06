import HydraNumerics

/// Boosting in progress: the scores so far and the trees that made them.
struct BoostingRun {
  /// The trees so far, without the starting scores.
  private(set) var trees: [RegressionTree] = []
  /// What the last round added to the ensemble: its trees, and for trees that it scaled the differences.
  private(set) var changes: [RegressionTree] = []
  let matrix: BinnedMatrix
  let rows: LabelledRows
  let settings: GradientBoostedTrees.Settings
  let threads: Int
  let starts: [Double]
  private let derivatives: ScoreDerivatives
  private let grower: TreeGrower
  /// The score of each row, class after class.
  private var scores: [Double]
  private var gradients: [Double]
  private var hessians: [Double]
  private var round = 0
  private var sampling: RowSampling
  private var featureDraws: CounterRandom
  private var dropout: DropoutState?

  /// - Parameter scores: raw scores of an ensemble that is continued, row after row; nil to start anew.
  init(
    _ matrix: BinnedMatrix, rows: LabelledRows, settings: GradientBoostedTrees.Settings, objective: UserObjective?,
    continuing base: [Double]?, threads: Int
  ) {
    self.matrix = matrix
    self.rows = rows
    self.settings = settings
    self.threads = threads
    grower = TreeGrower(matrix, settings: settings, threads: threads)
    let (width, count) = (settings.objective.scores, matrix.rows)
    if base != nil {
      starts = Array(repeating: 0, count: width)
    } else if let objective {
      starts = (0..<width).map { objective.start.indices.contains($0) ? objective.start[$0] : 0 }
    } else {
      starts =
        settings.startsFromAverage
        ? settings.objective.startingScores(targets: rows.targets, weights: rows.weights)
        : Array(repeating: 0, count: width)
    }
    let starts = starts
    scores = (0..<count * width).map { index in
      base.map { $0[index % count * width + index / count] } ?? starts[index / count]
    }
    derivatives = ScoreDerivatives(rows, settings: settings, user: objective)
    gradients = Array(repeating: 0, count: count * width)
    hessians = derivatives.hasHessians ? gradients : []
    sampling = RowSampling(rows.targets, settings: settings)
    featureDraws = CounterRandom(seed: settings.seed, stream: "feature fraction")
    if case .dart(let settings) = settings.boosting { dropout = DropoutState(settings, seed: self.settings.seed) }
  }

  private var isForest: Bool { settings.boosting == .forest }

  /// The trees of the first rounds with the starting scores in them.
  func trees(rounds: Int) -> [RegressionTree] {
    let width = starts.count
    var result = Array(trees.prefix(rounds * width))
    // Every tree of a forest stands alone.
    for index in result.indices where (isForest || index < width) && starts[index % width] != 0 {
      result[index].add(starts[index % width])
    }
    return result
  }

  /// A tree of one leaf for each score, holding the best constant.
  func constants() -> [RegressionTree] {
    let best =
      settings.objective.isTrainable
      ? settings.objective.startingScores(targets: rows.targets, weights: rows.weights) : starts
    return best.map { RegressionTree(constant: $0, count: matrix.rows) }
  }

  /// The predictions of all trees so far for the rows they were trained on, row after row; nil where they are not kept.
  func predictions() -> [Double]? {
    guard !isForest else { return nil }
    let (count, width) = (matrix.rows, settings.objective.scores)
    var result = (0..<count * width).map { scores[$0 % width * count + $0 / width] }
    settings.objective.applyLinks(&result)
    return result
  }

  /// Adds a tree for each score; false when no split is left to be found, now or later.
  mutating func addRound() throws -> Bool {
    changes = []
    let factors = dropTrees()
    if !(isForest && round > 0) {
      try derivatives.compute(scores: scores, gradients: &gradients, hessians: &hessians, threads: threads)
    }
    let drawn = sampling.draw(
      round: round, gradients: &gradients, hessians: &hessians, isKept: isForest,
      startsLate: Int(1 / settings.learningRate))
    let features = drawFeatures()
    var grownAny = false
    for label in 0..<settings.objective.scores {
      let tree = growTree(label, features, bag: drawn, rate: factors.rate)
      grownAny = grownAny || tree.leaves > 1
      trees.append(tree)
    }
    changes = Array(trees.suffix(settings.objective.scores))
    restoreTrees(factors)
    let isRandom =
      drawn != nil || features != nil || settings.drawsCuts || settings.nodeFeatureFraction < 1 || dropout != nil
    guard grownAny || isRandom else {
      trees.removeLast(settings.objective.scores)
      return false
    }
    round += 1
    return true
  }

  private mutating func growTree(_ label: Int, _ features: [Bool]?, bag: [UInt32]?, rate: Double) -> RegressionTree {
    let count = matrix.rows
    let key = mixed(settings.seed &+ UInt64(round * settings.objective.scores + label + 1) &* 0x9e37_79b9_7f4a_7c15)
    var grown = gradients.withUnsafeBufferPointer { gradients in
      hessians.withUnsafeBufferPointer { hessians in
        grower.grow(
          gradients: gradients.baseAddress! + label * count,
          hessians: derivatives.hasHessians ? hessians.baseAddress! + label * count : nil, bag: bag,
          features: features, key: key)
      }
    }
    // A tree of one leaf adds nothing: only trees that split move the scores.
    if grown.tree.leaves == 1 { grown.tree.leafValue = [0] }
    if grown.tree.leaves > 1 {
      if let level = settings.objective.renewedQuantile(ofScore: label) { renewLeaves(&grown, level, label) }
      // The first tree says where the leaves are, and has nothing for slopes to explain yet.
      if let linear = settings.linearLeaves, round > 0 || isForest { fitLines(&grown, label, linear) }
    }
    grown.tree.scale(by: isForest ? 1 : rate)
    if !isForest { addToScores(grown, label, bag: bag) }
    return grown.tree
  }

  /// Replaces each leaf value by a quantile of the residuals of its rows.
  private func renewLeaves(_ grown: inout TreeGrower.GrownTree, _ level: Double, _ label: Int) {
    let leafRows = grower.leafRows
    scores.withUnsafeBufferPointer { scores in
      let scores = scores.baseAddress! + label * matrix.rows
      for leaf in 0..<grown.tree.leaves {
        let members = (grown.starts[leaf]..<grown.starts[leaf] + grown.counts[leaf]).map { Int(leafRows[$0]) }
        grown.tree.leafValue[leaf] = settings.objective.leafQuantile(
          level, rows: members, targets: rows.targets, scores: scores, weights: rows.weights)
      }
    }
  }

  private func fitLines(_ grown: inout TreeGrower.GrownTree, _ label: Int, _ linear: LinearLeafFitting) {
    nonisolated(unsafe) let leafRows = grower.leafRows
    let (offset, columns, features) = (label * matrix.rows, grown.tree.numericalColumnsAboveLeaves(), rows.features)
    let (gradients, hessians, leaves) = (gradients, hessians, grown)
    grown.tree.linearLeaves = parallelMap(grown.tree.leaves, threads: threads) { leaf in
      let places = leaves.starts[leaf]..<leaves.starts[leaf] + leaves.counts[leaf]
      return LinearLeaf.fitted(
        to: places.map { place in
          let row = Int(leafRows[place])
          return (row, gradients[offset + row], hessians.isEmpty ? 1 : hessians[offset + row])
        }, features, columns: columns[leaf], l2: linear.l2, fallback: leaves.tree.leafValue[leaf])
    }
  }

  private mutating func addToScores(_ grown: TreeGrower.GrownTree, _ label: Int, bag: [UInt32]?) {
    let offset = label * matrix.rows
    nonisolated(unsafe) let leafRows = grower.leafRows
    let (matrix, tree, features, leaves) = (matrix, grown.tree, rows.features, grown)
    let isOutside = bag == nil ? [] : sampling.isOutside
    scores.withUnsafeMutableBufferPointer { scores in
      nonisolated(unsafe) let target = scores.baseAddress! + offset
      parallelFor(tree.leaves, threads: matrix.rows > 20_000 ? threads : 1) { leaf in
        let value = tree.leafValue[leaf]
        for place in leaves.starts[leaf]..<leaves.starts[leaf] + leaves.counts[leaf] {
          let row = Int(leafRows[place])
          target[row] += tree.linearLeaves == nil ? value : tree.value(leaf, of: features, row: row)
        }
      }
      for row in isOutside.indices where isOutside[row] {
        target[row] += tree.value(leaves.leaf(of: row, in: matrix), of: features, row: row)
      }
    }
  }

  private mutating func drawFeatures() -> [Bool]? {
    let all = matrix.columns.count
    guard settings.featureFraction < 1, all > 0 else { return nil }
    var order = Array(0..<all)
    featureDraws.shuffle(&order)
    var used = [Bool](repeating: false, count: all)
    for feature in order.prefix(max(1, Int((Double(all) * settings.featureFraction).rounded()))) {
      used[feature] = true
    }
    return used
  }
}

// MARK: - Dropout

extension BoostingRun {
  /// Takes trees out of the scores for a round of DART; gives what is to be done with them and the new tree.
  private mutating func dropTrees() -> DropoutState.Round {
    guard let drawn = dropout?.draw(learningRate: settings.learningRate) else {
      return DropoutState.Round(dropped: [], rate: settings.learningRate, factor: 1)
    }
    for round in drawn.dropped { addTrees(ofRound: round, times: -1) }
    return drawn
  }

  /// Puts dropped trees back with less weight.
  private mutating func restoreTrees(_ drawn: DropoutState.Round) {
    let width = settings.objective.scores
    for round in drawn.dropped {
      for index in round * width..<(round + 1) * width {
        var difference = trees[index]
        difference.scale(by: drawn.factor - 1)
        changes.append(difference)
        trees[index].scale(by: drawn.factor)
      }
      addTrees(ofRound: round, times: 1)
    }
    dropout?.finish(drawn)
  }

  private mutating func addTrees(ofRound round: Int, times sign: Double) {
    let (count, width) = (matrix.rows, settings.objective.scores)
    let features = rows.features
    for label in 0..<width {
      let tree = trees[round * width + label]
      scores.withUnsafeMutableBufferPointer { scores in
        nonisolated(unsafe) let target = scores.baseAddress! + label * count
        parallelFor(count, threads: threads) { row in
          target[row] += sign * tree.value(tree.leaf(of: features, row: row), of: features, row: row)
        }
      }
    }
  }
}

/// Calls `body` with a pointer to the values, or with nil.
func withOptionalPointer(_ values: [Double]?, _ body: (UnsafePointer<Double>?) -> Void) {
  guard let values else { return body(nil) }
  values.withUnsafeBufferPointer { body($0.baseAddress) }
}
