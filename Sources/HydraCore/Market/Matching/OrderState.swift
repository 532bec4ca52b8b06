/// Where an order stands in its life.
public enum OrderStatus: String, Codable, Sendable, CaseIterable {
  case new
  case partiallyFilled = "partially_filled"
  case filled
  case cancelled
  case rejected
  case expired

  /// Whether the order still works.
  public var isWorking: Bool { self == .new || self == .partiallyFilled }
}

/// Why an order ended without being filled, or was not taken.
public enum OrderReason: String, Codable, Sendable, CaseIterable {
  /// The session does not allow it now.
  case phase
  /// Not a positive whole number of lots.
  case quantity
  /// A price between two ticks.
  case tick
  /// A price outside the daily limits.
  case priceLimit = "price_limit"
  /// It would have traded at once.
  case postOnly = "post_only"
  /// The last trade is already at or through the stop.
  case stopThrough = "stop_through"
  /// Not all of it could be filled at once.
  case fillOrKill = "fok"
  /// Less than its minimum could be filled at once.
  case minimum = "min_qty"
  /// What was not filled at once.
  case unfilledRemainder = "unfilled_remainder"
  /// Nothing on the other side to take a price from.
  case noLiquidity = "no_liquidity"
  /// It would have traded with an order of its own owner.
  case selfMatch = "self_match"
  /// The owner's wish.
  case user
  /// Its time is over.
  case timeInForce = "tif"
  /// It would go beyond a position limit, or into delivery.
  case positionLimit = "position_limit"
  /// The account does not cover its margin.
  case margin
  /// Its contract is left for the next one.
  case roll
}

/// An order's life so far.
public struct OrderState: Hashable, Codable, Sendable {
  public var status: OrderStatus
  /// Lots filled.
  public var filled: Int
  /// Lots still working; 0 once the order has ended.
  public var leaves: Int
  public var reason: OrderReason?

  public init(status: OrderStatus = .new, filled: Int = 0, leaves: Int, reason: OrderReason? = nil) {
    self.status = status
    self.filled = filled
    self.leaves = leaves
    self.reason = reason
  }

  /// Takes a fill of at most ``leaves`` lots.
  mutating func fill(_ lots: Int) {
    assert(lots > 0 && lots <= leaves, "\(lots) lots of \(leaves)")
    filled += lots
    leaves -= lots
    status = leaves == 0 ? .filled : .partiallyFilled
  }

  /// Ends without filling the rest.
  mutating func end(_ status: OrderStatus, _ reason: OrderReason) {
    self.status = status
    self.reason = reason
    leaves = 0
  }
}
