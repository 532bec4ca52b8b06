import HydraMarket
import HydraNumerics
import Testing

@Suite struct FeaturesPipelineTests {
  static func table(
    _ primary: MarketHistory, _ related: [MarketHistory], settings: FeatureSettings = FeatureSettings()
  ) -> FeatureTable {
    FeatureTable(
      events: MarketHistory.events(primary: primary, related: related), instrument: primary.instrument,
      relatedSymbols: related.map(\.instrument.symbol), settings: settings)
  }

  /// The history with everything known after `time` changed: prices doubled, volumes and reports turned, rows dropped.
  static func withOtherFuture(_ history: MarketHistory, after time: Timestamp, seed: UInt64) -> MarketHistory {
    var random = CounterRandom(seed: seed, stream: "future")
    var other = history
    other.bars = history.bars.compactMap { bar in
      guard bar.times.available > time else { return bar }
      var bar = bar
      bar.close *= 0.5 + random.uniform()
      bar.carryClose = bar.carryClose.map { $0 * 2 }
      return random.below(5) == 0 ? nil : bar
    }
    other.daily = history.daily.compactMap { bar in
      guard bar.times.available > time else { return bar }
      var bar = bar
      (bar.open, bar.high, bar.low) = (bar.low, bar.high * 3, bar.low / 2)
      bar.volume = bar.volume.map { 10_000 - $0 }
      return random.below(5) == 0 ? nil : bar
    }
    other.reports = history.reports.compactMap { report in
      guard report.times.available > time else { return report }
      var report = report
      swap(&report.commercialLong, &report.commercialShort)
      return random.below(5) == 0 ? nil : report
    }
    other.rolls = history.rolls.compactMap { roll in
      guard roll.times.available > time else { return roll }
      var roll = roll
      roll.toPrice *= 2
      return roll
    }
    random.shuffle(&other.bars)
    random.shuffle(&other.daily)
    random.shuffle(&other.reports)
    return other
  }

  @Test(arguments: [40, 251, 333, 479]) func `no later event changes an earlier vector by one bit`(row: Int) {
    let (primary, related) = RandomWalkMarket.world(days: 500)
    let whole = Self.table(primary, related)
    let time = whole.known[row]
    let changed = Self.table(
      Self.withOtherFuture(primary, after: time, seed: 1),
      related.map { Self.withOtherFuture($0, after: time, seed: 2) })
    func cut(_ history: MarketHistory) -> MarketHistory {
      var history = history
      history.bars.removeAll { $0.times.available > time }
      history.daily.removeAll { $0.times.available > time }
      history.reports.removeAll { $0.times.available > time }
      history.rolls.removeAll { $0.times.available > time }
      return history
    }
    let truncated = Self.table(cut(primary), related.map(cut))
    #expect(truncated.count == row + 1)
    for other in [changed, truncated] {
      let past = other.rows(knownBy: time)
      #expect(past.count == row + 1 && past.names == whole.names)
      let bits = whole.values.prefix(past.values.count).map(\.bitPattern)
      #expect(past.values.map(\.bitPattern) == Array(bits))
    }
    // The change is not a vain one: the next vectors do differ.
    #expect(changed.values.map(\.bitPattern) != whole.values.map(\.bitPattern))
  }

  @Test func `names depend on settings and symbols, not on data`() {
    let (primary, related) = RandomWalkMarket.world(days: 30)
    var bare = primary
    (bare.daily, bare.reports, bare.rolls) = ([], [], [])
    let full = Self.table(primary, related)
    let empty = Self.table(
      bare, related.map { MarketHistory(instrument: $0.instrument) })
    #expect(full.names == empty.names && Set(full.names).count == full.names.count)
    for name in ["volume_surprise", "yang_zhang_20", "cot_net_share", "ZC_return_5", "VIX_level"] {
      #expect(empty.column(name)!.allSatisfy { $0.isNaN }, "\(name)")
    }
    var settings = FeatureSettings()
    settings.groups = [.season, .trend]
    let few = Self.table(primary, related, settings: settings)
    #expect(few.names.contains("return_20") && few.names.contains("season_sin") && !few.names.contains("carry_raw"))
    #expect(few.column("return_20")!.map(\.bitPattern) == full.column("return_20")!.map(\.bitPattern))
  }

  @Test func `every feature has values once its windows are full`() {
    let (primary, related) = RandomWalkMarket.world(days: 700)
    // A random walk has no options; theirs are tested where there are chains.
    var settings = FeatureSettings()
    settings.groups.removeAll { $0 == .implied }
    let table = Self.table(primary, related, settings: settings)
    #expect(table.count == 700)
    for name in table.names {
      let late = table.column(name)!.suffix(300)
      let share = Double(late.count { $0.isFinite }) / 300
      #expect(share > (name.hasPrefix("carry") ? 0.7 : 0.9), "\(name) \(share)")
      #expect(late.allSatisfy { $0.isNaN || $0.isFinite })
    }
  }

  @Test func `a vector is known when the last of its inputs is`() {
    let (primary, related) = RandomWalkMarket.world(days: 60)
    let table = Self.table(primary, related)
    #expect(table.known == primary.bars.map(\.times.available))
    #expect(table.times == primary.bars.map(\.times.event))
  }

  @Test func `bars that are repeated or out of order are passed over`() {
    let (primary, _) = RandomWalkMarket.world(days: 60)
    var pipeline = FeaturePipeline(instrument: primary.instrument)
    var count = 0
    for bar in primary.bars + primary.bars.suffix(5) where pipeline.update(.bar(bar)) != nil { count += 1 }
    #expect(count == 60)
  }
}
