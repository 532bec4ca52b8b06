import HydraNumerics

/// Rebuilds the book of a DBN file of single orders and looks for what cannot be: changes of orders that are not there,
/// and bids at or above offers when an event is complete.
///
/// Adds, cancels and changes make the book; trades and fills leave it as it is, for their reduction follows. The book is
/// looked at after records that end an event. Before the open orders gather for the auction and may rest crossed: that is no
/// fault, and is counted apart. When trading began is told by hours, else by records of status in the file, else by the
/// first trade.
public struct BookCheck: Hashable, Sendable {
  /// Records of orders.
  public private(set) var records = 0
  /// Records that end an event.
  public private(set) var ends = 0
  /// Changes and cancels of orders that are not in the book.
  public private(set) var unknownOrders = 0
  /// Ends of events in continuous trading.
  public private(set) var endsWhileOpen = 0
  /// Those of them at which the best bid was not below the best offer.
  public private(set) var crossed = 0
  /// Ends of events outside of continuous trading at which orders rested crossed.
  public private(set) var crossedBeforeTrading = 0
  /// Orders in the book at the end.
  public private(set) var orders = 0

  /// Throws what reading the file throws.
  ///
  /// - Parameter hours: of the exchange; nil takes what the file tells.
  /// - Complexity: O(records).
  public init(_ reader: DBNReader, scale: TickScale, hours: TradingHours? = nil) throws {
    var replay = OrderReplay()
    let events = try DBNEvents(reader, scale: scale)
    var (records, ends, openEnds, crossed, gathering) = (0, 0, 0, 0, 0)
    var (hasTraded, phase) = (false, SessionPhase?.none)
    // Hours are looked up once for each session or gap.
    var session = Range(uncheckedBounds: (Timestamp.distantPast, Timestamp.distantPast))
    try events.forEachOrder { event, isEnd in
      if let told = event?.phase { phase = told } else { records += 1 }
      if let event, event.kind != .fill { replay.apply(event) }
      hasTraded = hasTraded || event?.kind == .trade
      guard isEnd else { return }
      ends += 1
      var isOpen = phase.map { $0 == .open } ?? hasTraded
      if let hours, let time = event?.time {
        let now = Timestamp(nanoseconds: time)
        if now >= session.upperBound {
          let date = hours.tradeDate(at: now)
          session = hours.sessions(of: date).first { now < $0.upperBound } ?? session
        }
        isOpen = session.contains(now)
      }
      openEnds += isOpen ? 1 : 0
      if let bid = replay.best(.buy), let ask = replay.best(.sell), bid >= ask {
        if isOpen { crossed += 1 } else { gathering += 1 }
      }
    }
    (self.records, self.ends, self.crossed, crossedBeforeTrading) = (records, ends, crossed, gathering)
    (endsWhileOpen, unknownOrders, orders) = (openEnds, replay.unknownOrders, replay.history.count)
  }
}
