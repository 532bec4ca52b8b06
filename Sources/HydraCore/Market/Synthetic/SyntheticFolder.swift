import HydraNumerics

/// A file of a generated folder.
struct SyntheticFile: Sendable {
  /// Path inside the folder, parts separated by `/`.
  var path: String
  var bytes: [UInt8]
}

/// Lays a world out as files: the sample data's layout, more tables beside it, and the truth.
struct SyntheticFolder {
  let settings: SyntheticWorld.Settings
  let days: [CivilDate]
  /// The primary market first.
  let markets: [SyntheticMarket]
  let commitments: CommitmentsSimulation
  let chains: ChainSimulation

  /// All files, sorted by path. Faults are planted on the way and added to the truth with their lines.
  func files(truth: inout SyntheticTruth) -> [SyntheticFile] {
    var files: [SyntheticFile] = []
    var faults: [PlantedFault] = []
    for (index, market) in markets.enumerated() {
      var rows = SyntheticCarryRow.rows(of: market)
      var daily = SyntheticDailyRow.rows(of: market, seed: settings.seed)
      if settings.faults {
        FaultPlanter.plant(carry: &rows, isPrimary: index == 0, symbol: market.model.symbol, seed: settings.seed)
        if index == 0 { FaultPlanter.plant(daily: &daily, seed: settings.seed) }
      }
      let carryPath = "carry/\(market.model.carryCode).csv"
      files.append(SyntheticFile(path: carryPath, bytes: SyntheticCarryRow.csv(rows, faults: &faults, path: carryPath)))
      if market.model.symbol != "VIX" {
        let path = "daily/\(market.model.symbol).csv"
        files.append(SyntheticFile(path: path, bytes: SyntheticDailyRow.csv(daily, faults: &faults, path: path)))
      }
    }
    files.append(SyntheticFile(path: "carry/instruments.csv", bytes: instruments()))
    let path = "cot/\(markets[0].model.symbol)_commercials.csv"
    files.append(SyntheticFile(path: path, bytes: positions(path: path, faults: &faults)))
    files.append(SyntheticFile(path: "contracts.csv", bytes: contracts(path: "contracts.csv", faults: &faults)))
    files.append(SyntheticFile(path: "bars/\(markets[0].model.symbol).csv", bytes: contractBars()))
    files.append(SyntheticFile(path: "signals/\(markets[0].model.symbol).csv", bytes: signals()))
    if settings.options {
      var chains = chains
      if settings.faults { chains.plantFaults(smiles: truth.smiles, seed: settings.seed) }
      let path = "options/\(markets[0].model.symbol).csv"
      files.append(SyntheticFile(path: path, bytes: chains.csv(truth.smiles, faults: &faults, path: path)))
    }
    truth.faults = faults.sorted { ($0.file, $0.line, $0.kind.rawValue) < ($1.file, $1.line, $1.kind.rawValue) }
    files += truth.files()
    files.append(SyntheticFile(path: "world.json", bytes: worldFile()))
    return files.sorted { $0.path < $1.path }
  }

  /// The columns of the sample data's table, one row per market by name.
  private func instruments() -> [UInt8] {
    var text = FixedText()
    text.append(
      "Instrument,Description,Pointsize,Currency,AssetClass,PerBlock,Percentage,PerTrade,Region,SpreadCost,"
        + "HoldRollCycle,RollOffsetDays,CarryOffset,PricedRollCycle,ExpiryOffset\n")
    let letters = Array("FGHJKMNQUVXZ")
    for market in markets.sorted(by: { $0.model.carryCode < $1.model.carryCode }) {
      let model = market.model
      text.append("\(model.carryCode),\"\(model.name)\",")
      text.append(model.pointValue, decimals: 1)
      text.append(",USD,\(model.symbol == "VIX" ? "Vol" : "Ags"),")
      text.append(model.commission, decimals: 2)
      text.append(",0.0,0.0,US,")
      text.append(model.halfSpread, decimals: 3)
      text.comma()
      text.append(String(model.cycle.held.map { letters[$0.month - 1] }))
      text.append(",\(model.symbol == "ZO" ? "-90.0" : "-60.0"),-1.0,")
      text.append(String(model.cycle.months.map { letters[$0 - 1] }))
      text.append(",\(model.cycle.expiry == .middleOfMonth ? "14.0" : "19.0")\n")
    }
    return text.bytes
  }

  /// One row per contract of every market.
  private func contracts(path: String, faults: inout [PlantedFault]) -> [UInt8] {
    var text = FixedText()
    text.append(
      "symbol,code,contract,first_trade_day,last_trade_day,first_notice_day,tick,point_value,daily_limit,"
        + "initial_margin\n")
    var line = 2
    for market in markets {
      let (model, schedule) = (market.model, market.schedule)
      // One digit of the year, as exchanges write it, comes again after ten years; two digits do not.
      let isShort = settings.faults && model.symbol == markets[0].model.symbol
      var codes: [String] = []
      for (index, contract) in schedule.contracts.enumerated() {
        let code = "\(model.symbol)" + (isShort ? "\(contract.code.first!)\(contract.year % 10)" : contract.code)
        text.append("\(model.symbol),\(code),")
        text.append(contract: contract)
        text.comma()
        // Listed with the first day of the front that stands so many places before it.
        let first = index - model.cycle.listed
        text.append(
          first < 0 ? days[0] : ExchangeCalendar.tradingDay(atOrAfter: schedule.expiries[first].adding(days: 1)))
        text.comma()
        text.append(schedule.expiries[index])
        text.comma()
        text.append(model.cycle.firstNoticeDay(of: contract))
        text.comma()
        text.append(scaled: model.tickHundredths, decimals: 2)
        text.comma()
        text.append(model.pointValue, decimals: 2)
        text.comma()
        if let limit = model.limitTicks { text.append(scaled: limit * model.tickHundredths, decimals: 2) }
        text.comma()
        if let margin = model.initialMargin { text.append(margin, decimals: 2) }
        text.newline()
        if isShort, codes.contains(code) {
          faults.append(
            PlantedFault(
              kind: .reusedCode, file: path, line: line, lastLine: line, date: schedule.expiries[index], column: "code",
              trueValue: contract.description))
        }
        codes.append(code)
        line += 1
      }
    }
    return text.bytes
  }

  /// Every listed contract of the primary market on every day, without faults.
  private func contractBars() -> [UInt8] {
    let market = markets[0]
    let (model, schedule, curve) = (market.model, market.schedule, market.curve)
    var text = FixedText(reserving: curve.settles.count * 64)
    text.append("date,contract,open,high,low,settle,volume,open_interest\n")
    let ranges = market.ranges(seed: settings.seed)
    for (day, date) in days.enumerated() {
      for index in schedule.listed(on: day) {
        let slot = schedule.slot(day: day, contract: index)!
        let range = ranges[slot]
        text.append(date)
        text.comma()
        text.append(contract: schedule.contracts[index])
        for ticks in [range.open, range.high, range.low, curve.settles[slot]] {
          text.comma()
          text.append(scaled: Int(ticks) * model.tickHundredths, decimals: 2)
        }
        text.comma()
        text.append(Int(market.activity.volumes[slot]))
        text.comma()
        text.append(Int(market.activity.openInterest[slot]))
        text.newline()
      }
    }
    return text.bytes
  }

  /// Two columns that anyone would like to use: one says nothing, the other knows tomorrow.
  private func signals() -> [UInt8] {
    let market = markets[0]
    var random = CounterRandom(seed: settings.seed, stream: "decoy")
    var text = FixedText()
    text.append("date,pasture_rating,elevator_bid\n")
    let rating = Self.decoyPath(days: days.count, random: &random)
    for (day, date) in days.enumerated() {
      text.append(date)
      text.comma()
      text.append(rating[day], decimals: 4)
      text.comma()
      if day + 1 < days.count {
        text.append(scaled: Int(market.curve.heldSettle(day + 1)) * market.model.tickHundredths, decimals: 2)
      }
      text.newline()
    }
    return text.bytes
  }

  /// A slow autoregression that has nothing to do with anything.
  static func decoyPath(days: Int, random: inout CounterRandom) -> [Double] {
    var rating = random.normal()
    return (0..<days).map { _ in
      rating = 0.97 * rating + (1 - 0.97 * 0.97).squareRoot() * random.normal()
      return rating
    }
  }

  private func worldFile() -> [UInt8] {
    var text = FixedText()
    text.append("{\"generator\":\"hydra synthetic market\",\"version\":\(SyntheticWorld.version),\"settings\":{")
    text.append("\"seed\":\(settings.seed),\"years\":\(settings.years),\"start\":\"\(settings.start)\",")
    text.append("\"shifts\":\(settings.shifts),\"effects\":\(settings.effects),\"effectScale\":")
    text.append(settings.effectScale, decimals: 6)
    text.append(",\"faults\":\(settings.faults),\"options\":\(settings.options),\"minuteDays\":\(settings.minuteDays),")
    let dates = settings.bookDates.map { "\"\($0)\"" }.joined(separator: ",")
    text.append("\"bookDays\":\(settings.bookDays),\"bookDates\":[\(dates)]}}\n")
    return text.bytes
  }
}

extension SyntheticMarket {
  /// Open, high, low and last of a contract's day; takes a fixed number of draws.
  func range(day: Int, contract index: Int, random: inout CounterRandom) -> SyntheticDayRange {
    let slot = schedule.slot(day: day, contract: index)!
    let settle = curve.settles[slot]
    let previous = day > 0 ? curve.settle(day: day - 1, contract: index) ?? settle : settle
    return SyntheticDayRange(
      previous: previous, settle: settle, spread: Double(curve.spreads[slot]), volume: activity.volumes[slot],
      limit: model.limitTicks, ticksPerUnit: Int32(100 / model.tickHundredths), random: &random)
  }
}
