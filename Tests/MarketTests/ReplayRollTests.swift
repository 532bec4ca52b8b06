import HydraMarket
import HydraNumerics
import Testing

/// One run through the bars of several contracts.
@Suite struct ReplayRollTests {
  static let december = FuturesContract(root: "ZO", month: ContractMonth(year: 2013, month: 12))
  static let march = FuturesContract(root: "ZO", month: ContractMonth(year: 2014, month: 3))

  /// Nanoseconds of a moment of a day.
  static func moment(_ day: String, hour: Int = 15, minute: Int = 0) -> Int64 {
    date(day).timestamp().nanoseconds + Int64(hour * 3600 + minute * 60) * 1_000_000_000
  }

  static func bar(
    _ contract: FuturesContract, _ time: Int64, _ price: Int, lots: Int64 = 10, openInterest: Int64? = nil
  ) -> ContractBar {
    let price = Int32(price)
    return ContractBar(
      contract: contract, bar: ReplayBar(time: time, open: price, high: price, low: price, close: price, lots: lots),
      openInterest: openInterest)
  }

  /// A bar of each contract on every trade date.
  static func flat(
    from first: String, to last: String, hourOfNew: Int = 15,
    volumes: (CivilDate) -> (old: Int64, new: Int64) = { _ in (10, 1) }
  ) -> [ContractBar] {
    var (day, bars) = (date(first), [ContractBar]())
    while day <= date(last) {
      let size = volumes(day)
      bars.append(bar(december, moment("\(day)"), 1400, lots: size.old))
      bars.append(bar(march, moment("\(day)", hour: hourOfNew), 1420, lots: size.new))
      day = TradingHours.cbotGrains.tradeDate(after: day)
    }
    return bars
  }

  /// Buys three lots at the beginning, leaves an order far below, and keeps what it is told.
  struct Holder: ReplayStrategy {
    final class Log { var lines: [String] = [] }
    let log = Log()

    mutating func update(_ signal: ReplaySignal, _ desk: inout ReplayDesk) {
      switch signal {
      case .start:
        _ = desk.submit(OrderTicket(.buy, lots: 3, kind: .market))
        _ = desk.submit(OrderTicket(.buy, lots: 1, limit: 1000))
      case .bar(let bar): log.lines.append("bar \(bar.close)")
      case .filled(let order, let lots, let price): log.lines.append("filled \(order) \(lots) \(price)")
      case .ended(let order, let reason): log.lines.append("ended \(order) \(reason?.rawValue ?? "")")
      case .rolled(let from, let to, let gap): log.lines.append("rolled \(from) \(to) \(gap)")
      case .timer, .expired: break
      }
    }
  }

  static func settings(_ rule: RollRule? = nil) -> ReplayRunSettings {
    var settings = ReplayRunSettings()
    (settings.halfSpreadTicks, settings.fee, settings.roll) = (2, 1, rule)
    return settings
  }

  @Test func aPositionIsCarriedOverByTwoFillsWithTheirCosts() throws {
    let holder = Holder()
    let report = ReplayRun.run(
      Self.flat(from: "2013-11-14", to: "2013-12-03"), strategy: holder, settings: Self.settings())
    // First notice is 2013-11-29; five trade dates before it, without Thanksgiving, is 2013-11-21.
    #expect(Self.december.firstNotice == date("2013-11-29"))
    let rolled = Self.moment("2013-11-21")
    #expect(report.fills.map(\.time) == [Self.moment("2013-11-14"), rolled, rolled])
    #expect(report.fills.map(\.price) == [1402, 1398, 1422])
    #expect(report.fills.map(\.side) == [.buy, .sell, .buy] && report.fills.map(\.lots) == [3, 3, 3])
    #expect(report.fills.map(\.contract) == [Self.december, Self.december, Self.march])
    let roll = try #require(report.rolls.first)
    #expect(report.rolls.count == 1 && roll.gap == 20 && roll.cost == 12 && roll.lots == 3)
    // The money: three lots at 1402, out at 1398, in at 1422, worth 1420.
    #expect(report.grossTicks == 3 * Double(-1402 + 1398 - 1422 + 1420) && report.account.lots == 9)
    #expect(report.netProfit(Self.settings()) == -18 * 0.25 - 9)
    #expect(report.account.position == 3 && report.mark == 1420 && report.endings == ["roll": 1])
    // The limit order never moves; bars are of the held contract.
    #expect(
      holder.log.lines.prefix(12) == [
        "filled 0 3 1402", "bar 1400", "bar 1400", "bar 1400", "bar 1400", "bar 1400", "ended 1 roll",
        "filled 2 3 1398",
        "filled 3 3 1422", "rolled ZOZ13 ZOH14 20", "bar 1420", "bar 1420",
      ])
  }

  @Test func volumeDecidesWithFiguresOfDatesThatHaveEnded() {
    let bars = Self.flat(from: "2013-11-04", to: "2013-12-03") { day in
      day >= date("2013-11-12") ? (10, 11) : (10, 9)
    }
    let report = ReplayRun.run(bars, strategy: Holder(), settings: Self.settings(.volume(confirmation: 2)))
    #expect(report.rolls.map(\.time) == [Self.moment("2013-11-14")])
    // Never more: on the last date before first notice at the latest.
    let never = ReplayRun.run(
      Self.flat(from: "2013-11-04", to: "2013-12-03"), strategy: Holder(),
      settings: Self.settings(.volume(confirmation: 2)))
    #expect(never.rolls.map(\.time) == [Self.moment("2013-11-27")])
  }

  @Test func contractsThatNeverTradeTogetherAreLeftAndEnteredAtTheirOwnBars() {
    let bars = Self.flat(from: "2013-11-14", to: "2013-12-03", hourOfNew: 17)
    let report = ReplayRun.run(bars, strategy: Holder(), settings: Self.settings())
    #expect(report.fills.dropFirst().map(\.time) == [Self.moment("2013-11-27"), Self.moment("2013-11-27", hour: 17)])
    #expect(report.account.position == 3 && report.rolls.count == 1)
    // A contract that has no successor is given up all the same.
    let alone = ReplayRun.run(
      bars.filter { $0.contract == Self.december }, strategy: Holder(), settings: Self.settings())
    #expect(alone.account.position == 0 && alone.rolls.isEmpty)
    #expect(alone.fills.map(\.time).last == Self.moment("2013-11-27"))
  }

  /// Three contracts that walk at random, half of the bars missing, and averages that trade.
  static func walk(seed: UInt64) -> [ContractBar] {
    var random = CounterRandom(seed: seed, stream: "rolls")
    let months = [(2013, 12), (2014, 3), (2014, 5)].map {
      FuturesContract(root: "ZO", month: ContractMonth(year: $0.0, month: $0.1))
    }
    var (prices, bars, day) = ([1400, 1430, 1390], [ContractBar](), date("2013-10-01"))
    while day < date("2014-05-20") {
      for minute in 0..<12 {
        let time = moment("\(day)", minute: 5 * minute)
        for index in months.indices where day < months[index].lastTrade {
          let open = prices[index]
          prices[index] += random.below(7) - 3
          let (high, low) = (max(open, prices[index]) + random.below(2), min(open, prices[index]) - random.below(2))
          guard random.below(2) == 0 else { continue }
          bars.append(
            ContractBar(
              contract: months[index],
              bar: ReplayBar(
                time: time, open: Int32(open), high: Int32(high), low: Int32(low), close: Int32(prices[index]),
                lots: Int64(1 + random.below(20)))))
        }
      }
      day = TradingHours.cbotGrains.tradeDate(after: day)
    }
    return bars
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func cashIsThatOfTheContractsAndNoLongIsHeldIntoDelivery(seed: UInt64) throws {
    let bars = Self.walk(seed: seed)
    var settings = Self.settings(seed == 3 ? .volume(confirmation: 2) : nil)
    settings.cost = ReplayCost(impactCoefficient: 0.5)
    let report = ReplayRun.run(bars, strategy: MovingAverageCross(fast: 3, slow: 9, lots: 2), settings: settings)
    #expect(report.rolls.count >= 2 && report.fills.count > 60)
    // Every contract by itself, from its own fills and its own last close.
    var (flows, positions) = ([FuturesContract: Int](), [FuturesContract: Int]())
    for fill in report.fills {
      let contract = try #require(fill.contract)
      flows[contract, default: 0] -= fill.side.sign * fill.lots * fill.price
      positions[contract, default: 0] += fill.side.sign * fill.lots
      #expect(positions.values.count { $0 != 0 } <= 1)
      let filled = Timestamp(nanoseconds: fill.time).date
      if fill.side == .buy { #expect(filled < contract.firstNotice) }
      // The price is that of a bar of that contract at that moment, and what crossing costs.
      let bar = try #require(bars.first { $0.contract == contract && $0.bar.time == fill.time }).bar
      #expect(fill.side.sign * (fill.price - Int(bar.open)) >= 2)
    }
    var worth = 0
    for (contract, flow) in flows {
      let last = try #require(bars.last { $0.contract == contract }).bar.close
      worth += flow + (positions[contract] ?? 0) * Int(last)
    }
    let held = try #require(report.fills.last?.contract)
    #expect(report.grossTicks == Double(worth) && abs(report.account.position) == abs(positions[held] ?? 0))
  }

  @Test func whatComesLaterChangesNothingBefore() {
    let bars = Self.walk(seed: 4)
    func fills(_ bars: [ContractBar]) -> [Execution] {
      ReplayRun.run(
        bars, strategy: MovingAverageCross(fast: 3, slow: 9), settings: Self.settings(.volume(confirmation: 2))
      ).fills
    }
    let all = fills(bars)
    for part in [300, 900, 1200] {
      let cut = bars[part].bar.time
      let before = all.filter { $0.time < cut }
      #expect(fills(bars.filter { $0.bar.time < cut }) == before && !before.isEmpty)
    }
  }

  /// A gap between contracts is no cross of averages: the same walk twenty ticks higher gives the same trades.
  @Test func aRollMovesNoAverage() {
    var random = CounterRandom(seed: 6, stream: "gap")
    var (price, bars, plain, day) = (1400, [ContractBar](), [ReplayBar](), date("2013-11-04"))
    while day < date("2013-12-10") {
      for minute in 0..<20 {
        let time = Self.moment("\(day)", minute: 3 * minute)
        price += random.below(7) - 3
        for (contract, gap) in [(Self.december, 0), (Self.march, 20)] {
          bars.append(Self.bar(contract, time, price + gap))
        }
        plain.append(Self.bar(Self.december, time, price).bar)
      }
      day = TradingHours.cbotGrains.tradeDate(after: day)
    }
    let strategy = MovingAverageCross(fast: 3, slow: 9)
    let rolled = ReplayRun.run(bars, strategy: strategy, settings: Self.settings())
    let straight = ReplayRun.run(plain, strategy: strategy, settings: Self.settings())
    let legs = Set(rolled.rolls.map(\.time))
    #expect(rolled.rolls.count == 1)
    #expect(
      rolled.fills.filter { !legs.contains($0.time) }.map(\.time)
        == straight.fills.filter { !legs.contains($0.time) }.map(\.time))
    #expect(straight.fills.count > 20 && rolled.account.position == straight.account.position)
  }

  @Test func aFileOfContractsIsTheSameRunInPieces() throws {
    let bars = Self.walk(seed: 5)
    let scale = try #require(TickScale(tick: 0.25))
    var text = "ts,contract,open,high,low,close,volume\n"
    for item in bars {
      let prices = [item.bar.open, item.bar.high, item.bar.low, item.bar.close].map { "\(scale.price(Int($0)))" }
      text += "\(item.bar.time),\(item.contract),\(prices.joined(separator: ",")),\(item.bar.lots)\n"
    }
    let strategy = MovingAverageCross(fast: 3, slow: 9)
    let file = try ReplayFile(bytes: Array(text.utf8), file: "bars.csv", scale: scale)
    #expect(file.hasContracts && !file.hasOpenInterest)
    let read = try ReplayRun.run(file, strategy: strategy, settings: Self.settings())
    #expect(read == ReplayRun.run(bars, strategy: strategy, settings: Self.settings()) && read.events == bars.count)
    let error = #expect(throws: CSVError.self) {
      let wrong = text + "1900000000000000000,ZCH14,350,350,350,350,1\n"
      _ = try ReplayRun.run(
        ReplayFile(bytes: Array(wrong.utf8), file: "bars.csv", scale: scale), strategy: strategy,
        settings: Self.settings())
    }
    #expect(error?.line == bars.count + 2 && error?.column == "contract" && error?.value == "ZCH14")
  }
}
