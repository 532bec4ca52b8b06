/// Lots of our own order that a recorded market filled, with the evidence for it.
public struct Execution: Hashable, Codable, Sendable {
  /// Nanoseconds.
  public var time: Int64
  /// Number of the order.
  public var order: Int
  public var side: Side
  /// Whole ticks.
  public var price: Int
  public var lots: Int
  /// Whether the order was waiting when it was filled.
  public var isMaker: Bool
  /// What the fill rests on.
  public var evidence: Fill.Evidence
  /// Recorded lots ahead when the order joined its queue; nil for one that never waited.
  public var aheadAtEntry: Double?
  /// Recorded lots ahead just before the fill; nil for one that never waited.
  public var aheadAtFill: Double?
  /// Best bid and offer when the order arrived, in ticks.
  public var bidAtArrival: Int?
  public var askAtArrival: Int?
  /// Half-spread paid in ticks, negative when earned: the price against the mid at arrival, without ``impact``.
  public var halfSpread: Double?
  /// What the order paid beyond the best price at arrival, or beyond the half-spread of a cost function, in ticks.
  public var impact: Double?
  /// The contract, in a run through several.
  public var contract: FuturesContract?
}
