import HydraNumerics

/// Explains the raw scores of an ensemble by exact Shapley values of its features.
///
/// What is shared out is the raw score less the base value, the mean over the training rows. A coalition of features
/// is worth the path-dependent expectation of the ensemble: at a split on a feature outside it, both ways count by the
/// numbers of training rows that went there.
///
///     let explainer = try TreeExplainer(model)
///     let contributions = explainer.contributions(features)   // each row sums to its raw score
///
/// The values equal LightGBM's `pred_contrib`; see `ShapleyTree` for the algorithm.
public struct TreeExplainer: Sendable {
  /// The ensemble that is explained.
  public let model: GradientBoostedTrees
  /// The mean raw score over the training rows, one per score.
  public let baseValues: [Double]
  /// Nil for trees of one leaf, which have nothing to share out.
  let trees: [ShapleyTree?]

  /// Throws when the model has linear leaves, or lacks the row counts on which the values rest.
  public init(_ model: GradientBoostedTrees) throws(ExplanationError) {
    self.model = model
    var bases = [Double](repeating: 0, count: model.scores)
    var prepared: [ShapleyTree?] = []
    for (index, tree) in model.trees.enumerated() {
      guard tree.linearLeaves == nil else { throw .linearLeaves(tree: index) }
      guard tree.leaves > 1 else {
        bases[index % model.scores] += tree.leafValue[0]
        prepared.append(nil)
        continue
      }
      guard tree.leafCount.count == tree.leaves, tree.internalCount.count == tree.leaves - 1 else {
        throw .noCounts(tree: index)
      }
      bases[index % model.scores] += tree.expectedValue
      prepared.append(ShapleyTree(tree))
    }
    baseValues = bases
    trees = prepared
  }

  /// What each feature contributes to the raw score of each row, and the base value in the last column.
  ///
  /// A row has features + 1 columns; with several scores, these for the first score, then for the second, and so on.
  /// - Precondition: `features` has as many columns as the model has features.
  public func contributions(_ features: Matrix, threads: Int = 1) -> Matrix {
    precondition(
      features.columns == model.features || features.rows == 0,
      "\(features.columns) columns for a model of \(model.features) features")
    let width = (model.features + 1) * model.scores
    // Rows are taken in chunks, so that a tree's tables serve several of them while they are in the cache.
    let chunk = 32
    let values = [Double](unsafeUninitializedCapacity: features.rows * width) { buffer, count in
      count = features.rows * width
      guard let first = buffer.baseAddress else { return }
      features.values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return }
        nonisolated(unsafe) let (input, output) = (base, first)
        parallelFor((features.rows + chunk - 1) / chunk, threads: threads) { index in
          let start = index * chunk
          explain(
            input + start * features.columns, columns: features.columns, count: min(chunk, features.rows - start),
            output: output + start * width)
        }
      }
    }
    return Matrix(rows: features.rows, columns: width, values: values)
  }

  private func explain(_ rows: UnsafePointer<Double>, columns: Int, count: Int, output: UnsafeMutablePointer<Double>) {
    let scores = model.scores
    let perBlock = model.features * scores
    let blocks = (count + 7) / 8
    let scratch = ShapleyScratch(for: trees)
    withUnsafeTemporaryAllocation(of: ShapleyTree.Lanes.self, capacity: max((perBlock + columns) * blocks, 1)) {
      buffer in
      guard let shares = buffer.baseAddress else { return }
      shares.initialize(repeating: .zero, count: perBlock * blocks)
      let lanes = shares + perBlock * blocks
      for block in 0..<blocks {
        fill(lanes + block * columns, rows + 8 * block * columns, columns: columns, count: min(8, count - 8 * block))
      }
      for (index, tree) in trees.enumerated() {
        guard let tree else { continue }
        for block in 0..<blocks {
          tree.addShares(
            lanes + block * columns, scratch: scratch,
            shares: shares + block * perBlock + index % scores * model.features)
        }
      }
      for row in 0..<count {
        for score in 0..<scores {
          let target = output + (row * scores + score) * (model.features + 1)
          let own = shares + row / 8 * perBlock + score * model.features
          for feature in 0..<model.features { target[feature] = own[feature][row % 8] }
          target[model.features] = baseValues[score]
        }
      }
    }
  }

  /// Puts up to eight rows side by side, column by column; lanes without a row repeat the last.
  func fill(_ lanes: UnsafeMutablePointer<ShapleyTree.Lanes>, _ rows: UnsafePointer<Double>, columns: Int, count: Int) {
    for column in 0..<columns {
      var values = ShapleyTree.Lanes()
      for lane in 0..<8 { values[lane] = rows[min(lane, count - 1) * columns + column] }
      lanes[column] = values
    }
  }
}

extension GradientBoostedTrees {
  /// What each feature contributes to the raw score of each row; the same as `TreeExplainer.contributions`, which
  /// prepares the trees once for many calls.
  public func explain(_ features: Matrix, threads: Int = 1) throws -> Matrix {
    try TreeExplainer(self).contributions(features, threads: threads)
  }
}

/// Why an ensemble cannot be explained.
public enum ExplanationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The Shapley values of linear leaves are not defined by the tree alone.
  case linearLeaves(tree: Int)
  /// The model file has no `leaf_count` or `internal_count`.
  case noCounts(tree: Int)

  public var description: String {
    switch self {
    case .linearLeaves(let tree): "tree \(tree) has linear leaves"
    case .noCounts(let tree): "tree \(tree) has no counts of training rows"
    }
  }
}
