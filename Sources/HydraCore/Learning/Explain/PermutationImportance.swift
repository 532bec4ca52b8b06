import HydraNumerics

extension GradientBoostedTrees {
  /// How much worse predictions become when one feature tells nothing.
  public struct PermutationImportance: Hashable, Codable, Sendable {
    /// The name of the column.
    public var feature: String
    /// The mean rise of the loss over the repeats, in the unit of the loss; near 0 for a feature that is not needed.
    public var rise: Double
    /// The standard deviation of the rise over the repeats; NaN for one repeat.
    public var deviation: Double
  }

  /// The rise of the loss when a feature's values are shuffled among the rows, in column order.
  ///
  /// On rows that were not trained on it says what the model's skill rests on. Correlated features cover for each other
  /// and all seem small. The loss is that of the objective. Each feature and repeat draws from its own stream, so that
  /// the result does not depend on `threads`.
  ///
  /// - Complexity: O(features × repeats) predictions of all rows.
  /// - Throws: `TreeFitError` when targets or weights do not fit.
  ///
  /// Source: L. Breiman, "Random forests", Machine Learning 45 (2001); A. Fisher et al., JMLR 20 (2019).
  public func permutationImportance(
    _ rows: LabelledRows, repeats: Int = 5, seed: UInt64 = 42, threads: Int = 1
  ) throws -> [PermutationImportance] {
    precondition(repeats >= 1, "\(repeats) repeats")
    precondition(
      rows.features.columns == features, "\(rows.features.columns) columns for a model of \(features) features")
    try Self.check(rows.targets, rows.weights, rows: rows.features.rows, objective)
    let model = self
    let base = objective.loss(predictions: predict(rows.features), targets: rows.targets, weights: rows.weights)
    let rises = parallelMap(features * repeats, threads: threads) { task -> Double in
      let (feature, turn) = (task / repeats, task % repeats)
      var random = CounterRandom(seed: seed, stream: "permutation \(feature) \(turn)")
      var order = Array(0..<rows.features.rows)
      random.shuffle(&order)
      var shuffled = rows.features
      for (row, other) in order.enumerated() { shuffled[row, feature] = rows.features[other, feature] }
      let loss = model.objective.loss(
        predictions: model.predict(shuffled), targets: rows.targets, weights: rows.weights)
      return loss - base
    }
    return featureNames.enumerated().map { feature, name in
      let own = Array(rises[feature * repeats..<(feature + 1) * repeats])
      return PermutationImportance(
        feature: name, rise: Statistics.mean(own), deviation: repeats > 1 ? Statistics.standardDeviation(own) : .nan)
    }
  }
}
