import HydraNumerics

/// When a Commitments of Traders report could be known.
enum ReportRelease {
  /// The first Friday at least three days after the as-of date, at 15:30 New York time.
  ///
  /// Holidays move real releases to a later day; a file that knows better has a column for it.
  static func scheduled(asOf: CivilDate) -> Timestamp {
    let earliest = asOf.adding(days: 3)
    let friday = earliest.adding(days: (4 - earliest.weekday + 7) % 7)
    return ExchangeZone.newYork.timestamp(friday, hour: 15, minute: 30)
  }

  /// The moment that a release time means when it was written with the offset of the other side of a clock change.
  ///
  /// - Returns: 15:30 New York of the same date, for a time an hour before or after it within a week of a change of the
  ///   clocks; nil for any other time.
  static func withClockChange(_ release: Timestamp) -> Timestamp? {
    let zone = ExchangeZone.newYork
    let offset = zone.offsetSeconds(at: release)
    let isNearChange = [-7, 7].contains { zone.offsetSeconds(at: release.adding(seconds: $0 * 86_400)) != offset }
    let (hour, minute) = zone.time(at: release)
    guard isNearChange, minute == 30, hour == 14 || hour == 16 else { return nil }
    return zone.timestamp(zone.date(at: release), hour: 15, minute: 30)
  }
}
