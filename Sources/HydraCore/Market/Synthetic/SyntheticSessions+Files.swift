import HydraNumerics

extension SyntheticSessions {
  private var tick: Int { market.model.tickHundredths }

  /// `ts,open,high,low,close,volume`; a minute without a trade has no line.
  func minutes(_ contract: Int) -> [UInt8] {
    var text = FixedText()
    text.append("ts,open,high,low,close,volume\n")
    for day in minuteDays {
      for bar in ReplayBar.minutes(of: trades(day: day, contract: contract)) {
        text.append(Int(bar.time))
        for price in [bar.open, bar.high, bar.low, bar.close] {
          text.comma()
          text.append(scaled: Int(price) * tick, decimals: 2)
        }
        text.comma()
        text.append(Int(bar.lots))
        text.newline()
      }
    }
    return text.bytes
  }

  /// `ts,kind,id,side,price,qty`, as `hydra replay run` reads it; what an auction traded has no side.
  func bookText(_ day: Int) -> [UInt8] {
    let events = book(day: day).events
    var text = FixedText(reserving: events.count * 48)
    text.append("ts,kind,id,side,price,qty\n")
    for event in events {
      text.append(Int(event.time))
      text.comma()
      text.append(event.bookName)
      text.comma()
      if event.kind == .sessionEnd || event.kind == .phase {
        text.append(",,,\n")
        continue
      }
      let isOfOrders = !event.kind.isOfSession
      if isOfOrders, event.kind != .trade { text.append(event.id) }
      text.comma()
      if let side = event.side { text.append(side == .buy ? "buy" : "sell") }
      text.comma()
      text.append(scaled: Int(event.price) * tick, decimals: 2)
      text.comma()
      if isOfOrders { text.append(Int(event.lots)) }
      text.newline()
    }
    return text.bytes
  }

  /// `ts,bid,bid_qty,ask,ask_qty` at the end of each minute of the sessions; an empty side has empty fields.
  func quoteText(_ day: Int) -> [UInt8] {
    var text = FixedText()
    text.append("ts,bid,bid_qty,ask,ask_qty\n")
    for quote in book(day: day).quotes {
      text.append(Int(quote.time))
      for level in [quote.bid, quote.ask] {
        text.comma()
        if let level { text.append(scaled: level.price * tick, decimals: 2) }
        text.comma()
        if let level { text.append(level.lots) }
      }
      text.newline()
    }
    return text.bytes
  }

  /// `ts,fair,half_spread`: the true value at each trade, and half of the true spread.
  func fairText(_ day: Int) -> [UInt8] {
    var text = FixedText()
    text.append("ts,fair,half_spread\n")
    for trade in trades(day: day, contract: market.schedule.held[day]) {
      text.append(Int(trade.time))
      text.comma()
      text.append(scaled: Int(trade.fair) * tick, decimals: 2)
      text.comma()
      text.append(scaled: Int(trade.half) * tick, decimals: 2)
      text.newline()
    }
    return text.bytes
  }

  /// A line for each book: contract, makers, and how many messages of each kind there are.
  func summaryText() -> [UInt8] {
    var text = FixedText()
    text.append("date,contract,regime,makers,lots,trades,fills,adds,cancels,modifies\n")
    for day in bookDays {
      let events = book(day: day).events
      text.append(market.schedule.days[day])
      text.comma()
      text.append(contract: market.schedule.contracts[market.schedule.held[day]])
      text.append(",\(regimes[day].rawValue),\(regimes[day].makers),\(market.heldVolume(day))")
      for kind in [ReplayEvent.Kind.trade, .execute, .add, .delete, .change] {
        text.comma()
        text.append(events.count { $0.kind == kind })
      }
      text.newline()
    }
    return text.bytes
  }
}

extension ReplayEvent {
  /// The kind in a file of single orders.
  fileprivate var bookName: String {
    switch kind {
    case .add: "add"
    case .delete: "del"
    case .change: "mod"
    case .execute, .fill: "exec"
    case .trade, .depth: "trade"
    case .clear: "clear"
    case .sessionEnd: "session_end"
    case .phase: "phase_\(phase?.rawValue ?? "")"
    case .limitLow: "limit_low"
    case .limitHigh: "limit_high"
    case .settle: "settle"
    // The generator makes none of these.
    case .quote: "quote"
    case .firstNotice: "first_notice"
    case .expiry: "expiry"
    }
  }
}

extension ReplayBar {
  /// The bars of all minutes in which something was traded.
  static func minutes(of trades: [SessionTrade]) -> [ReplayBar] {
    var bars: [ReplayBar] = []
    for trade in trades {
      let minute = trade.time - trade.time % SyntheticHours.minute
      if let last = bars.indices.last, bars[last].time == minute {
        bars[last].high = max(bars[last].high, trade.price)
        bars[last].low = min(bars[last].low, trade.price)
        bars[last].close = trade.price
        bars[last].lots += Int64(trade.lots)
      } else {
        bars.append(
          ReplayBar(
            time: minute, open: trade.price, high: trade.price, low: trade.price, close: trade.price,
            lots: Int64(trade.lots)))
      }
    }
    return bars
  }
}
