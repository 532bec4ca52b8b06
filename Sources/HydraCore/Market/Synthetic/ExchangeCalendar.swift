import HydraNumerics

/// Trading days of a grain exchange in the United States, computed from rules.
///
/// Closed at weekends and on New Year's Day, the holidays of Dr King and Washington, Good Friday, Memorial Day,
/// Independence Day, Labor Day, Thanksgiving and Christmas. A fixed holiday on a Sunday moves to Monday; one on a
/// Saturday moves to Friday, except New Year's Day, which then has no holiday. Special closures are not modelled.
public enum ExchangeCalendar {
  /// Whether the exchange trades on this day.
  public static func isTradingDay(_ date: CivilDate) -> Bool { date.weekday < 5 && !isHoliday(date) }

  /// All trading days from `start` up to and without `end`.
  public static func tradingDays(from start: CivilDate, to end: CivilDate) -> [CivilDate] {
    guard start < end else { return [] }
    return (start.dayNumber..<end.dayNumber).map(CivilDate.init(dayNumber:)).filter(isTradingDay)
  }

  /// The first trading day at or after the date.
  public static func tradingDay(atOrAfter date: CivilDate) -> CivilDate {
    var day = date
    while !isTradingDay(day) { day = day.adding(days: 1) }
    return day
  }

  /// The last trading day before the date.
  public static func tradingDay(before date: CivilDate) -> CivilDate {
    var day = date.adding(days: -1)
    while !isTradingDay(day) { day = day.adding(days: -1) }
    return day
  }

  /// Whether a weekday is a holiday of the exchange.
  public static func isHoliday(_ date: CivilDate) -> Bool {
    let (year, month, day) = date.components
    let nthOfMonth = (day - 1) / 7 + 1
    switch (month, date.weekday) {
    case (1, 0) where nthOfMonth == 3, (2, 0) where nthOfMonth == 3: return true
    case (5, 0) where day > 24: return true
    case (9, 0) where nthOfMonth == 1: return true
    case (11, 3) where nthOfMonth == 4: return true
    default: break
    }
    if isObserved(date, month: 7, day: 4) || isObserved(date, month: 12, day: 25) { return true }
    if month == 1, day == 1 || (day == 2 && date.weekday == 0) { return true }
    return date == easterSunday(year).adding(days: -2)
  }

  private static func isObserved(_ date: CivilDate, month: Int, day: Int) -> Bool {
    let fixed = CivilDate(year: date.year, month: month, day: day)
    switch fixed.weekday {
    case 5: return date == fixed.adding(days: -1)
    case 6: return date == fixed.adding(days: 1)
    default: return date == fixed
    }
  }

  /// Easter Sunday of the Gregorian calendar.
  ///
  /// Source: "Anonymous Gregorian algorithm", J. Meeus, *Astronomical Algorithms* (1991), chapter 8.
  public static func easterSunday(_ year: Int) -> CivilDate {
    let a = year % 19
    let (b, c) = (year / 100, year % 100)
    let g = (8 * b + 13) / 25
    let h = (19 * a + b - b / 4 - g + 15) % 30
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7
    let m = (a + 11 * h + 22 * l) / 451
    let n = h + l - 7 * m + 114
    return CivilDate(year: year, month: n / 31, day: n % 31 + 1)
  }
}
