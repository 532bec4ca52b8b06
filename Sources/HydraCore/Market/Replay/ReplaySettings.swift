/// How own orders meet a recorded market.
public struct ReplaySettings: Hashable, Codable, Sendable {
  public var phase = SessionPhase.open
  /// The settlement before, in ticks.
  public var reference: Int?
  /// The last trade, in ticks.
  public var last: Int?
  public var limits = PriceLimits.none
  public var selfMatch = SelfMatchRule.off
  /// Used where only price levels are recorded.
  public var queueModel = QueueModel.riskAverse

  public init() {}
}
