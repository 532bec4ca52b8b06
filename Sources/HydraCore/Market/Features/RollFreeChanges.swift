import HydraNumerics

/// Daily price changes of the held contract that a holder would have earned: always within one contract.
///
/// On the first bar of a new contract the change is taken from the new contract's price of the day before, which the
/// roll brought (`Roll.toPrice`). Without such a price the change is missing: the difference of two contracts' prices
/// is nobody's profit.
public struct RollFreeChanges: Sendable {
  /// One bar's change.
  public struct Step: Sendable {
    /// Close minus the same contract's close one bar before, in price units; nil when that one is unknown.
    public var change: Double?
    /// The same contract's close one bar before.
    public var previousClose: Double?
    /// True when the contract differs from the last bar's.
    public var isNewContract: Bool
    /// Change over |previous close|; nil when either is missing or zero.
    public var relative: Double? {
      guard let change, let previousClose, previousClose != 0 else { return nil }
      return change / abs(previousClose)
    }
  }

  private var contract: ContractMonth?
  private var close: Double?
  private var date: CivilDate?
  private var roll: Roll?

  public init() {}

  /// Takes a roll, which comes after the last bar of the old contract.
  public mutating func update(_ roll: Roll) { self.roll = roll }

  /// The change of `bar`; nil when it is not later than the last one, or its close is not a number (both are skipped).
  public mutating func update(_ bar: HeldBar) -> Step? {
    guard bar.close.isFinite, date == nil || bar.date > date! else { return nil }
    let previous = lastClose(of: bar.contract)
    let step = Step(
      change: previous.map { bar.close - $0 }, previousClose: previous,
      isNewContract: contract != nil && contract != bar.contract)
    (contract, close, date) = (bar.contract, bar.close, bar.date)
    return step
  }

  /// The newest close of `contract`: the last bar's, or the roll's when it leads from that bar's contract to this one.
  public func lastClose(of contract: ContractMonth) -> Double? {
    if contract == self.contract { return close }
    guard let roll, roll.to == contract, roll.date == date, roll.toPrice.isFinite else { return nil }
    return roll.toPrice
  }
}
