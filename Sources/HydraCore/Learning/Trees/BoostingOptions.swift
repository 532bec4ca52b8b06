/// How the trees of an ensemble are combined.
public enum BoostingMethod: Hashable, Codable, Sendable {
  /// Each tree is fitted to what the sum of the trees before it leaves.
  case gradient
  /// Gradient boosting in which earlier trees are dropped at random while a new one is fitted.
  ///
  /// Source: K. Rashmi, R. Gilad-Bachrach, "DART: dropouts meet multiple additive regression trees", AISTATS (2015).
  case dart(TreeDropout)
  /// Independent trees on drawn rows, averaged.
  case forest
}

/// How trees are dropped in DART; the defaults are LightGBM's.
public struct TreeDropout: Hashable, Codable, Sendable {
  /// The probability that a tree is dropped, 0...1.
  public var rate = 0.1
  /// The most trees that are dropped in a round; nil is no limit.
  public var most: Int? = 50
  /// The probability that a round drops nothing, 0...1.
  public var skip = 0.5
  /// Whether every tree is dropped with the same probability, instead of one in proportion to its weight.
  public var isUniform = false
  /// Whether weights follow XGBoost's rule for dropped trees.
  public var followsXGBoost = false

  public init() {}
}

/// Gradient-based one-sided sampling: rows with large gradients stay, of the others some are drawn and weigh more.
///
/// Source: G. Ke et al., "LightGBM: a highly efficient gradient boosting decision tree", NIPS 30 (2017), algorithm 2.
public struct OneSidedSampling: Hashable, Codable, Sendable {
  /// The share of rows with the largest gradients that stay.
  public var top = 0.2
  /// The share of rows that are drawn from the others.
  public var other = 0.1

  public init() {}
}

/// How categorical columns are split; the defaults are LightGBM's.
///
/// Categories are whole numbers from 0; others, negative, missing and those too rare for a bin, go right at every split.
///
/// Source: W. Fisher, "On grouping for maximum homogeneity", JASA 53 (1958): with categories sorted by G / H the best of
/// all sets is a run from one end.
public struct CategoricalSplits: Hashable, Codable, Sendable {
  /// The columns that hold categories.
  public var columns: [Int] = []
  /// With at most so many bins one category is set against the others.
  public var oneHotBins = 4
  /// The most categories on the left of a split.
  public var mostCategories = 32
  /// Added to the hessians in the order of categories; categories with fewer rows are not used.
  public var smoothing = 10.0
  /// Added to `l2` where sets are searched.
  public var l2 = 10.0
  /// The fewest rows in a step of the search for sets.
  public var minimumGroupRows = 100

  public init() {}
}

/// What splits and leaf values must keep to.
public struct TreeConstraints: Hashable, Codable, Sendable {
  /// For each column 1 when predictions may only rise with it, -1 when they may only fall, else 0; empty for none.
  ///
  /// Bounds are set half-way between the children of each split on such a column (LightGBM's method `basic`).
  public var monotone: [Int] = []
  /// Splits on monotone columns near the root lose gain by this, as LightGBM's `monotone_penalty`.
  public var monotonePenalty = 0.0
  /// Sets of columns that may stand together on a path; empty for no limit.
  public var interactions: [[Int]] = []
  /// The largest value of a leaf before the learning rate; nil is no limit.
  public var largestStep: Double?
  /// Pulls leaf values towards those of their parents, the more the fewer rows they have, as `path_smooth`.
  public var pathSmoothing = 0.0
  /// A factor for the gain of each column, as `feature_contri`; empty for 1.
  public var gainFactors: [Double] = []

  public init() {}

  /// Whether the value of a leaf is more than -G / (H + λ).
  var shapesLeaves: Bool { monotone.contains { $0 != 0 } || largestStep != nil || pathSmoothing > 0 }
}

/// Leaves that hold a linear model of the numerical columns tested above them, as LightGBM's `linear_tree`.
///
/// Source: Y. Shi, J. Li, Z. Li, "Gradient boosting with piece-wise linear regression trees", IJCAI (2019).
public struct LinearLeafFitting: Hashable, Codable, Sendable {
  /// The L2 penalty on coefficients.
  public var l2 = 0.0

  public init() {}
}

/// Which leaf is split next.
public enum TreeGrowth: String, Hashable, Codable, Sendable, CaseIterable {
  /// The one with the largest gain.
  case bestFirst = "lossguide"
  /// Level by level, in each the one with the largest gain.
  case depthWise = "depthwise"
}
