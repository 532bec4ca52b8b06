/// What a replay run does besides its strategy.
public struct ReplayRunSettings: Hashable, Codable, Sendable {
  /// Smallest price step, in price units.
  public var tick = 0.25
  /// Currency per 1.00 of price and lot.
  public var pointValue = 1.0
  /// Currency per lot and side.
  public var fee = 0.0
  public var latency = ReplayLatency()
  public var queueModel = QueueModel.riskAverse
  public var selfMatch = SelfMatchRule.off
  /// Half of the spread that a market order on bars pays, in ticks.
  public var halfSpreadTicks = 0.0
  /// Largest share of a bar's lots that is ours.
  public var participation = 0.1
  public var seed: UInt64 = 42

  public init() {}
}
