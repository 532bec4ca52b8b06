import HydraNumerics

/// Something that became known about a market.
public enum MarketEvent: Hashable, Codable, Sendable {
  case positions(PositionsReport)
  case daily(DailyBar)
  case implied(ImpliedReading)
  case bar(HeldBar)
  case roll(Roll)

  public var symbol: String {
    switch self {
    case .positions(let report): report.symbol
    case .daily(let bar): bar.symbol
    case .implied(let reading): reading.symbol
    case .bar(let bar): bar.symbol
    case .roll(let roll): roll.symbol
    }
  }

  public var times: FactTimes {
    switch self {
    case .positions(let report): report.times
    case .daily(let bar): bar.times
    case .implied(let reading): reading.times
    case .bar(let bar): bar.times
    case .roll(let roll): roll.times
    }
  }

  /// When it happened.
  public var eventTime: Timestamp { times.event }
  /// When it became known; events are delivered in this order.
  public var knownTime: Timestamp { times.available }

  /// The trade date, or the as-of date of a report.
  public var date: CivilDate {
    switch self {
    case .positions(let report): report.asOf
    case .daily(let bar): bar.date
    case .implied(let reading): reading.date
    case .bar(let bar): bar.date
    case .roll(let roll): roll.date
    }
  }
}

extension MarketEvent {
  /// Whether `a` is delivered before `b`: by known time; at one time positions, then daily bars, then what
  /// options say, then held bars of other markets, then the held bar of `primary`, then rolls; last by symbol and date.
  ///
  /// The primary market's bar comes after all else that is known at its time, so that a decision sees all of it.
  public static func precedes(_ a: MarketEvent, _ b: MarketEvent, primary: String) -> Bool {
    if a.knownTime != b.knownTime { return a.knownTime < b.knownTime }
    let (rankA, rankB) = (a.rank(primary: primary), b.rank(primary: primary))
    if rankA != rankB { return rankA < rankB }
    if a.symbol != b.symbol { return a.symbol < b.symbol }
    return a.date < b.date
  }

  private func rank(primary: String) -> Int {
    switch self {
    case .positions: 0
    case .daily: 1
    case .implied: 2
    case .bar(let bar): bar.symbol == primary ? 5 : 3
    case .roll(let roll): roll.symbol == primary ? 6 : 4
    }
  }
}
