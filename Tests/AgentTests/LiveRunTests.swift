import Foundation
import HydraCore
import Testing

@testable import HydraAgent

/// Live on paper: what is stopped anywhere goes on, and no order is sent twice.
@Suite struct LiveRunTests {
  static let days = 700

  struct Killed: Error {}

  /// A broker that is killed with the agent at its n-th order: before it has taken it, or after.
  ///
  /// A kill leaves no time to note anything, as a task that is cancelled does not.
  final class FailingBroker: Broker, @unchecked Sendable {
    let inner: PaperBroker
    private var left: Int
    private let takesIt: Bool

    init(_ inner: PaperBroker, at count: Int, takesIt: Bool) {
      (self.inner, left, self.takesIt) = (inner, count, takesIt)
    }

    func submit(_ order: BrokerOrder) throws -> Bool {
      left -= 1
      guard left == 0 else { return try inner.submit(order) }
      if takesIt { _ = try inner.submit(order) }
      throw CancellationError()
    }

    func knows(_ clientID: String) -> Bool { inner.knows(clientID) }
    func cancelAll(at moment: Timestamp) throws { try inner.cancelAll(at: moment) }
    func advance(_ events: [MarketEvent], at moment: Timestamp) throws -> [Fill] {
      try inner.advance(events, at: moment)
    }
    func positions() -> [ContractMonth: Int] { inner.positions() }
  }

  struct Desk {
    let folder: URL
    let store: Store
    var ledger: String { folder.appendingPathComponent("broker.jsonl").path }

    init() throws {
      folder = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-live-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      store = try Store(path: folder.appendingPathComponent("hydra.sqlite").path)
    }

    func broker(_ settings: AgentSettings) throws -> PaperBroker {
      let instrument = try SmallWorld.instrument()
      return try PaperBroker(path: ledger, instrument: instrument, settings: settings.book(for: instrument))
    }

    /// Lines of the ledger of one kind.
    func lines(_ kind: String) throws -> [JSONValue] {
      try String(contentsOfFile: ledger, encoding: .utf8).split(separator: "\n").map {
        try JSONValue(parsing: String($0))
      }
      .filter { $0["kind"]?.string == kind }
    }
  }

  static var settings: AgentSettings {
    var settings = SmallWorld.settings
    // Small moves are traded too: many orders in a short world.
    (settings.noTradeBand, settings.costMargin) = (0.05, 0)
    return settings
  }

  static func run(
    _ desk: Desk, _ broker: any Broker, settings: AgentSettings = LiveRunTests.settings,
    progress: @Sendable (Agent.Progress) -> Bool = { _ in true }
  ) async throws -> (report: RunReport, session: LiveSession) {
    let input = try AgentRunTests.input.get()
    let session = LiveSession(broker: broker, store: desk.store)
    let from = input.span!.lowerBound
    let report = try await Agent(store: desk.store, settings: settings).run(
      market: input.market, related: input.related, from: from, to: from.adding(days: days), live: session,
      progress: progress)
    return (report, session)
  }

  @Test func aRunThatIsKilledAnywhereSendsEveryOrderOnce() async throws {
    let whole = try Desk()
    let reference = try await Self.run(whole, whole.broker(Self.settings)).report
    let orders = try whole.lines("order").map { $0["id"]?.string ?? "" }
    #expect(orders.count > 20 && Set(orders).count == orders.count)

    let desk = try Desk()
    var random = CounterRandom(seed: 4, stream: "kills")
    for round in 0..<6 {
      // In turns: between two bars, before the broker has an order, and after it has it.
      switch round % 3 {
      case 0:
        let stop = 320 + random.below(100)
        await #expect(throws: Agent.RunError.self) {
          _ = try await Self.run(desk, desk.broker(Self.settings)) { $0.done < stop }
        }
      default:
        let failing = FailingBroker(try desk.broker(Self.settings), at: 2 + random.below(6), takesIt: round % 3 == 2)
        await #expect(throws: (any Error).self) { _ = try await Self.run(desk, failing) }
      }
    }
    let (report, session) = try await Self.run(desk, desk.broker(Self.settings))
    #expect(try desk.lines("order").map { $0["id"]?.string ?? "" } == orders)
    #expect(try desk.lines("fill") == whole.lines("fill"))
    #expect(report.summary.journalHash == reference.summary.journalHash)
    #expect(session.figures.current.brokerLots == session.figures.current.positionLots)
    let latest = try #require(try desk.store.runs.latest())
    guard case .intact = try desk.store.journal.verify(latest) else {
      Issue.record("the journal does not verify")
      return
    }
    // Nothing was lost, so nobody asked for smaller positions.
    #expect(try desk.store.runs.operatorRunIfAny() == nil)
  }

  @Test func aLedgerThatWasCutOffLosesItsLastLineOnly() async throws {
    let desk = try Desk()
    _ = try await Self.run(desk, desk.broker(Self.settings))
    let before = try desk.lines("order").count
    let handle = try #require(FileHandle(forWritingAtPath: desk.ledger))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(#"{"kind":"order","id":"half"#.utf8))
    try handle.close()
    let broker = try desk.broker(Self.settings)
    #expect(!broker.knows("half"))
    #expect(try desk.lines("order").count == before)
    try Data("not a ledger\n".utf8).write(to: URL(fileURLWithPath: desk.ledger))
    #expect(throws: PaperBroker.LedgerError.self) { _ = try desk.broker(Self.settings) }
  }

  @Test func aHaltIsKeptThroughRestartsAndFlattens() async throws {
    let desk = try Desk()
    await #expect(throws: Agent.RunError.self) {
      _ = try await Self.run(desk, desk.broker(Self.settings)) { $0.done < 380 }
    }
    let now = Timestamp("2020-01-01T00:00:00Z")!
    _ = try KillSwitch.ask(.flatten, reason: "a test", at: now, in: desk.store)
    #expect(try KillSwitch.state(in: desk.store) == .halted)
    await #expect(throws: Agent.RunError.self) {
      _ = try await Self.run(desk, desk.broker(Self.settings)) { $0.done < 430 }
    }
    let broker = try desk.broker(Self.settings)
    await #expect(throws: Agent.RunError.self) { _ = try await Self.run(desk, broker) { $0.done < 440 } }
    #expect(broker.positions().isEmpty)
    let run = try #require(try desk.store.runs.latest())
    var filter = JournalFilter()
    (filter.arm, filter.kinds) = ("self_healing", ["control"])
    let controls = try desk.store.journal.entries(of: run, filter)
    #expect(controls.count == 1 && controls[0].payload["state"] == "halted")
    filter.kinds = ["order"]
    let reasons = try desk.store.journal.entries(of: run, filter).filter { $0.time > controls[0].time }
      .map { $0.payload["reason"]?.string ?? "" }
    #expect(reasons.allSatisfy { $0 == "flatten" })
    filter.kinds = ["bar"]
    let last = try #require(try desk.store.journal.entries(of: run, filter).last)
    #expect(last.payload["state"] == "halted" && last.payload["position"] == 0)

    _ = try KillSwitch.ask(.resume, reason: "seen", at: now, in: desk.store)
    let report = try await Self.run(desk, desk.broker(Self.settings)).report
    filter.kinds = ["order"]
    let after = try desk.store.journal.entries(of: run, filter).filter { $0.time > last.time }
    #expect(after.contains { $0.payload["reason"] == "signal" })
    // Executed once more, it takes both requests at the same bars.
    let again = try await Self.run(desk, desk.broker(Self.settings)).report
    #expect(again.summary.journalHash == report.summary.journalHash)
  }

  @Test func aPromotionWaitsForAPerson() async throws {
    var settings = SmallWorld.settings
    settings.operations.promotions = .approval
    settings.operations.approvalBars = 1000
    let input = try AgentRunTests.input.get()
    let store = try Store(path: ":memory:")
    let report = try await SmallWorld.run(input, store: store, settings: settings)
    let run = try #require(try store.runs.latest())
    let waiting = try RunStatus.approvals(of: run, in: store)
    #expect(report.summary.arms[.selfHealing]!.promotions == 0)
    #expect(waiting.count == 1, "no promotion was wanted in this world")

    // The same in a store where a person answers as soon as it is asked.
    let other = try Store(path: ":memory:")
    var approved = 0
    for _ in 0..<4 {
      let asked = Once()
      _ = try? await SmallWorld.run(input, store: other, settings: settings) { _ in
        guard let run = try? other.runs.latest(), let id = try? RunStatus.approvals(of: run, in: other).last else {
          return true
        }
        return !asked.add(id)
      }
      guard let run = try other.runs.latest(), let id = try RunStatus.approvals(of: run, in: other).last else { break }
      _ = try KillSwitch.ask(
        .approve, id: id, run: run, reason: "looks right", at: Timestamp("2020-01-01T00:00:00Z")!, in: other)
      approved += 1
    }
    #expect(approved > 0)
    let end = try await SmallWorld.run(input, store: other, settings: settings)
    #expect(end.summary.arms[.selfHealing]!.promotions > 0)
  }

  @Test func anObserverOnlyNotesWhatItWouldDo() async throws {
    var settings = SmallWorld.settings
    settings.operations.promotions = .observe
    let store = try Store(path: ":memory:")
    let report = try await SmallWorld.run(try AgentRunTests.input.get(), store: store, settings: settings)
    let run = try #require(try store.runs.latest())
    var filter = JournalFilter()
    filter.kinds = ["would_promote"]
    #expect(try !store.journal.entries(of: run, filter).isEmpty)
    #expect(report.summary.arms[.selfHealing]!.promotions == 0)
  }

  @Test func aFailureInsideLeavesTheChampionAndReduces() async throws {
    var world = try LanguageWorld(nil)
    let before = world.state.champion!.number
    let effects = try world.state.next(
      .failed(stage: "experiment", reason: "out of memory"), history: world.history)
    #expect(world.state.champion!.number == before && world.state.phase == .observing)
    #expect(world.state.book.governor.state == .reducing)
    #expect(effects.contains { if case .journal("safe_mode", _) = $0 { true } else { false } })
  }

  @Test func whatTheBrokerNeverHadIsSentOnlyWhenItIsNew() throws {
    let instrument = try SmallWorld.instrument()
    let limits = RiskLimits(maximumPosition: 10)
    let portfolio = Portfolio(cash: 1e6, instruments: [instrument])
    let contract = ContractMonth(year: 2014, month: 12)
    func order(_ id: Int, day: Int) throws -> BrokerOrder {
      let now = CivilDate(year: 2014, month: 6, day: day).timestamp(hour: 20)
      let market = MarketState(
        symbol: instrument.symbol, now: now, contract: contract, date: now.date, priceKnown: now, price: 300,
        averageDailyVolume: 1000, pointValue: 50)
      let asked = Order(
        id: id, symbol: instrument.symbol, contract: contract, side: .buy, lots: 1, decided: now, referencePrice: 300)
      guard case .approved(let approved) = limits.review(asked, portfolio: portfolio, market: market) else {
        throw Killed()
      }
      return BrokerOrder(clientID: "run-\(id)", approved: approved, moment: now, afterEvent: 0)
    }
    let orders = [try order(1, day: 2), try order(2, day: 3), try order(3, day: 4), try order(4, day: 4)]
    let found = Reconciliation(orders, newest: orders[3].moment) { $0 == "run-1" || $0 == "run-4" }
    #expect(found.send.map(\.clientID) == ["run-3"] && found.lost.map(\.clientID) == ["run-2"])
  }
}

/// Remembers names, and tells new ones.
private final class Once: @unchecked Sendable {
  private let lock = NSLock()
  private var names: Set<String> = []
  func add(_ name: String) -> Bool { lock.withLock { names.insert(name).inserted } }
}
