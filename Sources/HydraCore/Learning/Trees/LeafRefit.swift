import HydraNumerics

extension GradientBoostedTrees {
  /// The same splits with leaf values fitted anew to other rows: a cheap way to follow a drift.
  ///
  /// ```
  /// leaf = decay * old + (1 - decay) * rate * output(rows in the leaf)
  /// ```
  /// Trees are refitted in order, each to the derivatives at the scores of the refitted trees before it. A leaf that
  /// none of the rows reach keeps its value. `rate` is the learning rate the ensemble was trained with; the first
  /// tree, which holds the starting score too, takes its start from the new rows. Counts, on which explanations rest,
  /// become those of the new rows where the tree meets any.
  ///
  /// - Parameters:
  ///   - decay: the share of the old values that stays, 0...1; 0.9 is LightGBM's default.
  ///   - l2: added to the sum of hessians in a leaf.
  ///
  /// Source: the idea of LightGBM's `refit`, which gives the first tree no learning rate and keeps its counts.
  public func refitLeaves(
    to features: Matrix, _ targets: [Double], weights: [Double]? = nil, decay: Double = 0.9, l2: Double = 0
  ) throws -> GradientBoostedTrees {
    try checkRefit(features, targets, weights, decay, l2)
    let rows = features.rows
    let reached = leafIndices(features)
    let starts = objective.startingScores(targets: targets, weights: weights)
    var refitted = trees
    // The score of every row so far, class after class; the first round starts from the constants.
    var scores = starts.flatMap { Array(repeating: $0, count: rows) }
    for round in 0..<rounds {
      let (gradients, hessians) = derivatives(at: scores, targets, weights)
      for label in 0..<self.scores {
        let index = round * self.scores + label
        let offset = label * rows
        var sums = LeafSums(leaves: trees[index].leaves)
        for row in 0..<rows {
          sums.add(
            row, to: reached[row * trees.count + index], gradient: gradients[offset + row],
            hessian: hessians?[offset + row] ?? 1)
        }
        let start = round == 0 ? starts[label] : 0
        for leaf in refitted[index].leafValue.indices where !sums.rows[leaf].isEmpty {
          let members = sums.rows[leaf]
          let output =
            objective.renewedQuantile(ofScore: label).map { level in
              scores.withUnsafeBufferPointer { scores in
                objective.leafQuantile(
                  level, rows: members, targets: targets, scores: scores.baseAddress! + offset, weights: weights)
              }
            } ?? sums.output(leaf, l2: l2)
          let fresh = start + rate(of: index) * output
          refitted[index].leafValue[leaf] = decay * refitted[index].leafValue[leaf] + (1 - decay) * fresh
        }
        refitted[index].recount(sums)
        for row in 0..<rows {
          scores[offset + row] += refitted[index].leafValue[reached[row * trees.count + index]] - start
        }
      }
    }
    return replacing(trees: refitted)
  }

  private func checkRefit(
    _ features: Matrix, _ targets: [Double], _ weights: [Double]?, _ decay: Double, _ l2: Double
  ) throws {
    guard objective.isTrainable else { throw TreeFitError.notRefittable(reason: "objective \(objective)") }
    if case .lambdaRank = objective { throw TreeFitError.notRefittable(reason: "ranking needs queries") }
    guard !averagesRounds else { throw TreeFitError.notRefittable(reason: "the rounds are averaged") }
    guard !trees.contains(where: { $0.linearLeaves != nil }) else {
      throw TreeFitError.notRefittable(reason: "leaves are linear")
    }
    guard decay >= 0, decay <= 1 else { throw TreeFitError.badSetting(name: "decay", value: "\(decay)") }
    guard l2 >= 0 else { throw TreeFitError.badSetting(name: "l2", value: "\(l2)") }
    guard features.rows > 0 else { throw TreeFitError.noRows }
    guard features.columns == self.features else {
      throw TreeFitError.lengthMismatch(what: "columns", expected: self.features, found: features.columns)
    }
    try Self.check(targets, weights, rows: features.rows, objective)
  }

  /// The learning rate in a tree. That of the first tree is hidden by its start, and taken from the second.
  private func rate(of tree: Int) -> Double {
    tree < scores && trees.count > scores ? trees[tree + scores].shrinkage : trees[tree].shrinkage
  }

  private func derivatives(
    at scores: [Double], _ targets: [Double], _ weights: [Double]?
  ) -> (gradients: [Double], hessians: [Double]?) {
    var gradients = [Double](repeating: 0, count: scores.count)
    var hessians = weights != nil || !objective.hasConstantHessian ? gradients : []
    let rows = targets.count
    gradients.withUnsafeMutableBufferPointer { gradients in
      hessians.withUnsafeMutableBufferPointer { hessians in
        guard let gradients = gradients.baseAddress else { return }
        withOptionalPointer(weights) { weights in
          objective.derivatives(
            0..<rows, rows: rows, scores: scores, targets: targets, weights: weights, gradients: gradients,
            hessians: hessians.isEmpty ? nil : hessians.baseAddress)
        }
      }
    }
    return (gradients, hessians.isEmpty ? nil : hessians)
  }
}

/// What falls into each leaf of a tree.
private struct LeafSums {
  var gradients: [Double]
  var hessians: [Double]
  var rows: [[Int]]

  init(leaves: Int) {
    gradients = Array(repeating: 0, count: leaves)
    hessians = gradients
    rows = Array(repeating: [], count: leaves)
  }

  mutating func add(_ row: Int, to leaf: Int, gradient: Double, hessian: Double) {
    gradients[leaf] += gradient
    hessians[leaf] += hessian
    rows[leaf].append(row)
  }

  func output(_ leaf: Int, l2: Double) -> Double {
    let divisor = hessians[leaf] + l2
    return divisor > 0 ? -gradients[leaf] / divisor : 0
  }
}

extension RegressionTree {
  /// Takes over the numbers of rows and sums of hessians of new rows.
  fileprivate mutating func recount(_ sums: LeafSums) {
    leafCount = sums.rows.map { $0.count }
    leafWeight = sums.hessians
    internalCount = Array(repeating: 0, count: splitFeature.count)
    internalWeight = Array(repeating: 0, count: splitFeature.count)
    for node in nodesFromRoot().reversed() {
      for child in [leftChild[node], rightChild[node]] {
        internalCount[node] += child >= 0 ? internalCount[child] : leafCount[~child]
        internalWeight[node] += child >= 0 ? internalWeight[child] : leafWeight[~child]
      }
    }
  }
}
