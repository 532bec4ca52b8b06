import Foundation
import HydraCore
import Testing

@Suite struct FeatureHistoryTests {
  /// A price that rises by 1 every bar, with the bar's number as the only feature.
  static func rising(bars: Int, horizon: Int) -> FeatureHistory {
    var history = FeatureHistory(names: ["number"], horizon: horizon)
    var builder = LabelBuilder(symbol: "ZO", horizon: horizon)
    let contract = ContractMonth(year: 2030, month: 3)
    for index in 0..<bars {
      let date = CivilDate(dayNumber: Int32(index))
      let time = date.timestamp(hour: 23)
      let bar = HeldBar(
        symbol: "ZO", date: date, contract: contract, close: 100 + Double(index),
        times: FactTimes(event: time, published: time, available: time, ingested: time))
      let label = builder.update(.bar(bar))
      history.append(
        [Double(index)], date: date, known: time, change: index == 0 ? .nan : 1, volatility: index < 20 ? .nan : 1,
        completing: label)
    }
    return history
  }

  @Test func aLabelIsKnownWhenItsLastBarIsAndNotBefore() {
    for bars in [30, 31, 60] {
      let history = Self.rising(bars: bars, horizon: 5)
      for row in 0..<bars {
        let isKnown = row + 6 < bars && row >= 20
        #expect(history.label(row).isFinite == isKnown, "row \(row) of \(bars)")
        // Five rises of 1 over √5 standard deviations of 1.
        if isKnown { #expect(abs(history.label(row) - 5.0.squareRoot()) < 1e-12) }
      }
    }
  }

  @Test func trainingRowsNeverReachIntoTheTest() {
    let history = Self.rising(bars: 300, horizon: 5)
    for limit in [100, 200, 300] {
      for embargo in [0, 7] {
        let rows = history.trainingRows(before: limit, window: 1000, embargo: embargo)
        // The label of row i ends at bar i + 6.
        #expect((rows.last ?? 0) + 6 + embargo < limit)
        #expect(rows.first == 20)
      }
    }
    #expect(history.trainingRows(before: 200, window: 50).count == 50)
    #expect(history.trainingRows(before: 10, window: 50).isEmpty)
  }

  @Test func codingKeepsEveryBit() throws {
    let history = Self.rising(bars: 40, horizon: 5)
    let copy = try JSONDecoder().decode(FeatureHistory.self, from: JSONEncoder().encode(history))
    #expect(copy.values.map(\.bitPattern) == history.values.map(\.bitPattern))
    #expect(copy.dates == history.dates && copy.known == history.known)
    #expect((0..<40).allSatisfy { copy.label($0).bitPattern == history.label($0).bitPattern })
  }
}
