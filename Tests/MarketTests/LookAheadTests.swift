import Foundation
import HydraMarket
import HydraNumerics
import TestSupport
import Testing

/// Honest computations pass; each of the leaks that are planted here, or in the generated market, is caught.
@Suite struct LookAheadTests {
  struct World: Sendable {
    var folder: MarketFolder
    var primary: MarketHistory
    var events: [MarketEvent]

    var check: LookAheadCheck { LookAheadCheck(moments: LookAheadCheck.moments(of: events, count: 3)) }
    var reports: [PositionsReport] { primary.reports }
  }

  /// Four years of a generated market, written once for all tests.
  static let world = Result {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "hydra-lookahead-\(ProcessInfo.processInfo.processIdentifier)")
    try SyntheticWorld.generate(.init(seed: 5, years: 4)).write(to: url.path)
    let folder = MarketFolder(path: url.path)
    let (primary, related) = try folder.marketWithRelated("ZO", ingested: MarketFixture.ingested)
    return World(
      folder: folder, primary: primary, events: MarketHistory.events(primary: primary, related: related))
  }

  // MARK: - Honest

  @Test func theFeaturesSeeNothingOfTheFuture() throws {
    let world = try Self.world.get()
    let instrument = world.primary.instrument
    let leaks = world.check.leaks(in: world.events) {
      LookAheadRows(FeatureTable(events: $0, instrument: instrument, relatedSymbols: instrument.related))
    }
    #expect(leaks.isEmpty, "\(leaks)")
    #expect(world.check.moments.count == 3)
  }

  @Test func theImporterSeesNothingOfTheFuture() throws {
    let world = try Self.world.get()
    for rule in ["bad_tick=drop", "bad_tick=correct"] {
      var rules = RepairRules()
      try rules.set(rule)
      for kind in [DataFinding.Kind.staleSettlement, .zeroVolumeRun] { try rules.set(kind, to: .drop) }
      #expect(try world.check.importLeaks(of: world.folder, market: "ZO", repairs: rules).isEmpty)
    }
    #expect(world.events.knownTooEarly().isEmpty)
  }

  @Test func theFutureIsReallyChanged() throws {
    let world = try Self.world.get()
    let moment = world.check.moments[1]
    let scrambled = world.events.scrambled(after: moment, seed: 1)
    let pairs = zip(world.events, scrambled)
    #expect(pairs.allSatisfy { $0.knownTime == $1.knownTime && $0.date == $1.date && $0.symbol == $1.symbol })
    #expect(pairs.allSatisfy { $0.knownTime > moment || $0 == $1 })
    let later = pairs.filter { $0.0.knownTime > moment }
    #expect(later.count { $0.0 != $0.1 } > later.count * 99 / 100)
    #expect(world.events.scrambled(after: moment, seed: 1) == scrambled)
    #expect(world.events.scrambled(after: moment, seed: 2) != scrambled)
  }

  // MARK: - A settlement known a day early

  /// The close of each bar's own date, or of the next one.
  static func closes(_ events: [MarketEvent], daysEarly: Int) -> LookAheadRows {
    var rows = LookAheadRows(columns: ["close"])
    let bars = events.compactMap { event -> HeldBar? in
      if case .bar(let bar) = event, bar.symbol == "ZO" { bar } else { nil }
    }
    for index in bars.indices where index + daysEarly < bars.count {
      rows.append([bars[index + daysEarly].close], at: bars[index].times.available)
    }
    return rows
  }

  @Test func aSettlementThatIsReadADayEarlyIsCaught() throws {
    let world = try Self.world.get()
    #expect(world.check.leaks(in: world.events) { Self.closes($0, daysEarly: 0) }.isEmpty)
    let leaks = world.check.leaks(in: world.events) { Self.closes($0, daysEarly: 1) }
    #expect(leaks.count == 6, "each moment and way of changing the future shows it")
    let leak = try #require(leaks.first { $0.future == .scrambled })
    #expect(leak.column == "close" && leak.time <= leak.moment && leak.withFuture != leak.without)
    #expect(leaks.first { $0.future == .removed }?.without == nil)
  }

  @Test func aSettlementThatClaimsToBeKnownEarlyIsCaught() throws {
    var history = try Self.world.get().primary
    for index in history.bars.indices {
      history.bars[index].times.available = history.bars[index].times.available.adding(seconds: -86_400)
    }
    let early = MarketHistory.events(primary: history).knownTooEarly()
    #expect(early.count == history.bars.count)
  }

  // MARK: - A restated report read before it was known

  /// On each bar the commercials' longs of the newest as-of date, as published by then or as restated ever.
  static func longs(_ events: [MarketEvent], restated: Bool) -> LookAheadRows {
    var final: [CivilDate: Double] = [:]
    for case .positions(let report) in events { final[report.asOf] = report.commercialLong }
    var rows = LookAheadRows(columns: ["long"])
    var newest: PositionsReport?
    for event in events {
      if case .positions(let report) = event, report.asOf >= newest?.asOf ?? report.asOf { newest = report }
      guard case .bar(let bar) = event, bar.symbol == "ZO", let newest else { continue }
      rows.append([restated ? final[newest.asOf]! : newest.commercialLong], at: bar.times.available)
    }
    return rows
  }

  @Test func aRestatedReportThatIsReadBeforeItWasKnownIsCaught() throws {
    let world = try Self.world.get()
    let restated = try #require(world.reports.first { $0.isRevision })
    // Between the first publication and the second.
    let check = LookAheadCheck(moments: [restated.times.available.adding(seconds: -86_400)])
    #expect(check.leaks(in: world.events) { Self.longs($0, restated: false) }.isEmpty)
    let leaks = check.leaks(in: world.events) { Self.longs($0, restated: true) }
    #expect(leaks.map(\.future) == [.removed, .scrambled] && leaks.allSatisfy { $0.column == "long" })
    let original = try #require(world.reports.first { $0.asOf == restated.asOf && !$0.isRevision })
    #expect(leaks[0].withFuture == restated.commercialLong && leaks[0].without == original.commercialLong)
  }

  // MARK: - A column that knows tomorrow

  @Test(arguments: ["level", "logarithm", "change"])
  func theLeakColumnIsCaughtWhateverItIsWrittenAs(form: String) throws {
    let world = try Self.world.get()
    var values = try world.folder.column("elevator_bid", of: "signals/ZO.csv")
    #expect(values.count > 900)
    if form == "logarithm" { values = values.mapValues { Portable.log($0) * -7 } }
    if form == "change" {
      for bar in world.primary.bars { values[bar.date] = values[bar.date].map { $0 - bar.close } }
    }
    let verdict = try ColumnLeakCheck().verdict(on: values, named: form, against: world.primary)
    #expect(verdict.isLeak && verdict.datesAhead == 1 && abs(verdict.correlation) > 0.9, "\(verdict)")
    #expect(form != "level" || verdict.equalShare > 0.8)
  }

  @Test func theDecoyAndTodaysPricePass() throws {
    let world = try Self.world.get()
    let decoy = try world.folder.column("pasture_rating", of: "signals/ZO.csv")
    #expect(try !ColumnLeakCheck().verdict(on: decoy, named: "decoy", against: world.primary).isLeak)
    let today = Dictionary(uniqueKeysWithValues: world.primary.bars.map { ($0.date, $0.close) })
    #expect(try !ColumnLeakCheck().verdict(on: today, named: "today", against: world.primary).isLeak)
    let volume = Dictionary(uniqueKeysWithValues: world.primary.daily.map { ($0.date, $0.volume ?? 0) })
    #expect(try !ColumnLeakCheck().verdict(on: volume, named: "volume", against: world.primary).isLeak)
    #expect(try world.folder.numericColumns(of: "signals/ZO.csv") == ["pasture_rating", "elevator_bid"])
  }

  @Test func aColumnOfFewDatesIsNotJudged() throws {
    let world = try Self.world.get()
    let few = Dictionary(uniqueKeysWithValues: world.primary.bars.prefix(50).map { ($0.date, $0.close) })
    #expect(throws: ColumnLeakCheck.TooFewRows.self) {
      _ = try ColumnLeakCheck().verdict(on: few, named: "few", against: world.primary)
    }
    #expect(throws: MarketDataError.self) { _ = try world.folder.column("nothing", of: "signals/ZO.csv") }
    #expect(throws: MarketDataError.self) { _ = try world.folder.column("elevator_bid", of: "signals/ZZ.csv") }
  }

  // MARK: - Labels as features

  @Test func aLabelAmongTheFeaturesIsCaught() throws {
    let world = try Self.world.get()
    let instrument = world.primary.instrument
    let leaks = world.check.leaks(in: world.events) { events in
      let table = FeatureTable(events: events, instrument: instrument, labelHorizon: 5)
      var rows = LookAheadRows(columns: ["label"])
      for row in 0..<table.count { rows.append([table.targets![row]], at: table.known[row]) }
      return rows
    }
    #expect(leaks.count == 6)
    // At the time at which it is known it is no leak.
    let honest = world.check.leaks(in: world.events) { events in
      let table = FeatureTable(events: events, instrument: instrument, labelHorizon: 5)
      var rows = LookAheadRows(columns: ["label"])
      for row in 0..<table.count where table.targetKnown![row] != .distantFuture {
        rows.append([table.targets![row]], at: table.targetKnown![row])
      }
      return rows
    }
    #expect(honest.isEmpty)
  }
}

/// The importer and the features on the real files.
@Suite(.enabled(if: TestSupport.sharedData("market") != nil, "the sample market data is not here"))
struct SampleLookAheadTests {
  @Test func nothingOfOatsComesFromTheFuture() throws {
    let folder = MarketFolder(path: try #require(TestSupport.sharedData("market")).path)
    let check = LookAheadCheck(
      moments: ["1995-06-30", "2012-07-02", "2013-03-29"].map { date($0).timestamp(hour: 23, minute: 30) })
    #expect(try check.importLeaks(of: folder, market: "ZO").isEmpty)
  }
}
