import HydraNumerics

/// What a European option on a spot asset needs to know of the market.
public struct SpotOptionMarket: Hashable, Codable, Sendable {
  /// The asset's price now.
  public var spot: Double
  /// Continuously compounded interest rate per year.
  public var rate: Double
  /// Continuously compounded dividend yield, foreign rate or convenience yield less storage, per year.
  public var dividendYield: Double
  /// Time to expiry: days / 365.
  public var years: Double

  public init(spot: Double, rate: Double, dividendYield: Double, years: Double) {
    self.spot = spot
    self.rate = rate
    self.dividendYield = dividendYield
    self.years = years
  }

  /// The forward price for expiry: spot exp((rate - dividendYield) years).
  public var forward: Double { spot * Portable.exp((rate - dividendYield) * years) }

  /// The futures market with the same expiry that gives European options the same prices.
  public var futures: FuturesOptionMarket { FuturesOptionMarket(forward: forward, rate: rate, years: years) }
}
