import Foundation
import HydraMarket
import HydraNumerics

/// Point-in-time features over ten generated years of a thin market and its neighbours.
enum FeaturePaths {
  static func measure(_ load: Load) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-bench-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try SyntheticWorld.generate(.init(seed: load.seed, years: 10)).write(to: folder)
    let (primary, related) = try MarketFolder(path: folder).marketWithRelated(
      "ZO", ingested: Timestamp(nanoseconds: 0))
    let events = MarketHistory.events(primary: primary, related: related)
    func features(_ events: some Sequence<MarketEvent>) -> FeatureTable {
      FeatureTable(
        events: events, instrument: primary.instrument, relatedSymbols: primary.instrument.related)
    }

    let table = features(events)
    try check(table.count == primary.bars.count, "\(table.count) rows for \(primary.bars.count) bars")
    try check(table.values.allSatisfy { !$0.isInfinite }, "a feature is infinite")
    let filled = table.values.count { !$0.isNaN }
    try check(filled > table.values.count / 2, "\(filled) of \(table.values.count) features are there")
    // What is known later changes nothing: half of the stream gives the first rows, bit for bit.
    let half = features(events.prefix(events.count / 2))
    try check(
      zip(half.values, table.values).allSatisfy { $0.bitPattern == $1.bitPattern },
      "features of the first half depend on the second")
    load.measure(
      "features 10 years", count: 1, unit: "\(events.count) events to \(table.count) × \(table.columns)", threads: 1
    ) {
      features(events)
    }
  }
}
