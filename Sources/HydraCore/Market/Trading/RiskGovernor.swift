import HydraNumerics

/// What an account may do now, beside its limits; the strictest of all reasons holds.
public enum TradingState: String, Hashable, Codable, Sendable, CaseIterable, Comparable {
  /// Everything within the limits.
  case active
  /// Only orders that make the position smaller.
  case reducing
  /// No orders, except those that close everything where that was asked for.
  case halted

  public static func < (a: TradingState, b: TradingState) -> Bool { a.rank < b.rank }

  private var rank: Int { self == .active ? 0 : self == .reducing ? 1 : 2 }
}

/// Holds the account's trading state, and refuses what no single order's limits can see: too many orders in a day, and
/// the same order twice.
///
/// ```
/// operator's halt, safe mode, drift, reconciliation …  →  each names a state  →  the strictest one holds
/// ```
/// Every reason is lifted by the one that set it: an operator's halt only by the operator. A value, rebuilt from the
/// journal like the rest of an account.
public struct RiskGovernor: Hashable, Codable, Sendable {
  /// Why the state is not active.
  public struct Reason: Hashable, Codable, Sendable {
    /// A short name that stays the same, as `operator` or `safe_mode`.
    public var code: String
    public var state: TradingState
    public var text: String
  }

  /// Most orders of one trade date, rolls not counted; nil for no limit.
  public var maximumOrdersPerDay: Int?
  /// The reasons in the order in which they came.
  public private(set) var reasons: [Reason] = []
  /// Whether a halt asks for everything to be closed.
  public private(set) var flattens = false
  /// Trade date of the orders that are counted.
  private var day: CivilDate?
  private var orders: [Order] = []

  public init(maximumOrdersPerDay: Int? = nil) { self.maximumOrdersPerDay = maximumOrdersPerDay }

  /// The strictest of the reasons' states.
  public var state: TradingState { reasons.map(\.state).max() ?? .active }

  /// The reason that the state rests on; nil while active.
  public var strictest: Reason? { reasons.first { $0.state == state } }

  /// Sets a reason, or changes one of the same code; `active` lifts it.
  public mutating func set(_ code: String, _ state: TradingState, _ text: String, flattening: Bool = false) {
    lift(code)
    guard state != .active else { return }
    reasons.append(Reason(code: code, state: state, text: text))
    if flattening { flattens = true }
  }

  /// Lifts a reason; the others stay.
  public mutating func lift(_ code: String) {
    reasons.removeAll { $0.code == code }
    if state != .halted { flattens = false }
  }

  /// The order as far as the state allows it: whole, cut to what it closes, or refused.
  ///
  /// `reducible` are the lots that an order on this side can close now. An order that flattens passes a halt that asks
  /// for it.
  public func review(_ order: Order, reducible: Int) -> Result<Order, RiskRefusal> {
    if let maximumOrdersPerDay, order.decided.date == day, orders.count >= maximumOrdersPerDay,
      order.reason == .signal
    {
      return .failure(.orderRate(orders: orders.count + 1, limit: maximumOrdersPerDay))
    }
    // Orders of one moment that ask for the same are one order sent twice.
    if order.kind == .market,
      let same = orders.first(where: {
        $0.id == order.id
          || ($0.decided == order.decided && $0.side == order.side && $0.contract == order.contract)
      })
    {
      return .failure(.duplicate(order: same.id))
    }
    guard let strictest else { return .success(order) }
    if order.reason == .flatten, flattens, order.lots <= reducible { return .success(order) }
    switch strictest.state {
    case .active: return .success(order)
    case .halted: return .failure(.halted(reason: strictest.code))
    case .reducing:
      let lots = min(order.lots, reducible)
      guard lots > 0 else { return .failure(.reducingOnly(reason: strictest.code)) }
      return .success(order.with(lots: lots))
    }
  }

  /// Counts an order that was sent.
  public mutating func note(_ order: Order) {
    let date = order.decided.date
    if day != date { (day, orders) = (date, []) }
    orders.append(order)
  }
}

extension Order {
  /// The same order for another number of lots.
  public func with(lots: Int) -> Order {
    Order(
      id: id, symbol: symbol, contract: contract, side: side, lots: lots, kind: kind, reason: reason, decided: decided,
      referencePrice: referencePrice)
  }
}
