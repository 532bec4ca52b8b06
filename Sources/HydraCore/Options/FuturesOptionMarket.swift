import HydraNumerics

/// What an option on a futures contract depends on besides itself: the futures price, the rate, and the time left.
///
///     let market = FuturesOptionMarket(forward: 362.25, rate: 0.043, years: 0.21)   // cents/bu, per year, years
///     market.discount   // 0.991010…
public struct FuturesOptionMarket: Hashable, Codable, Sendable {
  /// The futures price, in the unit of the strikes.
  public var forward: Double
  /// The continuously compounded rate per year at which premiums are discounted (0.043 = 4.3 %).
  public var rate: Double
  /// Time to expiry in years (days / 365).
  public var years: Double

  public init(forward: Double, rate: Double = 0, years: Double) {
    self.forward = forward
    self.rate = rate
    self.years = years
  }

  /// exp(-rate · years).
  public var discount: Double { ElementaryTables.shared.exp(-rate * years) }
}
