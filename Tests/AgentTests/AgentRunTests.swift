import Foundation
import HydraCore
import Testing

@Suite struct AgentRunTests {
  static let input = Result { try SmallWorld.input() }

  @Test func aStoppedRunContinuesToTheSameLastByte() async throws {
    let input = try Self.input.get()
    let whole = try Store(path: ":memory:")
    let reference = try await SmallWorld.run(input, store: whole)

    let store = try Store(path: ":memory:")
    var random = CounterRandom(seed: 1, stream: "stops")
    for _ in 0..<3 {
      let stop = 150 + random.below(700)
      await #expect(throws: Agent.RunError.self) {
        _ = try await SmallWorld.run(input, store: store) { $0.done < stop }
      }
    }
    let continued = try await SmallWorld.run(input, store: store)
    #expect(continued.summary.journalHash == reference.summary.journalHash)
    #expect(continued.summary.json == reference.summary.json)
    let (run, again) = (try #require(try whole.runs.latest()), try #require(try store.runs.latest()))
    #expect(try whole.models.all(of: run).map(\.artefactHash) == store.models.all(of: again).map(\.artefactHash))
    #expect(
      try whole.models.moves(of: run, arm: "self_healing").map(\.to)
        == store.models.moves(of: again, arm: "self_healing").map(\.to))
    #expect(
      try whole.experiments.all(of: run).map(\.id) == store.experiments.all(of: again).map(\.id))
    guard case .intact = try store.journal.verify(again) else {
      Issue.record("the journal does not verify")
      return
    }
  }

  @Test func threadsDoNotChangeAByte() async throws {
    let input = try Self.input.get()
    var hashes: Set<String> = []
    for threads in [1, 3] {
      let report = try await SmallWorld.run(
        input, store: Store(path: ":memory:"), threads: threads, to: input.span!.lowerBound.adding(days: 800))
      hashes.insert(report.summary.journalHash)
    }
    #expect(hashes.count == 1)
  }

  @Test func whatComesLaterChangesNoEarlierDecision() async throws {
    var input = try Self.input.get()
    let cut = input.span!.lowerBound.adding(days: 850)
    let store = try Store(path: ":memory:")
    _ = try await SmallWorld.run(input, store: store)
    let original = try bars(store, until: cut)

    // Everything after the cut is another world.
    var random = CounterRandom(seed: 3, stream: "future")
    for index in input.market.bars.indices where input.market.bars[index].date > cut {
      input.market.bars[index].close *= 0.7 + 0.6 * random.uniform()
    }
    for index in input.market.daily.indices where input.market.daily[index].date > cut {
      input.market.daily[index].volume = Double(random.below(900))
    }
    input.market.reports.removeAll { $0.times.available > cut.timestamp(hour: 23) }
    let other = try Store(path: ":memory:")
    _ = try await SmallWorld.run(input, store: other)
    #expect(try bars(other, until: cut) == original)
    #expect(original.count > 1500)
  }

  private func bars(_ store: Store, until cut: CivilDate) throws -> [String] {
    let run = try #require(try store.runs.latest())
    var filter = JournalFilter()
    filter.to = cut.timestamp(hour: 23)
    return try store.journal.entries(of: run, filter).filter { !$0.arm.isEmpty }.map {
      "\($0.time) \($0.arm) \($0.kind) \($0.payloadText)"
    }
  }

  @Test func armsDifferOnlyWhereTheyMay() async throws {
    let input = try Self.input.get()
    let report = try await SmallWorld.run(input, store: Store(path: ":memory:"))
    let arms = report.summary.arms
    #expect(arms[.frozen]?.fits == 1)
    #expect(arms[.frozen]?.promotions == 0)
    #expect((arms[.periodic]?.fits ?? 0) > 3)
    #expect((arms[.selfHealing]?.experiments ?? 0) > 0)
    #expect(Set(arms.values.map(\.bars)) == [input.market.bars.count])
    // Whoever traded has paid for it; an arm whose model has no skill does not trade.
    #expect(arms.values.contains { $0.fills > 0 })
    for arm in arms.values { #expect(arm.netProfit.isFinite && (arm.fills == 0) == (arm.fees == 0)) }
  }

  @Test func aReportIsMadeFromTheJournalOfAStoppedRun() async throws {
    let input = try Self.input.get()
    let store = try Store(path: ":memory:")
    await #expect(throws: Agent.RunError.self) {
      _ = try await SmallWorld.run(input, store: store) { $0.done < 600 }
    }
    let run = try #require(try store.runs.latest())
    let model = try ReportModel(of: run, in: store)
    #expect(model.summary == nil)
    #expect(model.series.allSatisfy { $0.dates.count == 600 && $0.equity.allSatisfy(\.isFinite) })
    let html = ReportPage(model).html
    #expect(html.contains("not finished"))
    for forbidden in ["http://", "https://", "<script", "src="] { #expect(!html.contains(forbidden)) }
    #expect(html.components(separatedBy: "<svg").count == html.components(separatedBy: "</svg>").count)
  }

  @Test func noBarsInTheSpanIsAnError() async throws {
    let input = try Self.input.get()
    let store = try Store(path: ":memory:")
    await #expect(throws: Agent.RunError.self) {
      _ = try await Agent(store: store).run(
        market: input.market, related: [], from: CivilDate(year: 1900, month: 1, day: 1),
        to: CivilDate(year: 1901, month: 1, day: 1))
    }
  }
}
