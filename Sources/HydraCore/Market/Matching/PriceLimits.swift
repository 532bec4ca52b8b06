/// The prices between which a market may trade, both included; nil is no limit on that side.
public struct PriceLimits: Hashable, Codable, Sendable {
  /// Whole ticks.
  public var low: Int?
  /// Whole ticks.
  public var high: Int?

  /// No limits.
  public static let none = PriceLimits()

  public init(low: Int? = nil, high: Int? = nil) {
    self.low = low
    self.high = high
  }

  /// Whether a price may trade.
  public func contain(_ price: Int) -> Bool {
    if let low, price < low { return false }
    if let high, price > high { return false }
    return true
  }

  /// The price, or the limit that it exceeds.
  public func clamp(_ price: Int) -> Int { min(max(price, low ?? price), high ?? .max) }

  /// The worst price at which an order without one may trade; nil is any.
  func worst(_ side: Side) -> Int? { side == .buy ? high : low }

  /// The worst price for an order with `price`, which may be nil.
  func worst(_ side: Side, _ price: Int?) -> Int? {
    guard let price else { return worst(side) }
    guard let limit = worst(side) else { return price }
    return side == .buy ? min(price, limit) : max(price, limit)
  }
}
