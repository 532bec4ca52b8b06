extension GradientBoostedTrees {
  /// Reads a model in LightGBM's text format (versions 2 to 4).
  ///
  /// Everything that prediction and explanation need is checked, so that a damaged file is an error and never a crash
  /// or an endless descent. Keys that have no meaning here are passed over.
  public init(lightGBMText text: String) throws(LightGBMFileError) {
    var lines = ModelLines(text)
    guard lines.next()?.text == "tree" else {
      throw LightGBMFileError(line: 1, key: "tree", message: "the first line of a LightGBM text model is 'tree'")
    }
    let header = lines.section()
    let classes = try header.whole("num_class", default: 1)
    let perRound = try header.whole("num_tree_per_iteration", default: classes)
    let lastFeature = try header.whole("max_feature_idx")
    guard (-1..<1 << 24).contains(lastFeature) else {
      throw header.error("max_feature_idx", "\(lastFeature) is not a column number")
    }
    let features = lastFeature + 1
    let names = try header.words("feature_names", count: features)
    let ranges = header.has("feature_infos") ? try header.words("feature_infos", count: features) : nil
    // A loss that LightGBM's user defined leaves no line.
    var objective = TreeObjective.userDefined(link: .identity, scores: max(perRound, 1))
    if let line = header.text("objective") {
      guard let known = TreeObjective(line) else { throw header.error("objective", "'\(line)' is not known") }
      objective = known
    }
    guard objective.scores == perRound || (objective.scores == 1 && perRound == 1) else {
      throw header.error("num_tree_per_iteration", "\(perRound) trees a round do not fit objective \(objective)")
    }
    var trees: [RegressionTree] = []
    var parameters: [String] = []
    reading: while let line = lines.next() {
      if line.text.hasPrefix("Tree=") {
        guard line.text == "Tree=\(trees.count)" else {
          throw LightGBMFileError(line: line.number, key: "Tree", message: "tree \(trees.count) should come next")
        }
        trees.append(try RegressionTree(lines.section(startingAt: line.number), features: features))
      } else if line.text == "end of trees" {
        parameters = lines.parameters()
        break reading
      } else if !line.text.isEmpty {
        throw LightGBMFileError(line: line.number, key: "Tree", message: "'\(line.text.prefix(40))' is out of place")
      }
    }
    if header.has("tree_sizes") {
      let sizes = header.text("tree_sizes")?.split(separator: " ").count ?? 0
      guard sizes == trees.count else {
        throw header.error("tree_sizes", "\(sizes) trees are announced and \(trees.count) are there")
      }
    }
    guard trees.count % perRound == 0 else {
      throw header.error("num_tree_per_iteration", "\(trees.count) trees are not a multiple of \(perRound)")
    }
    self.init(
      featureNames: names, featureRanges: ranges, objective: objective, trees: trees,
      averagesRounds: header.has("average_output"), parameters: parameters)
  }
}

extension GradientBoostedTrees: Codable {
  /// A model is coded as its LightGBM text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    do {
      self = try GradientBoostedTrees(lightGBMText: text)
    } catch {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(error)")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(lightGBMText())
  }
}

extension RegressionTree {
  fileprivate init(_ section: ModelSection, features: Int) throws(LightGBMFileError) {
    let leaves = try section.whole("num_leaves")
    guard leaves >= 1, leaves <= 1 << 24 else { throw section.error("num_leaves", "\(leaves) leaves") }
    self.init(constant: 0)
    leafValue = try section.numbers("leaf_value", count: leaves)
    // A tree of one leaf has neither weights nor counts in the files of some versions.
    let isSingle = leaves == 1
    leafWeight =
      section.hasValue("leaf_weight", orElse: !isSingle) ? try section.numbers("leaf_weight", count: leaves) : []
    leafCount = section.hasValue("leaf_count", orElse: !isSingle) ? try section.wholes("leaf_count", count: leaves) : []
    shrinkage = section.has("shrinkage") ? try section.numbers("shrinkage", count: 1)[0] : 1
    if try section.whole("is_linear", default: 0) == 1 { linearLeaves = try section.linearLeaves(leaves, features) }
    guard leaves > 1 else { return }
    try readNodes(section, leaves - 1, features: features)
    try checkShape(section)
  }

  private mutating func readNodes(_ section: ModelSection, _ nodes: Int, features: Int) throws(LightGBMFileError) {
    splitFeature = try section.wholes("split_feature", count: nodes)
    if let wrong = splitFeature.first(where: { $0 < 0 || $0 >= features }) {
      throw section.error("split_feature", "there is no column \(wrong)")
    }
    threshold = try section.numbers("threshold", count: nodes)
    leftChild = try section.wholes("left_child", count: nodes)
    rightChild = try section.wholes("right_child", count: nodes)
    let types = section.has("decision_type") ? try section.wholes("decision_type", count: nodes) : nil
    decision = []
    for type in types ?? [Int](repeating: 0, count: nodes) {
      guard let raw = UInt8(exactly: type), let known = SplitDecision(rawValue: raw) else {
        throw section.error("decision_type", "\(type) has no meaning")
      }
      decision.append(known)
    }
    splitGain = section.has("split_gain") ? try section.numbers("split_gain", count: nodes) : .zeros(nodes)
    internalValue = section.has("internal_value") ? try section.numbers("internal_value", count: nodes) : .zeros(nodes)
    internalWeight =
      section.has("internal_weight") ? try section.numbers("internal_weight", count: nodes) : .zeros(nodes)
    internalCount = section.has("internal_count") ? try section.wholes("internal_count", count: nodes) : []
    let sets = try section.whole("num_cat", default: 0)
    guard (0...nodes).contains(sets) else { throw section.error("num_cat", "\(sets) category sets for \(nodes) nodes") }
    if sets > 0 { try readCategories(section, sets) }
    for node in 0..<nodes where decision[node].isCategorical {
      guard let set = Int(exactly: threshold[node]), set >= 0, set < sets else {
        throw section.error("threshold", "\(threshold[node]) of node \(node) is not the number of a category set")
      }
    }
    if let wrong = threshold.first(where: { $0.isNaN }) { throw section.error("threshold", "\(wrong)") }
  }

  private mutating func readCategories(_ section: ModelSection, _ sets: Int) throws(LightGBMFileError) {
    categoryBoundaries = try section.wholes("cat_boundaries", count: sets + 1)
    guard categoryBoundaries[0] == 0, zip(categoryBoundaries, categoryBoundaries.dropFirst()).allSatisfy({ $0 <= $1 })
    else { throw section.error("cat_boundaries", "boundaries do not ascend from 0") }
    categoryBits = []
    for word in try section.wholes("cat_threshold", count: categoryBoundaries[sets]) {
      guard let bits = UInt32(exactly: word) else { throw section.error("cat_threshold", "\(word) is not 32 bits") }
      categoryBits.append(bits)
    }
  }

  /// Every node and leaf must be reached once from the root.
  private func checkShape(_ section: ModelSection) throws(LightGBMFileError) {
    var seenNodes = [Bool](repeating: false, count: splitFeature.count)
    var seenLeaves = [Bool](repeating: false, count: leaves)
    var open = [0]
    var reached = 0
    while let child = open.popLast() {
      let isLeaf = child < 0
      let index = isLeaf ? ~child : child
      guard index < (isLeaf ? leaves : splitFeature.count), !(isLeaf ? seenLeaves[index] : seenNodes[index]) else {
        throw section.error("left_child", "child \(child) does not exist or has two parents")
      }
      if isLeaf { seenLeaves[index] = true } else { seenNodes[index] = true }
      reached += 1
      if !isLeaf { open += [leftChild[index], rightChild[index]] }
    }
    guard reached == splitFeature.count + leaves else {
      throw section.error("left_child", "\(splitFeature.count + leaves - reached) nodes hang on nothing")
    }
  }
}

extension [Double] {
  fileprivate static func zeros(_ count: Int) -> [Double] { Array(repeating: 0, count: count) }
}
