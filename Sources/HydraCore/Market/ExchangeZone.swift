import HydraNumerics

/// The local time of an exchange's city, with United States daylight saving time.
///
/// Clocks go forward at 02:00 standard time and back at 02:00 daylight time, in these spans:
///
/// | years | from | to |
/// |---|---|---|
/// | to 1986 | last Sunday of April | last Sunday of October |
/// | 1974, 1975 | 6 January, 23 February | last Sunday of October |
/// | 1987 to 2006 | first Sunday of April | last Sunday of October |
/// | from 2007 | second Sunday of March | first Sunday of November |
///
/// The rules are federal law from 1967 on; earlier years follow the first row, as both cities did by local law from
/// 1955. No time-zone data base is read, so a result cannot depend on the machine.
///
///     ExchangeZone.newYork.timestamp(CivilDate(year: 2014, month: 7, day: 4), hour: 15, minute: 30)
///     // 2014-07-04T19:30:00Z
///
/// Source: Uniform Time Act of 1966; Emergency Daylight Saving Time Act of 1973 and its amendment of 1974;
/// Public Law 99-359 (1986); Energy Policy Act of 2005, section 110.
public enum ExchangeZone: String, Hashable, Codable, Sendable, CaseIterable {
  case newYork = "America/New_York"
  case chicago = "America/Chicago"

  /// Seconds to add to UTC for standard time; negative west of Greenwich.
  public var standardOffsetSeconds: Int64 {
    switch self {
    case .newYork: -5 * 3600
    case .chicago: -6 * 3600
    }
  }

  /// Seconds to add to UTC for the local time at `moment`.
  public func offsetSeconds(at moment: Timestamp) -> Int64 {
    isDaylight(at: moment) ? standardOffsetSeconds + 3600 : standardOffsetSeconds
  }

  /// Whether clocks run on daylight saving time at `moment`.
  public func isDaylight(at moment: Timestamp) -> Bool {
    let standardTime = moment.adding(seconds: standardOffsetSeconds)
    let (start, end) = Self.daylightDates(year: standardTime.date.year)
    // In standard time the change back (02:00 daylight time) is at 01:00.
    return standardTime >= start.timestamp(hour: 2) && standardTime < end.timestamp(hour: 1)
  }

  /// The UTC moment of a local time.
  ///
  /// A time that a change of clocks skips is read as if the clocks had not changed yet (02:30 becomes 03:30 daylight
  /// time); one that occurs twice means its first, daylight, occurrence.
  public func timestamp(_ date: CivilDate, hour: Int = 0, minute: Int = 0) -> Timestamp {
    let standard = date.timestamp(hour: hour, minute: minute).adding(seconds: -standardOffsetSeconds)
    let daylight = standard.adding(seconds: -3600)
    return isDaylight(at: daylight) ? daylight : standard
  }

  /// The local calendar day at `moment`.
  public func date(at moment: Timestamp) -> CivilDate { moment.adding(seconds: offsetSeconds(at: moment)).date }

  /// The local hour (0...23) and minute at `moment`.
  public func time(at moment: Timestamp) -> (hour: Int, minute: Int) {
    let minutes = Int(moment.adding(seconds: offsetSeconds(at: moment)).nanosecondsOfDay / 60_000_000_000)
    return (minutes / 60, minutes % 60)
  }

  /// The Sundays (or other days, in 1974) on which clocks went forward and back.
  static func daylightDates(year: Int) -> (start: CivilDate, end: CivilDate) {
    let sundayEnd = { (month: Int) in lastSunday(year: year, month: month) }
    switch year {
    case 1974: return (CivilDate(year: 1974, month: 1, day: 6), sundayEnd(10))
    case 1975: return (CivilDate(year: 1975, month: 2, day: 23), sundayEnd(10))
    case ..<1987: return (sundayEnd(4), sundayEnd(10))
    case ..<2007: return (sunday(1, year: year, month: 4), sundayEnd(10))
    default: return (sunday(2, year: year, month: 3), sunday(1, year: year, month: 11))
    }
  }

  private static func sunday(_ count: Int, year: Int, month: Int) -> CivilDate {
    let first = CivilDate(year: year, month: month, day: 1)
    return first.adding(days: 6 - first.weekday + 7 * (count - 1))
  }

  private static func lastSunday(year: Int, month: Int) -> CivilDate {
    let last = CivilDate(year: year, month: month, day: CivilDate.daysInMonth(year: year, month: month))
    return last.adding(days: -((last.weekday + 1) % 7))
  }
}
