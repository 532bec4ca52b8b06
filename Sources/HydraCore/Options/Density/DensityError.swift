/// Why there is no density.
public enum DensityError: Error, Hashable, Sendable {
  /// There are no quotes at all.
  case noQuotes
  /// Too few quotes with an ask or a bid at different strikes; three are the least.
  case tooFewQuotes(usable: Int)
  /// A bid above the ask.
  case crossedQuote(strike: Double, bid: Double, ask: Double)
  /// A NaN, infinite or negative number in the quote at this place, counted from 0.
  case invalidQuote(index: Int, value: Double)
  /// A forward, discount factor or time that is not positive and finite.
  case invalidMarket(forward: Double, discount: Double, years: Double)
  /// No premium near the forward has a volatility: below intrinsic value or above the bound.
  case noVolatility
  /// A smile without volatility at a strike, or without any density that is not negative.
  case invalidSmile(strike: Double)
}

extension DensityError: CustomStringConvertible {
  /// One sentence with the number that went wrong.
  public var description: String {
    switch self {
    case .noQuotes: "there are no quotes"
    case .tooFewQuotes(let count): "\(count) usable quotes; a density needs three strikes"
    case .crossedQuote(let strike, let bid, let ask): "strike \(strike): the bid \(bid) is above the ask \(ask)"
    case .invalidQuote(let index, let value): "quote \(index): \(value) is not a price, strike or volatility"
    case .invalidMarket(let forward, let discount, let years):
      "forward \(forward), discount \(discount) and years \(years) must be positive and finite"
    case .noVolatility: "no premium near the forward has a volatility"
    case .invalidSmile(let strike): "the smile has no density at strike \(strike)"
    }
  }
}

extension DensityError {
  /// A word for the column `status`.
  public var code: String {
    switch self {
    case .noQuotes: "no_quotes"
    case .tooFewQuotes: "too_few_quotes"
    case .crossedQuote: "crossed_quote"
    case .invalidQuote(_, let value): value.isNaN ? "nan_input" : "invalid"
    case .invalidMarket(let forward, let discount, let years):
      (forward + discount + years).isNaN ? "nan_input" : "invalid"
    case .noVolatility: "no_volatility"
    case .invalidSmile: "invalid_smile"
    }
  }
}
