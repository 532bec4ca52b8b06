/// What the market says of one option: its two sides, and what is known beside them.
///
///     let quote = OptionQuote(.put, strike: 350, bid: 11.5, ask: 12.25)
///     quote.mid      // 11.875
///     quote.spread   // 0.75
public struct OptionQuote: Hashable, Codable, Sendable {
  public var kind: OptionKind
  /// Strike, in the unit of the forward.
  public var strike: Double
  /// The best bid as a discounted premium in the unit of the forward; nil when nobody bids.
  public var bid: Double?
  /// The best ask, in the same unit; nil when nobody offers.
  public var ask: Double?
  /// A middle that somebody else chose (a settlement price, a size-weighted mid); nil for the plain one.
  public var statedMid: Double?
  /// Contracts open; nil when not known.
  public var openInterest: Double?
  /// The implied volatility that came with the quote, per √year (0.31 = 31 %); nil when none did.
  public var volatility: Double?
  /// The price of the last trade; nil when there was none.
  public var lastPrice: Double?
  /// Seconds since the quote (or else the last trade) was made; nil when not known.
  public var ageSeconds: Double?

  public init(
    _ kind: OptionKind, strike: Double, bid: Double? = nil, ask: Double? = nil, statedMid: Double? = nil,
    openInterest: Double? = nil, volatility: Double? = nil, lastPrice: Double? = nil, ageSeconds: Double? = nil
  ) {
    self.kind = kind
    self.strike = strike
    self.bid = bid
    self.ask = ask
    self.statedMid = statedMid
    self.openInterest = openInterest
    self.volatility = volatility
    self.lastPrice = lastPrice
    self.ageSeconds = ageSeconds
  }

  /// The stated middle, or halfway between bid and ask; NaN where a side is missing, which every inversion answers
  /// with the status for NaN.
  public var mid: Double {
    if let statedMid { return statedMid }
    guard let bid, let ask else { return .nan }
    return 0.5 * (bid + ask)
  }

  /// Ask less bid; nil where a side is missing. Negative when the quote is crossed.
  public var spread: Double? {
    guard let bid, let ask else { return nil }
    return ask - bid
  }
}
