import HydraNumerics

/// Which months a market lists, when they stop trading, and which one a trader holds when.
public struct ContractCycle: Hashable, Codable, Sendable {
  /// When a held month is left: the first trading day at or after `day` of the month that lies `monthsBefore` earlier.
  public struct Departure: Hashable, Codable, Sendable {
    /// The delivery month that is left, 1...12.
    public var month: Int
    public var monthsBefore: Int
    public var day: Int
  }

  /// The rule of the last trade day.
  public enum Expiry: String, Codable, Sendable {
    /// The last trading day before the 15th of the delivery month.
    case middleOfMonth
    /// The third Wednesday of the delivery month, or the trading day before.
    case thirdWednesday
  }

  /// Listed delivery months, ascending.
  public var months: [Int]
  /// How many contracts are listed at a time.
  public var listed: Int
  public var expiry: Expiry
  /// The months that are ever held, ascending, with their days of departure.
  public var held: [Departure]

  /// The listed month after this one.
  public func next(after contract: ContractMonth) -> ContractMonth { Self.neighbour(of: contract, in: months, step: 1) }

  /// The listed month before this one.
  public func previous(before contract: ContractMonth) -> ContractMonth {
    Self.neighbour(of: contract, in: months, step: -1)
  }

  /// The month that is held after this one.
  public func nextHeld(after contract: ContractMonth) -> ContractMonth {
    Self.neighbour(of: contract, in: held.map(\.month), step: 1)
  }

  private static func neighbour(of contract: ContractMonth, in months: [Int], step: Int) -> ContractMonth {
    let index = months.firstIndex(of: contract.month)! + step
    let count = months.count
    return ContractMonth(
      year: contract.year + (index < 0 ? -1 : index / count), month: months[(index + count) % count])
  }

  /// The last day on which the contract trades, by ``expiry``.
  public func lastTradeDay(of contract: ContractMonth) -> CivilDate {
    switch expiry {
    case .middleOfMonth:
      return ExchangeCalendar.tradingDay(before: CivilDate(year: contract.year, month: contract.month, day: 15))
    case .thirdWednesday:
      let first = CivilDate(year: contract.year, month: contract.month, day: 15)
      let wednesday = first.adding(days: (9 - first.weekday) % 7)
      return ExchangeCalendar.tradingDay(before: wednesday.adding(days: 1))
    }
  }

  /// The last trading day of the month before delivery.
  public func firstNoticeDay(of contract: ContractMonth) -> CivilDate {
    ExchangeCalendar.tradingDay(before: CivilDate(year: contract.year, month: contract.month, day: 1))
  }

  /// The first trading day on which a holder leaves this held month for the next one.
  public func departureDay(of contract: ContractMonth) -> CivilDate {
    let rule = held.first { $0.month == contract.month }!
    let monthIndex = contract.year * 12 + contract.month - 1 - rule.monthsBefore
    return ExchangeCalendar.tradingDay(
      atOrAfter: CivilDate(year: monthIndex / 12, month: monthIndex % 12 + 1, day: rule.day))
  }

  /// The contract whose price is carried on this day; on the day of departure still the old one.
  public func heldContract(on date: CivilDate) -> ContractMonth {
    var contract = ContractMonth(year: date.year - 1, month: held[0].month)
    while departureDay(of: contract) < date { contract = nextHeld(after: contract) }
    return contract
  }

  /// The listed contract that expires first, at or after this day.
  public func frontContract(on date: CivilDate) -> ContractMonth {
    var contract = ContractMonth(year: date.year - 1, month: months[0])
    while lastTradeDay(of: contract) < date { contract = next(after: contract) }
    return contract
  }
}
