import HydraNumerics

/// What a replay run did: fills with their evidence, the account, and what can be said about the execution.
public struct ReplayReport: Hashable, Codable, Sendable {
  /// A running mean.
  public struct Mean: Hashable, Codable, Sendable {
    public private(set) var count = 0
    public private(set) var sum = 0.0
    /// Nil without values.
    public var value: Double? { count > 0 ? sum / Double(count) : nil }

    mutating func add(_ value: Double) {
      count += 1
      sum += value
    }
  }

  /// Recorded events or bars played.
  public internal(set) var events = 0
  /// First and last event time, in nanoseconds.
  public internal(set) var start: Int64?
  public internal(set) var end: Int64?
  /// Orders that arrived at the venue.
  public internal(set) var submitted = 0
  public internal(set) var cancelsRejected = 0
  public internal(set) var changesRejected = 0
  /// Orders that ended without being filled, by reason.
  public internal(set) var endings: [String: Int] = [:]
  public internal(set) var fills: [Execution] = []
  public internal(set) var account = ReplayAccount()
  /// Mean of sign · (price − mid) 1, 10 and 60 minutes after fills, in ticks: + is a loss to the other side's knowledge.
  public internal(set) var adverse = [Mean](repeating: Mean(), count: 3)
  /// Mean of sign · (price − mid at arrival) of fills, in ticks: half the spread when crossing, its negative when earning.
  public internal(set) var spreadPaid = Mean()
  /// Price at which what is still held is valued, in ticks.
  public internal(set) var mark: Double?
  /// Recorded changes of orders that were not in the book.
  public internal(set) var unknownOrders = 0

  public init() {}

  mutating func book(_ fill: Execution) {
    fills.append(fill)
    account.apply(fill.side, lots: fill.lots, price: fill.price)
    if let bid = fill.bidAtArrival, let ask = fill.askAtArrival {
      spreadPaid.add(Double(fill.side.sign) * (Double(fill.price) - Double(bid + ask) / 2))
    }
    let discrepancy = account.discrepancy(at: fill.price)
    precondition(
      abs(discrepancy) <= 1e-9 * Double(max(1, account.lots)) * Double(max(1, abs(fill.price))),
      "cash and profit are \(discrepancy) ticks apart after fill \(fills.count)")
  }

  /// Profit before fees, in ticks × lots.
  public var grossTicks: Double {
    Double(account.flow) + (account.position == 0 ? 0 : Double(account.position) * (mark ?? 0))
  }

  /// The summary in the settings' currency.
  public func summary(_ settings: ReplayRunSettings) -> JSONValue {
    let currency = settings.tick * settings.pointValue
    let fees = settings.fee * Double(account.lots)
    let filledOrders = Set(fills.map(\.order)).count
    func count(_ isMaker: Bool) -> JSONValue { JSONValue(fills.count { $0.isMaker == isMaker }) }
    return [
      "events": JSONValue(events), "start": start.map { .integer($0) } ?? .null,
      "end": end.map { .integer($0) } ?? .null,
      "orders": JSONValue(submitted), "orders_filled": JSONValue(filledOrders),
      "fill_ratio": submitted > 0 ? .number(Double(filledOrders) / Double(submitted)) : .null,
      "fills": JSONValue(fills.count), "maker_fills": count(true), "taker_fills": count(false),
      "lots": JSONValue(account.lots), "position": JSONValue(account.position),
      "gross_profit": .number(grossTicks * currency), "fees": .number(fees),
      "net_profit": .number(grossTicks * currency - fees),
      "realised": .number(account.realised * currency),
      "spread_paid": JSONValue(spreadPaid.value.map { $0 * settings.tick }),
      "adverse_1min": JSONValue(adverse[0].value.map { $0 * settings.tick }),
      "adverse_10min": JSONValue(adverse[1].value.map { $0 * settings.tick }),
      "adverse_60min": JSONValue(adverse[2].value.map { $0 * settings.tick }),
      "endings": .object(endings.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) }),
      "cancels_rejected": JSONValue(cancelsRejected), "changes_rejected": JSONValue(changesRejected),
      "unknown_orders": JSONValue(unknownOrders),
    ]
  }

  /// The fills as CSV: times in nanoseconds, prices in the contract's unit.
  public func fillsCSV(_ scale: TickScale) -> String {
    var writer = CSVWriter(header: [
      "ts", "order", "side", "price", "qty", "liquidity", "evidence", "ahead_at_entry", "ahead_at_fill",
      "bid_at_arrival", "ask_at_arrival",
    ])
    for fill in fills {
      writer.add(String(fill.time))
      writer.add(String(fill.order))
      writer.add(fill.side.rawValue)
      writer.add(NumberText.text(scale.price(fill.price)))
      writer.add(String(fill.lots))
      writer.add(fill.isMaker ? "maker" : "taker")
      writer.add(fill.evidence.rawValue)
      writer.add(fill.aheadAtEntry.map { NumberText.text($0) } ?? "")
      writer.add(fill.aheadAtFill.map { NumberText.text($0) } ?? "")
      writer.add(fill.bidAtArrival.map { NumberText.text(scale.price($0)) } ?? "")
      writer.add(fill.askAtArrival.map { NumberText.text(scale.price($0)) } ?? "")
      writer.endRow()
    }
    return writer.text
  }
}
