import Foundation
import HydraCore
import Testing

@Suite struct StrategyLookAheadTests {
  @Test func theAgentDecidesTheSameWhateverComesLater() async throws {
    let input = try SmallWorld.input(seed: 9, years: 3)
    let span = input.span!
    let events = MarketHistory.events(primary: input.market)
    let moment = LookAheadCheck.moments(of: events, count: 3)[2]
    let check = StrategyLookAhead(settings: SmallWorld.settings, moments: [moment])
    let leaks = try await check.leaks(
      market: input.market, related: input.related, from: span.lowerBound, to: span.upperBound)
    #expect(leaks.isEmpty, "\(leaks)")
  }

  /// A report that is dated before it came out: the agent is honest, its data are not.
  @Test func aSettlementDatedADayEarlyShowsInTheTimesOfTheFacts() async throws {
    var input = try SmallWorld.input(seed: 9, years: 3)
    for index in input.market.bars.indices {
      let known = input.market.bars[index].times.available
      input.market.bars[index].times.available = known.adding(seconds: -86_400)
    }
    #expect(MarketHistory.events(primary: input.market).knownTooEarly().count == input.market.bars.count)
  }

  @Test func repairsAreJournalledWithTheirPlaces() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-repairs-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try SyntheticWorld.generate(.init(seed: 7, years: 3)).write(to: folder.path)
    var settings = SmallWorld.settings
    try settings.repairs.set(.highBelowLow, to: .correct)
    let input = try RunInput(
      folder: MarketFolder(path: folder.path), symbol: "ZO", ingested: Timestamp("2020-01-01T00:00:00Z")!,
      repairs: settings.repairs)
    let store = try Store(path: ":memory:")
    _ = try await SmallWorld.run(input, store: store, settings: settings, to: input.span!.lowerBound.adding(days: 30))
    let entries = try store.journal.entries(of: try #require(try store.runs.latest()))
    let repairs = entries.filter { $0.kind == "repair" }
    let histories = [input.market] + input.related
    let places = histories.flatMap { history in
      history.repairs.map { "\(history.instrument.symbol) \($0.kind.rawValue) \($0.file) \($0.line ?? 0)" }
    }
    #expect(
      repairs.map(\.payload).map { entry in
        let text = { (key: String) in entry[key]?.string ?? "" }
        return "\(text("market")) \(text("kind")) \(text("file")) \(entry["line"]?.int ?? 0)"
      } == places)
    #expect(repairs.allSatisfy { $0.payload["column"]?.string != nil && $0.payload["date"]?.string != nil })
    let swapped = try #require(repairs.first { $0.payload["kind"]?.string == "high_below_low" }?.payload)
    #expect(swapped["rule"]?.string == "correct" && swapped["file"]?.string == "daily/ZO.csv")
    #expect(swapped["line"]?.int != nil && swapped["before"]?.string != nil && swapped["after"]?.string != nil)
    let totals = entries.filter { $0.kind == "repairs" }
    #expect(totals.reduce(0) { $0 + ($1.payload["count"]?.int ?? 0) } == repairs.count)
    #expect(entries.first?.payload["settings"]?["repairs"]?["high_below_low"]?.string == "correct")
  }
}
