import HydraNumerics

/// The four times that every stored fact carries, all UTC.
///
/// Whatever is computed at time T may read a fact only when `available` ≤ T.
public struct FactTimes: Hashable, Codable, Sendable {
  /// The moment, or the end of the period, that the fact describes.
  public var event: Timestamp
  /// When the source says that it published the fact.
  public var published: Timestamp
  /// The earliest moment at which a trader could have had the fact; back-tests go by this one.
  public var available: Timestamp
  /// When this system took the fact in; passed in by the importer, never read from a clock.
  public var ingested: Timestamp

  public init(event: Timestamp, published: Timestamp, available: Timestamp, ingested: Timestamp) {
    self.event = event
    self.published = published
    self.available = available
    self.ingested = ingested
  }
}
