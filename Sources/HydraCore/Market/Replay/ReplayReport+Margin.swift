import HydraNumerics

/// What the account is worth to those who ask for margin.
extension ReplayReport {
  /// Capital and profit after fees at a price in ticks, in currency.
  func equity(at price: Double, _ settings: ReplayRunSettings) -> Double {
    let ticks = Double(account.flow) + Double(account.position) * price
    return (settings.risk.capital ?? 0) + ticks * settings.tick * settings.pointValue
      - settings.fee * Double(account.lots)
  }

  /// Asks for margin at a settlement in ticks: counts a call, blocks until the next settlement or says what has to be
  /// closed at the market, as the settings have it.
  mutating func callMargin(
    at price: Double, date: CivilDate, _ settings: ReplayRunSettings, isBlocked: inout Bool
  ) -> (side: Side, lots: Int)? {
    let (risk, position, equity) = (settings.risk, account.position, equity(at: price, settings))
    isBlocked = false
    guard risk.isShort(position: position, equity: equity, date: date) else { return nil }
    marginCalls += 1
    isBlocked = risk.marginCall == .block
    let lots = isBlocked ? 0 : risk.lotsToClose(position: position, equity: equity, date: date)
    return lots > 0 ? (position > 0 ? .sell : .buy, lots) : nil
  }
}
