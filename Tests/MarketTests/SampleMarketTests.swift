import Foundation
import HydraMarket
import HydraNumerics
import TestSupport
import Testing

/// The importer over the real sample files, which are not part of the repository.
@Suite(.enabled(if: TestSupport.sharedData("market") != nil, "the sample market data is not here"))
struct SampleMarketTests {
  static let folder = TestSupport.sharedData("market").map { MarketFolder(path: $0.path) }
  static let ingested = CivilDate(year: 2015, month: 1, day: 2).timestamp()
  static let codes = [
    "OATIES", "CORN", "WHEAT", "SOYBEAN", "SOYMEAL", "SOYOIL", "VIX", "REDWHEAT", "LIVECOW", "LEANHOG", "COTTON2",
    "SUGAR11",
  ]

  /// Read once: the tests look at the same histories.
  static let histories: Result<[String: MarketHistory], any Error> = Result {
    var histories: [String: MarketHistory] = [:]
    for code in codes { histories[code] = try folder?.history(symbol: code, ingested: ingested) }
    return histories
  }

  static func history(_ code: String) throws -> MarketHistory { try #require(try histories.get()[code]) }

  /// The sample's notes say by name which markets' settlements go stale; the importer has to find out by itself.
  ///
  /// Written plainly after the notes: rows of 23:00 only before the first hourly row with a price, corn and soybeans
  /// apart; hours from 22:00 belong to the next trade date; no bars on weekends.
  static func closesByTheNotes(_ code: String) throws -> [CivilDate: (close: Double, contract: String)] {
    let path = try #require(TestSupport.sharedData("market/carry/\(code).csv.gz")).path
    let table = try CSVTable(path: path)
    let times = try table.timestamps("datetime")
    let prices = try table.doubles("price")
    let contracts = try table.strings("price_contract")
    let isSettlement = times.map { $0.description.hasSuffix("T23:00:00Z") }
    let firstHourly = times.indices.first { !isSettlement[$0] && !prices[$0].isNaN }.map { times[$0] }
    let keepsSettlements = ["CORN", "SOYBEAN"].contains(code)
    var closes: [CivilDate: (close: Double, contract: String)] = [:]
    for row in times.indices where !prices[row].isNaN {
      let isEarly = firstHourly.map { times[row] < $0 } ?? true
      var date = times[row].date
      if isSettlement[row] {
        guard keepsSettlements || isEarly, date.weekday < 5 else { continue }
      } else {
        guard !keepsSettlements else { continue }
        date = times[row].adding(seconds: 2 * 3600).date
        while date.weekday >= 5 { date = date.adding(days: 1) }
      }
      closes[date] = (prices[row], contracts[row])
    }
    return closes
  }

  @Test(arguments: codes)
  func closesAreThoseThatTheNotesAskFor(code: String) throws {
    let history = try Self.history(code)
    let expected = try Self.closesByTheNotes(code)
    #expect(history.bars.count == expected.count)
    for bar in history.bars {
      let close = try #require(expected[bar.date], "no bar expected on \(bar.date)")
      #expect(close.close == bar.close && ContractMonth(close.contract) == bar.contract, "\(code) \(bar.date)")
    }
  }

  @Test(arguments: codes)
  func everyRollHasPricesOfBothContracts(code: String) throws {
    let history = try Self.history(code)
    let changes = zip(history.bars, history.bars.dropFirst()).count { $0.contract != $1.contract }
    #expect(history.rolls.count == changes)
    #expect(!history.findings.contains { $0.kind == .rollWithoutPrice })
    #expect(history.rollFreeChanges().dropFirst().allSatisfy { $0 != nil })
  }

  /// Rows of the files, bars, rolls, findings by kind; the notes' own counts where they give them.
  @Test func countsOfOatsAreThoseOfTheNotes() throws {
    let oats = try Self.history("OATIES")
    #expect(oats.daily.count == 13_908)
    #expect(oats.reports.count == 1299)
    #expect(oats.bars.count == 11_269 && oats.rolls.count == 223)
    #expect(oats.bars.first { $0.source == .hourly }?.date == date("2012-06-05"))
    // 26 daily bars with settlement, open or last outside of high and low, 2 of them with high below low.
    #expect(oats.findings.count { $0.kind == .highBelowLow } == 2)
    #expect(oats.findings.count { $0.kind == .outsideRange } == 24)
    let hole = oats.findings.filter { $0.kind == .gap && $0.file.hasPrefix("daily") }
    #expect(hole.map(\.value) == [nil] && hole[0].message.contains("108 days"))
    // One gap of 11 days since 1993.
    let missing = oats.findings.filter { $0.kind == .missingReport }
    #expect(missing.map(\.date) == [date("2002-01-08")])
  }

  @Test(arguments: ["OATIES", "CORN", "WHEAT", "SOYBEAN"])
  func grainReportsBecomeContractsIn1998(code: String) throws {
    let history = try Self.history(code)
    let finding = try #require(history.findings.first { $0.kind == .unitChange })
    #expect(finding.date == date("1998-01-06") && finding.action == .converted)
    let last = try #require(history.reports.last { $0.asOf < date("1998-01-01") })
    let first = try #require(history.reports.first { $0.asOf > date("1998-01-01") })
    let step = (last.commercialLong + last.commercialShort) / (first.commercialLong + first.commercialShort)
    #expect((0.9...1.15).contains(step), "a step of \(step) is left")
  }

  @Test func otherReportsAreInContractsAllAlong() throws {
    for code in Self.codes where !["OATIES", "CORN", "WHEAT", "SOYBEAN"].contains(code) {
      let history = try Self.history(code)
      #expect(!history.findings.contains { $0.kind == .unitChange }, "\(code)")
    }
  }

  /// The Sharpe ratio before costs of always being long, sized by 1 / volatility with a no-trade band of 10 %.
  static func alwaysLong(_ history: MarketHistory, years: ClosedRange<Int>) -> Double {
    var volatility = DailyVolatility()
    var position = 0.0
    var profits: [Double] = []
    for (bar, change) in zip(history.bars, history.rollFreeChanges()) {
      guard let change else { continue }
      if years.contains(bar.date.year) { profits.append(position * change) }
      volatility.update(change)
      guard let value = volatility.value, value > 0 else { continue }
      let target = 1 / value
      if abs(target - position) > 0.1 * target { position = target > position ? 0.9 * target : 1.1 * target }
    }
    let mean = profits.reduce(0, +) / Double(profits.count)
    let squares = profits.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return mean / (squares / Double(profits.count - 1)).squareRoot() * DailyVolatility.daysPerYear.squareRoot()
  }

  /// Reference figures of the sample's notes, to their two decimals and what the details of sizing can change.
  @Test(arguments: [
    ("OATIES", 1990...2007, -0.01), ("OATIES", 2008...2014, 0.12), ("CORN", 1990...2014, 0.04),
    ("WHEAT", 1990...2014, 0.07), ("SOYBEAN", 1990...2014, 0.34),
  ])
  func alwaysBeingLongEarnsWhatTheNotesSay(code: String, years: ClosedRange<Int>, sharpe: Double) throws {
    #expect(abs(Self.alwaysLong(try Self.history(code), years: years) - sharpe) < 0.015)
  }

  /// What a file says later never changes the bars of earlier dates.
  @Test func aShorterFileGivesTheSameBars() throws {
    let path = try #require(TestSupport.sharedData("market/carry/OATIES.csv.gz")).path
    let lines = String(decoding: try FileBytes.read(path), as: UTF8.self).split(separator: "\n").map(String.init)
    let whole = try Self.history("OATIES")
    for last in ["1995-01-31", "2012-06-04", "2012-06-05", "2012-06-29", "2013-01-31", "2014-07-03"] {
      let part = lines.filter { $0 < last + " 23:00:01" || $0.hasPrefix("datetime") }
      let history = try MarketFixture(["carry/OATIES.csv": part]).oats()
      let expected = whole.bars.prefix { $0.date <= date(last) }
      #expect(history.bars.map(\.date) == expected.map(\.date))
      #expect(history.bars.map(\.close) == expected.map(\.close), "to \(last)")
      let moment = try #require(history.bars.last).times.available
      #expect(history.rolls.map(\.toPrice) == whole.rolls.filter { $0.times.available <= moment }.map(\.toPrice))
    }
  }
}
