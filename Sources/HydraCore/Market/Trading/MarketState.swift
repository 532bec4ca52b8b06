import HydraNumerics

/// What is known about one market at one moment: enough to size, to review and to price an order.
public struct MarketState: Hashable, Codable, Sendable {
  public var symbol: String
  /// The moment of the view; nothing in it was known later.
  public var now: Timestamp
  /// The held contract.
  public var contract: ContractMonth
  /// The trade date of the newest bar, and when that bar became known.
  public var date: CivilDate
  public var priceKnown: Timestamp
  /// Newest close of `contract`, in price units.
  public var price: Double
  /// The close of the same contract one bar earlier; nil where none is recorded.
  public var previousPrice: Double?
  /// Trailing mean of contracts a day; nil when unknown.
  public var averageDailyVolume: Double?
  /// Standard deviation of a day's price change, in price units; nil during warm-up.
  public var dailyVolatility: Double?
  /// Currency per 1.00 of price and contract.
  public var pointValue: Double
  /// Currency per contract; nil when margin is not checked.
  public var initialMargin: Double?

  public init(
    symbol: String, now: Timestamp, contract: ContractMonth, date: CivilDate, priceKnown: Timestamp, price: Double,
    previousPrice: Double? = nil, averageDailyVolume: Double? = nil, dailyVolatility: Double? = nil,
    pointValue: Double, initialMargin: Double? = nil
  ) {
    self.symbol = symbol
    self.now = now
    self.contract = contract
    self.date = date
    self.priceKnown = priceKnown
    self.price = price
    self.previousPrice = previousPrice
    self.averageDailyVolume = averageDailyVolume
    self.dailyVolatility = dailyVolatility
    self.pointValue = pointValue
    self.initialMargin = initialMargin
  }

  /// Standard deviation of a year's price change over the price, 252 trade dates a year; nil during warm-up.
  public var annualVolatility: Double? {
    dailyVolatility.map { $0 * DailyVolatility.daysPerYear.squareRoot() / abs(price) }
  }
}
