extension GradientBoostedTrees {
  /// How much one feature did in an ensemble.
  public struct Importance: Hashable, Codable, Sendable {
    /// The name of the column.
    public var feature: String
    /// The sum of the gains of its splits.
    public var gain: Double
    /// The number of its splits.
    public var splits: Int
  }

  /// What each feature did, in column order.
  public func importance() -> [Importance] {
    var result = featureNames.map { Importance(feature: $0, gain: 0, splits: 0) }
    for tree in trees {
      for (feature, gain) in zip(tree.splitFeature, tree.splitGain) {
        result[feature].gain += gain
        result[feature].splits += 1
      }
    }
    return result
  }
}
