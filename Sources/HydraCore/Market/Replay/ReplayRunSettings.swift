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
  /// Largest share of the lots of a bar, or of a trade among quotes, that is ours.
  public var participation = 0.1
  /// What market orders pay where no book is recorded; nil is ``ReplayCost`` as it stands on quotes, and the half-spread
  /// alone on bars.
  public var cost: ReplayCost?
  /// How spread and impact change within a day where no book is recorded; nil is not at all. Wins over those of ``cost``.
  public var hours: SessionMultipliers?
  /// When a run over the bars of several contracts goes from one to the next; nil is five trade dates before first notice.
  public var roll: RollRule?
  /// What own fills say of costs, for runs at its percentiles.
  public var costPosterior: CostPosterior?
  /// Samples where cancelled lots stood (L2), each number another draw; nil takes their mean.
  public var queueDraw: Int?
  public var risk = ReplayRisk()
  /// Nanoseconds between looks at book and queues for pictures; nil keeps none.
  public var traceInterval: Int64?
  public var seed: UInt64 = 42

  public init() {}

  /// The cost function of market orders with its hours; nil on bars where half the spread is all.
  func marketCost(_ contents: ReplayFile.Contents) -> ReplayCost? {
    guard cost != nil || hours != nil || contents == .quotes else { return nil }
    var result = cost ?? ReplayCost(impactCoefficient: contents == .bars ? 0 : 0.8)
    result.sessions = hours ?? result.sessions
    return result
  }
}
