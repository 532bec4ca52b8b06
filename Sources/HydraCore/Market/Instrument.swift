/// What has to be known about a futures market to trade it.
public struct Instrument: Hashable, Codable, Sendable {
  /// The exchange's root symbol, as in `ZO`.
  public var symbol: String
  /// The name of the market's file in a folder of held-contract prices, as in `OATIES`.
  public var carryCode: String
  public var name: String
  public var currency: String
  /// Currency per 1.00 of price and contract: 50 for grains quoted in cents a bushel.
  public var pointValue: Double
  /// Smallest price step, in price units.
  public var tickSize: Double
  /// Currency per contract and side.
  public var commission: Double
  /// Half of the usual bid-ask spread, in price units.
  public var halfSpread: Double
  /// Largest change of a day's settlement, in price units; nil where there is none.
  public var dailyLimit: Double?
  /// Contracts a day, used where no volume is recorded; nil when volume has to come from the data.
  public var averageDailyVolume: Double?
  /// Currency per contract.
  public var initialMargin: Double?
  /// Symbols of the markets whose prices inform this one, nearest first.
  public var related: [String]

  public init(
    symbol: String, carryCode: String, name: String, currency: String = "USD", pointValue: Double, tickSize: Double,
    commission: Double, halfSpread: Double, dailyLimit: Double? = nil, averageDailyVolume: Double? = nil,
    initialMargin: Double? = nil, related: [String] = []
  ) {
    self.symbol = symbol
    self.carryCode = carryCode
    self.name = name
    self.currency = currency
    self.pointValue = pointValue
    self.tickSize = tickSize
    self.commission = commission
    self.halfSpread = halfSpread
    self.dailyLimit = dailyLimit
    self.averageDailyVolume = averageDailyVolume
    self.initialMargin = initialMargin
    self.related = related
  }
}
