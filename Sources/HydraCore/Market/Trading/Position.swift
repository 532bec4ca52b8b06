/// Lots of one contract with their average entry price and newest mark.
public struct Position: Hashable, Codable, Sendable {
  public let symbol: String
  public let contract: ContractMonth
  /// Currency per 1.00 of price and contract.
  public let pointValue: Double
  /// Positive long, negative short.
  public internal(set) var lots = 0
  /// Mean entry price of the open lots, in price units; the last one when flat.
  public internal(set) var average: Double
  /// The price to which the open lots are marked: the newest settlement or fill.
  public internal(set) var mark: Double

  init(symbol: String, contract: ContractMonth, pointValue: Double, price: Double) {
    (self.symbol, self.contract, self.pointValue) = (symbol, contract, pointValue)
    (average, mark) = (price, price)
  }

  /// Profit of the open lots since their entry, in currency.
  public var openProfit: Double { Double(lots) * (mark - average) * pointValue }

  /// Size in currency, without sign.
  public var notional: Double { abs(Double(lots) * mark * pointValue) }
}
