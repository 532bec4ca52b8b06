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
  /// The account at the end of each day.
  public internal(set) var equity: [ReplayMark] = []
  public internal(set) var shortfall = ReplayShortfall()
  /// Settlements at which the margin was not covered.
  public internal(set) var marginCalls = 0
  public internal(set) var expiry: ReplayExpiry?
  public internal(set) var trace = ReplayTrace()
  /// Changes of the held contract, in a run through several.
  public internal(set) var rolls: [ReplayRoll] = []
  /// Orders that asked to show a part of themselves where nothing is shown: on bars.
  public internal(set) var displaysUnused = 0

  public init() {}

  /// Settles what is still held when the contract ends.
  mutating func settle(_ expiry: ReplayExpiry) {
    self.expiry = expiry
    account.settle(at: expiry.price)
  }

  mutating func mark(_ time: Int64, at price: Double, isSettlement: Bool) {
    equity.append(
      ReplayMark(
        time: time, price: price, position: account.position,
        equity: Double(account.flow) + Double(account.position) * price, lots: account.lots,
        isSettlement: isSettlement))
  }

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

  /// Profit after fees, in the settings' currency.
  public func netProfit(_ settings: ReplayRunSettings) -> Double {
    grossTicks * settings.tick * settings.pointValue - settings.fee * Double(account.lots)
  }

  /// Net changes of the account from each mark to the next, in the settings' currency; the first one from the start.
  public func netChanges(_ settings: ReplayRunSettings) -> [Double] {
    var before = 0.0
    return equity.map { mark in
      let net = mark.equity * settings.tick * settings.pointValue - settings.fee * Double(mark.lots)
      defer { before = net }
      return net - before
    }
  }
}
