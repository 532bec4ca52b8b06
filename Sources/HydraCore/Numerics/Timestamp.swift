/// A moment in UTC, counted in nanoseconds from 1970-01-01T00:00:00Z without leap seconds.
///
/// Holds the years 1678 to 2261. Codes and prints as ISO 8601, with a fraction of 3, 6 or 9 digits only where there is
/// one.
///
///     Timestamp("2012-06-04T23:00:00Z")!.adding(seconds: 3600)      // 2012-06-05T00:00:00Z
///     Timestamp("2012-06-04T18:00:00.5-05:00")!                     // 2012-06-04T23:00:00.500Z
public struct Timestamp: Hashable, Sendable {
  /// Nanoseconds since 1970-01-01T00:00:00Z; negative before.
  public var nanoseconds: Int64

  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// The earliest moment that can be held.
  public static let distantPast = Timestamp(nanoseconds: .min)
  /// The latest moment that can be held.
  public static let distantFuture = Timestamp(nanoseconds: .max)

  /// The UTC day that the moment falls on.
  public var date: CivilDate {
    CivilDate(dayNumber: Int32(nanoseconds.flooredQuotient(86_400_000_000_000)))
  }

  /// Nanoseconds since the UTC midnight before, 0 ..< 86 400 000 000 000.
  public var nanosecondsOfDay: Int64 {
    let rest = nanoseconds % 86_400_000_000_000
    return rest < 0 ? rest + 86_400_000_000_000 : rest
  }

  /// Whole seconds since 1970, rounded down.
  public var seconds: Int64 { nanoseconds.flooredQuotient(1_000_000_000) }

  /// The moment so many seconds later, or earlier when negative.
  public func adding(seconds: Int64) -> Timestamp { Timestamp(nanoseconds: nanoseconds + seconds * 1_000_000_000) }

  /// The moment so many nanoseconds later, or earlier when negative.
  public func adding(nanoseconds: Int64) -> Timestamp { Timestamp(nanoseconds: self.nanoseconds + nanoseconds) }

  /// Seconds from `start` to this moment; exact to a nanosecond for spans of up to 104 days.
  public func seconds(since start: Timestamp) -> Double {
    let difference = nanoseconds.subtractingReportingOverflow(start.nanoseconds)
    return difference.overflow
      ? (Double(nanoseconds) - Double(start.nanoseconds)) / 1e9 : Double(difference.partialValue) / 1e9
  }
}

extension Timestamp: Comparable {
  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.nanoseconds < right.nanoseconds }
}

extension Timestamp: LosslessStringConvertible {
  /// Parses ISO 8601: a date, then optionally `T` or a blank and hours and minutes, seconds, a fraction of up to nine
  /// digits, and `Z` or an offset such as `-05:00`.
  ///
  /// Without an offset the time is UTC; without a time it is midnight. Nil for any other form, for days or times that
  /// do not exist (leap seconds among them), and outside the years that fit.
  public init?(_ iso8601: String) {
    var text = iso8601
    guard let parsed = text.withUTF8({ Timestamp(isoBytes: $0) }) else { return nil }
    self = parsed
  }

  /// `2012-06-04T23:00:00Z`, with `.500` and so on in front of the `Z` where the second is not whole.
  public var description: String {
    let ofDay = nanosecondsOfDay
    let (seconds, fraction) = (Int(ofDay / 1_000_000_000), Int(ofDay % 1_000_000_000))
    var text = "\(date)T\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
    if fraction % 1_000_000 == 0 {
      if fraction != 0 { text += "." + padded(fraction / 1_000_000, 3) }
    } else if fraction % 1000 == 0 {
      text += "." + padded(fraction / 1000, 6)
    } else {
      text += "." + padded(fraction, 9)
    }
    return text + "Z"
  }

  init?(isoBytes bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.count >= 10, let date = CivilDate(isoBytes: .init(rebasing: bytes[0..<10])) else { return nil }
    var seconds = Int64(date.dayNumber) * 86_400
    var fraction: Int64 = 0
    if bytes.count > 10 {
      guard let clock = ClockFields(bytes, from: 10) else { return nil }
      seconds += clock.seconds
      fraction = clock.nanoseconds
    }
    if seconds < 0, fraction > 0 {
      // Counted back from the second above, so that the earliest moment does not overflow on the way.
      seconds += 1
      fraction -= 1_000_000_000
    }
    let scaled = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let total = scaled.partialValue.addingReportingOverflow(fraction)
    guard !scaled.overflow, !total.overflow else { return nil }
    nanoseconds = total.partialValue
  }
}

extension Timestamp: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let time = Timestamp(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(text)' is not a time like 2012-06-04T23:00:00Z")
    }
    self = time
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// The part of an ISO 8601 time behind the date, as seconds of UTC since that date's midnight.
private struct ClockFields {
  var seconds: Int64 = 0
  var nanoseconds: Int64 = 0

  init?(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) {
    guard bytes[start] == UInt8(ascii: "T") || bytes[start] == UInt8(ascii: " "), bytes.count >= start + 6,
      bytes[start + 3] == UInt8(ascii: ":"),
      let hour = digits(bytes, start + 1..<start + 3), hour < 24,
      let minute = digits(bytes, start + 4..<start + 6), minute < 60
    else { return nil }
    seconds = Int64(hour * 3600 + minute * 60)
    var position = start + 6
    if position < bytes.count, bytes[position] == UInt8(ascii: ":") {
      guard bytes.count >= position + 3, let second = digits(bytes, position + 1..<position + 3), second < 60 else {
        return nil
      }
      seconds += Int64(second)
      position += 3
      if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
        var end = position + 1
        while end < bytes.count, (48...57).contains(bytes[end]) { end += 1 }
        let count = end - position - 1
        guard count >= 1, count <= 9, var value = digits(bytes, position + 1..<end) else { return nil }
        for _ in count..<9 { value *= 10 }
        nanoseconds = Int64(value)
        position = end
      }
    }
    guard let offset = Self.offset(bytes, from: position) else { return nil }
    seconds -= offset
  }

  /// Seconds east of UTC; zero where nothing follows.
  private static func offset(_ bytes: UnsafeBufferPointer<UInt8>, from position: Int) -> Int64? {
    guard position < bytes.count else { return 0 }
    let mark = bytes[position]
    if mark == UInt8(ascii: "Z") { return position + 1 == bytes.count ? 0 : nil }
    guard mark == UInt8(ascii: "+") || mark == UInt8(ascii: "-"), bytes.count == position + 6,
      bytes[position + 3] == UInt8(ascii: ":"),
      let hour = digits(bytes, position + 1..<position + 3), hour < 24,
      let minute = digits(bytes, position + 4..<position + 6), minute < 60
    else { return nil }
    return Int64(hour * 3600 + minute * 60) * (mark == UInt8(ascii: "+") ? 1 : -1)
  }
}

extension Int64 {
  /// Division that rounds towards minus infinity, for a positive divisor.
  fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}
