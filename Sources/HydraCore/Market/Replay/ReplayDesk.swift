/// What a strategy sees and can ask for at one moment of a replay.
///
/// Everything in it was known at ``now``: quotes and bars after the feed's latency, own fills after the venue's. Requests
/// reach the venue after their own latency. The desk's clock cannot be moved.
public struct ReplayDesk {
  /// A request on its way.
  enum Request {
    case submit(order: Int, OrderTicket)
    case cancel(order: Int)
    case modify(order: Int, Exchange.Change)
  }

  /// Nanoseconds since 1970.
  public internal(set) var now: Int64 = .min
  /// The best levels as known now; nil when a side is empty, or where only bars are recorded.
  public internal(set) var bid: BookLevel?
  public internal(set) var ask: BookLevel?
  /// Lots held, by the fills known now; negative when sold.
  public internal(set) var position = 0
  var requests: [Request] = []
  var nextOrder = 0
  var alarm: Int64?

  init() {}

  /// Sends an order and returns its number, by which reports name it.
  public mutating func submit(_ ticket: OrderTicket) -> Int {
    defer { nextOrder += 1 }
    requests.append(.submit(order: nextOrder, ticket))
    return nextOrder
  }

  /// Asks to take an order back.
  public mutating func cancel(_ order: Int) { requests.append(.cancel(order: order)) }

  /// Asks to change an order.
  public mutating func modify(_ order: Int, _ change: Exchange.Change) {
    requests.append(.modify(order: order, change))
  }

  /// Asks to be woken at a time, or at once when it has passed; the earliest of several counts.
  public mutating func wake(at time: Int64) { alarm = min(alarm ?? .max, max(time, now)) }
}

/// Why a strategy is called.
public enum ReplaySignal: Sendable {
  /// The replay begins; the desk shows the state before the first event.
  case start
  /// The time that was asked for has come.
  case timer
  /// A bar has closed.
  case bar(ReplayBar)
  /// Lots of an order were filled at a price in ticks.
  case filled(order: Int, lots: Int, price: Int)
  /// An order ended without being filled, or was not taken.
  case ended(order: Int, OrderReason?)
  /// The contract ended, and what was held of it was settled at a price in ticks.
  case expired(lots: Int, price: Int)
  /// Bars are of another contract from now on, whose price is so many ticks higher; what was held is held in it, orders of
  /// the old one have ended.
  case rolled(from: FuturesContract, to: FuturesContract, gap: Int)
}

/// Decides in a replay: sees what was known, asks for orders.
///
///     struct BuyOnce: ReplayStrategy {
///       mutating func update(_ signal: ReplaySignal, _ desk: inout ReplayDesk) {
///         if case .start = signal { desk.wake(at: 60_000_000_000) }
///         if case .timer = signal { _ = desk.submit(OrderTicket(.buy, lots: 1, kind: .market)) }
///       }
///     }
public protocol ReplayStrategy {
  /// Called at the start, at times asked for, after bars, and when own orders are filled or end.
  mutating func update(_ signal: ReplaySignal, _ desk: inout ReplayDesk)
}
