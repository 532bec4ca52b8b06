import HydraMarket
import HydraNumerics
import Testing

/// Range volatility, volume and open interest from the second-nearby series.
@Suite struct FeaturesDailyBarTests {
  static let start = CivilDate(year: 2012, month: 6, day: 4)

  /// `count` days of a market that moves `step` within the day and not overnight; the daily series jumps on `jumps`.
  static func table(
    count: Int = 120, jumps: Set<Int> = [], interest: Bool = true, volume: (Int) -> Double = { _ in 400 },
    shape: (inout DailyBar, Int) -> Void = { _, _ in }
  ) -> FeatureTable {
    var history = MarketHistory(instrument: RandomWalkMarket.oats)
    let month = ContractMonth(year: 2013, month: 3)
    var (price, offset, open) = (400.0, 0.0, 5_000.0)
    for (index, date) in RandomWalkMarket.weekdays(from: start, count: count).enumerated() {
      let step: Double = index % 2 == 0 ? 4 : -4
      if jumps.contains(index) { (offset, open) = (offset + 40, open * 0.5) }
      open *= 1.002
      let before = price + offset
      price += step
      history.bars.append(RandomWalkMarket.bar("ZO", date, month, price))
      var bar = RandomWalkMarket.daily(
        "ZO", date, settle: price + offset, volume: volume(index), interest: interest ? open : nil, open: before,
        high: max(before, price + offset), low: min(before, price + offset))
      shape(&bar, index)
      history.daily.append(bar)
    }
    return FeaturesPipelineTests.table(history, [])
  }

  @Test func `range estimators agree with their formulas`() {
    let table = Self.table()
    let ln2 = Portable.log(2)
    // Alternately 400 → 404 and 404 → 400, each day's range being its move.
    let move = Portable.log(404.0 / 400)
    let parkinson = (252 * move * move / (4 * ln2)).squareRoot()
    let garmanKlass = (252 * (move * move / 2 - (2 * ln2 - 1) * move * move)).squareRoot()
    #expect(abs(table.column("parkinson_20")![100] - parkinson) < 1e-12)
    #expect(abs(table.column("garman_klass_20")![100] - garmanKlass) < 1e-12)
    // Rogers–Satchell sees no volatility in a day that only goes one way.
    #expect(table.column("rogers_satchell_20")![100].isNaN)
    // Yang–Zhang: no overnight move; the open-to-close variance with its weight.
    let k = 0.34 / (1.34 + 21.0 / 19)
    let dayVariance = 20.0 / 19 * move * move
    #expect(abs(table.column("yang_zhang_20")![100] - (252 * k * dayVariance).squareRoot()) < 1e-12)
  }

  @Test(arguments: [true, false]) func `a change of contract leaves no trace in volatility`(interest: Bool) {
    let (calm, jumping) = (Self.table(), Self.table(jumps: [50, 95], interest: interest))
    for name in ["yang_zhang_20", "parkinson_20"] {
      for row in 60..<120 {
        // Levels are a tenth higher after a jump of 40: relative ranges are that much smaller.
        let (a, b) = (calm.column(name)![row], jumping.column(name)![row])
        #expect(b < a && b > 0.8 * a, "\(name) at \(row): \(a), \(b)")
      }
    }
  }

  @Test func `bars without a range or with it upside down are left out`() {
    let table = Self.table(shape: { bar, index in
      if index % 3 == 0 { (bar.open, bar.high, bar.low) = (bar.settle, bar.settle, bar.settle) }
      if index % 10 == 1 { swap(&bar.high, &bar.low) }
    })
    #expect(abs(table.column("parkinson_20")![100] - Self.table().column("parkinson_20")![100]) < 1e-9)
    let flat = Self.table(shape: { bar, index in
      if index % 4 != 0 { (bar.open, bar.high, bar.low) = (bar.settle, bar.settle, bar.settle) }
    })
    #expect(flat.column("parkinson_20")![100].isNaN)
  }

  @Test func `volume is surprising against its own phase`() {
    // Fourfold from the change of contract to the next one, every 40 days; 3 times the usual on day 330.
    let table = Self.table(count: 340, jumps: Set(stride(from: 39, to: 340, by: 40))) { index in
      (100.0 * (1 + 3 * Double(((index + 1) % 40) / 10) / 3)) * (index == 330 ? 3 : 1)
    }
    let surprise = table.column("volume_surprise")!
    #expect(surprise[300..<330].allSatisfy { abs($0) < 0.02 })
    #expect(abs(surprise[330] - Portable.log(3)) < 0.02)
    #expect(table.column("open_interest_surprise")![320].isFinite)
  }

  @Test func `a day without a daily bar has no volume surprise`() {
    var (primary, _) = RandomWalkMarket.world(days: 300, seed: 2)
    primary.daily.remove(at: 280)
    primary.daily.removeLast(10)
    let table = FeaturesPipelineTests.table(primary, [])
    let (volume, range) = (table.column("volume_surprise")!, table.column("yang_zhang_20")!)
    #expect(volume[279].isFinite && volume[280].isNaN && volume[281].isFinite)
    #expect(range[280].isFinite && range[291].isFinite && range[297].isNaN)
  }
}
