/// Rebuilds the book of a DBN file of single orders and looks for what cannot be: changes of orders that are not there,
/// and bids at or above offers when an event is complete.
///
/// Adds, cancels and changes make the book; trades and fills leave it as it is, for their reduction follows. The book is
/// looked at after records that end an event and stand outside a snapshot.
public struct BookCheck: Hashable, Sendable {
  /// Records of orders.
  public private(set) var records = 0
  /// Records that end an event.
  public private(set) var ends = 0
  /// Changes and cancels of orders that are not in the book.
  public private(set) var unknownOrders = 0
  /// Ends of events since the first trade at which the best bid was not below the best offer.
  public private(set) var crossed = 0
  /// The same before the first trade.
  public private(set) var crossedBeforeTrading = 0
  /// Orders in the book at the end.
  public private(set) var orders = 0

  /// Throws what reading the file throws.
  ///
  /// - Complexity: O(records).
  public init(_ reader: DBNReader, scale: TickScale) throws {
    var replay = OrderReplay()
    let events = try DBNEvents(reader, scale: scale)
    var (records, ends, crossed, gathering, hasTraded) = (0, 0, 0, 0, false)
    try events.forEachOrder { event, isEnd in
      records += 1
      if let event, event.kind != .fill { replay.apply(event) }
      hasTraded = hasTraded || event?.kind == .trade
      guard isEnd else { return }
      ends += 1
      if let bid = replay.best(.buy), let ask = replay.best(.sell), bid >= ask {
        if hasTraded { crossed += 1 } else { gathering += 1 }
      }
    }
    (self.records, self.ends, self.crossed, crossedBeforeTrading) = (records, ends, crossed, gathering)
    unknownOrders = replay.unknownOrders
    orders = replay.venue.history.count
  }
}
