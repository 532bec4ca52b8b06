import HydraNumerics

/// When an exchange trades: the sessions of each trade date, in UTC, across changes of the clocks.
///
/// A trade date begins with the evening before its calendar day and ends with its day session.
///
///     let hours = TradingHours.cbotGrains
///     hours.sessions(of: CivilDate("2014-07-07")!).first!.lowerBound      // 2014-07-07T00:00:00Z, Sunday 19:00 Chicago
///     hours.tradeDate(at: Timestamp("2014-07-08T01:00:00Z")!)              // 2014-07-08
///
/// Holidays are those of ``ExchangeCalendar``, and 19 June from 2022 on. Special closures are not modelled, nor are the
/// sessions that some holidays of the weekday keep.
public struct TradingHours: Hashable, Sendable {
  /// Opening and closing minute of one session, after midnight of the trade date's calendar day in the exchange's zone;
  /// negative before it.
  public struct Span: Hashable, Sendable {
    public var open: Int
    public var close: Int

    public init(open: Int, close: Int) { (self.open, self.close) = (open, close) }
  }

  public let zone: ExchangeZone
  /// In time order; the last one settles the day.
  public let spans: [Span]
  /// When the day session of a short day ends; nil where days are never short.
  public let earlyClose: Int?
  /// Whether a session on the evening of a holiday belongs to the next trade date also after Independence Day,
  /// Thanksgiving, Christmas and New Year's Day; grains stay closed then until the morning.
  public let opensOnHolidayEvenings: Bool

  public init(zone: ExchangeZone, spans: [Span], earlyClose: Int? = nil, opensOnHolidayEvenings: Bool = true) {
    precondition(!spans.isEmpty && spans.allSatisfy { $0.open < $0.close })
    (self.zone, self.spans, self.earlyClose) = (zone, spans, earlyClose)
    self.opensOnHolidayEvenings = opensOnHolidayEvenings
  }

  /// Grains and oats in Chicago: 19:00–07:45 and 08:30–13:20; 12:05 on the days before Independence Day and
  /// Christmas and after Thanksgiving.
  public static let cbotGrains = TradingHours(
    zone: .chicago, spans: [Span(open: -5 * 60, close: 7 * 60 + 45), Span(open: 8 * 60 + 30, close: 13 * 60 + 20)],
    earlyClose: 12 * 60 + 5, opensOnHolidayEvenings: false)

  /// Stock index futures in Chicago: 17:00–16:00.
  public static let globexIndex = TradingHours(zone: .chicago, spans: [Span(open: -7 * 60, close: 16 * 60)])

  /// Whether the exchange has a trade date on this day.
  public func isTradeDate(_ date: CivilDate) -> Bool {
    guard ExchangeCalendar.isTradingDay(date) else { return false }
    return date.year < 2022 || !Self.isObservedJuneteenth(date)
  }

  /// Whether the day session ends early.
  public func isShort(_ date: CivilDate) -> Bool {
    guard earlyClose != nil, isTradeDate(date) else { return false }
    let next = date.adding(days: 1)
    guard date.month != 11 || date.weekday != 4 else { return ExchangeCalendar.isHoliday(date.adding(days: -1)) }
    return next.weekday < 5 && ((next.month == 7 && next.day == 4) || (next.month == 12 && next.day == 25))
  }

  /// The sessions of a trade date, in time order; none on a day without trading.
  public func sessions(of date: CivilDate) -> [Range<Timestamp>] {
    guard isTradeDate(date) else { return [] }
    let skipsEvening = !opensOnHolidayEvenings && Self.closesEvening(date.adding(days: -1))
    return spans.enumerated().compactMap { index, span in
      if skipsEvening, span.open < 0 { return nil }
      let isLast = index == spans.count - 1
      let close = isLast && isShort(date) ? earlyClose ?? span.close : span.close
      return moment(date, span.open)..<moment(date, close)
    }
  }

  /// When a trade date settles: the end of its last session; nil on a day without trading.
  public func settlement(of date: CivilDate) -> Timestamp? { sessions(of: date).last?.upperBound }

  /// The trade date to which a moment belongs: from the end of the date before to its own settlement.
  public func tradeDate(at moment: Timestamp) -> CivilDate {
    var date = zone.date(at: moment).adding(days: -1)
    while true {
      if let end = settlement(of: date), moment < end { return date }
      date = date.adding(days: 1)
    }
  }

  /// Whether orders are matched at a moment.
  public func isOpen(at moment: Timestamp) -> Bool {
    sessions(of: tradeDate(at: moment)).contains { $0.contains(moment) }
  }

  /// The next moment at or after this one at which orders are matched.
  public func nextOpen(at moment: Timestamp) -> Timestamp {
    var date = tradeDate(at: moment)
    while true {
      for session in sessions(of: date) where session.upperBound > moment { return max(session.lowerBound, moment) }
      date = date.adding(days: 1)
    }
  }

  /// The first trade date after a day.
  public func tradeDate(after date: CivilDate) -> CivilDate {
    var day = date.adding(days: 1)
    while !isTradeDate(day) { day = day.adding(days: 1) }
    return day
  }

  /// The last trade date before a day.
  public func tradeDate(before date: CivilDate) -> CivilDate {
    var day = date.adding(days: -1)
    while !isTradeDate(day) { day = day.adding(days: -1) }
    return day
  }

  private func moment(_ date: CivilDate, _ minute: Int) -> Timestamp {
    let day = minute < 0 ? date.adding(days: -1) : date
    let minute = minute < 0 ? minute + 1440 : minute
    return zone.timestamp(day, hour: minute / 60, minute: minute % 60)
  }

  /// Holidays after which grains open in the morning only.
  private static func closesEvening(_ date: CivilDate) -> Bool {
    guard date.weekday < 5, ExchangeCalendar.isHoliday(date) else { return false }
    return [1, 7, 12].contains(date.month) && !(date.month == 1 && date.day > 2) || date.month == 11
  }

  private static func isObservedJuneteenth(_ date: CivilDate) -> Bool {
    let fixed = CivilDate(year: date.year, month: 6, day: 19)
    return date == (fixed.weekday == 5 ? fixed.adding(days: -1) : fixed.weekday == 6 ? fixed.adding(days: 1) : fixed)
  }
}
