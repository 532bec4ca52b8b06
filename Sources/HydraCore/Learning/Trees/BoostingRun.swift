import HydraNumerics

/// Boosting in progress: the scores so far and the trees that made them.
struct BoostingRun {
  private(set) var trees: [RegressionTree] = []
  private let matrix: BinnedMatrix
  private let targets: [Double]
  private let weights: [Double]?
  private let settings: GradientBoostedTrees.Settings
  private let threads: Int
  private let grower: TreeGrower
  private let starts: [Double]
  /// Class after class.
  private var scores: [Double]
  private var gradients: [Double]
  private var hessians: [Double]
  private let hasHessians: Bool
  private var round = 0
  private var bag: [UInt32]?
  private var isOutside: [Bool] = []
  private var bagging: CounterRandom
  private var featureDraws: CounterRandom

  init(
    _ matrix: BinnedMatrix, targets: [Double], weights: [Double]?, settings: GradientBoostedTrees.Settings, threads: Int
  ) {
    self.matrix = matrix
    self.targets = targets
    self.weights = weights
    self.settings = settings
    self.threads = threads
    grower = TreeGrower(matrix, settings: settings, threads: threads)
    let objective = settings.objective
    let width = objective.scores
    starts =
      settings.startsFromAverage
      ? objective.startingScores(targets: targets, weights: weights) : Array(repeating: 0, count: width)
    let rows = matrix.rows
    scores = starts.flatMap { Array(repeating: $0, count: rows) }
    gradients = Array(repeating: 0, count: rows * width)
    hasHessians = weights != nil || !objective.hasConstantHessian
    hessians = hasHessians ? Array(repeating: 0, count: rows * width) : []
    bagging = CounterRandom(seed: settings.seed, stream: "bagging")
    featureDraws = CounterRandom(seed: settings.seed, stream: "feature fraction")
  }

  /// A tree of one leaf for each score, holding the best constant.
  func constants() -> [RegressionTree] {
    settings.objective.startingScores(targets: targets, weights: weights).map {
      RegressionTree(constant: $0, count: matrix.rows)
    }
  }

  /// The predictions of the trees so far for the rows they were trained on, row after row.
  func predictions() -> [Double] {
    let (rows, width) = (matrix.rows, settings.objective.scores)
    var result = (0..<rows * width).map { scores[$0 % width * rows + $0 / width] }
    result.withUnsafeMutableBufferPointer { buffer in
      for row in 0..<rows {
        settings.objective.applyLink(UnsafeMutableBufferPointer(rebasing: buffer[row * width..<(row + 1) * width]))
      }
    }
    return result
  }

  /// Adds a tree for each score; false when no split is left to be found, now or later.
  mutating func addRound() -> Bool {
    drawBag()
    computeDerivatives()
    let features = drawFeatures()
    var grownAny = false
    for label in 0..<settings.objective.scores {
      let grown = growTree(label, features)
      grownAny = grownAny || grown.tree.leaves > 1
      var tree = grown.tree
      if round == 0, starts[label] != 0 { tree.add(starts[label]) }
      trees.append(tree)
    }
    let isRandom = bag != nil || features != nil
    guard grownAny || isRandom else {
      trees.removeLast(settings.objective.scores)
      return false
    }
    round += 1
    return true
  }

  private mutating func growTree(_ label: Int, _ features: [Bool]?) -> TreeGrower.GrownTree {
    let rows = matrix.rows
    var grown = gradients.withUnsafeBufferPointer { gradients in
      hessians.withUnsafeBufferPointer { hessians in
        grower.grow(
          gradients: gradients.baseAddress! + label * rows,
          hessians: hasHessians ? hessians.baseAddress! + label * rows : nil, bag: bag, features: features)
      }
    }
    // A tree of one leaf adds nothing: only trees that split move the scores.
    if grown.tree.leaves == 1 { grown.tree.leafValue = [0] }
    if let level = settings.objective.renewedQuantile, grown.tree.leaves > 1 { renewLeaves(&grown, level) }
    grown.tree.scale(by: settings.learningRate)
    addToScores(grown, label)
    return grown
  }

  /// Replaces each leaf value by a quantile of the residuals of its rows.
  private func renewLeaves(_ grown: inout TreeGrower.GrownTree, _ level: Double) {
    let leafRows = grower.leafRows
    for leaf in 0..<grown.tree.leaves {
      let rows = (grown.starts[leaf]..<grown.starts[leaf] + grown.counts[leaf]).map { Int(leafRows[$0]) }
      let residuals = rows.map { targets[$0] - scores[$0] }
      grown.tree.leafValue[leaf] = sampleQuantile(
        level, of: residuals, weights: weights.map { all in rows.map { all[$0] } })
    }
  }

  private mutating func addToScores(_ grown: TreeGrower.GrownTree, _ label: Int) {
    let offset = label * matrix.rows
    let leafRows = grower.leafRows
    let isOutside = isOutside
    let hasBag = bag != nil
    scores.withUnsafeMutableBufferPointer { scores in
      for leaf in 0..<grown.tree.leaves {
        let value = grown.tree.leafValue[leaf]
        for place in grown.starts[leaf]..<grown.starts[leaf] + grown.counts[leaf] {
          scores[offset + Int(leafRows[place])] += value
        }
      }
      guard hasBag else { return }
      for row in isOutside.indices where isOutside[row] {
        scores[offset + row] += grown.tree.leafValue[grown.leaf(of: row, in: matrix)]
      }
    }
  }

  private mutating func computeDerivatives() {
    let (rows, objective, hasHessians) = (matrix.rows, settings.objective, hasHessians)
    let chunk = 8192
    gradients.withUnsafeMutableBufferPointer { gradients in
      hessians.withUnsafeMutableBufferPointer { hessians in
        scores.withUnsafeBufferPointer { scores in
          targets.withUnsafeBufferPointer { targets in
            withOptionalPointer(weights) { weights in
              nonisolated(unsafe) let pointers = (
                scores.baseAddress!, targets.baseAddress!, weights, gradients.baseAddress!,
                hasHessians ? hessians.baseAddress : nil
              )
              parallelFor((rows + chunk - 1) / chunk, threads: threads) { index in
                objective.derivatives(
                  index * chunk..<min((index + 1) * chunk, rows), rows: rows, scores: pointers.0, targets: pointers.1,
                  weights: pointers.2, gradients: pointers.3, hessians: pointers.4)
              }
            }
          }
        }
      }
    }
  }

  /// Draws the rows of a bag by going through them once, so that they come in ascending order.
  private mutating func drawBag() {
    guard settings.baggingInterval > 0, settings.baggingFraction < 1, round % settings.baggingInterval == 0 else {
      return
    }
    let rows = matrix.rows
    var needed = max(1, Int((Double(rows) * settings.baggingFraction).rounded(.down)))
    var drawn: [UInt32] = []
    drawn.reserveCapacity(needed)
    isOutside = [Bool](repeating: true, count: rows)
    for row in 0..<rows where needed > 0 && bagging.below(rows - row) < needed {
      drawn.append(UInt32(row))
      isOutside[row] = false
      needed -= 1
    }
    bag = drawn
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

/// Calls `body` with a pointer to the values, or with nil.
func withOptionalPointer(_ values: [Double]?, _ body: (UnsafePointer<Double>?) -> Void) {
  guard let values else { return body(nil) }
  values.withUnsafeBufferPointer { body($0.baseAddress) }
}

extension RegressionTree {
  /// Multiplies all values by the learning rate.
  mutating func scale(by rate: Double) {
    for leaf in leafValue.indices { leafValue[leaf] *= rate }
    for node in internalValue.indices { internalValue[node] *= rate }
    shrinkage *= rate
  }

  /// Adds a constant to all values; the result can no longer be told from a tree without shrinkage.
  mutating func add(_ constant: Double) {
    for leaf in leafValue.indices { leafValue[leaf] += constant }
    for node in internalValue.indices { internalValue[node] += constant }
    shrinkage = 1
  }
}
