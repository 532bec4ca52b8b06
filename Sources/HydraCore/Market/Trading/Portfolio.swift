import HydraNumerics

/// Positions and money of one account, with daily variation margin.
///
/// Cash moves with every mark (`lots × price change × point value`) and every fee; realised and open profit are kept
/// apart from it, by average entry prices. After every event both must agree:
/// ```
/// cash = start + realised + open − fees
/// ```
/// within 10⁻⁶ plus 10⁻¹¹ of all money traded, which is what rounding may add up to; anything more throws.
/// A fill marks its whole contract to the fill's price, as the next settlement will mark it again.
///
/// - Complexity: O(number of contracts held) per event.
public struct Portfolio: Hashable, Codable, Sendable {
  /// Cash at the start, in currency.
  public let start: Double
  /// Cash after variation margin: the equity of the account, in currency.
  public private(set) var cash: Double
  /// Profit of closed lots before fees, in currency.
  public private(set) var realised = 0.0
  /// Sum of fees, in currency.
  public private(set) var fees = 0.0
  /// Open positions, by symbol and contract; none of zero lots.
  public private(set) var positions: [Position] = []
  /// Highest cash after any settlement, in currency.
  public private(set) var highWaterMark: Double
  /// The date of the newest event, and the cash at the end of the date before it.
  public private(set) var date: CivilDate?
  public private(set) var cashAtDayStart: Double
  /// Sum of |lots × price × point value| of all fills, in currency.
  public private(set) var turnover = 0.0
  /// Lots filled, both sides.
  public private(set) var lotsTraded = 0
  private let pointValues: [String: Double]

  public init(cash: Double, instruments: [Instrument]) {
    self.init(cash: cash, pointValues: instruments.map { ($0.symbol, $0.pointValue) })
  }

  package init(cash: Double, pointValues: [(String, Double)]) {
    precondition(cash.isFinite, "the cash at the start is not a number: \(cash)")
    (start, self.cash, highWaterMark, cashAtDayStart) = (cash, cash, cash, cash)
    self.pointValues = Dictionary(pointValues, uniquingKeysWith: { first, _ in first })
  }

  /// Profit of open lots since their entry, in currency.
  public var openProfit: Double { positions.reduce(0) { $0 + $1.openProfit } }

  /// Cash below its highest, in currency, ≥ 0.
  public var drawdown: Double { max(0, highWaterMark - cash) }

  /// Loss since the end of the date before, in currency; 0 when nothing was lost.
  public var dailyLoss: Double { max(0, cashAtDayStart - cash) }

  /// Lots of one contract; 0 when there is none.
  public func lots(_ symbol: String, _ contract: ContractMonth) -> Int { position(symbol, contract)?.lots ?? 0 }

  /// Lots of all contracts of a market, netted.
  public func lots(_ symbol: String) -> Int { positions.reduce(0) { $1.symbol == symbol ? $0 + $1.lots : $0 } }

  /// The open position of one contract; nil when there is none.
  public func position(_ symbol: String, _ contract: ContractMonth) -> Position? {
    positions.first { $0.symbol == symbol && $0.contract == contract }
  }

  /// Adds a fill: closes lots against the average price, opens the rest at the fill's price, pays the fee.
  public mutating func apply(_ fill: Fill) throws(AccountingError) {
    guard let pointValue = pointValues[fill.symbol] else { throw .unknownSymbol(fill.symbol) }
    guard fill.lots > 0, fill.price.isFinite, fill.fee.isFinite else {
      throw .invalidFill(order: fill.order, lots: fill.lots, price: fill.price, fee: fill.fee)
    }
    begin(fill.date)
    var position =
      position(fill.symbol, fill.contract)
      ?? Position(symbol: fill.symbol, contract: fill.contract, pointValue: pointValue, price: fill.price)
    cash += Double(position.lots) * (fill.price - position.mark) * pointValue
    position.mark = fill.price

    let change = fill.signedLots
    let closed = position.lots * change < 0 ? min(abs(position.lots), abs(change)) : 0
    if closed > 0 {
      let sign: Double = position.lots > 0 ? 1 : -1
      realised += sign * Double(closed) * (fill.price - position.average) * pointValue
    }
    let opened = fill.lots - closed
    if opened > 0 {
      let kept = closed > 0 ? 0 : abs(position.lots)
      position.average = (Double(kept) * position.average + Double(opened) * fill.price) / Double(kept + opened)
    }
    position.lots += change
    store(position)

    cash -= fill.fee
    fees += fill.fee
    turnover += Double(fill.lots) * abs(fill.price) * pointValue
    lotsTraded += fill.lots
    try check()
  }

  /// Marks a contract to the day's settlement and moves the variation margin; does nothing for a contract not held
  /// except that the day counts.
  public mutating func settle(
    _ symbol: String, _ contract: ContractMonth, price: Double, date: CivilDate
  ) throws(AccountingError) {
    guard price.isFinite else { throw .invalidSettlement(price) }
    begin(date)
    if var position = position(symbol, contract) {
      cash += Double(position.lots) * (price - position.mark) * position.pointValue
      position.mark = price
      store(position)
    }
    highWaterMark = max(highWaterMark, cash)
    try check()
  }

  /// Cash minus `maintenance` (currency per contract) for every open lot; negative means a margin call.
  public func marginExcess(maintenance: Double) -> Double {
    cash - maintenance * Double(positions.reduce(0) { $0 + abs($1.lots) })
  }

  /// The fewest lots to close so that the margin is covered again; 0 without a margin call.
  public func lotsToClose(maintenance: Double) -> Int {
    let excess = marginExcess(maintenance: maintenance)
    guard excess < 0, maintenance > 0 else { return 0 }
    let held = positions.reduce(0) { $0 + abs($1.lots) }
    let needed = (-excess / maintenance).rounded(.up)
    return needed >= Double(held) ? held : Int(needed)
  }

  // MARK: - Upkeep

  private mutating func begin(_ day: CivilDate) {
    if date == nil || day > date! {
      date = day
      cashAtDayStart = cash
    }
  }

  private mutating func store(_ position: Position) {
    if let index = positions.firstIndex(where: { $0.symbol == position.symbol && $0.contract == position.contract }) {
      if position.lots == 0 { positions.remove(at: index) } else { positions[index] = position }
    } else if position.lots != 0 {
      let index = positions.firstIndex {
        ($0.symbol, $0.contract) > (position.symbol, position.contract)
      }
      positions.insert(position, at: index ?? positions.endIndex)
    }
  }

  private func check() throws(AccountingError) {
    let difference = cash - (start + realised + openProfit - fees)
    let tolerance = 1e-6 + 1e-11 * (abs(start) + turnover)
    // Written so that a NaN fails.
    guard abs(difference) <= tolerance else { throw .cashIdentity(difference: difference, tolerance: tolerance) }
  }
}

/// An event that the accounts cannot take, or an identity that no longer holds.
public enum AccountingError: Error, Hashable, Sendable {
  case unknownSymbol(String)
  case invalidFill(order: Int, lots: Int, price: Double, fee: Double)
  case invalidSettlement(Double)
  /// cash − (start + realised + open − fees), in currency.
  case cashIdentity(difference: Double, tolerance: Double)
}
