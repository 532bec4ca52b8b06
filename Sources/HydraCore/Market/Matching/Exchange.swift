/// An exchange's matching engine for one contract: every order type, time in force and phase, by price and time or by
/// the split rule, with the opening auction, stops that set off stops, icebergs, self-match rules and price limits.
///
///     var exchange = Exchange()
///     let maker = exchange.submit(OrderTicket(.sell, lots: 3, limit: 1401), time: 1)
///     let taker = exchange.submit(OrderTicket(.buy, lots: 2, limit: 1401), owner: 7, time: 2)
///     exchange.trades             // 2 lots at 1401, maker 0, taker 1
///     exchange.state(maker)       // partially filled, leaves 1
///
/// Prices are whole ticks, sizes whole lots, times nanoseconds. Requests that cannot be met are answers, never errors.
/// Rules of note:
/// 1. Less quantity keeps an order's place; more, or another price, sends it to the back.
/// 2. Fill or kill and minimum quantity count all reachable lots, hidden ones too.
/// 3. An iceberg shows `display` lots; when these are gone the next ones queue at the back.
/// 4. Stops are set off by trades once the aggressor is done: of several the nearest to where the market came from
///    first (lowest buy, highest sale), then the oldest; each acts completely before the next.
///
/// - Complexity: a request costs O(orders that trade), plus the search for its price.
public struct Exchange: ~Copyable {
  /// What the session starts with.
  public struct Settings: Hashable, Codable, Sendable {
    public var phase = SessionPhase.open
    /// The settlement before, in ticks; the auction's reference.
    public var reference: Int?
    /// The last trade, in ticks.
    public var last: Int?
    public var limits = PriceLimits.none
    /// Applies among orders of one owner; orders of owner 0, the anonymous market, always trade with each other.
    public var selfMatch = SelfMatchRule.off
    public var allocation = Allocation.fifo

    public init() {}
  }

  /// Lots that changed hands.
  public struct Trade: Hashable, Codable, Sendable {
    /// Nanoseconds.
    public var time: Int64
    /// Whole ticks.
    public var price: Int
    public var lots: Int
    /// The number of the order that was there; in an auction, of the buyer's.
    public var maker: Int
    /// The number of the order that came; in an auction, of the seller's.
    public var taker: Int
  }

  struct Entry {
    var ticket: OrderTicket
    var owner: Int
    var state: OrderState
    /// The limit at which the order matches and rests; nil is any price.
    var price: Int?
    /// The place in the book, while the order rests there.
    var slot: Int?
    /// Lots that rest but are not shown.
    var hidden = 0
    var waitsForStop = false
  }

  /// Numbers of orders are indices.
  var entries: [Entry] = []
  var book = OrderBook()
  var stops: [Int] = []
  var arrivals = 0
  /// The lowest and highest price that traded since stops were last looked at.
  var printed: (low: Int, high: Int)?
  let selfMatch: SelfMatchRule
  let allocation: Allocation

  public internal(set) var phase: SessionPhase
  /// The auction's reference, in ticks.
  public internal(set) var reference: Int?
  /// The last trade, in ticks.
  public internal(set) var last: Int?
  public var limits: PriceLimits
  /// All trades since the start, or since they were last taken away.
  public internal(set) var trades: [Trade] = []

  public init(_ settings: Settings = Settings()) {
    (phase, reference, last, limits) = (settings.phase, settings.reference, settings.last, settings.limits)
    (selfMatch, allocation) = (settings.selfMatch, settings.allocation)
  }

  // MARK: - Looking

  /// Orders so far; their numbers run from 0.
  public var orderCount: Int { entries.count }

  /// The life so far of an order.
  public func state(_ order: Int) -> OrderState { entries[order].state }

  /// What the order asked for, with the changes since.
  public func ticket(_ order: Int) -> OrderTicket { entries[order].ticket }

  /// The displayed book of a side, best price first.
  public func ladder(_ side: Side, depth: Int = .max) -> [BookLevel] { book.ladder(side, depth: depth) }

  /// The best price of a side, in ticks; nil when nothing rests there.
  public func best(_ side: Side) -> Int? { book.best(side) }

  /// Displayed lots ahead of a resting order at its price; nil when it does not rest in the book.
  ///
  /// - Complexity: O(orders ahead).
  public func queueAhead(_ order: Int) -> Int? {
    guard var slot = entries[order].slot.map({ Int(book.slots[$0].previous) }) else { return nil }
    var ahead = 0
    while slot >= 0 {
      ahead += Int(book.slots[slot].lots)
      slot = Int(book.slots[slot].previous)
    }
    return ahead
  }

  /// Hands over the trades so far and forgets them.
  public mutating func takeTrades() -> [Trade] {
    defer { trades.removeAll(keepingCapacity: true) }
    return trades
  }
}
