/// What the library knows about the markets of the sample folders beyond what the files say.
///
/// Prices are in the units of the files: grains in cents a bushel, soybean meal in dollars a ton, the rest in cents a
/// pound or index points. Sources: exchange rule books for ticks; daily limits are those in force until 2014-04-30
/// (`nil`: none, or one that moves with the price); volumes are round settings for markets without a `daily` file.
public struct MarketCodes: Hashable, Sendable {
  /// The exchange's root symbol, which names files in `daily` and `cot`.
  public var symbol: String
  /// The name of the file in `carry`.
  public var carryCode: String
  public var name: String
  public var tickSize: Double
  public var dailyLimit: Double?
  public var averageDailyVolume: Double?
  /// Old reports of positions may be in thousands of bushels; divided by this they are contracts. Nil elsewhere.
  public var oldReportUnitsPerContract: Double?
  /// Symbols of informative other markets, nearest first.
  public var related: [String]

  init(
    _ symbol: String, _ carryCode: String, _ name: String, tick: Double, limit: Double? = nil, volume: Double? = nil,
    oldUnits: Double? = nil, related: [String]
  ) {
    self.symbol = symbol
    self.carryCode = carryCode
    self.name = name
    tickSize = tick
    dailyLimit = limit
    averageDailyVolume = volume
    oldReportUnitsPerContract = oldUnits
    self.related = related
  }

  /// All markets, in the order of this table.
  public static let all: [MarketCodes] = [
    .init("ZO", "OATIES", "Oats", tick: 0.25, limit: 20, oldUnits: 5, related: ["ZC", "ZW", "ZS", "VIX"]),
    .init("ZC", "CORN", "Corn", tick: 0.25, limit: 40, oldUnits: 5, related: ["ZW", "ZS", "ZO", "VIX"]),
    .init("ZW", "WHEAT", "Wheat", tick: 0.25, limit: 60, oldUnits: 5, related: ["KE", "ZC", "ZS", "VIX"]),
    .init("ZS", "SOYBEAN", "Soybeans", tick: 0.25, limit: 70, oldUnits: 5, related: ["ZM", "ZL", "ZC", "VIX"]),
    .init("ZM", "SOYMEAL", "Soybean meal", tick: 0.1, limit: 20, related: ["ZS", "ZL", "ZC", "VIX"]),
    .init("ZL", "SOYOIL", "Soybean oil", tick: 0.01, limit: 2.5, related: ["ZS", "ZM", "ZC", "VIX"]),
    .init("CT", "COTTON2", "Cotton No. 2", tick: 0.01, related: ["ZC", "ZS", "SB", "VIX"]),
    .init("HE", "LEANHOG", "Lean hogs", tick: 0.025, limit: 3, related: ["LE", "ZC", "ZM", "VIX"]),
    .init("LE", "LIVECOW", "Live cattle", tick: 0.025, limit: 3, related: ["HE", "ZC", "ZM", "VIX"]),
    .init("SB", "SUGAR11", "Sugar No. 11", tick: 0.01, related: ["ZC", "CT", "ZS", "VIX"]),
    .init("VIX", "VIX", "Volatility index", tick: 0.05, volume: 30_000, related: []),
    .init(
      "KE", "REDWHEAT", "Hard red winter wheat", tick: 0.25, limit: 60, volume: 4_000, oldUnits: 5,
      related: ["ZW", "ZC", "ZS", "VIX"]),
  ]

  /// The market with this symbol or carry code.
  public static func named(_ name: String) -> MarketCodes? {
    all.first { $0.symbol == name } ?? all.first { $0.carryCode == name }
  }
}
