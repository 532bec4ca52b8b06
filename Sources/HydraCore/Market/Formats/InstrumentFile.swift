import HydraNumerics

/// Reads `carry/instruments.csv`: `Instrument,Description,Pointsize,Currency,…,PerBlock,…,SpreadCost,…`.
///
/// `Pointsize` is currency per 1.00 of price, `PerBlock` the commission per contract and side, `SpreadCost` half of the
/// spread in price units. Ticks, limits, related markets and the exchange's symbol come from ``MarketCodes``; a market
/// that is not in that table needs a column `TickSize`, and is left out without one. Other columns are not used.
enum InstrumentFile {
  static func read(_ table: MarketTable) throws(MarketDataError) -> [Instrument] {
    try table.require("Instrument", "Pointsize", "PerBlock", "SpreadCost")
    var instruments: [Instrument] = []
    for row in 0..<table.rows {
      let code = table.text(row, "Instrument")
      let known = MarketCodes.named(code)
      let ownTick = try table.has("TickSize") ? table.number(row, "TickSize") : nil
      guard let tick = ownTick ?? known?.tickSize else { continue }
      guard tick > 0 else { throw table.malformed(row, "TickSize", "\(tick)", "above 0") }
      guard !instruments.contains(where: { $0.carryCode == code }) else {
        throw table.malformed(row, "Instrument", code, "listed once")
      }
      let description = table.text(row, "Description")
      let currency = table.text(row, "Currency")
      instruments.append(
        Instrument(
          symbol: known?.symbol ?? code, carryCode: code, name: description.isEmpty ? known?.name ?? code : description,
          currency: currency.isEmpty ? "USD" : currency, pointValue: try positive(table, row, "Pointsize"),
          tickSize: tick, commission: try notNegative(table, row, "PerBlock"),
          halfSpread: try notNegative(table, row, "SpreadCost"), dailyLimit: known?.dailyLimit,
          averageDailyVolume: known?.averageDailyVolume, related: known?.related ?? []))
    }
    return instruments
  }

  private static func positive(_ table: MarketTable, _ row: Int, _ column: String) throws(MarketDataError) -> Double {
    let value = try notNegative(table, row, column)
    guard value > 0 else { throw table.malformed(row, column, table.text(row, column), "a positive number") }
    return value
  }

  private static func notNegative(_ table: MarketTable, _ row: Int, _ column: String) throws(MarketDataError) -> Double
  {
    guard let value = try table.number(row, column), value >= 0, value.isFinite else {
      throw table.malformed(row, column, table.text(row, column), "a number that is not negative")
    }
    return value
  }
}
