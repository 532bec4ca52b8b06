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
}
