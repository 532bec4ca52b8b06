/// Why an order was refused, with the number that went wrong and the limit that it met.
public enum RiskRefusal: Error, Hashable, Codable, Sendable {
  case invalidLots(Int)
  case wrongMarket(order: String, market: String)
  /// The order names a contract that is neither held by the market nor in the portfolio.
  case wrongContract(order: ContractMonth, held: ContractMonth)
  case invalidPrice(Double)
  /// The newest bar is older than allowed, or later than the moment of the review.
  case staleData(ageSeconds: Int64, limit: Int64)
  /// The order's reference, or the last close, is further from the newest price than the collar (share of the price).
  case priceCollar(distance: Double, limit: Double)
  /// Loss of the day in currency.
  case dailyLossStop(loss: Double, limit: Double)
  /// Fall from the highest equity in currency.
  case totalLossStop(drawdown: Double, limit: Double)
  case maximumOrder(lots: Int, limit: Int)
  /// Lots that would be held when everything working is filled.
  case maximumPosition(lots: Int, limit: Int)
  /// The same in the contract's delivery month.
  case deliveryMonthPosition(lots: Int, limit: Int)
  case unknownVolume
  /// Largest order allowed by participation in the average daily volume.
  case participation(lots: Int, limit: Int)
  /// Currency.
  case notional(value: Double, limit: Double)
  /// Equity minus margin of the resulting position, in currency.
  case margin(excess: Double)
  /// A leg of a roll that would open more than was closed.
  case rollOpensMore(lots: Int, closed: Int)
  /// Trading is halted; the code of the reason.
  case halted(reason: String)
  /// Only what makes the position smaller is allowed; the code of the reason.
  case reducingOnly(reason: String)
  /// Orders of the day with this one.
  case orderRate(orders: Int, limit: Int)
  /// The same order was sent before, under this number.
  case duplicate(order: Int)

  /// A stable short name, for journals and counts.
  public var code: String {
    switch self {
    case .invalidLots: "invalid_lots"
    case .wrongMarket: "wrong_market"
    case .wrongContract: "wrong_contract"
    case .invalidPrice: "invalid_price"
    case .staleData: "stale_data"
    case .priceCollar: "price_collar"
    case .dailyLossStop: "daily_loss_stop"
    case .totalLossStop: "total_loss_stop"
    case .maximumOrder: "maximum_order"
    case .maximumPosition: "maximum_position"
    case .deliveryMonthPosition: "delivery_month_position"
    case .unknownVolume: "unknown_volume"
    case .participation: "participation"
    case .notional: "notional"
    case .margin: "margin"
    case .rollOpensMore: "roll_opens_more"
    case .halted: "halted"
    case .reducingOnly: "reducing_only"
    case .orderRate: "order_rate"
    case .duplicate: "duplicate"
    }
  }
}

extension RiskRefusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .invalidLots(let lots): "\(lots) is not a number of lots to trade"
    case .wrongMarket(let order, let market): "order for \(order) reviewed against \(market)"
    case .wrongContract(let order, let held): "contract \(order) is neither the held one (\(held)) nor in the portfolio"
    case .invalidPrice(let price): "\(price) is not a price"
    case .staleData(let age, let limit): "newest bar is \(age) s old, limit \(limit) s"
    case .priceCollar(let distance, let limit): "price is \(distance) away from its reference, limit \(limit)"
    case .dailyLossStop(let loss, let limit): "lost \(loss) today, stop at \(limit)"
    case .totalLossStop(let drawdown, let limit): "\(drawdown) below the highest equity, stop at \(limit)"
    case .maximumOrder(let lots, let limit): "order of \(lots) lots, limit \(limit)"
    case .maximumPosition(let lots, let limit): "position would be \(lots) lots, limit \(limit)"
    case .deliveryMonthPosition(let lots, let limit): "position in delivery would be \(lots) lots, limit \(limit)"
    case .unknownVolume: "average daily volume is unknown"
    case .participation(let lots, let limit): "order of \(lots) lots, average volume allows \(limit)"
    case .notional(let value, let limit): "position would be worth \(value), limit \(limit)"
    case .margin(let excess): "equity minus margin would be \(excess)"
    case .rollOpensMore(let lots, let closed): "roll opens \(lots) lots, \(closed) were closed"
    case .halted(let reason): "trading is halted (\(reason))"
    case .reducingOnly(let reason): "only smaller positions are allowed (\(reason))"
    case .orderRate(let orders, let limit): "order \(orders) of the day, limit \(limit)"
    case .duplicate(let order): "order \(order) asked for the same at the same moment"
    }
  }
}
