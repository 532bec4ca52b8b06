import Foundation
import HydraCore
import Testing

/// A run with a language model is repeated from its record to the last byte.
@Suite struct AgentRecordTests {
  static let input = Result { try SmallWorld.input() }

  private func run(_ model: any LanguageModel, _ store: Store) async throws -> RunReport {
    let input = try Self.input.get()
    let agent = Agent(store: store, settings: SmallWorld.settings, advice: LanguageAdvice(model, identity: "stub"))
    let span = input.span!
    return try await agent.run(
      market: input.market, related: input.related, from: span.lowerBound, to: span.lowerBound.adding(days: 1100))
  }

  @Test func aRunFromTheRecordHasTheSameBytes() async throws {
    let record = DecisionRecord()
    let stub = StubModel(json: StubModel.decision("model.num_leaves", 8))
    let first = try await run(
      RecordedLanguageModel(recording: stub, to: record, identity: "stub"), Store(path: ":memory:"))
    #expect(first.summary.arms[.selfHealing]!.experiments > 0)
    let lines = record.lines
    #expect(lines.contains("model.num_leaves"))

    let replayed = try DecisionRecord(jsonLines: lines)
    let second = try await run(
      RecordedLanguageModel(replaying: replayed, identity: "stub"), Store(path: ":memory:"))
    #expect(second.summary.journalHash == first.summary.journalHash)
    #expect(second.summary.json == first.summary.json)
  }

  @Test func whatIsNotRecordedIsNoCallAndNoChange() async throws {
    let store = try Store(path: ":memory:")
    let report = try await run(RecordedLanguageModel(replaying: DecisionRecord(), identity: "stub"), store)
    let healing = report.summary.arms[.selfHealing]!
    #expect(healing.driftAlarms > 0 && healing.experiments == 0 && healing.promotions == 0)
    let latest = try #require(try store.runs.latest())
    let spending = try LanguageSpending(of: latest, in: store).json
    #expect((spending["decisions"]?["not_recorded"]?.int ?? 0) > 0)
    #expect(spending["decisions"]?["ok"] == nil)
  }
}
