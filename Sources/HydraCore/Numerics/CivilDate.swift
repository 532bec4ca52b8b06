/// A day of the Gregorian calendar, without a time of day or a zone.
///
/// Counted in days from 1970-01-01, so that differences and weekdays are integer arithmetic and no calendar
/// library or time zone can change a result. Codes and prints as `2012-06-04`.
///
///     let date = CivilDate(year: 2012, month: 6, day: 4)
///     date.weekday                    // 0, a Monday
///     date.adding(days: 30)           // 2012-07-04
///     date.timestamp(hour: 23)        // 2012-06-04T23:00:00Z
///
/// Source: H. Hinnant, "chrono-compatible low-level date algorithms" (2013), `days_from_civil` and `civil_from_days`.
public struct CivilDate: Hashable, Sendable {
  /// Days since 1970-01-01; negative before.
  public var dayNumber: Int32

  public init(dayNumber: Int32) { self.dayNumber = dayNumber }

  /// - Precondition: the day exists (`isValid`), and `year` lies in -9999...9999.
  public init(year: Int, month: Int, day: Int) {
    precondition(Self.isValid(year: year, month: month, day: day), "no such date: \(year)-\(month)-\(day)")
    // The year starts in March, so that the leap day is the last of its year.
    let marchYear = month <= 2 ? year - 1 : year
    let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
    let yearOfEra = marchYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    dayNumber = Int32(era * 146_097 + dayOfEra - 719_468)
  }

  /// Whether the Gregorian calendar has this day.
  public static func isValid(year: Int, month: Int, day: Int) -> Bool {
    (-9999...9999).contains(year) && (1...12).contains(month) && day >= 1
      && day <= daysInMonth(year: year, month: month)
  }

  /// The length of a month, 28 to 31.
  ///
  /// - Precondition: `month` lies in 1...12.
  public static func daysInMonth(year: Int, month: Int) -> Int {
    precondition((1...12).contains(month), "no such month: \(month)")
    switch month {
    case 2: return isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: return 30
    default: return 31
    }
  }

  /// Whether the year has a 29 February.
  public static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  /// Year, month (1...12) and day (1...31) together; cheaper than the three properties.
  public var components: (year: Int, month: Int, day: Int) {
    let shifted = Int(dayNumber) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }

  public var year: Int { components.year }
  /// 1 = January … 12 = December.
  public var month: Int { components.month }
  /// 1...31.
  public var day: Int { components.day }

  /// 0 = Monday … 6 = Sunday.
  public var weekday: Int {
    let fromThursday = (Int(dayNumber) + 3) % 7
    return fromThursday >= 0 ? fromThursday : fromThursday + 7
  }

  /// Day of the year, 1...366.
  public var dayOfYear: Int { self - CivilDate(year: year, month: 1, day: 1) + 1 }

  /// The date so many days later, or earlier when negative.
  public func adding(days: Int) -> CivilDate { CivilDate(dayNumber: dayNumber + Int32(days)) }

  /// The UTC moment at this hour and minute of the day; `hour` may pass 23 and then falls on a later day.
  ///
  /// - Precondition: the moment lies in the years 1678 to 2261 (64-bit nanoseconds).
  public func timestamp(hour: Int = 0, minute: Int = 0) -> Timestamp {
    Timestamp(nanoseconds: (Int64(dayNumber) * 86_400 + Int64(hour) * 3600 + Int64(minute) * 60) * 1_000_000_000)
  }

  /// Days from `right` to `left`.
  public static func - (left: CivilDate, right: CivilDate) -> Int { Int(left.dayNumber) - Int(right.dayNumber) }
}

extension CivilDate: Comparable {
  public static func < (left: CivilDate, right: CivilDate) -> Bool { left.dayNumber < right.dayNumber }
}

extension CivilDate: LosslessStringConvertible {
  /// Parses `2012-06-04`; nil for any other form and for days that do not exist.
  public init?(_ iso: String) {
    var iso = iso
    guard let date = iso.withUTF8({ CivilDate(isoBytes: $0) }) else { return nil }
    self = date
  }

  /// `2012-06-04`. Years outside 0...9999 get a sign and do not parse back.
  public var description: String {
    let (year, month, day) = components
    return (year < 0 ? "-" : year > 9999 ? "+" : "") + padded(abs(year), 4) + "-" + padded(month, 2) + "-"
      + padded(day, 2)
  }

  /// Parses exactly the ten bytes `YYYY-MM-DD`.
  init?(isoBytes bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let year = digits(bytes, 0..<4), let month = digits(bytes, 5..<7), let day = digits(bytes, 8..<10),
      Self.isValid(year: year, month: month, day: day)
    else { return nil }
    self.init(year: year, month: month, day: day)
  }
}

extension CivilDate: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let date = CivilDate(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is not a date like 2012-06-04")
    }
    self = date
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// The value of a run of decimal digits; nil when another byte is among them.
func digits(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int? {
  var value = 0
  for index in range {
    let digit = Int(bytes[index]) - 48
    guard digit >= 0, digit <= 9 else { return nil }
    value = value * 10 + digit
  }
  return value
}

/// A number of at least `width` digits, filled with zeros in front.
func padded(_ value: Int, _ width: Int) -> String {
  let text = String(value)
  return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
}
