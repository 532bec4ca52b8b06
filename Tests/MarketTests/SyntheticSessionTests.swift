import Foundation
import HydraNumerics
import Testing

@testable import HydraMarket

/// Daily bars, minute bars and books of a generated world are one and the same market.
@Suite struct SyntheticSessionTests {
  static let world: SyntheticWorld = {
    var settings = SyntheticWorld.Settings(seed: 11, years: 2)
    (settings.minuteDays, settings.bookDays) = (260, 5)
    return SyntheticWorld.generate(settings)
  }()
  static let scale = TickScale(tick: 0.25)!

  static func bars(_ path: String) throws -> [ReplayBar] {
    let bytes = try #require(world.contents(of: path))
    return try ReplayFile(bytes: bytes, file: path, scale: scale).bars(limit: 1_000_000)
  }

  static func books() throws -> [(path: String, date: CivilDate, events: [ReplayEvent])] {
    try world.fileRecords.map(\.path).filter { $0.hasPrefix("book/") }.map { path in
      let file = try ReplayFile(bytes: #require(world.contents(of: path)), file: path, scale: scale)
      let date = try #require(CivilDate(String(path.dropLast(4).suffix(10))))
      return (path, date, try file.events(limit: 1_000_000))
    }
  }

  /// Settlement by the exchange's rule: the lot-weighted mean of the settlement minute, or the last trade.
  static func settlement(_ bars: [ReplayBar], _ date: CivilDate) -> Int32 {
    let minute = SyntheticHours(date).settlement.lowerBound
    return bars.first { $0.time == minute }?.close ?? bars[bars.count - 1].close
  }

  /// The rows of the contract table of the days with minute bars, by contract.
  static func daily() throws -> [String: [(date: CivilDate, values: [Double])]] {
    let first = world.days[world.days.count - world.settings.minuteDays]
    var daily: [String: [(date: CivilDate, values: [Double])]] = [:]
    for row in try SyntheticWorldTests.rows("bars/ZO.csv", of: world).dropFirst() {
      let date = try #require(CivilDate(row[0]))
      if date >= first { daily[String(row[1].prefix(6)), default: []].append((date, row[2...6].map { Double($0)! })) }
    }
    return daily
  }

  @Test func minuteBarsMakeTheDailyBars() throws {
    var (days, minutes) = (0, 0)
    for (contract, rows) in try Self.daily() {
      let bars = try Self.bars("bars-1m/ZO-\(contract).csv")
      minutes += bars.count
      var left = bars[...]
      for (date, values) in rows {
        let end = SyntheticHours(date).day.upperBound
        let own = Array(left.prefix { $0.time < end })
        left = left.dropFirst(own.count)
        #expect(Double(own.reduce(0) { $0 + $1.lots }) == values[4], "\(contract) \(date)")
        guard let first = own.first else { continue }
        days += 1
        let quarters = values.map { Int32($0 * 4) }
        #expect(first.open == quarters[0], "\(contract) \(date)")
        #expect(own.map(\.high).max() == quarters[1] && own.map(\.low).min() == quarters[2], "\(contract) \(date)")
        #expect(Self.settlement(own, date) == quarters[3], "\(contract) \(date)")
        let hours = SyntheticHours(date)
        #expect(own.allSatisfy { hours.contain($0.time) && $0.lots > 0 })
      }
      #expect(left.isEmpty)
    }
    #expect(days > 400 && minutes > 5_000)
  }

  @Test func theLastTradeIsTheDailyFilesLast() throws {
    var settings = Self.world.settings
    settings.faults = false
    let clean = SyntheticWorld.generate(settings)
    let schedule = clean.markets[0].schedule
    let rows = try SyntheticWorldTests.rows("daily/ZO.csv", of: clean).dropFirst()
    #expect(rows.count == clean.days.count)
    for (day, row) in rows.enumerated().suffix(120) {
      let trades = clean.sessions.trades(day: day, contract: schedule.front[day] + 1)
      guard let last = trades.last else { continue }
      #expect(Double(last.price) / 4 == Double(row[4])!, "\(row)")
      #expect(trades.reduce(0) { $0 + Int($1.lots) } == Int(row[6])!)
    }
  }

  @Test func booksAreNeverCrossedAndKnowTheirOrders() throws {
    let books = try Self.books()
    #expect(books.count == 5 && books.map(\.date) == Self.world.bookDates)
    for (path, _, events) in books {
      var replay = OrderReplay()
      var (crossed, gathering) = (0, 0)
      for (event, next) in zip(events, events.dropFirst().map { $0.time } + [Int64.max]) {
        replay.apply(event)
        // What happens at one moment is complete with its last event.
        guard next != event.time, let bid = replay.best(.buy), let ask = replay.best(.sell), bid >= ask else {
          continue
        }
        if replay.phase == .open { crossed += 1 } else { gathering += 1 }
        #expect(replay.phase != .closed)
      }
      #expect(crossed == 0 && gathering > 0 && replay.unknownOrders == 0, "\(path)")
      #expect(events.last?.kind == .sessionEnd && events.count > 240)
    }
  }

  /// Every session gathers orders, binds them, opens and closes; at the end comes the settlement.
  @Test func sessionsOpenAndClose() throws {
    for (path, date, events) in try Self.books() {
      let hours = SyntheticHours(date)
      let minutes = SyntheticHours.minute
      var expected: [(Int64, SessionPhase)] = []
      for session in [hours.night, hours.day] {
        let open = session.lowerBound
        expected += [
          (open - 30 * minutes, .preOpen), (open - minutes / 2, .noCancel), (open, .open),
          (session.upperBound, .closed),
        ]
      }
      let phases = events.compactMap { event in event.phase.map { (event.time, $0) } }
      #expect(phases.map(\.0) == expected.map(\.0) && phases.map(\.1) == expected.map(\.1), "\(path)")
      let contract = String(path.dropFirst(8).prefix(6))
      let settlements = try #require(try Self.daily()[contract]).filter { $0.date <= date }.suffix(2)
      #expect(
        events.filter { $0.kind == .settle }.map { Double($0.price) / 4 } == settlements.map { $0.values[3] }, "\(path)"
      )
      // Nothing is changed or taken back when orders are bound, and nothing comes to a closed market.
      var phase = SessionPhase.closed
      for event in events {
        if let next = event.phase { phase = next }
        switch event.kind {
        case .add: #expect(phase.takesOrders)
        case .change: #expect(phase.takesChanges)
        case .delete: #expect(phase.takesCancels)
        case .trade, .execute: #expect(phase == .open)
        default: break
        }
      }
    }
  }

  /// What the file tells of an opening is what the exchange's own engine makes of the same orders.
  @Test func openingsTradeByTheRuleOfTheAuction() throws {
    var settings = Self.world.settings
    (settings.seed, settings.bookDays, settings.minuteDays) = (3, 25, 0)
    let world = SyntheticWorld.generate(settings)
    var (auctions, surpluses) = (0, 0)
    for day in world.sessions.bookDays {
      let events = world.sessions.book(day: day).events
      var start = Exchange.Settings()
      start.phase = .closed
      var exchange = Exchange(start)
      var numbers: [Int: Int] = [:]
      for (place, event) in events.enumerated() {
        switch event.kind {
        case .settle: exchange.settle(Int(event.price))
        case .add:
          let side = try #require(event.side)
          numbers[event.id] = exchange.submit(
            OrderTicket(side, lots: Int(event.lots), limit: Int(event.price), timeInForce: .goodTillCancelled),
            time: event.time)
        case .delete:
          let isGone = exchange.cancel(try #require(numbers[event.id]))
          #expect(isGone)
        case .change:
          let number = try #require(numbers[event.id])
          let filled = exchange.state(number).filled
          let change = Exchange.Change(lots: Int(event.lots) + filled, price: Int(event.price))
          let isChanged = exchange.modify(number, change, time: event.time)
          #expect(isChanged)
        case .trade:
          // In open trading an aggressor comes, who is not told of as an order.
          guard let side = event.side else { break }
          _ = exchange.submit(
            OrderTicket(side, lots: Int(event.lots), limit: Int(event.price), timeInForce: .immediate),
            time: event.time)
        case .phase:
          let phase = try #require(event.phase)
          exchange.enter(phase, time: event.time)
        default: break
        }
        let trades = exchange.takeTrades()
        var told: [Int: Int] = [:]
        for next in events[(place + 1)...].prefix(while: { $0.time == event.time }) where next.kind == .execute {
          told[numbers[next.id] ?? -1, default: 0] += Int(next.lots)
        }
        if event.kind == .phase, event.phase == .open {
          let next = events[place + 1]
          let isTold = next.kind == .trade && next.time == event.time && next.side == nil
          #expect(isTold == !trades.isEmpty)
          guard isTold else { continue }
          auctions += 1
          #expect(trades.allSatisfy { $0.price == Int(next.price) })
          #expect(trades.reduce(0) { $0 + $1.lots } == Int(next.lots))
          var made: [Int: Int] = [:]
          for trade in trades {
            made[trade.maker, default: 0] += trade.lots
            made[trade.taker, default: 0] += trade.lots
          }
          #expect(made == told)
          let left = [exchange.best(.buy), exchange.best(.sell)]
          if left.contains(Int(next.price)) { surpluses += 1 }
        } else if event.kind == .trade, event.side != nil {
          var made: [Int: Int] = [:]
          for trade in trades { made[trade.maker, default: 0] += trade.lots }
          #expect(made == told)
        } else {
          #expect(trades.isEmpty)
        }
      }
    }
    #expect(auctions > 25 && surpluses > 5, "\(auctions) auctions, \(surpluses) with more on one side")
  }

  /// An order of the plain book that follows the files in this test.
  private struct Resting {
    var id: Int
    var side: Side
    var price: Int32
    var lots: Int32
  }

  @Test func executionsMakeTheTradesAndTheMinuteBarsInTheOrderOfTheQueue() throws {
    for (path, date, events) in try Self.books() {
      var waiting: Int32 = 0
      var trades: [SessionTrade] = []
      // Orders of a level stand in the order of their arrival.
      var queue: [Resting] = []
      for event in events {
        #expect(event.kind == .execute || waiting == 0, "\(path)")
        if event.kind == .trade {
          // An auction has no aggressor, and both sides are executed.
          waiting = event.side == nil ? 2 * event.lots : event.lots
          trades.append(
            SessionTrade(
              time: event.time, price: event.price, lots: event.lots, side: event.side ?? .buy, half: 0,
              isAuction: event.side == nil))
        } else if event.kind == .add {
          queue.append(Resting(id: event.id, side: try #require(event.side), price: event.price, lots: event.lots))
        } else if !event.kind.isOfSession {
          let place = try #require(queue.firstIndex { $0.id == event.id }, "\(path)")
          var order = queue[place]
          switch event.kind {
          case .execute:
            let trade = trades[trades.count - 1]
            waiting -= event.lots
            #expect(
              trade.isAuction
                ? (order.side == .buy ? order.price >= trade.price : order.price <= trade.price)
                : order.price == trade.price && order.side == trade.side.opposite)
            let first = queue.filter { $0.side == order.side }.min {
              order.side == .buy ? $0.price > $1.price : $0.price < $1.price
            }
            #expect(first?.id == order.id, "\(path): order \(order.id) was executed before \(first?.id ?? 0)")
            queue[place].lots -= event.lots
          case .change:
            let keeps = event.price == order.price && event.lots <= order.lots
            (order.price, order.lots) = (event.price, event.lots)
            if keeps { queue[place] = order } else { queue.append(queue.remove(at: place)) }
            if !keeps { queue[queue.count - 1] = order }
          default: queue[place].lots = 0
          }
          queue.removeAll { $0.lots == 0 }
        }
      }
      let contract = path.dropFirst(8).prefix(6)
      let hours = SyntheticHours(date)
      let bars = try Self.bars("bars-1m/ZO-\(contract).csv").filter { hours.contain($0.time) }
      #expect(trades.count { $0.isAuction } > 0 && trades[0].isAuction)
      #expect(ReplayBar.minutes(of: trades) == bars, "\(path)")
    }
  }

  /// Shares of messages, spreads and empty minutes as measured on real oats, see the specification of the demo data.
  @Test func booksLookLikeAThinMarkets() throws {
    var settings = SyntheticWorld.Settings(seed: 4, years: 3)
    (settings.bookDays, settings.minuteDays) = (40, 250)
    let world = SyntheticWorld.generate(settings)
    var counts: [ReplayEvent.Kind: Int] = [:]
    var sizes: [Int32] = []
    var (spreads, nightSpreads): ([Int], [Int]) = ([], [])
    for day in world.sessions.bookDays where world.truth.days[day].spreadFactor == 1 {
      let book = world.sessions.book(day: day)
      let hours = SyntheticHours(world.days[day])
      for event in book.events { counts[event.kind, default: 0] += 1 }
      sizes += book.events.filter { $0.kind == .trade }.map(\.lots)
      for quote in book.quotes {
        guard let bid = quote.bid, let ask = quote.ask else { continue }
        if quote.time > hours.day.lowerBound {
          spreads.append(ask.price - bid.price)
        } else {
          nightSpreads.append(ask.price - bid.price)
        }
      }
    }
    for kind in counts.keys where kind.isOfSession { counts[kind] = nil }
    let all = Double(counts.values.reduce(0, +))
    let aims: [(ReplayEvent.Kind, Double)] = [(.add, 34), (.delete, 29), (.change, 21), (.execute, 11), (.trade, 5)]
    for (kind, aim) in aims {
      let share = 100 * Double(counts[kind] ?? 0) / all
      #expect(abs(share - aim) <= 5, "\(kind) are \(share) % of the messages")
    }
    let mean = Double(sizes.reduce(0) { $0 + Int($1) }) / Double(sizes.count)
    #expect(abs(mean - 3) <= 0.9, "a trade has \(mean) lots")
    let (byDay, atNight) = (spreads.sorted()[spreads.count / 2], nightSpreads.sorted()[nightSpreads.count / 2])
    #expect((4...8).contains(byDay) && (6...12).contains(atNight), "\(byDay) ticks by day, \(atNight) at night")

    var (traded, tradedAtNight, days) = (0, 0, 0)
    for day in world.sessions.minuteDays {
      let contract = world.markets[0].schedule.front[day] + 1
      let hours = SyntheticHours(world.days[day])
      let minutes = ReplayBar.minutes(of: world.sessions.trades(day: day, contract: contract))
      days += 1
      traded += minutes.count { $0.time >= hours.day.lowerBound }
      tradedAtNight += minutes.count { $0.time < hours.day.lowerBound }
    }
    let empty = 1 - Double(traded) / Double(290 * days)
    let emptyAtNight = 1 - Double(tradedAtNight) / Double(765 * days)
    #expect((0.8...0.95).contains(empty), "\(empty) of the day's minutes are empty")
    #expect((0.98...0.998).contains(emptyAtNight), "\(emptyAtNight) of the night's minutes are empty")
  }

  @Test func anyNumberOfThreadsWritesTheSameBytes() throws {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-sessions-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    let one = try Self.world.write(to: root.appendingPathComponent("1").path, threads: 1)
    let eight = try Self.world.write(to: root.appendingPathComponent("8").path, threads: 8)
    #expect(one == eight && one == Self.world.fileRecords)
    for record in one {
      let bytes = try Data(contentsOf: root.appendingPathComponent("8/\(record.path)"))
      #expect(SHA256.hash(Array(bytes)) == record.hash)
    }
  }

  @Test func sessionsChangeNothingElse() throws {
    var settings = Self.world.settings
    (settings.minuteDays, settings.bookDays) = (0, 0)
    let plain = SyntheticWorld.generate(settings)
    let shared = Self.world.fileRecords.filter { record in plain.fileRecords.contains { $0.path == record.path } }
    #expect(plain.fileRecords.filter { $0.path != "world.json" } == shared.filter { $0.path != "world.json" })
    #expect(!plain.fileRecords.contains { $0.path.hasPrefix("bars-1m") || $0.path.hasPrefix("book") })
  }

  @Test func anEarlierWorldsDaysDoNotStay() throws {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-sessions-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    func files() throws -> Set<String> {
      Set(try FileManager.default.subpathsOfDirectory(atPath: root.path).filter { $0.hasSuffix(".csv") })
    }
    var settings = SyntheticWorld.Settings(seed: 1, years: 1)
    (settings.minuteDays, settings.bookDays) = (20, 4)
    let first = SyntheticWorld.generate(settings)
    try first.write(to: root.path)
    try Data("mine".utf8).write(to: root.appendingPathComponent("book/notes.csv"))
    (settings.seed, settings.minuteDays) = (2, 0)
    let second = SyntheticWorld.generate(settings)
    try second.write(to: root.path)
    let own = Set(second.fileRecords.map(\.path).filter { $0.hasSuffix(".csv") })
    #expect(try files() == own.union(["book/notes.csv"]))
    #expect(!Set(first.fileRecords.map(\.path)).isSubset(of: try files()))
  }

  @Test func daysAskedForHaveABook() {
    var settings = SyntheticWorld.Settings(seed: 11, years: 2)
    settings.bookDates = [CivilDate(year: 2005, month: 3, day: 8), CivilDate(year: 2005, month: 3, day: 6)]
    let world = SyntheticWorld.generate(settings)
    // The sixth is a Sunday.
    #expect(world.bookDates == [CivilDate(year: 2005, month: 3, day: 8)])
  }
}
