import HydraMarket
import HydraNumerics

/// A market of a few days, for tests of what a store does with it.
enum SmallMarket {
  static let instrument = Instrument(
    symbol: "ZO", carryCode: "OATIES", name: "Oats", pointValue: 50, tickSize: 0.25, commission: 2.5, halfSpread: 0.5)
  static let firstDay = CivilDate(year: 2012, month: 6, day: 4)
  static let ingested = Timestamp("2020-01-01T00:00:00Z")!

  static func times(_ date: CivilDate, available: Timestamp? = nil, ingested: Timestamp = ingested) -> FactTimes {
    let close = date.timestamp(hour: 23)
    return FactTimes(event: close, published: available ?? close, available: available ?? close, ingested: ingested)
  }

  static func bar(_ day: Int, close: Double, ingested: Timestamp = ingested) -> HeldBar {
    let date = firstDay.adding(days: day)
    return HeldBar(
      symbol: "ZO", date: date, contract: ContractMonth(year: 2012, month: 7), close: close,
      carryContract: ContractMonth(year: 2012, month: 9), carryClose: day % 2 == 0 ? close + 3 : nil,
      source: day % 3 == 0 ? .hourly : .settlement, times: times(date, ingested: ingested))
  }

  static func history(days: Int, ingested: Timestamp = ingested) -> MarketHistory {
    let date = firstDay
    return MarketHistory(
      instrument: instrument,
      bars: (0..<days).map { bar($0, close: 300 + Double($0) * 0.25, ingested: ingested) },
      rolls: [
        Roll(
          symbol: "ZO", date: date.adding(days: 2), from: ContractMonth(year: 2012, month: 7),
          to: ContractMonth(year: 2012, month: 9), fromPrice: 301, toPrice: 304,
          times: times(date.adding(days: 2), ingested: ingested))
      ],
      daily: (0..<days).map {
        DailyBar(
          symbol: "ZO", date: date.adding(days: $0), open: 300, high: 302, low: 299, settle: 301,
          volume: $0 == 1 ? nil : 120, previousOpenInterest: 5000,
          times: times(date.adding(days: $0), ingested: ingested))
      },
      reports: [
        PositionsReport(
          symbol: "ZO", asOf: date.adding(days: 1), commercialLong: 4000, commercialShort: 6000,
          times: times(
            date.adding(days: 1), available: date.adding(days: 4).timestamp(hour: 19, minute: 30), ingested: ingested))
      ],
      findings: [
        DataFinding(.gap, file: "carry/OATIES.csv", line: 7, date: date, message: "a day is missing", action: .noted)
      ],
      fileHashes: ["carry/OATIES.csv": "aa", "daily/ZO.csv": "bb"])
  }
}
