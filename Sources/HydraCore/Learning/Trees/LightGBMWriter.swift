extension GradientBoostedTrees {
  /// The model in LightGBM's text format, version 4. Numbers read back to the same bits.
  ///
  /// LightGBM loads the text and predicts the same; a threshold of +inf (all values to one side, missing ones to the
  /// other) is written as `inf`.
  public func lightGBMText() -> String {
    let trees = self.trees.enumerated().map { "Tree=\($0.offset)\n" + $0.element.lightGBMText() + "\n\n" }
    var text = """
      tree
      version=v4
      num_class=\(scores)
      num_tree_per_iteration=\(scores)
      label_index=0
      max_feature_idx=\(featureNames.count - 1)
      objective=\(objective)

      """
    if averagesRounds { text += "average_output\n" }
    text += "feature_names=" + featureNames.map(Self.withoutSpaces).joined(separator: " ") + "\n"
    text += "feature_infos=" + featureRanges.joined(separator: " ") + "\n"
    text += "tree_sizes=" + trees.map { "\($0.utf8.count)" }.joined(separator: " ") + "\n\n"
    for tree in trees { text += tree }
    text += "end of trees\n\nfeature_importances:\n"
    for (name, count) in splitCounts().filter({ $0.count > 0 }).sorted(by: { $0.count > $1.count }) {
      text += "\(Self.withoutSpaces(name))=\(count)\n"
    }
    text += "\nparameters:\n"
    for line in parameters { text += "[\(line)]\n" }
    return text + "\nend of parameters\n\npandas_categorical:null\n"
  }

  /// Names are separated by spaces in the format, so a space in a name becomes an underscore, as in LightGBM.
  static func withoutSpaces(_ name: String) -> String {
    String(name.map { $0 == " " || $0 == "\n" || $0 == "\r" || $0 == "\t" ? "_" : $0 })
  }

  private func splitCounts() -> [(name: String, count: Int)] {
    var counts = [Int](repeating: 0, count: featureNames.count)
    for tree in trees {
      for feature in tree.splitFeature { counts[feature] += 1 }
    }
    return zip(featureNames, counts).map { ($0, $1) }
  }
}

extension RegressionTree {
  /// The lines of one tree, from `num_leaves` on.
  func lightGBMText() -> String {
    func line(_ key: String, _ values: [Int]) -> String {
      "\(key)=" + values.map { "\($0)" }.joined(separator: " ") + "\n"
    }
    func line(_ key: String, _ values: [Double]) -> String {
      "\(key)=" + values.map(shortNumber).joined(separator: " ") + "\n"
    }
    var text = "num_leaves=\(leaves)\nnum_cat=\(categoryBoundaries.count - 1)\n"
    text += line("split_feature", splitFeature)
    text += line("split_gain", splitGain)
    text += line("threshold", threshold)
    text += line("decision_type", decision.map { Int($0.rawValue) })
    text += line("left_child", leftChild)
    text += line("right_child", rightChild)
    text += line("leaf_value", leafValue)
    text += line("leaf_weight", leafWeight)
    text += line("leaf_count", leafCount)
    text += line("internal_value", internalValue)
    text += line("internal_weight", internalWeight)
    text += line("internal_count", internalCount)
    if categoryBoundaries.count > 1 {
      text += line("cat_boundaries", categoryBoundaries)
      text += line("cat_threshold", categoryBits.map { Int($0) })
    }
    text += "is_linear=\(linearLeaves == nil ? 0 : 1)\n"
    if let linearLeaves {
      text += line("leaf_const", linearLeaves.map { $0.constant })
      text += line("num_features", linearLeaves.map { $0.features.count })
      text +=
        "leaf_features=" + linearLeaves.flatMap { $0.features.map { "\($0)" } + [""] }.joined(separator: " ") + "\n"
      text +=
        "leaf_coeff=" + linearLeaves.flatMap { $0.coefficients.map(shortNumber) + [""] }.joined(separator: " ") + "\n"
    }
    return text + "shrinkage=\(shortNumber(shrinkage))\n"
  }
}
