extension LightGBMParameters {
  mutating func readSampling() throws {
    if let value = try number("feature_fraction") { settings.featureFraction = value }
    if let value = try number("feature_fraction_bynode") { settings.nodeFeatureFraction = value }
    if let value = try number("bagging_fraction") { settings.baggingFraction = value }
    if let value = try number("pos_bagging_fraction"), value < 1 { settings.positiveBaggingFraction = value }
    if let value = try number("neg_bagging_fraction"), value < 1 { settings.negativeBaggingFraction = value }
    if let value = try whole("bagging_freq") { settings.baggingInterval = value }
    if let value = try whole("seed") { settings.seed = UInt64(bitPattern: Int64(value)) }
    switch text("data_sample_strategy") ?? "bagging" {
    case "bagging": break
    case "goss": settings.oneSidedSampling = OneSidedSampling()
    default: throw bad("data_sample_strategy")
    }
    if let value = try number("top_rate") { settings.oneSidedSampling?.top = value }
    if let value = try number("other_rate") { settings.oneSidedSampling?.other = value }
    if let value = try number("scale_pos_weight") { settings.positiveWeight = value }
    if let value = try flag("is_unbalance") { settings.balancesLabels = value }
  }

  mutating func readConstraints() throws {
    if let value = try list("monotone_constraints", { Int($0) }) { settings.constraints.monotone = value }
    if let value = try number("monotone_penalty") { settings.constraints.monotonePenalty = value }
    if let value = try list("feature_contri", { Double($0) }) { settings.constraints.gainFactors = value }
    if let value = try number("max_delta_step"), value > 0 { settings.constraints.largestStep = value }
    if let value = try number("path_smooth") { settings.constraints.pathSmoothing = value }
    guard let sets = text("interaction_constraints"), !sets.isEmpty else { return }
    // [0,1,2],[2,3]
    settings.constraints.interactions = try sets.split(separator: "]").compactMap { set in
      let words = set.drop { $0 != "[" }.dropFirst().split(separator: ",")
      let columns = try words.map { word -> Int in
        guard let column = Int(word.filter { !$0.isWhitespace }) else { throw bad("interaction_constraints") }
        return column
      }
      return columns.isEmpty ? nil : columns
    }
  }

  mutating func readColumns() throws {
    if let value = try whole("max_cat_to_onehot") { settings.categorical.oneHotBins = value }
    if let value = try whole("max_cat_threshold") { settings.categorical.mostCategories = value }
    if let value = try number("cat_smooth") { settings.categorical.smoothing = value }
    if let value = try number("cat_l2") { settings.categorical.l2 = value }
    if let value = try whole("min_data_per_group") { settings.categorical.minimumGroupRows = value }
    guard let columns = text("categorical_feature") else { return }
    let names = columns.hasPrefix("name:") ? String(columns.dropFirst(5)) : columns
    categoricalColumns = names.split(separator: ",").map(String.init)
  }
}
