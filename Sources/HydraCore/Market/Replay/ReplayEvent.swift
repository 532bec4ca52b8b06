/// One recorded event of a market, in ticks and lots.
public struct ReplayEvent: Hashable, Sendable, BitwiseCopyable {
  /// What happened; which members count is said for each.
  public enum Kind: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// An order came: `id`, `side`, `price`, `lots`.
    case add
    /// An order was cancelled by `lots`, or all of it when they are 0: `id`.
    case delete
    /// An order is now of `lots` at `price`: `id`.
    case change
    /// An order was executed by `lots`, which leave the book: `id`.
    case execute
    /// An order was executed by `lots`; that they leave the book comes as an event of its own: `id`.
    case fill
    /// A price has `lots` now, 0 none: `side`, `price`.
    case depth
    /// A trade: `side` of the aggressor where it is known, `price`, `lots`.
    case trade
    /// The best of a side is now `lots` at `price`, nothing when they are 0 (L1): `side`, `price`, `lots`.
    case quote
    /// The book is empty.
    case clear
    /// Day orders expire.
    case sessionEnd
    /// The session's state changes: `id` is its place among ``SessionPhase``'s cases.
    case phase
    /// Nothing trades below `price`, when `lots` are 1; no lower limit when they are 0.
    case limitLow
    /// Nothing trades above `price`, when `lots` are 1; no upper limit when they are 0.
    case limitHigh
    /// The day's settlement: `price`.
    case settle
    /// From now on holders of long positions may be asked to take delivery.
    case firstNotice
    /// The contract ends; positions are settled at the last settlement.
    case expiry

    /// Whether the event is one of the session, not of orders, levels, quotes and trades.
    @inline(__always) var isOfSession: Bool { rawValue >= Self.sessionEnd.rawValue }
  }

  /// The state that an event of kind `phase` tells.
  public var phase: SessionPhase? {
    kind == .phase && SessionPhase.allCases.indices.contains(id) ? SessionPhase.allCases[id] : nil
  }

  /// An event that changes the session's state.
  public static func phase(_ phase: SessionPhase, time: Int64) -> ReplayEvent {
    ReplayEvent(time: time, kind: .phase, id: SessionPhase.allCases.firstIndex(of: phase)!)
  }

  /// When it happened, in nanoseconds since 1970; never before the event before it.
  public var time: Int64
  /// When it could be known, at or after `time`.
  public var known: Int64
  public var id: Int
  /// Whole ticks.
  public var price: Int32
  public var lots: Int32
  public var kind: Kind
  public var side: Side?

  public init(
    time: Int64, known: Int64? = nil, kind: Kind, id: Int = 0, side: Side? = nil, price: Int32 = 0, lots: Int32 = 0
  ) {
    self.time = time
    self.known = known ?? time
    self.id = id
    self.price = price
    self.lots = lots
    self.kind = kind
    self.side = side
  }
}

/// One bar of trades, in ticks and lots; it is known at its close.
public struct ReplayBar: Hashable, Sendable, BitwiseCopyable {
  /// When the bar began, in nanoseconds since 1970.
  public var time: Int64
  public var open: Int32
  public var high: Int32
  public var low: Int32
  public var close: Int32
  public var lots: Int64

  public init(time: Int64, open: Int32, high: Int32, low: Int32, close: Int32, lots: Int64) {
    self.time = time
    self.open = open
    self.high = high
    self.low = low
    self.close = close
    self.lots = lots
  }
}
