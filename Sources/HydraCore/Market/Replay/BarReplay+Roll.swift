/// From one contract to the next, in the middle of a run: two trades at the cost of market orders.
extension BarReplay {
  /// One of the two trades of a roll.
  struct Leg {
    /// Lots held before the old contract was given up, negative when sold.
    var lots: Int
    /// The bar's open from which its cost counts, and the price paid, in ticks.
    var open: Int
    var price: Int
  }

  /// Ends all orders of the contract and gives up what is held of it, at a bar's open.
  ///
  /// The bar before is told first: it has closed. Orders that follow from it end too, for they are of the old contract.
  mutating func leave(at bar: ReplayBar) -> Leg {
    begin(at: bar.time)
    exchange.endAll(.roll)
    settle()
    let lots = report.account.position
    return Leg(lots: lots, open: Int(bar.open), price: leg(lots > 0 ? .sell : .buy, abs(lots), bar))
  }

  /// Takes so many lots of a contract at a bar's open; the strategy is told of the roll with its fills.
  mutating func enter(_ contract: FuturesContract, after left: Leg, from old: FuturesContract, at bar: ReplayBar) {
    self.contract = contract
    let price = leg(left.lots > 0 ? .buy : .sell, abs(left.lots), bar)
    let gap = Int(bar.open) - left.open
    report.rolls.append(
      ReplayRoll(
        time: bar.time, from: old, to: contract, lots: left.lots, gap: gap,
        outPrice: left.lots == 0 ? nil : left.price, inPrice: left.lots == 0 ? nil : price))
    told.append(.rolled(from: old, to: contract, gap: gap))
  }

  private mutating func leg(_ side: Side, _ lots: Int, _ bar: ReplayBar) -> Int {
    guard lots > 0 else { return Int(bar.open) }
    exchange.execute(enter(side, lots: lots, arrival: bar.time), at: bar)
    settle()
    return report.fills.last?.price ?? Int(bar.open)
  }
}
