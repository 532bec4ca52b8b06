import HydraNumerics

/// The change of the held contract, at prices of one and the same trade date.
///
/// A position is carried over by two fills: out of `from` at `fromPrice` and into `to` at `toPrice`, each with its cost.
public struct Roll: Hashable, Codable, Sendable {
  public var symbol: String
  public var date: CivilDate
  public var from: ContractMonth
  public var to: ContractMonth
  public var fromPrice: Double
  public var toPrice: Double
  public var times: FactTimes

  public init(
    symbol: String, date: CivilDate, from: ContractMonth, to: ContractMonth, fromPrice: Double, toPrice: Double,
    times: FactTimes
  ) {
    self.symbol = symbol
    self.date = date
    self.from = from
    self.to = to
    self.fromPrice = fromPrice
    self.toPrice = toPrice
    self.times = times
  }
}
