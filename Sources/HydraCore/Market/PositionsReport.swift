import HydraNumerics

/// Commercial traders' positions from one Commitments of Traders report, in contracts.
///
/// `times.event` is the as-of date, `times.available` the release: days lie between them.
public struct PositionsReport: Hashable, Codable, Sendable {
  public var symbol: String
  public var asOf: CivilDate
  public var commercialLong: Double
  public var commercialShort: Double
  /// True when an earlier report for the same `asOf` was already published with other figures.
  public var isRevision: Bool
  public var times: FactTimes

  public init(
    symbol: String, asOf: CivilDate, commercialLong: Double, commercialShort: Double, isRevision: Bool = false,
    times: FactTimes
  ) {
    self.symbol = symbol
    self.asOf = asOf
    self.commercialLong = commercialLong
    self.commercialShort = commercialShort
    self.isRevision = isRevision
    self.times = times
  }

  /// (long − short) / (long + short), in −1…1; nil when nobody holds anything.
  public var netShare: Double? {
    let total = commercialLong + commercialShort
    return total > 0 ? (commercialLong - commercialShort) / total : nil
  }
}
