/// What executing a decision cost against having it filled at once at the decision's price, in currency; + is a loss.
///
/// ```
/// delay        sign · (arrival − decision) · filled          the market moved before the order arrived
/// trading      Σ sign · (price − arrival) · lots             spread and impact
/// opportunity  sign · (end − decision) · unfilled            what was never filled
/// ```
/// each × point value, and fees per filled lot.
///
/// Source: A. Perold, "The implementation shortfall: paper versus reality", J. Portfolio Management 14 (1988).
public struct ImplementationShortfall: Hashable, Codable, Sendable {
  public var delay: Double
  public var trading: Double
  public var opportunity: Double
  public var fees: Double
  public var total: Double { delay + trading + opportunity + fees }

  public init(
    _ side: Side, lots: Int, decision: Double, arrival: Double, end: Double, fills: [(price: Double, lots: Int)],
    pointValue: Double, fee: Double
  ) {
    let sign = Double(side.sign)
    let filled = fills.reduce(0) { $0 + $1.lots }
    delay = sign * (arrival - decision) * Double(filled) * pointValue
    trading = fills.reduce(0) { $0 + sign * ($1.price - arrival) * Double($1.lots) } * pointValue
    opportunity = sign * (end - decision) * Double(lots - filled) * pointValue
    fees = fee * Double(filled)
  }
}
