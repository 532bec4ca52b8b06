import HydraNumerics

/// A place that executes orders: a replay of history or a broker.
///
/// It takes nothing but an ``ApprovedOrder``, which only the risk review can make.
public protocol Venue {
  /// Takes an order and answers with what happened at once.
  mutating func submit(_ order: ApprovedOrder) -> [OrderUpdate]

  /// Lets the venue see an event and answers with what it did to working orders; events come in known-time order.
  mutating func handle(_ event: MarketEvent) -> [OrderUpdate]

  /// Takes back every working order.
  mutating func cancelAll(at time: Timestamp) -> [OrderUpdate]

  /// Lots of working orders on one side, not yet filled.
  func workingLots(_ side: Side) -> Int
}
