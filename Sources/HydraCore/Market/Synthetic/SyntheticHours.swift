import HydraNumerics

/// The hours of one trade date of the grains, in nanoseconds since 1970: an electronic night, a day session, and in it the
/// minute whose trades make the settlement.
///
/// Chicago time: 19:00 on the calendar day before to 07:45, and 08:30 to 13:20, with the settlement of 13:14 to 13:15. Orders
/// gather for half an hour before each session opens, and cannot be taken back in the last half minute of it.
struct SyntheticHours: Hashable, Sendable {
  let night: Range<Int64>
  let day: Range<Int64>
  let settlement: Range<Int64>

  static let minute: Int64 = 60_000_000_000
  /// How long orders gather before a session opens.
  static let gathering = 30 * minute
  /// The part of it at whose beginning the orders are bound.
  static let binding = minute / 2

  init(_ date: CivilDate) {
    func time(_ date: CivilDate, _ hour: Int, _ minute: Int) -> Int64 {
      ExchangeZone.chicago.timestamp(date, hour: hour, minute: minute).nanoseconds
    }
    night = time(date.adding(days: -1), 19, 0)..<time(date, 7, 45)
    day = time(date, 8, 30)..<time(date, 13, 20)
    settlement = time(date, 13, 14)..<time(date, 13, 15)
  }

  /// Whether a time falls into one of the sessions.
  func contain(_ time: Int64) -> Bool { night.contains(time) || day.contains(time) }

  /// Share of the trade date's price variance that has passed at a time: hourly moves by day are to those at night as
  /// 72 to 40.
  func elapsed(_ time: Int64) -> Double {
    let atNight = 0.45
    func part(_ range: Range<Int64>) -> Double {
      min(1, max(0, Double(time - range.lowerBound) / Double(range.upperBound - range.lowerBound)))
    }
    return atNight * part(night) + (1 - atNight) * part(day)
  }

  /// The beginning of a minute in which something is traded, for a uniform draw: an eighth of them at night, the day's
  /// more at its open and towards its settlement.
  func tradedMinute(_ place: Double) -> Int64 {
    let atNight = 0.125
    if place < atNight {
      // Most of the night's trades come in its first hours and before its end.
      let x = place / atNight
      let bent = x < 0.5 ? 2 * x * x : 1 - 2 * (1 - x) * (1 - x)
      return minute(in: night, share: (bent + 0.5).truncatingRemainder(dividingBy: 1))
    }
    var rest = (place - atNight) / (1 - atNight) * Self.weights.reduce(0, +)
    for (index, weight) in Self.weights.enumerated() {
      if rest < weight || index == Self.weights.count - 1 {
        let share = (Double(index) + min(rest / weight, 1)) / Double(Self.weights.count)
        return minute(in: day.lowerBound..<settlement.lowerBound, share: share)
      }
      rest -= weight
    }
    return day.lowerBound
  }

  /// Of tenths of the day session.
  private static let weights = [1.9, 1.2, 1, 0.85, 0.75, 0.7, 0.75, 0.9, 1.1, 1.5]

  private func minute(in range: Range<Int64>, share: Double) -> Int64 {
    let minutes = (range.upperBound - range.lowerBound) / Self.minute
    return range.lowerBound + min(minutes - 1, Int64(share * Double(minutes))) * Self.minute
  }
}
