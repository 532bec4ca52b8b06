import HydraMarket
import HydraNumerics
import Testing

@Suite struct ExchangeZoneTests {
  /// First and last moment of daylight saving time in New York; Chicago follows an hour later.
  @Test(arguments: [
    ("1967-04-30", "1967-10-29"), ("1973-04-29", "1973-10-28"), ("1974-01-06", "1974-10-27"),
    ("1975-02-23", "1975-10-26"), ("1976-04-25", "1976-10-31"), ("1986-04-27", "1986-10-26"),
    ("1987-04-05", "1987-10-25"), ("2006-04-02", "2006-10-29"), ("2007-03-11", "2007-11-04"),
    ("2014-03-09", "2014-11-02"), ("2024-03-10", "2024-11-03"),
  ])
  func clocksChangeAtTwo(start: String, end: String) {
    for (zone, standard) in [(ExchangeZone.newYork, -5), (.chicago, -6)] {
      let forward = date(start).timestamp(hour: 2 - standard)
      #expect(!zone.isDaylight(at: forward.adding(seconds: -1)))
      #expect(zone.isDaylight(at: forward))
      #expect(zone.time(at: forward) == (3, 0))
      let back = date(end).timestamp(hour: 1 - standard)
      #expect(zone.isDaylight(at: back.adding(seconds: -1)))
      #expect(!zone.isDaylight(at: back))
      #expect(zone.time(at: back) == (1, 0))
    }
  }

  @Test func halfPastThreeInNewYorkIsAnHourEarlierInSummer() {
    let zone = ExchangeZone.newYork
    #expect(zone.timestamp(date("2014-07-04"), hour: 15, minute: 30) == time("2014-07-04T19:30:00Z"))
    #expect(zone.timestamp(date("2014-01-03"), hour: 15, minute: 30) == time("2014-01-03T20:30:00Z"))
  }

  @Test func skippedAndRepeatedHoursHaveOneMeaning() {
    let zone = ExchangeZone.newYork
    #expect(zone.timestamp(date("2014-03-09"), hour: 2, minute: 30) == time("2014-03-09T07:30:00Z"))
    #expect(zone.timestamp(date("2014-11-02"), hour: 1, minute: 30) == time("2014-11-02T05:30:00Z"))
  }

  @Test func localTimesComeBack() {
    var random = CounterRandom(seed: 5, stream: "zone")
    for _ in 0..<20_000 {
      let day = date("1967-01-01").adding(days: random.below(25_000))
      let (hour, minute) = (random.below(24), random.below(60))
      for zone in ExchangeZone.allCases {
        let moment = zone.timestamp(day, hour: hour, minute: minute)
        if hour != 2 { #expect(zone.date(at: moment) == day && zone.time(at: moment) == (hour, minute)) }
      }
    }
  }
}
