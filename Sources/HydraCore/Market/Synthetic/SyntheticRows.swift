import HydraNumerics

/// A fault that sits on a row until the row gets its line.
struct RowFault: Hashable, Sendable {
  var kind: PlantedFault.Kind
  var column: String?
  var trueValue: String?
}

/// One row of a held-contract file; prices in hundredths.
struct SyntheticCarryRow: Hashable, Sendable {
  var date: CivilDate
  var carry: Int?
  var carryContract: ContractMonth
  var price: Int
  var priceContract: ContractMonth
  var forward: Int?
  var forwardContract: ContractMonth
  var faults: [RowFault] = []

  static func rows(of market: SyntheticMarket) -> [SyntheticCarryRow] {
    let (schedule, curve) = (market.schedule, market.curve)
    let tick = market.model.tickHundredths
    return schedule.days.indices.map { day in
      let held = schedule.contracts[schedule.held[day]]
      let next = schedule.cycle.nextHeld(after: held)
      // As in the real files, the next contract's price stands only on the old one's last row.
      let forward =
        schedule.isDeparture[day]
        ? schedule.index(of: next).flatMap { curve.settle(day: day, contract: $0) }.map { Int($0) * tick } : nil
      return SyntheticCarryRow(
        date: schedule.days[day], carry: curve.carrySettle(day).map { Int($0.ticks) * tick },
        carryContract: schedule.cycle.previous(before: held), price: Int(curve.heldSettle(day)) * tick,
        priceContract: held, forward: forward, forwardContract: next)
    }
  }

  static func csv(_ rows: [SyntheticCarryRow], faults: inout [PlantedFault], path: String) -> [UInt8] {
    var text = FixedText(reserving: rows.count * 72)
    text.append("datetime,carry,carry_contract,price,price_contract,forward,forward_contract\n")
    for (index, row) in rows.enumerated() {
      text.append(row.date)
      text.append(" 23:00:00,")
      if let carry = row.carry { text.append(scaled: carry, decimals: 2) }
      text.comma()
      text.append(contract: row.carryContract)
      text.comma()
      text.append(scaled: row.price, decimals: 2)
      text.comma()
      text.append(contract: row.priceContract)
      text.comma()
      if let forward = row.forward { text.append(scaled: forward, decimals: 2) }
      text.comma()
      text.append(contract: row.forwardContract)
      text.newline()
      faults += row.faults.map { $0.planted(file: path, line: index + 2, date: row.date) }
    }
    return text.bytes
  }
}

/// One row of a second-nearby file; prices in hundredths.
struct SyntheticDailyRow: Hashable, Sendable {
  var date: CivilDate
  var open: Int
  var high: Int
  var low: Int
  var last: Int
  var settle: Int
  var volume: Int
  var previousOpenInterest: Int?
  var faults: [RowFault] = []

  static func rows(of market: SyntheticMarket, seed: UInt64) -> [SyntheticDailyRow] {
    let (schedule, tick) = (market.schedule, market.model.tickHundredths)
    // The primary market's ranges are those of its contract table: each day draws for all listed contracts in order.
    let all = market.model.symbol == MarketModel.oats.symbol
    var random = CounterRandom(seed: seed, stream: "ranges \(market.model.symbol)")
    return schedule.days.indices.map { day in
      let second = schedule.front[day] + 1
      var range: SyntheticDayRange?
      for index in all ? schedule.listed(on: day) : second..<second + 1 {
        let drawn = market.range(day: day, contract: index, random: &random)
        if index == second { range = drawn }
      }
      let slot = schedule.slot(day: day, contract: second)!
      let before = day > 0 ? schedule.slot(day: day - 1, contract: second) : nil
      return SyntheticDailyRow(
        date: schedule.days[day], open: Int(range!.open) * tick, high: Int(range!.high) * tick,
        low: Int(range!.low) * tick, last: Int(range!.last) * tick, settle: Int(market.curve.settles[slot]) * tick,
        volume: Int(market.activity.volumes[slot]),
        previousOpenInterest: before.map { Int(market.activity.openInterest[$0]) })
    }
  }

  static func csv(_ rows: [SyntheticDailyRow], faults: inout [PlantedFault], path: String) -> [UInt8] {
    var text = FixedText(reserving: rows.count * 64)
    text.append("date,open,high,low,last,settle,volume,prev_open_interest\n")
    for (index, row) in rows.enumerated() {
      text.append(row.date)
      for price in [row.open, row.high, row.low, row.last, row.settle] {
        text.comma()
        text.append(scaled: price, decimals: 2)
      }
      text.comma()
      text.append(row.volume)
      text.comma()
      if let open = row.previousOpenInterest { text.append(open) }
      text.newline()
      faults += row.faults.map { $0.planted(file: path, line: index + 2, date: row.date) }
    }
    return text.bytes
  }
}

extension RowFault {
  func planted(file: String, line: Int, date: CivilDate) -> PlantedFault {
    PlantedFault(
      kind: kind, file: file, line: line, lastLine: line, date: date, column: column, trueValue: trueValue)
  }
}
