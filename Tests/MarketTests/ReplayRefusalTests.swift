import Foundation
import HydraMarket
import HydraNumerics
import Testing

/// Runs that could mean nothing are refused, not played to an empty result.
@Suite struct ReplayRefusalTests {
  private static let levels = "ts,kind,side,price,qty\n1,depth,buy,350,5\n2,depth,sell,351,5\n"
  private static let bars = "ts,open,high,low,close,volume\n1,350,350,350,350,1\n"

  private static func run(
    _ bytes: [UInt8], _ strategy: String, _ values: [String: String] = [:]
  ) throws -> ReplayRecord {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-refusal-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("events")
    try Data(bytes).write(to: file)
    return try ReplayRecord(file: file.path, strategy: strategy, values: values, seed: 1)
  }

  @Test func aStrategyThatCannotSeeTheMarketIsRefused() throws {
    for (text, strategy, words) in [
      (Self.levels, "sma", "sma is for bars, not for levels"),
      (Self.bars, "quoter", "quoter is for orders, levels and quotes, not for bars"),
      (Self.bars, "executor", "executor is for orders, levels and quotes, not for bars"),
    ] {
      let fault = #expect(throws: ReplayConfiguration.Fault.self) { try Self.run(Array(text.utf8), strategy) }
      #expect(fault?.description == words)
    }
    #expect(try Self.run(Array(Self.bars.utf8), "none").report.events == 1)
    #expect(try Self.run(Array(Self.levels.utf8), "quoter").report.events == 2)
  }

  @Test func standardInputCannotBeReadAgain() {
    let fault = #expect(throws: ReplayConfiguration.Fault.self) {
      try ReplayRecord(file: "-", strategy: "none", values: [:], seed: 1)
    }
    #expect(fault?.description.contains("read again") == true)
  }

  @Test func nobodyTakesMoreThanWasTraded() {
    #expect(throws: ReplayConfiguration.Fault.self) {
      try ReplayConfiguration(strategy: "none", values: ["participation": "1.01"])
    }
    #expect(throws: Never.self) { try ReplayConfiguration(strategy: "none", values: ["participation": "1"]) }
  }

  @Test func anInstrumentThatIsNotThereIsToldAndOthersAreCounted() throws {
    // The fourth and later of nine bars are of another instrument.
    var bytes = ReplayFaultPlaceTests.file(schema: 6, ReplayFaultPlaceTests.bars(9))
    for record in 3..<9 { bytes[ReplayFaultPlaceTests.recordsBegin + 56 * record + 4] = 8 }
    let first = try Self.run(bytes, "none")
    #expect(first.report.events == 3 && first.summary["other_records"]?.int == 6)
    #expect(try Self.run(bytes, "none", ["instrument": "8"]).report.events == 6)
    let fault = #expect(throws: ReplayConfiguration.Fault.self) { try Self.run(bytes, "none", ["instrument": "9"]) }
    #expect(fault?.kind == .data && fault?.description.contains("nothing of '9'") == true)
    #expect(
      try Self.run(ReplayFaultPlaceTests.file(schema: 6, ReplayFaultPlaceTests.bars(9)), "none")
        .summary["other_records"] == nil)
  }

  @Test func aPercentileNeedsACost() throws {
    for (text, strategy) in [(Self.bars, "none"), (Self.levels, "quoter")] {
      #expect(throws: ReplayConfiguration.Fault.self) {
        try Self.run(Array(text.utf8), strategy, ["cost_percentile": "95"])
      }
    }
    #expect(throws: Never.self) {
      try Self.run(Array(Self.bars.utf8), "none", ["cost_percentile": "95", "half_spread": "0.5"])
    }
  }

  /// Bars on which averages cross often.
  private static let waves: String = {
    var text = "ts,open,high,low,close,volume\n"
    for minute in 0..<400 {
      let (open, close) = (400 + 4 * (minute / 7 % 2), 400 + 4 * ((minute + 1) / 7 % 2))
      text += "\(minute * 60_000_000_000),\(open),\(max(open, close)),\(min(open, close)),\(close),9\n"
    }
    return text
  }()

  private static func profits(_ values: [String: String]) throws -> (run: Double?, variants: [Double?]) {
    let all = values.merging(["fast": "2", "slow": "5", "sensitivity": "1"]) { $1 }
    let record = try run(Array(waves.utf8), "sma", all)
    let variants = record.summary["sensitivity"]?.array ?? []
    return (record.summary["net_profit"]?.double, variants.map { $0["net_profit"]?.double })
  }

  /// The run's own percentile is not applied a second time to the variants of the cost.
  @Test func variantsOfTheCostAreTheSameAtAnyPercentileOfTheRun() throws {
    let plain = try Self.profits(["half_spread": "0.5"])
    let dear = try Self.profits(["half_spread": "0.5", "cost_percentile": "95"])
    #expect(plain.variants.count == 3 && plain.variants == dear.variants)
    #expect(dear.run == dear.variants[2] && plain.run != dear.run)
  }

  @Test func costsThatWereLearntArePaid() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-fills-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let fills = folder.appendingPathComponent("fills.csv").path
    try Data(("half_spread,impact,cost\n" + String(repeating: "1,0.5,1.4\n", count: 40)).utf8).write(
      to: URL(fileURLWithPath: fills))
    let learnt = try Self.profits(["cost_fills": fills])
    let plain = try Self.profits([:])
    #expect(learnt.run == learnt.variants[1] && learnt.run != plain.run)
  }
}
