import HydraMarket
import HydraNumerics
import Testing

@Suite struct PositionsImportTests {
  static func history(_ rows: [String], header: String = MarketFixture.reportHeader) throws -> MarketHistory {
    try MarketFixture([
      "carry/OATIES.csv": MarketFixture.oneBar, "cot/ZO_commercials.csv": [header] + rows,
    ]).oats()
  }

  @Test(arguments: [
    ("2014-12-30", "2015-01-02T20:30:00Z"), ("2014-07-01", "2014-07-04T19:30:00Z"),
    ("2014-07-07", "2014-07-11T19:30:00Z"), ("1987-01-30", "1987-02-06T20:30:00Z"),
  ])
  func withoutAReleaseTimeAReportIsKnownOnFriday(asOf: String, release: String) throws {
    let report = try #require(try Self.history(["\(asOf),100,200"]).reports.first)
    #expect(report.times.available == time(release))
    #expect(report.times.event == date(asOf).timestamp(hour: 23))
  }

  @Test func releaseTimesAndRevisionsComeFromTheFile() throws {
    let history = try Self.history(
      [
        "2014-12-02,100,200,2014-12-05T20:30:00Z", "2014-12-02,110,200,2014-12-12T20:30:00Z",
        "2014-12-09,120,200,2015-01-20", "2014-12-16,130,200,2014-12-19T20:30:00Z", "2014-12-23,140,200,2014-12-22",
      ], header: MarketFixture.reportHeader + ",release_time")
    #expect(history.reports.map(\.commercialLong) == [100, 110, 130, 140, 120])
    #expect(history.reports.map(\.isRevision) == [false, true, false, false, false])
    #expect(history.reports[4].times.available == time("2015-01-20T20:30:00Z"))
    #expect(history.reports[3].times.available == time("2014-12-26T20:30:00Z"))
    #expect(history.findings.map(\.kind) == [.restatedReport, .lateReport, .badValue])
  }

  @Test func aSecondReportOfUnknownReleaseIsDropped() throws {
    let history = try Self.history(["2014-12-02,100,200", "2014-12-02,100,200", "2014-12-02,110,200"])
    #expect(history.reports.map(\.commercialLong) == [100])
    #expect(history.findings.map(\.kind) == [.duplicate, .duplicate])
  }

  @Test func thousandsOfBushelsBecomeContracts() throws {
    var rows: [String] = []
    for week in 0..<40 {
      let factor = week < 15 ? 5 : 1
      rows.append("\(date("1997-09-23").adding(days: 7 * week)),\((5000 + 37 * week) * factor),\(8000 * factor)")
    }
    let history = try Self.history(rows)
    #expect(history.reports.map(\.commercialLong) == (0..<40).map { 5000 + 37 * Double($0) })
    #expect(history.reports.allSatisfy { $0.commercialShort == 8000 })
    #expect(history.findings.map(\.kind) == [.unitChange])
    #expect(history.findings[0].line == 17 && history.findings[0].action == .converted)
    // A file that ends before the change gives it away by its last digits.
    #expect(try Self.history(Array(rows.prefix(10))).reports[0].commercialLong == 25_000, "too few to tell")
    let old = (0..<30).map { "\(date("1990-01-02").adding(days: 7 * $0)),\(25_000 + 35 * $0),40000" }
    #expect(try Self.history(old).reports.map(\.commercialLong).first == 5000)
  }

  @Test func missingWeeksAreNoted() throws {
    let rows = (0..<20).filter { $0 != 12 && $0 != 13 }.map { "\(date("2014-01-07").adding(days: 7 * $0)),100,2001" }
    let history = try Self.history(rows)
    #expect(history.findings.map(\.kind) == [.missingReport])
    #expect(history.findings[0].line == 14)
  }

  @Test func badFiguresLeaveTheReportOut() throws {
    let history = try Self.history(["2014-12-02,100,", "2014-12-09,-1,200", "2014-12-16,7,inf", "2014-12-23,1,2"])
    #expect(history.reports.map(\.asOf) == [date("2014-12-23")])
    #expect(history.findings.map(\.kind) == [.badValue, .badValue, .badValue])
  }
}
