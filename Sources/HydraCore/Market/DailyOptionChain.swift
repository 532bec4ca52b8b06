import HydraNumerics
import HydraOptions

/// The options of one expiry on one future at the end of one day.
public struct DailyOptionChain: Hashable, Codable, Sendable {
  public var symbol: String
  public var date: CivilDate
  /// The delivery month of the future that the options are on.
  public var contract: ContractMonth
  /// The last day of the options, after `date`.
  public var expiry: CivilDate
  /// Settlement of the future on `date`.
  public var underlying: Double
  /// Continuously compounded rate to the expiry, per year.
  public var rate: Double
  /// The options are American. `lastPrice` is the settlement.
  public var quotes: OptionQuotes
  public var times: FactTimes

  public init(
    symbol: String, date: CivilDate, contract: ContractMonth, expiry: CivilDate, underlying: Double, rate: Double,
    quotes: OptionQuotes, times: FactTimes
  ) {
    self.symbol = symbol
    self.date = date
    self.contract = contract
    self.expiry = expiry
    self.underlying = underlying
    self.rate = rate
    self.quotes = quotes
    self.times = times
  }

  /// What the options depend on besides themselves; time is days / 365.
  public var market: FuturesOptionMarket {
    FuturesOptionMarket(forward: underlying, rate: rate, years: Double(expiry - date) / 365)
  }
}
