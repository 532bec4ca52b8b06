import Foundation
import HydraMarket
import HydraNumerics
import TestSupport
import Testing

@testable import HydraStore

@Suite struct FactStoreTests {
  @Test func `what is imported comes back as it was`() throws {
    let store = try Store(path: ":memory:")
    let history = SmallMarket.history(days: 5)
    let summary = try store.facts.importHistory(history)
    #expect(summary.total == ImportCounts(added: 12))
    #expect(summary.findings == 1)
    let stored = try #require(try store.facts.history(symbol: "ZO"))
    #expect(stored.instrument == history.instrument)
    #expect(stored.bars == history.bars)
    #expect(stored.rolls == history.rolls)
    #expect(stored.daily == history.daily)
    #expect(stored.reports == history.reports)
    #expect(stored.findings == history.findings)
    #expect(stored.fileHashes == history.fileHashes)
    #expect(try store.facts.symbols() == ["ZO"])
    #expect(try store.facts.history(symbol: "ZC") == nil)
  }

  @Test func `nothing is seen before it was available`() throws {
    let store = try Store(path: ":memory:")
    try store.facts.importHistory(SmallMarket.history(days: 5))
    let third = SmallMarket.firstDay.adding(days: 2).timestamp(hour: 23)
    for (time, bars, rolls) in [(third, 3, 1), (third.adding(nanoseconds: -1), 2, 0)] {
      let seen = try #require(try store.facts.history(symbol: "ZO", asOf: time))
      #expect(seen.bars.count == bars)
      #expect(seen.rolls.count == rolls)
      #expect(seen.reports.isEmpty, "the report is of the second day, its release on the fifth")
    }
    let release = SmallMarket.firstDay.adding(days: 4).timestamp(hour: 19, minute: 30)
    #expect(try store.facts.history(symbol: "ZO", asOf: release)?.reports.count == 1)
  }

  @Test func `importing the same again changes nothing`() throws {
    let store = try Store(path: ":memory:")
    let history = SmallMarket.history(days: 5)
    try store.facts.importHistory(history)
    let again = try store.facts.importHistory(history)
    #expect(again.total == ImportCounts(unchanged: 12))
    #expect(again.isRepeated)
    #expect(try store.facts.imports().count == 1)

    let later = try store.facts.importHistory(
      SmallMarket.history(days: 5, ingested: SmallMarket.ingested.adding(seconds: 60)))
    #expect(later.total == ImportCounts(unchanged: 12))
    #expect(try store.facts.imports().map(\.counts) == [ImportCounts(added: 12), ImportCounts(unchanged: 12)])
    #expect(try store.facts.history(symbol: "ZO")?.bars.first?.times.ingested == SmallMarket.ingested)
  }

  @Test func `a value that the source changed in silence is known from its ingestion on`() throws {
    let store = try Store(path: ":memory:")
    try store.facts.importHistory(SmallMarket.history(days: 5))
    let later = SmallMarket.ingested.adding(seconds: 86_400)
    var changed = SmallMarket.history(days: 6, ingested: later)
    changed.bars[1].close = 333
    let summary = try store.facts.importHistory(changed)
    #expect(summary.bars == ImportCounts(added: 1, revised: 1, unchanged: 4))

    #expect(try store.facts.history(symbol: "ZO", asOf: later)?.bars[1].close == 333)
    let before = try #require(try store.facts.history(symbol: "ZO", asOf: later.adding(nanoseconds: -1)))
    #expect(before.bars[1].close == 300.25)
    #expect(before.bars.count == 6, "the sixth day was available on its own day")

    // The old file once more: the newest value is the old one again, as a third revision.
    let third = later.adding(seconds: 86_400)
    let back = try store.facts.importHistory(SmallMarket.history(days: 6, ingested: third))
    #expect(back.bars == ImportCounts(revised: 1, unchanged: 5))
    #expect(try store.facts.history(symbol: "ZO", asOf: later)?.bars[1].close == 333)
    #expect(try store.facts.history(symbol: "ZO", asOf: third)?.bars[1].close == 300.25)
  }

  @Test func `vintages of a report keep their own release times, in whatever order they are imported`() throws {
    let date = SmallMarket.firstDay
    let first = date.adding(days: 3).timestamp(hour: 19, minute: 30)
    let second = date.adding(days: 10).timestamp(hour: 19, minute: 30)
    func report(_ long: Double, _ available: Timestamp, isRevision: Bool) -> PositionsReport {
      PositionsReport(
        symbol: "ZO", asOf: date, commercialLong: long, commercialShort: 10, isRevision: isRevision,
        times: SmallMarket.times(date, available: available))
    }
    let vintages = [report(20, first, isRevision: false), report(25, second, isRevision: true)]
    for imports in [[vintages], [vintages.reversed()], [[vintages[0]], vintages], [[vintages[1]], vintages]] {
      let store = try Store(path: ":memory:")
      for reports in imports + imports {
        var history = MarketHistory(instrument: SmallMarket.instrument)
        history.reports = reports
        try store.facts.importHistory(history)
      }
      #expect(try store.facts.history(symbol: "ZO", asOf: first)?.reports == [vintages[0]])
      #expect(try store.facts.history(symbol: "ZO", asOf: second)?.reports == [vintages[1]])
      let rows = try store.read { try Int.fetchOne($0.database, sql: "SELECT count(*) FROM positions_report") }
      #expect(rows == 2)
    }
  }

  @Test func `a price that is no number, and a row of another market, are refused with all of their import`() throws {
    let store = try Store(path: ":memory:")
    var history = SmallMarket.history(days: 5)
    history.bars[3].close = .nan
    #expect(throws: StoreError.invalidFact("held_bar ZO 2012-06-07: column 'close' is nan")) {
      try store.facts.importHistory(history)
    }
    history = SmallMarket.history(days: 5)
    history.daily[2].symbol = "ZC"
    #expect(throws: StoreError.invalidFact("daily_bar 2012-06-06: symbol 'ZC' in the history of 'ZO'")) {
      try store.facts.importHistory(history)
    }
    #expect(try store.facts.symbols().isEmpty)
    #expect(try store.facts.imports().isEmpty)
  }

  @Test func `facts cannot be changed or deleted, not even by hand`() throws {
    let store = try Store(path: ":memory:")
    try store.facts.importHistory(SmallMarket.history(days: 5))
    for table in ["held_bar", "roll", "daily_bar", "positions_report", "instrument"] {
      for statement in ["UPDATE \(table) SET symbol = 'X'", "DELETE FROM \(table)"] {
        #expect(throws: StoreError.self, "\(statement)") {
          try store.write { try $0.database.execute(sql: statement) }
        }
      }
    }
  }

  @Test func `changed settings of a market are kept beside the old ones`() throws {
    let store = try Store(path: ":memory:")
    var history = SmallMarket.history(days: 1)
    try store.facts.importHistory(history)
    history.instrument.commission = 3
    try store.facts.importHistory(history)
    #expect(try store.facts.history(symbol: "ZO")?.instrument.commission == 3)
    #expect(try store.read { try Int.fetchOne($0.database, sql: "SELECT count(*) FROM instrument") } == 2)
  }

  @Test(.enabled(if: TestSupport.sharedData("market") != nil, "the sample market data are not here"))
  func `fifty years of oats come back as they were read`() throws {
    let folder = MarketFolder(path: try #require(TestSupport.sharedData("market")).path)
    let history = try folder.history(symbol: "ZO", ingested: SmallMarket.ingested)
    let store = try Store(path: ":memory:")
    #expect(try store.facts.importHistory(history).total.added > 20_000)
    let stored = try #require(try store.facts.history(symbol: "ZO"))
    #expect(stored.bars == history.bars)
    #expect(stored.rolls == history.rolls)
    #expect(stored.daily == history.daily)
    #expect(stored.reports == history.reports)
    #expect(stored.findings == history.findings)
    #expect(try store.facts.importHistory(history).isRepeated)
  }

  @Test func `reading back agrees with a plain reference on random imports`() throws {
    var random = CounterRandom(seed: 11, stream: "facts")
    let store = try Store(path: ":memory:")
    // Reference: every vintage with the time from which it is the newest one.
    var reference: [CivilDate: [(from: Timestamp, close: Double)]] = [:]
    for round in 0..<30 {
      let ingested = SmallMarket.ingested.adding(seconds: Int64(round) * 1000)
      var history = MarketHistory(instrument: SmallMarket.instrument)
      for day in 0..<20 where random.uniform() < 0.7 {
        let bar = SmallMarket.bar(day, close: 300 + Double(random.below(3)), ingested: ingested)
        history.bars.append(bar)
        if let newest = reference[bar.date]?.last {
          if newest.close != bar.close { reference[bar.date]?.append((ingested, bar.close)) }
        } else {
          reference[bar.date] = [(bar.times.available, bar.close)]
        }
      }
      try store.facts.importHistory(history)
    }
    for round in -1..<31 {
      let time = SmallMarket.ingested.adding(seconds: Int64(round) * 1000)
      let seen = try #require(try store.facts.history(symbol: "ZO", asOf: time))
      for bar in seen.bars {
        #expect(bar.close == reference[bar.date]?.last { $0.from <= time }?.close)
      }
    }
  }
}
