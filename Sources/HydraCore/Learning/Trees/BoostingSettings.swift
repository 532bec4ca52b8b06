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
    /// The most bins of a feature, the one for missing values included; 2 to 65,000. Above 255 training is slower.
    public var maximumBins = 255
    /// The fewest training rows in a bin.
    public var minimumBinRows = 3
    /// The key of the draws of rows and features.
    public var seed: UInt64 = 42
    /// Training stops when a validation metric has not improved for so many rounds; nil trains all rounds.
    public var earlyStoppingRounds: Int?
    /// Starts from the best constant instead of zero.
    public var startsFromAverage = true

    /// How trees are combined.
    public var boosting: BoostingMethod = .gradient
    /// Which leaf is split next.
    public var growth: TreeGrowth = .bestFirst
    /// What counts as a missing value.
    public var missing: SplitDecision.MissingKind = .nan
    /// How categorical columns are split, and which these are.
    public var categorical = CategoricalSplits()
    /// What splits and leaf values must keep to.
    public var constraints = TreeConstraints()
    /// Draws rows by their gradients; nil for none. In place of bagging.
    public var oneSidedSampling: OneSidedSampling?
    /// Fits linear models in leaves; nil for constant leaves.
    public var linearLeaves: LinearLeafFitting?
    /// Looks at one random cut of each feature instead of all.
    public var drawsCuts = false
    /// The share of a tree's features that each of its nodes may use, in (0, 1].
    public var nodeFeatureFraction = 1.0
    /// The share of rows of label 1 in a bag, in (0, 1]; nil for `baggingFraction`. Binary labels only.
    public var positiveBaggingFraction: Double?
    /// The share of rows of label 0 in a bag, in (0, 1]; nil for `baggingFraction`. Binary labels only.
    public var negativeBaggingFraction: Double?
    /// A factor for the weights of rows of label 1; binary labels only.
    public var positiveWeight = 1.0
    /// Weighs labels 0 and 1 so that both have the same sum.
    public var balancesLabels = false
    /// Puts sparse columns that are never filled in the same row into one; changes the time taken, never the result.
    public var bundlesColumns = true
    /// What is followed on validation rows; empty for the loss of the objective.
    public var metrics: [TreeMetric] = []
    /// Whether only the first metric stops training early.
    public var stopsOnFirstMetricOnly = false
    /// What a metric must improve by to count as improved.
    public var earlyStoppingMinimumImprovement = 0.0

    public init() {}
  }
}
