import HydraNumerics

/// One trade date of the contract that a trader would hold, with its neighbour and its successor.
public struct HeldBar: Hashable, Codable, Sendable {
  /// Where the close of a bar was read.
  public enum Source: String, Codable, Sendable {
    /// The day's settlement row.
    case settlement
    /// The last hourly price of the trade date.
    case hourly
  }

  public var symbol: String
  public var date: CivilDate
  public var contract: ContractMonth
  /// Price of `contract` at the end of the trade date, in price units.
  public var close: Double
  /// The contract against which carry is measured, and its price on this date where one is recorded.
  public var carryContract: ContractMonth?
  public var carryClose: Double?
  /// The contract that is held after `contract`, and its price on this date where one is recorded.
  public var nextContract: ContractMonth?
  public var nextClose: Double?
  public var source: Source
  public var times: FactTimes

  public init(
    symbol: String, date: CivilDate, contract: ContractMonth, close: Double, carryContract: ContractMonth? = nil,
    carryClose: Double? = nil, nextContract: ContractMonth? = nil, nextClose: Double? = nil,
    source: Source = .settlement, times: FactTimes
  ) {
    self.symbol = symbol
    self.date = date
    self.contract = contract
    self.close = close
    self.carryContract = carryContract
    self.carryClose = carryClose
    self.nextContract = nextContract
    self.nextClose = nextClose
    self.source = source
    self.times = times
  }
}
