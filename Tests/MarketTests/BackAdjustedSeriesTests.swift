import Foundation
import HydraMarket
import HydraNumerics
import TestSupport
import Testing

@Suite struct BackAdjustedSeriesTests {
  /// The case `continuous` of the replay vectors: closes of three contracts and the days of the rolls.
  struct Vector {
    let bars: [HeldBar]
    let rolls: [Roll]
    let expected: [BackAdjustedSeries.Method: [Double]]

    init() throws {
      let text = try FileBytes.read(TestSupport.vectors("replay/costs.json").path)
      let cases = try #require(try JSONValue(parsing: text)["cases"]?.array)
      let vector = try #require(cases.first { $0["kind"]?.string == "continuous" })
      let contracts = try #require(vector["input"]?["contracts"]?.array)
      let closes = contracts.compactMap { $0["close"]?.doubles }
      let starts = try #require(vector["input"]?["rolls"]?.doubles).map { Int($0) }
      func times(_ day: Int) -> FactTimes {
        let moment = date("2014-01-01").adding(days: day).timestamp(hour: 23)
        return FactTimes(event: moment, published: moment, available: moment, ingested: moment)
      }
      let months = [3, 5, 7].map { ContractMonth(year: 2014, month: $0) }
      bars = closes[0].indices.map { day in
        let held = starts.count { $0 <= day }
        return HeldBar(
          symbol: "ZO", date: date("2014-01-01").adding(days: day), contract: months[held], close: closes[held][day],
          times: times(day))
      }
      rolls = starts.enumerated().map { index, day in
        Roll(
          symbol: "ZO", date: date("2014-01-01").adding(days: day - 1), from: months[index], to: months[index + 1],
          fromPrice: closes[index][day - 1], toPrice: closes[index + 1][day - 1], times: times(day - 1))
      }
      expected = [
        .difference: try #require(vector["expected"]?["back_difference"]?.doubles),
        .ratio: try #require(vector["expected"]?["back_ratio"]?.doubles),
      ]
    }
  }

  @Test(arguments: [BackAdjustedSeries.Method.difference, .ratio])
  func theVectorComesOut(method: BackAdjustedSeries.Method) throws {
    let vector = try Vector()
    let series = BackAdjustedSeries(bars: vector.bars, rolls: vector.rolls, method: method)
    let expected = try #require(vector.expected[method])
    for (value, wanted) in zip(series.values, expected) { #expect(abs(try #require(value) - wanted) <= 1e-9) }
    #expect(series.values.count == expected.count)
  }

  @Test func atAMomentOnlyKnownRollsCount() throws {
    let vector = try Vector()
    let moment = vector.bars[4].times.available
    let series = BackAdjustedSeries(bars: vector.bars, rolls: vector.rolls, at: moment)
    #expect(series.values == [354, 353, 353.25, 355.5, 354.5])
  }

  @Test func beforeARollWithoutPricesNothingIsKnown() throws {
    let vector = try Vector()
    let series = BackAdjustedSeries(bars: vector.bars, rolls: [vector.rolls[1]])
    #expect(series.values.prefix(3).allSatisfy { $0 == nil })
    #expect(series.values.suffix(6).allSatisfy { $0 != nil })
  }
}
