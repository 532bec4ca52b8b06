import HydraNumerics

/// A wish to trade; it reaches a venue only after ``RiskLimits/review(_:portfolio:market:workingLots:)``.
public struct Order: Hashable, Codable, Sendable, Identifiable {
  /// How the order asks to be executed.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// At what the market gives; on bars that is the close of the next bar of the contract, with cost.
    case market
    /// One leg of a change of contract, at the roll's own price with cost.
    case roll
  }

  /// Why the order was made.
  public enum Reason: String, Codable, Sendable, CaseIterable {
    /// A forecast asks for another position.
    case signal
    /// The held contract changes.
    case roll
    /// A risk limit, a loss stop or a margin call asks for a smaller position.
    case riskReduction = "risk_reduction"
    /// The operator or a halt asks for no position.
    case flatten
  }

  /// Unique within a run; later orders have higher numbers.
  public let id: Int
  public let symbol: String
  public let contract: ContractMonth
  public let side: Side
  /// Contracts, > 0.
  public let lots: Int
  public let kind: Kind
  public let reason: Reason
  /// When it was decided: all that the decision used was known then.
  public let decided: Timestamp
  /// The price of `contract` that the decision saw, in price units.
  public let referencePrice: Double

  public init(
    id: Int, symbol: String, contract: ContractMonth, side: Side, lots: Int, kind: Kind = .market,
    reason: Reason = .signal, decided: Timestamp, referencePrice: Double
  ) {
    self.id = id
    self.symbol = symbol
    self.contract = contract
    self.side = side
    self.lots = lots
    self.kind = kind
    self.reason = reason
    self.decided = decided
    self.referencePrice = referencePrice
  }

  /// Change of the position when completely filled.
  public var signedLots: Int { side.sign * lots }
}

extension Order {
  /// The two orders that carry `position` lots over a change of contract: out of the old one, then into the new one.
  ///
  /// They have the ids `firstID` and `firstID + 1`; none for a position of zero.
  public static func legs(of roll: Roll, position: Int, firstID: Int, decided: Timestamp) -> [Order] {
    guard let side = Side(ofChange: position) else { return [] }
    return [
      Order(
        id: firstID, symbol: roll.symbol, contract: roll.from, side: side.opposite, lots: abs(position), kind: .roll,
        reason: .roll, decided: decided, referencePrice: roll.fromPrice),
      Order(
        id: firstID + 1, symbol: roll.symbol, contract: roll.to, side: side, lots: abs(position), kind: .roll,
        reason: .roll, decided: decided, referencePrice: roll.toPrice),
    ]
  }
}
