import Foundation
import HydraMarket
import HydraNumerics
import Testing

@Suite struct RepairRulesTests {
  static func rules(_ texts: String...) throws -> RepairRules {
    var rules = RepairRules()
    for text in texts { try rules.set(text) }
    return rules
  }

  static func daily(_ rows: [String], _ rules: RepairRules) throws -> MarketHistory {
    try MarketFixture(["carry/OATIES.csv": MarketFixture.oneBar, "daily/ZO.csv": [MarketFixture.dailyHeader] + rows])
      .oats(rules)
  }

  @Test func rulesAreReadFromTextAndFromJSON() throws {
    let rules = try Self.rules("bad_tick=correct", "high_below_low=drop")
    #expect(rules[.badTick] == .correct && rules[.highBelowLow] == .drop && rules[.duplicate] == .drop)
    let json = Data(#"{"bad_tick":"correct","high_below_low":"drop"}"#.utf8)
    #expect(try JSONDecoder().decode(RepairRules.self, from: json) == rules)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let written = try encoder.encode(rules)
    #expect(try JSONDecoder().decode(RepairRules.self, from: written) == rules)
    // What was in force is written in full.
    #expect(try JSONValue(parsing: Array(written)).object?.map(\.key) == RepairRules.kinds.map(\.rawValue))
    // A standard rule that is chosen is no other rule book.
    #expect(try Self.rules("bad_tick=drop") == RepairRules())
  }

  @Test(arguments: [
    ("bad_tick", "'bad_tick' is not of the form KIND=ACTION"), ("bad_tack=drop", "'bad_tack' is no kind of finding"),
    ("bad_tick=mend", "'mend' is no rule for bad_tick; it can be drop, correct, keep"),
    ("gap=drop", "'drop' is no rule for gap; it can be keep"), ("duplicate=keep", "it can be drop, correct"),
  ])
  func wrongRulesAreRefusedWithTheChoices(text: String, problem: String) {
    let error = #expect(throws: RepairRuleError.self) { _ = try Self.rules(text) }
    #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
  }

  @Test func wrongRulesInJSONAreRefused() {
    for text in [#"{"bad_tack":"drop"}"#, #"{"gap":"drop"}"#, #"{"bad_tick":3}"#, "[]"] {
      #expect(throws: DecodingError.self) { try JSONDecoder().decode(RepairRules.self, from: Data(text.utf8)) }
    }
  }

  static let ranges = [
    "2014-12-22,310,312,308,310,310,5,1", "2014-12-23,310,308,312,310,310,5,1", "2014-12-24,310,312,308,310,314,5,1",
    "2014-12-26,310,312,308,310,3110,5,1", "2014-12-29,310,3120,308,310,311,5,1",
  ]

  @Test func byTheStandardRulesOnlyTenfoldPricesAreDropped() throws {
    let history = try Self.daily(Self.ranges, RepairRules())
    #expect(history.daily.map(\.date) == [date("2014-12-22"), date("2014-12-23"), date("2014-12-24")])
    #expect(history.findings.map(\.kind) == [.highBelowLow, .outsideRange, .badTick, .badTick])
    #expect(history.findings.map(\.action) == [.kept, .kept, .dropped, .dropped])
    #expect(history.repairs.map(\.column) == ["settle", "high"] && history.repairs.map(\.line) == [5, 6])
  }

  @Test func whatHasOnePlainCorrectionIsCorrected() throws {
    let history = try Self.daily(
      Self.ranges, Self.rules("bad_tick=correct", "high_below_low=correct", "outside_range=correct"))
    #expect(history.daily.map(\.high) == [312, 312, 314, 312, 312])
    #expect(history.daily.map(\.low) == [308, 308, 308, 308, 308])
    #expect(history.daily.map(\.settle) == [310, 310, 314, 311, 311])
    #expect(history.repairs.map(\.before) == ["308", "314", "3110", "3120"])
    #expect(history.repairs.map(\.after) == ["312", "a range of 308.0 to 314.0", "311", "312"])
    #expect(history.repairs.allSatisfy { $0.rule == .correct && $0.file == "daily/ZO.csv" })
  }

  @Test func whatIsKeptIsReportedOnceAndChangesNothing() throws {
    let history = try Self.daily(Self.ranges, Self.rules("bad_tick=keep"))
    #expect(history.daily.map(\.settle) == [310, 310, 314, 3110, 311])
    #expect(history.daily.last?.high == 3120)
    #expect(history.findings.map(\.kind) == [.highBelowLow, .outsideRange, .badTick, .badTick])
    #expect(history.repairs.isEmpty)
  }

  @Test func rowsMayBeDroppedInstead() throws {
    let history = try Self.daily(Self.ranges, Self.rules("high_below_low=drop", "outside_range=drop"))
    #expect(history.daily.map(\.date) == [date("2014-12-22")])
    #expect(history.repairs.count == 4)
  }

  @Test func heldPricesFollowTheSameRules() throws {
    let rows = [
      "2014-01-02 23:00:00,344,20131200,350,20140300,,20140500",
      "2014-01-03 23:00:00,344,20131200,3510,20140300,,20140500",
      "2014-01-06 23:00:00,3440,20131200,352,20140300,,20140500",
      "2014-01-06 23:00:00,345,20131200,353,20140300,,20140500",
    ]
    func history(_ rules: RepairRules) throws -> MarketHistory {
      try MarketFixture(["carry/OATIES.csv": [MarketFixture.carryHeader] + rows]).oats(rules)
    }
    let corrected = try history(Self.rules("bad_tick=correct"))
    #expect(corrected.bars.map(\.close) == [350, 351, 352] && corrected.bars.map(\.carryClose) == [344, 344, 344])
    let kept = try history(Self.rules("bad_tick=keep"))
    #expect(kept.bars.map(\.close) == [350, 3510, 352] && kept.bars.last?.carryClose == 3440)
    let last = try history(Self.rules("duplicate=correct"))
    #expect(last.bars.map(\.close) == [350, 353])
    #expect(last.repairs.first { $0.kind == .duplicate }?.rule == .correct)
  }

  @Test func reportsFollowTheRulesToo() throws {
    let header = MarketFixture.reportHeader + ",release_time"
    let rows = [
      header, "2014-12-02,100,200,2014-12-05T20:30:00Z", "2014-12-02,110,200,2014-12-12T20:30:00Z",
      "2014-12-09,120,200,2015-01-20", "2014-12-23,140,200,2014-12-26", "2014-12-16,130,200,2014-12-19T20:30:00Z",
    ]
    func longs(_ rules: RepairRules) throws -> [Double] {
      try MarketFixture(["carry/OATIES.csv": MarketFixture.oneBar, "cot/ZO_commercials.csv": rows]).oats(rules).reports
        .map(\.commercialLong)
    }
    #expect(try longs(RepairRules()) == [100, 110, 130, 140, 120])
    #expect(try longs(Self.rules("restated_report=drop")) == [100, 130, 140, 120])
    #expect(try longs(Self.rules("late_report=drop")) == [100, 110, 130, 140])
    #expect(try longs(Self.rules("out_of_order=drop")) == [100, 110, 140, 120])
  }

  @Test func oldUnitsMayBeKeptOrDropped() throws {
    let rows = (0..<40).map { week in
      let factor = week < 15 ? 5 : 1
      return "\(date("1997-09-23").adding(days: 7 * week)),\((5000 + 37 * week) * factor),\(8000 * factor)"
    }
    func reports(_ rule: String) throws -> [Double] {
      try MarketFixture([
        "carry/OATIES.csv": MarketFixture.oneBar, "cot/ZO_commercials.csv": [MarketFixture.reportHeader] + rows,
      ]).oats(Self.rules(rule)).reports
        .map(\.commercialShort)
    }
    #expect(try reports("unit_change=correct") == Array(repeating: 8000, count: 40))
    #expect(try reports("unit_change=keep").first == 40_000)
    #expect(try reports("unit_change=drop").count == 25)
  }

  @Test func quietRunsAreDroppedFromTheDateOnThatMakesThemOne() throws {
    let days = ExchangeCalendar.tradingDays(from: date("2014-12-01"), to: date("2014-12-13"))
    let rows = days.enumerated().map { "\($1),310,312,308,310,310,\((2...8).contains($0) ? 0 : 7),1" }
    let history = try Self.daily(rows, Self.rules("zero_volume_run=drop"))
    #expect(history.daily.map(\.volume) == [7, 7, 0, 0, 0, 0, 7])
  }
}
