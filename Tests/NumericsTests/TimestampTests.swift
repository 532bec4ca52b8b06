import Foundation
import HydraNumerics
import Testing

@Suite struct TimestampTests {
  @Test(arguments: [
    ("2012-06-04T23:00:00Z", "2012-06-04T23:00:00Z"), ("2012-06-04 23:00:00", "2012-06-04T23:00:00Z"),
    ("2012-06-04", "2012-06-04T00:00:00Z"), ("2012-06-04T23:00", "2012-06-04T23:00:00Z"),
    ("2012-06-04T18:00:00.5-05:00", "2012-06-04T23:00:00.500Z"), ("2012-06-04T00:00:00+05:30", "2012-06-03T18:30:00Z"),
    ("1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999999999Z"),
    ("2000-02-29T00:00:00.000001Z", "2000-02-29T00:00:00.000001Z"),
    ("1677-09-21T00:12:44Z", "1677-09-21T00:12:44Z"),
    ("2262-04-11T23:47:16.854775807Z", "2262-04-11T23:47:16.854775807Z"),
  ])
  func `Moments are read and printed`(text: String, printed: String) {
    #expect(Timestamp(text)?.description == printed)
    #expect(Timestamp(printed)?.description == printed)
  }

  @Test(arguments: [
    "", "2012", "2012-6-4", "2012-02-30", "2012-06-04T", "2012-06-04T24:00:00Z", "2012-06-04T23:60:00Z",
    "2012-06-04T23:00:60Z", "2012-06-04T23:00:00z", "2012-06-04T23:00:00Zx", "2012-06-04T23:00:00.Z",
    "2012-06-04T23:00:00.1234567890Z", "2012-06-04T23:00:00+5", "2012-06-04T23", "2012-06-04T2:00:00", "9999-01-01",
    "1600-01-01",
    "2012-06-04x23:00:00",
  ])
  func `Other texts are no moments`(text: String) { #expect(Timestamp(text) == nil) }

  @Test func `Arithmetic counts in nanoseconds`() {
    let start = Timestamp("2012-06-04T23:00:00Z")!
    #expect(start.adding(seconds: 3600).description == "2012-06-05T00:00:00Z")
    #expect(start.adding(seconds: 3600).seconds(since: start) == 3600)
    #expect(start.adding(nanoseconds: -1).date.description == "2012-06-04")
    #expect(Timestamp(nanoseconds: -1).date.description == "1969-12-31")
    #expect(Timestamp(nanoseconds: -1).nanosecondsOfDay == 86_399_999_999_999)
    #expect(Timestamp(nanoseconds: -1).seconds == -1)
    #expect(Timestamp.distantPast.description == "1677-09-21T00:12:43.145224192Z")
    #expect(Timestamp(Timestamp.distantPast.description) == .distantPast)
    #expect(Timestamp(Timestamp.distantFuture.description) == .distantFuture)
    #expect(Timestamp.distantFuture.seconds(since: .distantPast) > 1.8e10)
    #expect(start < start.adding(nanoseconds: 1))
  }

  @Test func `Codes as text`() throws {
    let start = Timestamp("2012-06-04T23:00:00Z")!
    let data = try JSONEncoder().encode([start])
    #expect(String(decoding: data, as: UTF8.self) == #"["2012-06-04T23:00:00Z"]"#)
    #expect(try JSONDecoder().decode([Timestamp].self, from: data) == [start])
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([Timestamp].self, from: Data(#"["today"]"#.utf8)) }
  }
}
