/// The account at the end of a day: at its settlement where one is recorded, else at the last mid or trade.
public struct ReplayMark: Hashable, Codable, Sendable {
  /// Nanoseconds.
  public var time: Int64
  /// Ticks.
  public var price: Double
  /// Lots held.
  public var position: Int
  /// Profit before fees, in ticks × lots.
  public var equity: Double
  /// Lots traded so far, both sides: what fees are paid on.
  public var lots: Int
  /// Whether the price is a recorded settlement.
  public var isSettlement: Bool
}

/// A position that was settled when its contract ended.
public struct ReplayExpiry: Hashable, Codable, Sendable {
  public var time: Int64
  /// Ticks.
  public var price: Int
  /// Lots that were held, negative when sold.
  public var lots: Int
}

/// What a picture of a replay is drawn from, at even intervals.
public struct ReplayTrace: Hashable, Codable, Sendable {
  /// A level of the book.
  public struct Level: Hashable, Codable, Sendable {
    public var time: Int64
    public var side: Side
    /// Ticks.
    public var price: Int
    public var lots: Int
  }
  /// An order of ours in its queue.
  public struct Place: Hashable, Codable, Sendable {
    public var time: Int64
    public var order: Int
    public var side: Side
    /// Ticks.
    public var price: Int
    /// Lots ahead.
    public var ahead: Double
  }
  public internal(set) var levels: [Level] = []
  public internal(set) var places: [Place] = []

  public init() {}
}
