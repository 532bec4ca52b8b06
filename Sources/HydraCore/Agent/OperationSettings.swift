import HydraMarket

/// Who decides on promotions.
public enum PromotionMode: String, Hashable, Codable, Sendable, CaseIterable {
  /// The gate alone.
  case automatic
  /// The gate, and then a person: what passed waits for `hydra approve`.
  case approval
  /// Nobody: what would have been promoted is journalled, and the champion stays.
  case observe
}

/// How the agent is run, beside what it decides.
public struct OperationSettings: Hashable, Codable, Sendable {
  /// Who decides on promotions. Automatic: the gate asks for more than people do.
  public var promotions = PromotionMode.automatic
  /// Bars that a promotion waits for a person before it is given up. Three months: later its evidence is old.
  public var approvalBars = 63
  /// Most orders of a trade date, rolls not counted. An agent that decides once a day and sends more is broken.
  public var maximumOrdersPerDay: Int? = 20
  /// Trading state between an alarm that doubts the model (relation or data) and the end of its cool-down. Active: what
  /// an alarm is worth is tested before the position pays for it.
  public var driftState = TradingState.active
  /// Bars in the reducing state after an internal failure. A month gives a person time to look.
  public var safeModeBars = 21
  /// Most hypotheses that one alarm may try. Each one raises the bar for all that follow.
  public var hypothesesPerAlarm = 4
  /// Bars for which a refuted hypothesis is not tried again, unless the world has changed since. A quarter of a year: with
  /// fewer new bars the evidence is the old one.
  public var refutedBars = 63

  public init() {}
}
