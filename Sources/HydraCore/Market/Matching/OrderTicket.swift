/// What an order asks of a venue with a book; prices in whole ticks, sizes in whole lots, times in nanoseconds.
///
///     OrderTicket(.buy, lots: 5, limit: 1401)
///     OrderTicket(.sell, lots: 2, kind: .stop, stop: 1398)
public struct OrderTicket: Hashable, Codable, Sendable {
  /// How the order asks to be executed.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// At `price` or better.
    case limit
    /// At what the book gives; the rest is cancelled.
    case market
    /// At most `protection` ticks worse than the best opposite price; the rest waits there.
    case marketProtected = "market_protected"
    /// At the best opposite price; the rest waits there.
    case marketToLimit = "market_to_limit"
    /// Becomes `market` when a trade reaches `stop`.
    case stop
    /// Becomes `limit` when a trade reaches `stop`.
    case stopLimit = "stop_limit"
    /// Becomes `marketProtected` when a trade reaches `stop`.
    case stopProtected = "stop_protected"

    /// Whether the order waits for a trade before it acts.
    public var isStop: Bool { self == .stop || self == .stopLimit || self == .stopProtected }

    /// Whether `price` is part of the request.
    public var hasLimit: Bool { self == .limit || self == .stopLimit }
  }

  /// How long the order lives.
  public enum TimeInForce: String, Codable, Sendable, CaseIterable {
    /// Until the session ends.
    case day
    /// Until it is cancelled.
    case goodTillCancelled = "gtc"
    /// Until the first session end at or after `expiry`.
    case goodTillDate = "gtd"
    /// What can be filled at once, the rest is cancelled (fill and kill).
    case immediate = "ioc"
    /// All at once or nothing.
    case fillOrKill = "fok"
    /// The opening auction only.
    case atTheOpen = "at_the_open"

    /// Whether what is not filled at once is cancelled.
    public var isImmediate: Bool { self == .immediate || self == .fillOrKill }
  }

  /// The most lots that an order may have.
  public static let maximumLots = 1_000_000_000

  public var side: Side
  /// All lots of the order; 0 where the request was not a positive whole number.
  public var lots: Int
  public var kind: Kind
  /// Limit, in ticks.
  public var price: Int?
  /// Trigger, in ticks.
  public var stop: Int?
  /// Distance from the best opposite price, in ticks, ≥ 0.
  public var protection: Int?
  public var timeInForce: TimeInForce
  /// Nanoseconds since 1970.
  public var expiry: Int64?
  /// Rejected instead of trading at once.
  public var postOnly: Bool
  /// Lots shown at a time; nil shows all.
  public var display: Int?
  /// Fewest lots that must be filled at once.
  public var minimum: Int?
  /// False when a price of the request was no whole number of ticks: such an order is rejected.
  public var isOnTick: Bool

  public init(
    _ side: Side, lots: Int, kind: Kind = .limit, limit price: Int? = nil, stop: Int? = nil, protection: Int? = nil,
    timeInForce: TimeInForce = .day, expiry: Int64? = nil, postOnly: Bool = false, display: Int? = nil,
    minimum: Int? = nil, isOnTick: Bool = true
  ) {
    self.side = side
    self.lots = lots
    self.kind = kind
    self.price = price
    self.stop = stop
    self.protection = protection
    self.timeInForce = timeInForce
    self.expiry = expiry
    self.postOnly = postOnly
    self.display = display
    self.minimum = minimum
    self.isOnTick = isOnTick
  }
}
