import Foundation
import HydraNumerics
import Testing

@Suite struct CivilDateTests {
  @Test func `Every day of six centuries agrees with counting`() {
    var expected = CivilDate(year: 1600, month: 1, day: 1).dayNumber
    for year in 1600..<2200 {
      for month in 1...12 {
        for day in 1...CivilDate.daysInMonth(year: year, month: month) {
          let date = CivilDate(year: year, month: month, day: day)
          guard date.dayNumber == expected, date.components == (year, month, day) else {
            Issue.record("\(year)-\(month)-\(day): day \(date.dayNumber), not \(expected)")
            return
          }
          expected += 1
        }
      }
    }
    #expect(CivilDate(year: 1970, month: 1, day: 1).dayNumber == 0)
    #expect(expected == 84_006)  // 2200-01-01
  }

  @Test func `Weekdays, differences and days of the year`() {
    let date = CivilDate(year: 2012, month: 6, day: 4)
    #expect(date.weekday == 0)
    #expect(date.adding(days: -1).weekday == 6)
    #expect(CivilDate(year: 1969, month: 12, day: 31).weekday == 2)
    #expect(CivilDate(year: 1900, month: 1, day: 1).weekday == 0)
    #expect(date.adding(days: 30).description == "2012-07-04")
    #expect(date.adding(days: 30) - date == 30)
    #expect(date.dayOfYear == 156)
    #expect(CivilDate(year: 2012, month: 12, day: 31).dayOfYear == 366)
    #expect(date.timestamp(hour: 23, minute: 30).description == "2012-06-04T23:30:00Z")
    #expect(!CivilDate.isLeap(1900) && CivilDate.isLeap(2000) && CivilDate.isLeap(2012))
  }

  @Test(arguments: ["2012-02-29", "0000-01-01", "9999-12-31", "1970-01-01"])
  func `Dates are read and printed`(text: String) { #expect(CivilDate(text)?.description == text) }

  @Test(arguments: [
    "2011-02-29", "2012-13-01", "2012-00-01", "2012-01-00", "2012/01/01", "2012-1-1", "20120101", " 2012-01-01", "",
    "2012-01-0x",
  ])
  func `Other texts are no dates`(text: String) { #expect(CivilDate(text) == nil) }

  @Test func `Codes as text`() throws {
    let date = CivilDate(year: 2012, month: 6, day: 4)
    let data = try JSONEncoder().encode(["d": date])
    #expect(String(decoding: data, as: UTF8.self) == #"{"d":"2012-06-04"}"#)
    #expect(try JSONDecoder().decode([String: CivilDate].self, from: data)["d"] == date)
  }
}
