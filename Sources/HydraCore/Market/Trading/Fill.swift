import HydraNumerics

/// Lots executed at one price, with what they cost.
public struct Fill: Hashable, Codable, Sendable {
  /// What the fill's price and size rest on, best first.
  public enum Evidence: String, Codable, Sendable, CaseIterable {
    /// Order-by-order history (L3).
    case orders
    /// Price-level history (L2).
    case depth
    /// Best quotes and trades (L1).
    case quote
    /// A bar's close, volume and the cost function.
    case bar
    /// A broker's own report.
    case broker
  }

  public var order: Int
  public var symbol: String
  public var contract: ContractMonth
  public var side: Side
  public var lots: Int
  /// Price units; what was really paid or received, cost included.
  public var price: Double
  /// Currency, all lots.
  public var fee: Double
  public var time: Timestamp
  public var date: CivilDate
  public var evidence: Evidence
  /// Price at the decision, in price units: the reference of the implementation shortfall.
  public var decisionPrice: Double
  /// Price without our trade (the bar's close), in price units.
  public var marketPrice: Double
  /// Half-spread that was paid, in price units per contract.
  public var halfSpread: Double
  /// Expected impact that was paid, in price units per contract.
  public var impact: Double

  public init(
    order: Int, symbol: String, contract: ContractMonth, side: Side, lots: Int, price: Double, fee: Double,
    time: Timestamp, date: CivilDate, evidence: Evidence, decisionPrice: Double, marketPrice: Double,
    halfSpread: Double = 0, impact: Double = 0
  ) {
    self.order = order
    self.symbol = symbol
    self.contract = contract
    self.side = side
    self.lots = lots
    self.price = price
    self.fee = fee
    self.time = time
    self.date = date
    self.evidence = evidence
    self.decisionPrice = decisionPrice
    self.marketPrice = marketPrice
    self.halfSpread = halfSpread
    self.impact = impact
  }

  /// Change of the position.
  public var signedLots: Int { side.sign * lots }
}
