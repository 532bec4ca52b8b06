import Foundation
import HydraCore
import Testing

@testable import HydraAgent

@Suite struct MarketStudyTests {
  private static let start = CivilDate(year: 2001, month: 1, day: 1)

  /// A market whose arms earn what is given, from a day on.
  private func market(_ symbol: String, from day: Int, _ healing: [Double], _ other: [Double]) -> MarketStudy.Market {
    let dates = healing.indices.map { Self.start.adding(days: day + $0) }
    let summary = RunSummary(
      market: symbol, from: dates[0], to: dates[dates.count - 1], capital: 1, volatilityTarget: 0.1, seed: 1, arms: [:],
      differences: [], findings: 0, journalHash: "", runKey: "")
    return .init(
      symbol: symbol, summary: summary, dates: dates,
      returns: [.selfHealing: healing, .frozen: other, .periodic: other])
  }

  @Test func thePoolIsTheMeanOfTheMarketsThatTraded() {
    let a = market("A", from: 0, [0.1, 0.2, 0.3], [0, 0, 0])
    let b = market("B", from: 1, [0.4, -0.1, 0.5], [0, 0, 0])
    let dates = (0..<4).map { Self.start.adding(days: $0) }
    let pooled = MarketStudy.pool([a, b], arm: .selfHealing, dates: dates)
    for (value, expected) in zip(pooled, [0.1, 0.3, 0.1, 0.5]) { #expect(abs(value - expected) < 1e-15) }
  }

  @Test func ratiosAndDifferencesAreThoseOfTheReturnsInEachSpan() throws {
    var random = CounterRandom(seed: 3, stream: "returns")
    let (healing, other) = (0..<600).map { _ in (random.normal() + 0.1, random.normal()) }.reduce(
      into: ([Double](), [Double]())
    ) {
      $0.0.append($1.0)
      $0.1.append($1.1)
    }
    var study = MarketStudy()
    study.splits = [Self.start.adding(days: 400)]
    let results = study.results([market("A", from: 0, healing, other)])
    #expect(results.map(\.name) == ["pooled", "A", "pooled", "A", "pooled", "A"])
    #expect(results.map(\.days) == [600, 600, 400, 400, 200, 200])
    #expect(results[4].from == study.splits[0] && results[2].to == study.splits[0].adding(days: -1))
    let late = Array(healing[400...])
    let ratio = Statistics.mean(late) / Statistics.standardDeviation(late) * 252.0.squareRoot()
    #expect(abs(try #require(results[5].sharpe[.selfHealing]).estimate - ratio) < 1e-12)
    #expect(results[4].sharpe[.selfHealing] == results[5].sharpe[.selfHealing])
    let theirs = Array(other[400...])
    let gap = Statistics.mean(theirs) / Statistics.standardDeviation(theirs) * 252.0.squareRoot()
    #expect(abs(try #require(results[5].difference[.periodic]).estimate - (ratio - gap)) < 1e-12)
  }

  @Test func aMarketIsRunAsTheAgentRunsIt() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-markets-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try SyntheticWorld.generate(SyntheticWorld.Settings(seed: 7, years: 4)).write(to: folder.path)
    var study = MarketStudy()
    study.settings = SmallWorld.settings
    let done = try await study.markets(["ZO"], in: MarketFolder(path: folder.path), threads: 2)
    let market = try #require(done.first)
    let input = try RunInput(
      folder: MarketFolder(path: folder.path), symbol: "ZO", ingested: Timestamp(nanoseconds: 0))
    let report = try await SmallWorld.run(input, store: try Store(path: ":memory:"))
    #expect(market.summary.journalHash == report.summary.journalHash)
    let whole = try #require(study.results(done).first { $0.name == "ZO" })
    #expect(whole.sharpe[.selfHealing]?.estimate == report.summary.arms[.selfHealing]?.sharpe)
    await #expect(throws: (any Error).self) {
      _ = try await study.market("XX", in: MarketFolder(path: folder.path))
    }
  }
}
