extension GradientBoostedTrees {
  /// How an ensemble is grown. The defaults are LightGBM's.
  public struct Settings: Hashable, Sendable {
    /// What is trained for.
    public var objective: TreeObjective = .squaredError
    /// The most rounds of boosting; one tree a round, or one per class.
    public var rounds = 100
    /// The share of each tree's step that is taken, in (0, 1].
    public var learningRate = 0.1
    /// The most leaves of a tree, at least 2.
    public var leaves = 31
    /// The most splits between root and leaf; nil is no limit.
    public var maximumDepth: Int?
    /// The fewest rows in a leaf, exactly counted.
    public var minimumLeafRows = 20
    /// The smallest sum of hessians in a leaf.
    public var minimumLeafHessian = 1e-3
    /// L1 penalty on leaf values: sums of gradients are moved towards zero by this much.
    public var l1 = 0.0
    /// L2 penalty on leaf values, added to the sum of hessians.
    public var l2 = 0.0
    /// The reduction of the loss that a split must exceed.
    public var minimumGain = 0.0
    /// The share of features that each tree may use, in (0, 1].
    public var featureFraction = 1.0
    /// The share of rows that each tree sees, in (0, 1]; drawn anew every `baggingInterval` rounds.
    public var baggingFraction = 1.0
    /// 0 switches bagging off.
    public var baggingInterval = 0
    /// The most bins of a feature, the one for missing values included; 2 to 255.
    public var maximumBins = 255
    /// The fewest training rows in a bin.
    public var minimumBinRows = 3
    /// The key of the draws of rows and features.
    public var seed: UInt64 = 42
    /// Training stops when the validation loss has not improved for so many rounds; nil trains all rounds.
    public var earlyStoppingRounds: Int?
    /// Starts from the best constant instead of zero.
    public var startsFromAverage = true

    public init() {}
  }
}

extension GradientBoostedTrees.Settings {
  /// Throws when a setting is outside its range.
  func checked() throws -> Self {
    func require(_ holds: Bool, _ name: String, _ value: some CustomStringConvertible) throws {
      guard holds else { throw TreeFitError.badSetting(name: name, value: value.description) }
    }
    try require(objective.isTrainable, "objective", objective)
    switch objective {
    case .huber(let delta): try require(delta > 0 && delta.isFinite, "huber delta", delta)
    case .quantile(let level): try require(level > 0 && level < 1, "quantile level", level)
    case .multiclass(let classes), .multiclassOneVersusAll(let classes, _):
      try require(classes >= 2, "num_class", classes)
    default: break
    }
    try require(rounds >= 0, "rounds", rounds)
    try require(learningRate > 0 && learningRate.isFinite, "learningRate", learningRate)
    try require(leaves >= 2 && leaves <= 131_072, "leaves", leaves)
    try require((maximumDepth ?? 1) >= 1, "maximumDepth", maximumDepth ?? 1)
    try require(minimumLeafRows >= 0, "minimumLeafRows", minimumLeafRows)
    try require(minimumLeafHessian >= 0, "minimumLeafHessian", minimumLeafHessian)
    try require(l1 >= 0 && l1.isFinite, "l1", l1)
    try require(l2 >= 0 && l2.isFinite, "l2", l2)
    try require(minimumGain >= 0, "minimumGain", minimumGain)
    try require(featureFraction > 0 && featureFraction <= 1, "featureFraction", featureFraction)
    try require(baggingFraction > 0 && baggingFraction <= 1, "baggingFraction", baggingFraction)
    try require(baggingInterval >= 0, "baggingInterval", baggingInterval)
    try require(maximumBins >= 2 && maximumBins <= 255, "maximumBins", maximumBins)
    try require(minimumBinRows >= 1, "minimumBinRows", minimumBinRows)
    try require((earlyStoppingRounds ?? 1) >= 1, "earlyStoppingRounds", earlyStoppingRounds ?? 1)
    return self
  }
}

extension GradientBoostedTrees.Settings: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case objective, rounds, learningRate, leaves, maximumDepth, minimumLeafRows, minimumLeafHessian, l1, l2
    case minimumGain, featureFraction, baggingFraction, baggingInterval, maximumBins, minimumBinRows, seed
    case earlyStoppingRounds, startsFromAverage
  }

  /// Keys that are left out keep their defaults.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, _ into: inout Value) throws {
      if let value = try keys.decodeIfPresent(Value.self, forKey: key) { into = value }
    }
    try read(.objective, &objective)
    try read(.rounds, &rounds)
    try read(.learningRate, &learningRate)
    try read(.leaves, &leaves)
    maximumDepth = try keys.decodeIfPresent(Int.self, forKey: .maximumDepth)
    try read(.minimumLeafRows, &minimumLeafRows)
    try read(.minimumLeafHessian, &minimumLeafHessian)
    try read(.l1, &l1)
    try read(.l2, &l2)
    try read(.minimumGain, &minimumGain)
    try read(.featureFraction, &featureFraction)
    try read(.baggingFraction, &baggingFraction)
    try read(.baggingInterval, &baggingInterval)
    try read(.maximumBins, &maximumBins)
    try read(.minimumBinRows, &minimumBinRows)
    try read(.seed, &seed)
    earlyStoppingRounds = try keys.decodeIfPresent(Int.self, forKey: .earlyStoppingRounds)
    try read(.startsFromAverage, &startsFromAverage)
  }

  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(objective, forKey: .objective)
    try keys.encode(rounds, forKey: .rounds)
    try keys.encode(learningRate, forKey: .learningRate)
    try keys.encode(leaves, forKey: .leaves)
    try keys.encodeIfPresent(maximumDepth, forKey: .maximumDepth)
    try keys.encode(minimumLeafRows, forKey: .minimumLeafRows)
    try keys.encode(minimumLeafHessian, forKey: .minimumLeafHessian)
    try keys.encode(l1, forKey: .l1)
    try keys.encode(l2, forKey: .l2)
    try keys.encode(minimumGain, forKey: .minimumGain)
    try keys.encode(featureFraction, forKey: .featureFraction)
    try keys.encode(baggingFraction, forKey: .baggingFraction)
    try keys.encode(baggingInterval, forKey: .baggingInterval)
    try keys.encode(maximumBins, forKey: .maximumBins)
    try keys.encode(minimumBinRows, forKey: .minimumBinRows)
    try keys.encode(seed, forKey: .seed)
    try keys.encodeIfPresent(earlyStoppingRounds, forKey: .earlyStoppingRounds)
    try keys.encode(startsFromAverage, forKey: .startsFromAverage)
  }
}
