/// Own orders in a recorded stream of best quotes and trades (L1).
///
/// 1. A limit order that waits is filled, at its own price, when a trade goes through it; a touch fills nothing. All of
///    ours together take at most the settings' share of that trade's lots.
/// 2. An order that takes pays the ``ReplayCost``: it trades what its limit allows at that price.
typealias QuoteReplay = ShadowVenue<QuoteBook>

extension ShadowVenue where History == QuoteBook {
  init(_ settings: ReplaySettings = ReplaySettings(), cost: ReplayCost = ReplayCost(), participation: Double = 0.1) {
    self.init(QuoteBook(cost, participation: participation), settings)
  }

  /// The best of a side is told; nobody quotes when the lots are 0.
  mutating func quote(_ side: Side, price: Int, lots: Int, _ time: Int64) {
    history.now = time
    let quote = lots > 0 ? QuoteBook.Quote(price: price, lots: lots) : nil
    if side == .buy { history.bid = quote } else { history.ask = quote }
  }

  /// A trade is told.
  mutating func trade(price: Int, lots: Int, _ time: Int64) {
    history.now = time
    history.meter.trade(time: time, price: price, lots: lots)
    if phase == .open {
      var room = Int((history.participation * Double(lots)).rounded(.down))
      for side in Side.allCases {
        while room > 0, let first = firstResting(side), first.price != price, !side.exceeds(price, first.price) {
          let taken = min(room, first.shown)
          _ = fill(side, rank: 0, lots: taken, time)
          room -= taken
        }
      }
    }
    runStops(price, time)
  }

  /// Nobody quotes.
  mutating func clear() { (history.bid, history.ask) = (nil, nil) }
}

extension QuoteBook: RecordedBook {
  static func play(_ event: ReplayEvent, in venue: inout ShadowVenue<QuoteBook>) {
    switch event.kind {
    case .quote:
      if let side = event.side { venue.quote(side, price: Int(event.price), lots: Int(event.lots), event.time) }
    case .trade: venue.trade(price: Int(event.price), lots: Int(event.lots), event.time)
    case .clear: venue.clear()
    case .add, .delete, .change, .execute, .fill, .depth: break
    default: venue.applySession(event)
    }
  }

  static func play(
    _ change: ScenarioEvent.RecordedChange, in venue: inout ShadowVenue<QuoteBook>, id: (String) -> Int, time: Int64
  ) -> Bool {
    switch change {
    case .depth(let side, let price, let lots): venue.quote(side, price: price, lots: lots, time)
    case .trade(_, let price, let lots): venue.trade(price: price, lots: lots, time)
    case .clear: venue.clear()
    case .add, .delete, .change, .execution: return false
    default: return venue.apply(change, time: time)
    }
    return true
  }

  mutating func advance(to time: Int64) { now = time }
}
