import HydraLearning
import HydraNumerics

/// How a champion is made and sized: everything that a ``Change`` can touch.
public struct Recipe: Hashable, Codable, Sendable {
  /// Newest bars that training uses. Ten years: seasons repeat once a year, and fewer years show too few of them.
  public var window = 2520
  /// First day of training, where the world was found changed: what came before is left out, except that
  /// ``Policy/minimumRows`` newest rows are always used. Nil leaves it to ``window``, which bounds it above in any case.
  public var since: CivilDate?
  /// Bars after which a training row counts half; nil weighs all alike.
  public var decayHalfLife: Int?
  /// Width of the weights by likeness of volatility, in logarithms; nil weighs all alike.
  public var similarityWidth: Double?
  /// Names of features that are left out.
  public var dropped: [String] = []
  /// Few leaves and strong shrinkage: daily futures returns carry very little signal, and anything richer fits noise.
  public var trees: GradientBoostedTrees.Settings
  /// Span in bars of the volatility that positions are sized with.
  public var volatilitySpan = 36
  /// Share of the operator's volatility target, at most 1.
  public var riskScale = 1.0
  /// Expected gain over a round trip's cost below which no new risk is taken; nil, or less than the operator's, leaves
  /// the operator's.
  public var entryThreshold: Double?
  /// Largest order as a share of a day's volume; nil, or more than the operator's, leaves the operator's.
  public var orderFraction: Double?

  public init(trees: GradientBoostedTrees.Settings = Recipe.defaultTrees) { self.trees = trees }

  /// Settings of the trees that daily data of one thin market can bear.
  public static var defaultTrees: GradientBoostedTrees.Settings {
    var settings = GradientBoostedTrees.Settings()
    settings.rounds = 120
    settings.learningRate = 0.03
    settings.leaves = 6
    settings.minimumLeafRows = 120
    settings.l2 = 20
    settings.featureFraction = 0.5
    settings.baggingFraction = 0.6
    settings.baggingInterval = 1
    settings.maximumBins = 63
    return settings
  }

  /// The recipe with one change applied; ``Change/refitLeaves(_:)`` concerns the fitted model and leaves it as it is.
  public func applying(_ change: Change) -> Recipe {
    var recipe = self
    switch change {
    case .trainingWindow(let bars): (recipe.window, recipe.since) = (bars, nil)
    case .trainingSince(let date): recipe.since = date
    case .decayHalfLife(let bars): recipe.decayHalfLife = bars
    case .leaves(let count): recipe.trees.leaves = count
    case .learningRate(let rate): recipe.trees.learningRate = rate
    case .dropFeatures(let names): recipe.dropped = Array(Set(dropped).union(names)).sorted()
    case .restoreFeatures: recipe.dropped = []
    case .similarity(let width): recipe.similarityWidth = width
    case .refitLeaves, .retrain, .recall, .ensemble: break
    case .volatilitySpan(let bars): recipe.volatilitySpan = bars
    case .riskScale(let share): recipe.riskScale = min(1, share)
    case .entryThreshold(let multiple): recipe.entryThreshold = multiple
    case .orderFraction(let share): recipe.orderFraction = share
    }
    return recipe
  }
}
