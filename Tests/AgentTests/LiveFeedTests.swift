import Foundation
import HydraCore
import Testing

@testable import HydraAgent

/// A live run's feed: it grows from day to day, and whatever is wrong with it ends in smaller positions.
@Suite struct LiveFeedTests {
  struct Unreadable: Error, CustomStringConvertible {
    var description: String { "carry/OATIES.csv:700: column 'price': 'garbled' is not a number" }
  }
  struct Stopped: Error {}

  /// The world as it was known at the end of a day.
  static func world(days: Int) throws -> RunInput {
    var input = try AgentRunTests.input.get()
    let end = input.span!.lowerBound.adding(days: days).timestamp(hour: 23).adding(seconds: 3600)
    func cut(_ history: MarketHistory) -> MarketHistory {
      var history = history
      history.bars.removeAll { $0.times.available > end }
      history.rolls.removeAll { $0.times.available > end }
      history.daily.removeAll { $0.times.available > end }
      // A file may hold a report before its release.
      history.reports.removeAll { $0.asOf.timestamp() > end }
      history.implied.removeAll { $0.times.available > end }
      // The file has another hash on every day.
      history.fileHashes = history.fileHashes.mapValues { "\($0) \(days)" }
      return history
    }
    input = RunInput(market: cut(input.market), related: input.related.map(cut))
    return input
  }

  @discardableResult static func run(
    _ desk: LiveRunTests.Desk, _ input: RunInput, broker: (any Broker)? = nil, refresh: LiveSession.Refresh? = nil,
    sleep: @escaping @Sendable (Double) async throws -> Void = { _ in }
  ) async throws -> (hash: String, session: LiveSession) {
    let settings = LiveRunTests.settings
    let session = LiveSession(
      broker: try broker ?? desk.broker(settings), store: desk.store, refresh: refresh, sleep: sleep)
    let span = input.span!
    let report = try await Agent(store: desk.store, settings: settings).run(
      market: input.market, related: input.related, from: span.lowerBound,
      to: refresh == nil ? span.upperBound : CivilDate(year: 9999, month: 12, day: 31), live: session)
    return (report.summary.journalHash, session)
  }

  private static func kinds(_ desk: LiveRunTests.Desk, _ kind: String) throws -> [JournalRecord] {
    var filter = JournalFilter()
    filter.kinds = [kind]
    return try desk.store.journal.entries(of: try #require(try desk.store.runs.latest()), filter)
  }

  @Test func aFolderThatGrowsGoesOnWithTheSameRun() async throws {
    let whole = try LiveRunTests.Desk()
    let reference = try await Self.run(whole, try Self.world(days: 560)).hash
    let desk = try LiveRunTests.Desk()
    for days in [520, 521] { try await Self.run(desk, try Self.world(days: days)) }
    #expect(try await Self.run(desk, try Self.world(days: 560)).hash == reference)
    #expect(try desk.store.runs.all().count == 1)
    #expect(try desk.lines("order") == whole.lines("order"))
    #expect(try desk.lines("fill") == whole.lines("fill"))
    #expect(try desk.lines("order").count > 5)
    let run = try #require(try desk.store.runs.latest())
    #expect(run.state == .open && run.summary != nil)
    #expect(try desk.store.runs.operatorRunIfAny() == nil)
  }

  @Test func aChangedPastIsRefusedAndSaid() async throws {
    let desk = try LiveRunTests.Desk()
    try await Self.run(desk, try Self.world(days: 300))
    let before = try #require(try desk.store.runs.latest()).head.hash
    var changed = try Self.world(days: 320)
    let index = try #require(changed.market.daily.firstIndex { $0.date > changed.span!.lowerBound.adding(days: 200) })
    changed.market.daily[index].volume = (changed.market.daily[index].volume ?? 0) + 1
    await #expect {
      try await Self.run(desk, changed)
    } throws: { error in
      guard case FeedError.pastChanged(let date) = error else { return false }
      return date >= changed.market.daily[index].date && date <= changed.market.daily[index].date.adding(days: 5)
    }
    #expect(try #require(try desk.store.runs.latest()).head.hash == before)
    // A folder that has lost its newest days is no end of the run either.
    await #expect(throws: FeedError.self) { try await Self.run(desk, try Self.world(days: 280)) }
    let stopped = try #require(try desk.store.runs.latest())
    #expect(try RunStatus(of: stopped, in: desk.store).json["trading_state"] == "reducing")
    // Brought back, it goes on: more carefully.
    try await Self.run(desk, try Self.world(days: 320))
    #expect(try Self.kinds(desk, "safe_mode").contains { $0.payload["stage"] == "market_data" })
  }

  /// Looks at the feed one after the other.
  final class Looks: @unchecked Sendable {
    private let lock = NSLock()
    private var left: [Result<RunInput?, any Error>]
    init(_ looks: [Result<RunInput?, any Error>]) { left = looks.reversed() }
    func next() throws -> RunInput? {
      try lock.withLock {
        guard let look = left.popLast() else { return nil }
        return try look.get()
      }
    }
    var isOver: Bool { lock.withLock { left.isEmpty } }
  }

  @Test func aFeedThatCannotBeReadReducesUntilItCanAndTheRunLives() async throws {
    var changed = try Self.world(days: 320)
    changed.market.bars[100].close += 1
    let looks = Looks([
      .success(nil), .success(try Self.world(days: 301)), .failure(Unreadable()), .failure(Unreadable()),
      .success(changed), .success(try Self.world(days: 320)), .success(try Self.world(days: 380)),
    ])
    let desk = try LiveRunTests.Desk()
    let session = LiveSession(
      broker: try desk.broker(LiveRunTests.settings), store: desk.store, refresh: { try looks.next() },
      sleep: { _ in if looks.isOver { throw Stopped() } })
    let first = try Self.world(days: 300)
    let end = CivilDate(year: 9999, month: 12, day: 31)
    let agent = Agent(store: desk.store, settings: LiveRunTests.settings)
    await #expect(throws: Stopped.self) {
      _ = try await agent.run(
        market: first.market, related: first.related, from: first.span!.lowerBound, to: end, live: session)
    }
    // The same failure is one; the changed past is another.
    #expect(session.figures.current.failures == ["market_data": 2])
    #expect(session.figures.page.contains("hydra_failures_total{market=\"ZO\",stage=\"market_data\"} 2"))
    #expect(session.figures.current.isFeedReadable)
    let desks = try #require(try desk.store.runs.operatorRunIfAny())
    let asked = try desk.store.journal.entries(of: desks, JournalFilter()).map(\.kind)
    #expect(asked == ["control_safe_mode", "control_safe_mode"])
    let reasons = try Self.kinds(desk, "safe_mode").filter { $0.arm == "self_healing" }
    #expect(reasons.map { $0.payload["reason"]?.string ?? "" }.contains { $0.contains("garbled") })
    #expect(reasons.allSatisfy { $0.payload["state"] == "reducing" && $0.payload["stage"] == "market_data" })
    let ended = try Self.kinds(desk, "safe_mode_ended").filter { $0.arm == "self_healing" }
    #expect(ended.count == 1)
    let newest = try #require(try Self.kinds(desk, "bar").last).payload["date"]?.string
    let last = try Self.world(days: 380).span!.upperBound
    #expect(newest == last.description)

    // Executed again over the whole folder, it is the same run.
    let run = try #require(try desk.store.runs.latest())
    let hash = try await Self.run(desk, try Self.world(days: 380)).hash
    #expect(hash == run.head.hash)
    #expect(try desk.store.runs.all().count == 2)
  }

  /// A broker whose disk is full for a while.
  final class FullBroker: Broker, @unchecked Sendable {
    let inner: PaperBroker
    private var left: Int
    init(_ inner: PaperBroker, at count: Int) { (self.inner, left) = (inner, count) }
    func submit(_ order: BrokerOrder) throws -> Bool {
      left -= 1
      guard left != 0 else { throw PaperBroker.LedgerError.cannotWrite(path: "ledger", reason: "no room") }
      return try inner.submit(order)
    }
    func knows(_ clientID: String) -> Bool { inner.knows(clientID) }
    func cancelAll(at moment: Timestamp) throws { try inner.cancelAll(at: moment) }
    func advance(_ events: [MarketEvent], at moment: Timestamp) throws -> [Fill] {
      try inner.advance(events, at: moment)
    }
    func positions() -> [ContractMonth: Int] { inner.positions() }
  }

  @Test func aBrokerThatFailsEndsTheRunWhichGoesOnReducing() async throws {
    let desk = try LiveRunTests.Desk()
    let input = try Self.world(days: 580)
    let failing = FullBroker(try desk.broker(LiveRunTests.settings), at: 4)
    await #expect(throws: PaperBroker.LedgerError.self) { try await Self.run(desk, input, broker: failing) }
    let stopped = try #require(try Self.kinds(desk, "bar").last).payload["date"]?.string ?? ""
    let (hash, _) = try await Self.run(desk, input)
    let entry = try #require(try Self.kinds(desk, "safe_mode").first { $0.arm == "self_healing" })
    #expect(entry.payload["stage"] == "run" && entry.payload["reason"]?.string?.contains("no room") == true)
    #expect(entry.time.date.description > stopped)
    let ids = try desk.lines("order").map { $0["id"]?.string ?? "" }
    #expect(Set(ids).count == ids.count && ids.count > 4)
    #expect(try await Self.run(desk, input).hash == hash)
  }

  /// Another process on the same run is no failure of it.
  @Test func aConflictAsksForNothing() async throws {
    let desk = try LiveRunTests.Desk()
    final class Conflicting: Broker, @unchecked Sendable {
      func submit(_ order: BrokerOrder) throws -> Bool { throw StoreError.conflict("another process") }
      func knows(_ clientID: String) -> Bool { false }
      func cancelAll(at moment: Timestamp) {}
      func advance(_ events: [MarketEvent], at moment: Timestamp) -> [Fill] { [] }
      func positions() -> [ContractMonth: Int] { [:] }
    }
    await #expect(throws: StoreError.self) {
      try await Self.run(desk, try Self.world(days: 640), broker: Conflicting())
    }
    #expect(try desk.store.runs.operatorRunIfAny() == nil)
  }

  @Test func aFolderIsReadAgainOnceItsFilesAreWhole() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-feed-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try SyntheticWorld.generate(SyntheticWorld.Settings(seed: 3, years: 2)).write(to: folder.path)
    let now = Timestamp("2020-01-01T00:00:00Z")!
    let code = try MarketFolder(path: folder.path).instrument("ZO").carryCode
    let file = folder.appendingPathComponent("carry/\(code).csv")
    let whole = try String(contentsOf: file, encoding: .utf8)
    let lines = whole.split(separator: "\n")
    let short = lines.dropLast(40).joined(separator: "\n") + "\n"
    try short.write(to: file, atomically: false, encoding: .utf8)

    let watch = FolderWatch(MarketFolder(path: folder.path), symbol: "ZO", ingested: now, repairs: RepairRules())
    let before = try RunInput(folder: MarketFolder(path: folder.path), symbol: "ZO", ingested: now).market.bars.count
    #expect(try watch.next() == nil)
    // Half of a line: at first it may still be written, then it is an error, and the same one again.
    try (short + lines[lines.count - 40].prefix(12)).write(to: file, atomically: false, encoding: .utf8)
    #expect(try watch.next() == nil)
    #expect(throws: (any Error).self) { _ = try watch.next() }
    #expect(throws: (any Error).self) { _ = try watch.next() }
    // Garbled, missing, and a folder that is not there.
    try (short + "\u{1}garbled;;\n").write(to: file, atomically: false, encoding: .utf8)
    #expect(try watch.next() == nil)
    #expect(throws: (any Error).self) { _ = try watch.next() }
    let aside = folder.appendingPathExtension("aside")
    try FileManager.default.moveItem(at: folder, to: aside)
    #expect(try watch.next() == nil)
    #expect(throws: (any Error).self) { _ = try watch.next() }
    try FileManager.default.moveItem(at: aside, to: folder)
    try FileManager.default.removeItem(at: file)
    #expect(try watch.next() == nil)
    #expect(throws: (any Error).self) { _ = try watch.next() }
    try whole.write(to: file, atomically: false, encoding: .utf8)
    #expect(try watch.next() == nil)
    let after = try #require(try watch.next()).market.bars.count
    #expect(after > before)
    #expect(try watch.next() == nil)
  }
}
