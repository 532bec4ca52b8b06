import HydraNumerics

/// What was recorded inside of one trade date of one contract.
public struct MarketSession: Hashable, Sendable {
  /// Single orders, or bars of trades.
  public enum Contents: Hashable, Sendable {
    case orders([ReplayEvent])
    case bars([ReplayBar])
  }

  public var date: CivilDate
  public var contract: ContractMonth
  /// Path inside the folder.
  public var file: String
  public var contents: Contents

  public init(date: CivilDate, contract: ContractMonth, file: String, contents: Contents) {
    (self.date, self.contract, self.file, self.contents) = (date, contract, file, contents)
  }

  /// When the record begins and ends, in nanoseconds since 1970; nil without a record.
  public var span: ClosedRange<Int64>? {
    switch contents {
    case .orders(let events): events.first.flatMap { first in events.last.map { first.time...$0.time } }
    case .bars(let bars): bars.first.flatMap { first in bars.last.map { first.time...$0.time } }
    }
  }

  /// The trade date of a moment on an exchange of Chicago: from 17:00 on the next day's, and Monday's for what falls on a
  /// weekend.
  public static func tradeDate(of nanoseconds: Int64) -> CivilDate {
    let time = Timestamp(nanoseconds: nanoseconds)
    let date = ExchangeZone.chicago.date(at: time)
    let next = ExchangeZone.chicago.time(at: time).hour >= 17 ? date.adding(days: 1) : date
    return next.weekday >= 5 ? next.adding(days: 7 - next.weekday) : next
  }
}
