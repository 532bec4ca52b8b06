import HydraMarket
import HydraNumerics
import Testing

@Suite struct FeaturesCarryTests {
  static let march = ContractMonth(year: 2013, month: 3)
  static let december = ContractMonth(year: 2012, month: 12)
  static let start = CivilDate(year: 2012, month: 6, day: 4)

  static func carry(_ bars: [HeldBar]) -> [Double] {
    var history = MarketHistory(instrument: RandomWalkMarket.oats)
    history.bars = bars
    return FeaturesPipelineTests.table(history, []).column("carry_raw")!
  }

  @Test func `the sign follows from which contract is nearer`() {
    // Held March 2013 at 340, December 2012 at 350: the near one is dearer, backwardation, +.
    let nearer = Self.carry([
      RandomWalkMarket.bar("ZO", Self.start, Self.march, 340, carry: (Self.december, 350))
    ])
    // The same curve with the other one held.
    let later = Self.carry([
      RandomWalkMarket.bar("ZO", Self.start, Self.december, 350, carry: (Self.march, 340))
    ])
    #expect(abs(nearer[0] - Portable.log(350.0 / 340) * 4) < 1e-15)
    #expect(abs(nearer[0] - later[0]) < 1e-15)
    let contango = Self.carry([
      RandomWalkMarket.bar("ZO", Self.start, Self.march, 360, carry: (Self.december, 350))
    ])
    #expect(contango[0] < 0)
  }

  @Test func `a missing neighbour is repeated for days and across no roll`() {
    let dates = RandomWalkMarket.weekdays(from: Self.start, count: 20)
    let bars = dates.enumerated().map { index, date in
      RandomWalkMarket.bar("ZO", date, Self.march, 340, carry: index < 3 ? (Self.december, 350) : nil)
    }
    let values = Self.carry(bars)
    // Ten calendar days after the third weekday (a Wednesday) come eleven bars.
    #expect(values.prefix(10).allSatisfy { $0.isFinite } && values.suffix(9).allSatisfy { $0.isNaN })
    let rolled = Self.carry([
      bars[0], RandomWalkMarket.bar("ZO", dates[1], ContractMonth(year: 2013, month: 5), 345),
    ])
    #expect(rolled[0].isFinite && rolled[1].isNaN)
  }

  @Test func `the change is against the value of twenty bars ago`() {
    let dates = RandomWalkMarket.weekdays(from: Self.start, count: 60)
    var history = MarketHistory(instrument: RandomWalkMarket.oats)
    history.bars = dates.enumerated().map { index, date in
      RandomWalkMarket.bar("ZO", date, Self.march, 340 + Double(index % 7), carry: (Self.december, 350))
    }
    let table = FeaturesPipelineTests.table(history, [])
    let (raw, change) = (table.column("carry_raw")!, table.column("carry_change_20")!)
    #expect(change[50] == raw[50] - raw[30] && change[19].isNaN && change[20].isFinite)
    let (scaled, volatility) = (table.column("carry_over_volatility")!, table.column("volatility_ewm")!)
    #expect(scaled[50] == raw[50] / volatility[50])
    #expect(table.column("carry_smoothed_90")![50].isFinite)
  }
}
