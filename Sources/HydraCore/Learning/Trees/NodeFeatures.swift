import HydraNumerics

/// Which features a node may be split by, and how much gains by them count.
struct NodeFeatures {
  private let matrix: BinnedMatrix
  private let settings: GradientBoostedTrees.Settings
  /// For each set of columns that may stand together, whether each feature is in it.
  private let interactions: [[Bool]]
  private let factors: [Double]?

  init(_ matrix: BinnedMatrix, settings: GradientBoostedTrees.Settings) {
    self.matrix = matrix
    self.settings = settings
    interactions = settings.constraints.interactions.map { set in
      let columns = Set(set)
      return matrix.columns.map { columns.contains($0) }
    }
    let given = settings.constraints.gainFactors
    factors = given.isEmpty ? nil : matrix.columns.map { given[$0] }
  }

  /// Whether all nodes may use all features of the tree.
  var isOpen: Bool { interactions.isEmpty && settings.nodeFeatureFraction >= 1 }

  /// The features of a node; nil for all of the tree.
  ///
  /// - Parameters:
  ///   - tree: the features of the tree; nil for all.
  ///   - path: the features tested above the node.
  ///   - key: decides what is drawn.
  func allowed(_ tree: [Bool]?, path: [Int], key: UInt64) -> [Bool]? {
    guard !isOpen else { return nil }
    var result = tree ?? [Bool](repeating: true, count: matrix.columns.count)
    if !interactions.isEmpty {
      let fitting = interactions.filter { set in path.allSatisfy { set[$0] } }
      for feature in result.indices {
        result[feature] = result[feature] && (path.contains(feature) || fitting.contains { $0[feature] })
      }
    }
    guard settings.nodeFeatureFraction < 1 else { return result }
    var open = result.indices.filter { result[$0] }
    var random = CounterRandom(seed: key, stream: "node features")
    random.shuffle(&open)
    let kept = max(1, Int((Double(open.count) * settings.nodeFeatureFraction).rounded()))
    for feature in open.dropFirst(kept) { result[feature] = false }
    return result
  }

  /// What a gain by each feature counts for at a depth; nil for 1.
  func factors(depth: Int) -> [Double]? {
    let penalty = settings.constraints.monotonePenalty
    let monotone = settings.constraints.monotone
    guard penalty > 0, !monotone.isEmpty else { return factors }
    // As LightGBM's `ComputeMonotoneSplitGainPenalty`.
    let least = 1e-10
    let factor =
      penalty >= Double(depth) + 1
      ? least
      : penalty <= 1
        ? 1 - penalty / Double(sign: .plus, exponent: depth, significand: 1) + least
        : 1 - Portable.exp((penalty - 1 - Double(depth)) * 0.693_147_180_559_945_3) + least
    return matrix.columns.enumerated().map { feature, column in
      (factors?[feature] ?? 1) * (monotone[column] == 0 ? 1 : factor)
    }
  }
}
