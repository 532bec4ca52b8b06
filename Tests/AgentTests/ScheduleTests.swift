import Foundation
import HydraCore
import Testing

@Suite struct ScheduleTests {
  static func at(_ text: String) -> Timestamp { Timestamp(text)! }

  /// The next `count` times after a moment.
  static func times(_ schedule: JobSchedule, after start: String, _ count: Int) -> [String] {
    var times: [String] = []
    var moment = at(start)
    while times.count < count, let next = schedule.next(after: moment) {
      times.append(next.description)
      moment = next
    }
    return times
  }

  static func cron(_ text: String, _ zone: JobSchedule.Zone = .utc) throws -> JobSchedule {
    JobSchedule(.cron(try CronRule(text)), zone: zone)
  }

  @Test func aDailyTimeKeepsToTheCitysClock() throws {
    // Chicago goes to daylight time on 9 March 2014 and back on 2 November: 14:30 is 20:30 UTC, then 19:30.
    let daily = try Self.cron("30 14 * * *", .exchange(.chicago))
    #expect(
      Self.times(daily, after: "2014-03-07T21:00:00Z", 3) == [
        "2014-03-08T20:30:00Z", "2014-03-09T19:30:00Z", "2014-03-10T19:30:00Z",
      ])
    #expect(
      Self.times(daily, after: "2014-11-01T12:00:00Z", 3) == [
        "2014-11-01T19:30:00Z", "2014-11-02T20:30:00Z", "2014-11-03T20:30:00Z",
      ])
  }

  @Test func aTimeThatIsSkippedIsTakenOnceAndOneThatRepeatsIsTakenOnce() throws {
    // 02:30 does not exist on 9 March in New York: it is taken at 03:30 daylight time, 07:30 UTC.
    let early = try Self.cron("30 2 * * *", .exchange(.newYork))
    #expect(
      Self.times(early, after: "2014-03-08T12:00:00Z", 2) == ["2014-03-09T07:30:00Z", "2014-03-10T06:30:00Z"])
    // 01:30 comes twice on 2 November: at 05:30 and at 06:30 UTC.
    let twice = try Self.cron("30 1 * * *", .exchange(.newYork))
    #expect(
      Self.times(twice, after: "2014-11-01T12:00:00Z", 2) == ["2014-11-02T05:30:00Z", "2014-11-03T06:30:00Z"])
    // Two names of one moment are one run.
    let both = try Self.cron("30 2,3 * * *", .exchange(.newYork))
    #expect(
      Self.times(both, after: "2014-03-09T00:00:00Z", 2) == ["2014-03-09T07:30:00Z", "2014-03-10T06:30:00Z"])
  }

  @Test func anOpenHourFollowsTheTimeThatPasses() throws {
    let hourly = try Self.cron("0 * * * *", .exchange(.newYork))
    // 25 hours between two midnights in autumn, 23 in spring.
    let autumn = Self.times(hourly, after: "2014-11-02T03:59:59Z", 30)
    #expect(autumn.filter { $0 <= "2014-11-03T04:59:59Z" }.count == 25)
    let spring = Self.times(hourly, after: "2014-03-09T04:59:59Z", 30)
    #expect(spring.filter { $0 <= "2014-03-10T03:59:59Z" }.count == 23)
    let gaps = zip(autumn.dropFirst(), autumn).map { Self.at($0).seconds(since: Self.at($1)) }
    #expect(gaps.allSatisfy { $0 == 3600 })
  }

  @Test func tradingDaysLeaveOutWeekendsAndHolidays() throws {
    var settle = try Self.cron("0 15 * * *", .exchange(.chicago))
    settle.calendar = .tradingDays
    // Friday 4 July 2014 is a holiday.
    #expect(
      Self.times(settle, after: "2014-07-02T12:00:00Z", 4) == [
        "2014-07-02T20:00:00Z", "2014-07-03T20:00:00Z", "2014-07-07T20:00:00Z", "2014-07-08T20:00:00Z",
      ])
  }

  @Test func cronFieldsAreReadAsCronReadsThem() throws {
    #expect(
      try Self.times(Self.cron("*/20 8-9 * * *"), after: "2014-01-01T00:00:00Z", 7).map { String($0.dropFirst(11)) }
        == [
          "08:00:00Z", "08:20:00Z", "08:40:00Z", "09:00:00Z", "09:20:00Z", "09:40:00Z", "08:00:00Z",
        ])
    // The 13th, or a Friday: either one counts.
    #expect(
      try Self.times(Self.cron("0 0 13 * FRI"), after: "2014-06-01T00:00:00Z", 4).map { String($0.prefix(10)) }
        == ["2014-06-06", "2014-06-13", "2014-06-20", "2014-06-27"])
    #expect(
      try Self.times(Self.cron("0 0 29 FEB *"), after: "2014-01-01T00:00:00Z", 2).map { String($0.prefix(10)) }
        == ["2016-02-29", "2020-02-29"])
    #expect(
      try Self.times(Self.cron("0 0 * * 7"), after: "2014-06-01T00:00:00Z", 1).map { String($0.prefix(10)) }
        == ["2014-06-08"])
    for wrong in [
      "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "*/0 * * * *", "5-1 * * * *", "a * * * *", "1,,2 * * * *",
    ] {
      #expect(throws: CronRule.ParseError.self, "\(wrong)") { _ = try CronRule(wrong) }
    }
    #expect(try Self.cron("0 0 31 2 *").next(after: Self.at("2014-01-01T00:00:00Z")) == nil)
  }

  // MARK: - Scheduler

  static func hourly(grace: Int64 = 1800, coalesces: Bool = true, jitter: Int64 = 0) -> JobSchedule {
    var schedule = JobSchedule(.every(seconds: 3600, from: at("2014-01-01T00:00:00Z")))
    (schedule.misfireGraceSeconds, schedule.coalesces, schedule.jitterSeconds) = (grace, coalesces, jitter)
    return schedule
  }

  @Test func lateRunsWithinTheGraceBecomeOneAndOlderOnesAreMissed() {
    var scheduler = Scheduler(seed: 1)
    scheduler.add("job", Self.hourly(grace: 2 * 3600), from: Self.at("2014-01-01T00:00:00Z"))
    #expect(scheduler.due(at: Self.at("2014-01-01T00:30:00Z")).isEmpty)
    // Ten hours asleep: 08:00, 09:00 and 10:00 are within two hours of 10:00, seven are not.
    let runs = scheduler.due(at: Self.at("2014-01-01T10:00:00Z"))
    #expect(runs.count == 1)
    #expect(runs[0].scheduled == Self.at("2014-01-01T10:00:00Z") && runs[0].coalesced == 2 && runs[0].missed == 7)
  }

  @Test func withoutCoalescingEveryRunComesOneAtATime() {
    var scheduler = Scheduler(seed: 1)
    scheduler.add("job", Self.hourly(grace: 7200, coalesces: false), from: Self.at("2014-01-01T00:00:00Z"))
    let now = Self.at("2014-01-01T03:00:00Z")
    var seen: [String] = []
    for _ in 0..<5 {
      let runs = scheduler.due(at: now)
      seen += runs.map(\.scheduled.description)
      // Still running: nothing more, however often it is asked.
      #expect(scheduler.due(at: now).isEmpty)
      scheduler.finished("job")
    }
    #expect(seen == ["2014-01-01T01:00:00Z", "2014-01-01T02:00:00Z", "2014-01-01T03:00:00Z"])
  }

  @Test func aJobThatRunsIsNotStartedAgain() {
    var scheduler = Scheduler(seed: 1)
    scheduler.add("job", Self.hourly(grace: 3600), from: Self.at("2014-01-01T00:00:00Z"))
    #expect(scheduler.due(at: Self.at("2014-01-01T01:00:00Z")).count == 1)
    #expect(scheduler.due(at: Self.at("2014-01-01T02:00:00Z")).isEmpty)
    scheduler.finished("job")
    let next = scheduler.due(at: Self.at("2014-01-01T02:30:00Z"))
    #expect(next.map(\.scheduled) == [Self.at("2014-01-01T02:00:00Z")])
  }

  @Test func jitterIsTheSameForTheSameRunAndWithinItsBound() {
    func starts(_ names: [String]) -> [Timestamp] {
      var scheduler = Scheduler(seed: 5)
      for name in names {
        scheduler.add(name, Self.hourly(grace: 3600, jitter: 600), from: Self.at("2014-01-01T00:00:00Z"))
      }
      var found: [Timestamp] = []
      var now = Self.at("2014-01-01T00:00:00Z")
      while now < Self.at("2014-01-03T00:00:00Z") {
        now = now.adding(seconds: 30)
        for run in scheduler.due(at: now) {
          if run.job == "job" { found.append(run.scheduled) }
          scheduler.finished(run.job)
        }
      }
      return found
    }
    let alone = starts(["job"])
    #expect(alone == starts(["another", "job"]))
    let late = alone.map { $0.nanoseconds % 3_600_000_000_000 }
    #expect(late.allSatisfy { $0 >= 0 && $0 <= 600_000_000_000 } && Set(late).count > 40)
  }

  @Test func aStoredSchedulerGoesOnWhereItWas() throws {
    var scheduler = Scheduler(seed: 2)
    scheduler.add("job", try Self.cron("15 * * * *", .exchange(.chicago)), from: Self.at("2014-01-01T00:00:00Z"))
    _ = scheduler.due(at: Self.at("2014-01-01T00:20:00Z"))
    scheduler.finished("job")
    let bytes = try JSONEncoder().encode(scheduler)
    var again = try JSONDecoder().decode(Scheduler.self, from: bytes)
    #expect(again == scheduler)
    #expect(again.nextDue == Self.at("2014-01-01T01:15:00Z"))
    #expect(again.due(at: Self.at("2014-01-01T00:30:00Z")).isEmpty)
  }

  /// A century asleep with a job of every second must not be counted through.
  @Test func aLongSleepIsSoonOver() {
    var scheduler = Scheduler(seed: 1)
    var schedule = JobSchedule(.every(seconds: 1, from: Self.at("1920-01-01T00:00:00Z")))
    schedule.misfireGraceSeconds = 5
    scheduler.add("job", schedule, from: Self.at("1920-01-01T00:00:00Z"))
    let runs = scheduler.due(at: Self.at("2020-01-01T00:00:00Z"))
    #expect(runs.map(\.scheduled) == [Self.at("2020-01-01T00:00:00Z")])
    #expect(runs[0].coalesced == 5)
  }
}
