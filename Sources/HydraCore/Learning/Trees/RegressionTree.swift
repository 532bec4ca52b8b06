/// One tree of an ensemble, in the arrays of LightGBM's text format.
///
/// Internal nodes and leaves are numbered apart, node 0 is the root. A child that is not negative is an internal node,
/// a negative child `c` is the leaf `~c`. A tree of one leaf has no internal node.
public struct RegressionTree: Hashable, Sendable {
  /// The column that each internal node tests.
  public internal(set) var splitFeature: [Int] = []
  /// A row goes left when its value is at most the threshold; for a categorical node, the number of its category set.
  public internal(set) var threshold: [Double] = []
  /// How each internal node compares.
  public internal(set) var decision: [SplitDecision] = []
  /// Where rows go that pass the comparison of each internal node.
  public internal(set) var leftChild: [Int] = []
  /// Where the other rows go.
  public internal(set) var rightChild: [Int] = []
  /// The reduction of the regularised loss by each split; 0 where a file has none.
  public internal(set) var splitGain: [Double] = []
  /// What each internal node would add if it were a leaf; 0 where a file has none.
  public internal(set) var internalValue: [Double] = []
  /// The sum of hessians at each internal node at the time of training.
  public internal(set) var internalWeight: [Double] = []
  /// The number of training rows at each internal node; empty where a file has none.
  public internal(set) var internalCount: [Int] = []
  /// What each leaf adds to the raw score, the learning rate included.
  public internal(set) var leafValue: [Double]
  /// The sum of hessians in each leaf at the time of training.
  public internal(set) var leafWeight: [Double] = []
  /// The number of training rows in each leaf.
  public internal(set) var leafCount: [Int] = []
  /// The words of category set `s` are `categoryBits[categoryBoundaries[s]..<categoryBoundaries[s + 1]]`.
  public internal(set) var categoryBoundaries: [Int] = [0]
  /// Bit `c % 32` of word `c / 32` of a set says that category `c` goes left.
  public internal(set) var categoryBits: [UInt32] = []
  /// The learning rate that is already contained in the values.
  public internal(set) var shrinkage = 1.0
  /// The linear model of each leaf, for a tree trained with LightGBM's `linear_tree`.
  public internal(set) var linearLeaves: [LinearLeaf]?

  /// A tree of one leaf.
  public init(constant: Double, count: Int = 0, weight: Double = 0) {
    leafValue = [constant]
    leafCount = [count]
    leafWeight = [weight]
  }

  /// The number of leaves.
  public var leaves: Int { leafValue.count }

  /// The leaf in which a row of features ends.
  public func leaf(of features: [Double]) -> Int {
    features.withUnsafeBufferPointer { leaf(of: $0.baseAddress) }
  }

  /// What the tree adds to the raw score of a row.
  public func value(of features: [Double]) -> Double {
    features.withUnsafeBufferPointer { value(of: $0.baseAddress) }
  }

  /// - Precondition: `features` has a value for each column that the tree tests; nil only when it tests none.
  func leaf(of features: UnsafePointer<Double>?) -> Int {
    guard let features, !splitFeature.isEmpty else { return 0 }
    var node = 0
    repeat {
      node = goesLeft(node, features[splitFeature[node]]) ? leftChild[node] : rightChild[node]
    } while node >= 0
    return ~node
  }

  func value(of features: UnsafePointer<Double>?) -> Double {
    let leaf = leaf(of: features)
    guard let linearLeaves, let features else { return leafValue[leaf] }
    return linearLeaves[leaf].value(of: features) ?? leafValue[leaf]
  }

  func goesLeft(_ node: Int, _ value: Double) -> Bool {
    let decision = decision[node]
    guard decision.isCategorical else { return decision.goesLeft(value, threshold: threshold[node]) }
    let set = Int(threshold[node])
    return categoryBits[categoryBoundaries[set]..<categoryBoundaries[set + 1]].containsCategory(value)
  }

  /// The internal nodes, each after its parent; files may number them in any order.
  func nodesFromRoot() -> [Int] {
    var order: [Int] = []
    var open = splitFeature.isEmpty ? [] : [0]
    while let node = open.popLast() {
      order.append(node)
      for child in [rightChild[node], leftChild[node]] where child >= 0 { open.append(child) }
    }
    return order
  }

  /// The number of training rows that went to a child.
  func count(ofChild child: Int) -> Int { child >= 0 ? internalCount[child] : leafCount[~child] }

  /// The mean of the leaf values over the training rows.
  var expectedValue: Double {
    guard leaves > 1, leafCount.count == leaves else { return leafValue[0] }
    let total = Double(internalCount[0])
    var sum = 0.0
    for leaf in 0..<leaves { sum += Double(leafCount[leaf]) / total * leafValue[leaf] }
    return sum
  }
}

/// A linear model in a leaf: `constant + Σ coefficient × feature`.
public struct LinearLeaf: Hashable, Sendable {
  /// What the leaf adds when all its features are zero.
  public var constant: Double
  /// The columns it multiplies.
  public var features: [Int]
  /// One per feature.
  public var coefficients: [Double]

  /// Nil when one of the features is missing; the plain leaf value counts then.
  func value(of row: UnsafePointer<Double>) -> Double? {
    var sum = constant
    for (feature, coefficient) in zip(features, coefficients) {
      guard !row[feature].isNaN else { return nil }
      sum += coefficient * row[feature]
    }
    return sum
  }
}

extension ArraySlice<UInt32> {
  /// Whether the category, a number cut towards zero, is in the set. Missing, negative and unknown ones are not.
  func containsCategory(_ value: Double) -> Bool {
    // -0.5 is cut to category 0, as in LightGBM. NaN fails the comparison.
    guard value > -1, value < Double(count) * 32 else { return false }
    let category = Int(value)
    return self[startIndex + category / 32] >> UInt32(category % 32) & 1 == 1
  }
}
