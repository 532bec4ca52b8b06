/// A family of features that is computed, named and switched on together.
public enum FeatureGroup: String, Codable, Sendable, CaseIterable {
  /// Volatility-scaled returns, crossovers of moving averages, place in the recent range.
  case trend
  /// Close-to-close volatility and its ratios.
  case volatility
  /// Volatility from daily ranges.
  case range
  /// Roll yield.
  case carry
  /// Time of the year, time to expiry, time since the roll.
  case season
  /// Volume and open interest.
  case activity
  /// Other markets' returns and this market's value against them.
  case related
  /// Commercial traders' positions.
  case positions
  /// Volatility indices.
  case volatilityIndex = "volatility_index"
  /// What the market's own options say.
  case implied
}

/// What a ``FeaturePipeline`` computes. Equal settings give equal names in equal order.
public struct FeatureSettings: Hashable, Codable, Sendable {
  /// The families to compute; their order here does not matter.
  public var groups = FeatureGroup.allCases
  /// Horizons of returns, in trade dates.
  public var returnHorizons = [1, 5, 10, 20, 60, 120, 250]
  /// Windows of close-to-close volatility, in trade dates.
  public var volatilityWindows = [10, 20, 60, 120, 250]
  /// Short and long windows of volatility ratios.
  public var volatilityRatios = [[10, 60], [20, 250]]
  /// Fast spans of the crossovers; the slow span is four times as long.
  public var trendSpans = [8, 16, 32, 64]
  /// Windows of the place in the range of roll-free prices.
  public var rangePositionWindows = [60, 250]
  /// Span of the volatility that scales returns, trends and labels.
  public var volatilitySpan = DailyVolatility.standardSpan
  /// Window of the estimators from daily ranges.
  public var rangeWindow = 20
  /// Spans of the smoothed carry, and distance of the carry change, in trade dates.
  public var carrySpan = 90
  public var carryChange = 20
  /// Window of the z-score of price ratios, and span of betas and correlations, in trade dates.
  public var ratioWindow = 250
  public var betaSpan = 120.0
  /// Reports in the range and the z-score of positions, and distances of their changes.
  public var positionsWindow = 52
  public var positionsChanges = [1, 4, 13]
  /// Symbols of related markets that are volatility indices: they give level and change, not relative value.
  public var volatilityIndices = ["VIX"]

  /// Calendar days after which a value is missing instead of repeated: daily bars and related prices, carry, and
  /// positions counted from their as-of date (a weekly report is 3 to 10 days old, a half-monthly one up to 20).
  public var maximumPriceAge = 5
  public var maximumCarryAge = 10
  public var maximumPositionsAge = 28

  public init() {}
}
