import Foundation
import HydraMarket
import HydraNumerics
import TestSupport
import Testing

@Suite struct ReplayRunTests {
  /// A seeded thin market of price levels: a mid that walks, levels that grow and shrink, trades at the best prices.
  static func levels(_ count: Int, seed: UInt64 = 5) -> [ReplayEvent] {
    var random = CounterRandom(seed: seed, stream: "levels")
    var (time, mid) = (Int64(1_000_000_000), 1400)
    var events: [ReplayEvent] = []
    while events.count < count {
      time += Int64(1 + random.below(400)) * 1_000_000
      if random.below(50) == 0 { mid += random.below(2) == 0 ? -1 : 1 }
      let side: Side = random.below(2) == 0 ? .buy : .sell
      let price = side == .buy ? mid - 1 - random.below(4) : mid + 1 + random.below(4)
      if random.below(6) == 0 {
        events.append(
          ReplayEvent(
            time: time, kind: .trade, side: side, price: Int32(side == .buy ? mid + 1 : mid - 1),
            lots: Int32(1 + random.below(4))))
      } else {
        events.append(
          ReplayEvent(time: time, kind: .depth, side: side, price: Int32(price), lots: Int32(random.below(20))))
        // What the walk left behind on the other side is gone.
        events.append(ReplayEvent(time: time, kind: .depth, side: side.opposite, price: Int32(price), lots: 0))
      }
    }
    return events
  }

  /// A seeded stream of single orders that is a possible history: no order is unknown, nothing rests crossed. With at most
  /// so many at a time it takes a time that grows with the count alone.
  static func orders(_ count: Int, seed: UInt64 = 9, atMost: Int = .max) -> [ReplayEvent] {
    var random = CounterRandom(seed: seed, stream: "orders")
    var live: [(id: Int, side: Side, price: Int, lots: Int)] = []
    var (time, mid) = (Int64(1_000_000_000), 1400)
    return (0..<count).map { index in
      time += Int64(1 + random.below(400)) * 1_000_000
      if random.below(60) == 0 { mid += random.below(2) == 0 ? -1 : 1 }
      let draw = random.below(10)
      // Orders that the mid has reached are executed first.
      if let reached = live.firstIndex(where: { $0.side == .buy ? $0.price >= mid : $0.price <= mid }) {
        let order = live.remove(at: reached)
        return ReplayEvent(time: time, kind: .execute, id: order.id, lots: Int32(order.lots))
      }
      if draw < 4 && !live.isEmpty || live.count >= atMost {
        let place = random.below(live.count)
        let lots = 1 + random.below(live[place].lots)
        let id = live[place].id
        live[place].lots -= lots
        if live[place].lots == 0 { live.remove(at: place) }
        return ReplayEvent(time: time, kind: draw == 0 ? .execute : .delete, id: id, lots: Int32(lots))
      }
      let side: Side = random.below(2) == 0 ? .buy : .sell
      let price = side == .buy ? mid - 1 - random.below(4) : mid + 1 + random.below(4)
      let lots = 1 + random.below(8)
      live.append((index, side, price, lots))
      return ReplayEvent(
        time: time, kind: .add, id: index, side: side, price: Int32(price), lots: Int32(lots))
    }
  }

  static func csv(_ events: [ReplayEvent], isOrders: Bool) -> String {
    var text = isOrders ? "ts,kind,id,side,price,qty\n" : "ts,kind,side,price,qty\n"
    for event in events {
      let kind =
        switch event.kind {
        case .add: "add"
        case .delete: "del"
        case .execute: "exec"
        case .trade: "trade"
        default: "depth"
        }
      let price = Double(event.price) * 0.25
      let side = event.side?.rawValue ?? ""
      text +=
        isOrders
        ? "\(event.time),\(kind),\(event.id),\(side),\(kind == "add" ? "\(price)" : ""),\(event.lots)\n"
        : "\(event.time),\(kind),\(side),\(price),\(event.lots)\n"
    }
    return text
  }

  static func settings() -> ReplayRunSettings {
    var settings = ReplayRunSettings()
    settings.latency = ReplayLatency(eachWay: 1_000_000)
    settings.queueModel = .power(2)
    settings.fee = 1
    return settings
  }

  @Test(arguments: [ReplayFile.Contents.levels, .orders])
  func aFileReadInPiecesGivesTheRunOfItsEvents(contents: ReplayFile.Contents) throws {
    let events = contents == .levels ? Self.levels(150_000) : Self.orders(150_000)
    let bytes = Array(Self.csv(events, isOrders: contents == .orders).utf8)
    let scale = try #require(TickScale(tick: 0.25))
    let memory = ReplayRun.run(events, contents, strategy: TwoSidedQuoter(), settings: Self.settings())
    for (name, packed) in [
      ("plain", bytes), ("gzip", try Compression.gzip(bytes)), ("zstd", try Compression.zstd(bytes)),
    ] {
      let file = try ReplayFile(bytes: packed, file: name, scale: scale)
      #expect(file.contents == contents)
      let streamed = try ReplayRun.run(file, strategy: TwoSidedQuoter(), settings: Self.settings())
      #expect(streamed == memory, "\(name)")
    }
    #expect(memory.fills.count > 20 && memory.events == events.count && memory.unknownOrders == 0)
    #expect(memory.fills.allSatisfy { $0.evidence == (contents == .levels ? .depth : .orders) && $0.isMaker })
    #expect(abs(memory.account.position) <= 6)
  }

  /// Sends one order at a time and keeps what it is told.
  struct Scripted: ReplayStrategy {
    final class Log { var lines: [String] = [] }
    let log: Log
    let at: Int64
    let ticket: OrderTicket

    mutating func update(_ signal: ReplaySignal, _ desk: inout ReplayDesk) {
      log.lines.append("\(desk.now) \(signal) \(desk.bid?.price ?? 0)/\(desk.ask?.price ?? 0) \(desk.position)")
      if case .start = signal { desk.wake(at: at) }
      if case .timer = signal { _ = desk.submit(ticket) }
    }
  }

  @Test func requestsQuotesAndReportsTakeTheirTime() {
    let events = [
      ReplayEvent(time: 0, kind: .depth, side: .buy, price: 99, lots: 5),
      ReplayEvent(time: 0, kind: .depth, side: .sell, price: 101, lots: 5),
      ReplayEvent(time: 10, kind: .depth, side: .sell, price: 100, lots: 1),
      ReplayEvent(time: 15, kind: .depth, side: .sell, price: 100, lots: 0),
      ReplayEvent(time: 40, kind: .depth, side: .buy, price: 98, lots: 1),
    ]
    var settings = ReplayRunSettings()
    settings.latency.feed = 3
    settings.latency.entry = 5
    settings.latency.response = 7
    let log = Scripted.Log()
    let order = OrderTicket(.buy, lots: 2, kind: .market)
    // At 10 the offer at 100 is not seen yet; the order arrives at 15, just after it has gone.
    let report = ReplayRun.run(
      events, .levels, strategy: Scripted(log: log, at: 10, ticket: order), settings: settings)
    #expect(report.fills.map(\.price) == [101] && report.fills.map(\.time) == [15])
    #expect(
      log.lines == [
        "0 start 0/0 0", "10 timer 99/101 0", "22 filled(order: 0, lots: 2, price: 101) 99/101 2",
      ])
    #expect(report.fills[0].bidAtArrival == 99 && report.fills[0].askAtArrival == 101)
  }

  @Test func jitterOfAnOrderDoesNotDependOnOthers() {
    struct Two: ReplayStrategy {
      let changes: Bool
      mutating func update(_ signal: ReplaySignal, _ desk: inout ReplayDesk) {
        if case .start = signal {
          let first = desk.submit(OrderTicket(.buy, lots: 1, limit: 50))
          if changes { desk.modify(first, Exchange.Change(price: 51)) }
          if changes { desk.cancel(first) }
          _ = desk.submit(OrderTicket(.buy, lots: 1, kind: .market))
        }
      }
    }
    var settings = Self.settings()
    settings.latency.jitter = 5_000_000
    let market = Self.levels(3_000)
    let times = [false, true].map { changes in
      ReplayRun.run(market, .levels, strategy: Two(changes: changes), settings: settings).fills.map(\.time)
    }
    #expect(times[0] == times[1] && times[0].count == 1)
  }

  @Test func theSeedDecidesTheJitter() {
    var settings = Self.settings()
    settings.latency.jitter = 5_000_000_000
    let events = Self.levels(30_000)
    let first = ReplayRun.run(events, .levels, strategy: TwoSidedQuoter(), settings: settings)
    #expect(ReplayRun.run(events, .levels, strategy: TwoSidedQuoter(), settings: settings) == first)
    settings.seed = 43
    #expect(ReplayRun.run(events, .levels, strategy: TwoSidedQuoter(), settings: settings) != first)
  }

  @Test func aPatientOrderIsFilledCompletely() {
    let events = Self.orders(40_000)
    let report = ReplayRun.run(
      events, .orders, strategy: PatientExecutor(.sell, lots: 12), settings: Self.settings())
    #expect(report.account.position == -12)
  }

  /// The cross on bars against one written out.
  @Test func theMovingAverageCrossTradesAtTheNextOpen() {
    var random = CounterRandom(seed: 1, stream: "bars")
    var close: Int32 = 1400
    let bars = (0..<5000).map { index -> ReplayBar in
      let open = close + Int32(random.below(3)) - 1
      close = open + Int32(random.below(7)) - 3
      return ReplayBar(
        time: Int64(index) * 60, open: open, high: max(open, close), low: min(open, close), close: close, lots: 10)
    }
    let report = ReplayRun.run(bars, strategy: MovingAverageCross(), settings: ReplayRunSettings())
    var expected: [[Int]] = []
    var held = false
    for index in 49..<(bars.count - 1) {
      let fast = bars[(index - 19)...index].reduce(0.0) { $0 + Double($1.close) } / 20
      let slow = bars[(index - 49)...index].reduce(0.0) { $0 + Double($1.close) } / 50
      if (fast > slow + 1e-9) != held {
        held.toggle()
        expected.append([(index + 1) * 60, held ? 1 : -1, Int(bars[index + 1].open)])
      }
    }
    #expect(report.fills.map { [Int($0.time), $0.side.sign, $0.price] } == expected)
    #expect(expected.count > 50)
  }

  @Test func aRunIsRepeatedFromItsManifest() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-replay-\(UUID().uuidString).csv")
    defer { try? FileManager.default.removeItem(at: path) }
    try FileBytes.write(Array(Self.csv(Self.levels(20_000), isOrders: false).utf8), to: path.path)
    let record = try ReplayRecord(
      file: path.path, strategy: "quoter", values: ["latency_ms": "1", "queue_model": "power", "n": "2"], seed: 7)
    let manifest = try JSONValue(parsing: Array(record.manifest(version: "x").text.utf8))
    #expect(try ReplayRecord(manifest: manifest).compare(manifest).allSatisfy(\.1))
    try FileBytes.write(Array(Self.csv(Self.levels(20_000, seed: 6), isOrders: false).utf8), to: path.path)
    #expect(try ReplayRecord(manifest: manifest).compare(manifest).allSatisfy { !$0.1 })
  }

  @Test func wordsThatAreNotKnownAreErrors() {
    func fault(_ strategy: String, _ values: [String: String]) -> String? {
      do {
        _ = try ReplayConfiguration(strategy: strategy, values: values)
        return nil
      } catch { return error.description }
    }
    #expect(fault("quoter", ["interval_s": "5"]) == nil)
    #expect(fault("quotr", [:])?.contains("did you mean 'quoter'?") == true)
    #expect(fault("quoter", ["latency": "5"])?.contains("unknown setting 'latency'") == true)
    #expect(fault("sma", ["fast": "50", "slow": "20"]) == "slow is 20; it has to be above fast, 50")
    #expect(fault("none", ["tick": "0"]) == "tick is '0', no possible value")
  }

  @Test func aLineThatCannotBeReadIsAnErrorThatNamesIt() {
    func fault(_ text: String) -> String? {
      do {
        let file = try ReplayFile(bytes: Array(text.utf8), file: "f.csv", scale: TickScale(tick: 0.25)!)
        while try !file.events(limit: 10).isEmpty {}
        return nil
      } catch { return "\(error)" }
    }
    let head = "ts,kind,side,price,qty\n"
    #expect(fault(head + "1,depth,buy,350.25,3\n1,trade,,350.5,1") == nil)
    #expect(fault("") == "f.csv:1: is empty")
    #expect(fault("ts,kind,price,qty\n") == "f.csv:1: has no column 'side'; columns: ts, kind, price, qty")
    #expect(
      fault(head + "1,depth,buy,350.3,3\n") == "f.csv:2: column 'price': '350.3' is not a multiple of the tick 0.25")
    #expect(fault(head + "2,depth,buy,1,3\n1,depth,buy,1,3\n")?.hasPrefix("f.csv:3: column 'ts': '1'") == true)
    #expect(fault(head + "1,depth,,1,3\n") == "f.csv:2: column 'side' is missing, a side is needed")
    #expect(
      fault(head + "1,depth,buy,1\n")
        == "f.csv:2: column 'qty': '1,depth,buy,1' ends before it: 4 fields where 5 are needed")
    #expect(
      fault(head + "1,depth,buy,1,3\n2,depth,buy,1,3,x9,7\n")
        == "f.csv:3: column 'qty': 'x9' comes after it, where no column is left: 7 fields where 5 are needed")
  }
}
