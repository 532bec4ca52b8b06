import HydraMarket
import HydraNumerics
import TestSupport
import Testing

/// The defects that the sample's notes list for its daily, held-contract and positions files, each found in the files.
@Suite(.enabled(if: TestSupport.sharedData("market") != nil, "the sample market data is not here"))
struct SampleDefectsTests {
  static let findings: Result<[DataFinding], any Error> = Result {
    guard let folder = TestSupport.sharedData("market") else { return [] }
    return try DataCheck(folder: MarketFolder(path: folder.path)).findings()
  }

  static func found(_ kind: DataFinding.Kind, _ file: String) throws -> [DataFinding] {
    try findings.get().filter { $0.kind == kind && $0.file == file + ".csv.gz" }
  }

  @Test func barsOfOatsThatContradictThemselves() throws {
    #expect(try Self.found(.highBelowLow, "daily/ZO").count == 2)
    #expect(try Self.found(.outsideRange, "daily/ZO").count == 24, "26 with the two")
    let holes = try Self.found(.gap, "daily/ZO")
    #expect(holes.map(\.date) == [date("1970-01-05"), date("2014-12-26")])
    #expect(holes[0].message.contains("108 days after 1969-09-19"))
    #expect(holes[1].message.contains("ends here"))
  }

  @Test func yearsInWhichHighEqualsLow() throws {
    let years = try Self.found(.flatRange, "daily/ZO")
    #expect(years.compactMap(\.date?.year) == [2008, 2009, 2010, 2011, 2012, 2013])
    let shares = years.compactMap { $0.value.flatMap { Double($0.dropLast(2)) }?.rounded() }
    #expect(shares == [10, 24, 23, 48, 88, 16])
  }

  @Test func datesWithoutVolume() throws {
    let thin = try #require(try Self.found(.thinVolume, "daily/ZO").first)
    #expect(thin.message.contains("volume 0 on 41 of 13908 dates"))
  }

  @Test(arguments: ["OJ", "CT", "KC", "CC", "SB"])
  func softsHaveNoLastOfTheirOwn(symbol: String) throws {
    #expect(try Self.found(.copiedColumn, "daily/\(symbol)").map(\.column) == ["last"])
  }

  @Test func noOtherMarketCopiesItsSettlements() throws {
    #expect(try Self.findings.get().count { $0.kind == .copiedColumn } == 5)
  }

  @Test(arguments: [("OATIES", 2012), ("REDWHEAT", 2008), ("SOYMEAL", 2008), ("SOYOIL", 2009), ("WHEAT", 2012)])
  func settlementsRepeatTheDateBeforeOnceThereAreHourlyRows(code: String, year: Int) throws {
    let run = try #require(
      try Self.found(.staleSettlement, "carry/\(code)").first { $0.action == .dropped && $0.column == "price" })
    #expect(run.date?.year == year && (run.lastLine ?? 0) > (run.line ?? 0) + 400)
  }

  @Test func cornAndSoybeansAreNotStale() throws {
    for code in ["CORN", "SOYBEAN"] {
      #expect(!(try Self.found(.staleSettlement, "carry/\(code)").contains { $0.action == .dropped }))
    }
  }

  @Test func hoursThatNeverOccur() throws {
    for code in ["OATIES", "WHEAT", "REDWHEAT", "SOYMEAL", "SOYOIL", "COTTON2", "LEANHOG", "LIVECOW", "VIX", "SUGAR11"]
    {
      let hours = try #require(try Self.found(.missingHours, "carry/\(code)").first?.value?.split(separator: " "))
      #expect(Set(["00", "05", "06"]).isSubset(of: Set(hours)), "\(code)")
    }
    #expect(try Self.found(.missingHours, "carry/OATIES").first?.date == date("2012-06-05"))
  }

  @Test func pricesWithinOneHourAndFieldsThatAreEmpty() throws {
    #expect(try Self.found(.duplicate, "carry/CORN").map(\.action) == [.noted, .noted])
    let carry = try #require(try Self.found(.missingValues, "carry/OATIES").first { $0.column == "carry" })
    #expect(carry.value == "63.3 %", "54 to 67 % by the notes")
    for code in ["WHEAT", "LIVECOW", "LEANHOG", "COTTON2", "SUGAR11"] {
      #expect(try Self.found(.missingValues, "carry/\(code)").contains { $0.column == "price" }, "\(code)")
    }
  }

  @Test(arguments: ["ZO", "ZC", "ZW", "ZS"])
  func positionsChangeTheirUnitIn1998AndHaveNoReleaseTimes(symbol: String) throws {
    #expect(try Self.found(.unitChange, "cot/\(symbol)_commercials").map(\.date) == [date("1998-01-06")])
    #expect(try Self.found(.scheduledRelease, "cot/\(symbol)_commercials").count == 1)
    let missing = try Self.found(.missingReport, "cot/\(symbol)_commercials")
    #expect(missing.map(\.date) == [date("2002-01-08")] && missing[0].message.contains("11 days"))
  }

  @Test func theHoursFollowTheClocks() throws {
    #expect(!(try Self.findings.get().contains { $0.kind == .clockChange }))
  }
}
