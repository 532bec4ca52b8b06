import HydraMarket
import HydraNumerics

/// When a job is due: every so often, or by a time table in an exchange's own time.
///
/// ```swift
/// var settle = JobSchedule(.cron(try CronRule("30 14 * * *")), zone: .exchange(.chicago), calendar: .tradingDays)
/// settle.next(after: now)
/// ```
/// Changes of clocks: a rule that names hours fires once a day. A time that is skipped in spring is taken when the clocks
/// have gone forward (02:30 at 03:30); one that comes twice in autumn is taken the first time. A rule that leaves the hour
/// open, and an interval, follow the time that really passes.
public struct JobSchedule: Hashable, Codable, Sendable {
  /// What makes it due.
  public enum Rule: Hashable, Codable, Sendable {
    case cron(CronRule)
    /// At `from` and every so many seconds after.
    case every(seconds: Int64, from: Timestamp)
  }

  /// Whose clocks a rule means.
  public enum Zone: Hashable, Codable, Sendable {
    case utc
    case exchange(ExchangeZone)

    func date(at moment: Timestamp) -> CivilDate {
      switch self {
      case .utc: moment.date
      case .exchange(let zone): zone.date(at: moment)
      }
    }

    func timestamp(_ date: CivilDate, hour: Int, minute: Int) -> Timestamp {
      switch self {
      case .utc: date.timestamp(hour: hour, minute: minute)
      case .exchange(let zone): zone.timestamp(date, hour: hour, minute: minute)
      }
    }

    func time(at moment: Timestamp) -> (hour: Int, minute: Int) {
      switch self {
      case .utc:
        let minutes = Int(moment.nanosecondsOfDay / 60_000_000_000)
        return (minutes / 60, minutes % 60)
      case .exchange(let zone): return zone.time(at: moment)
      }
    }
  }

  /// On which days, of the zone.
  public enum Calendar: String, Hashable, Codable, Sendable, CaseIterable {
    case everyDay = "every_day"
    case tradingDays = "trading_days"

    func contains(_ date: CivilDate) -> Bool { self == .everyDay || ExchangeCalendar.isTradingDay(date) }
  }

  public var rule: Rule
  public var zone: Zone
  public var calendar: Calendar
  /// A run that is later than this is left out and counted as missed.
  public var misfireGraceSeconds: Int64 = 3600
  /// Whether several runs that are due become one.
  public var coalesces = true
  /// Each run starts up to so many seconds late, by a random number of its own, so that machines do not all call at once.
  public var jitterSeconds: Int64 = 0

  public init(_ rule: Rule, zone: Zone = .utc, calendar: Calendar = .everyDay) {
    if case .every(let seconds, _) = rule { precondition(seconds > 0, "an interval of \(seconds) s") }
    (self.rule, self.zone, self.calendar) = (rule, zone, calendar)
  }

  /// Days that are searched for the next time: the calendar repeats itself within eight years.
  private static let searchedDays = 8 * 366

  /// The first time after `moment`; nil when there is none within eight years.
  public func next(after moment: Timestamp) -> Timestamp? {
    switch rule {
    case .every(let seconds, let start): return nextInterval(seconds, start, after: moment)
    case .cron(let cron):
      let first = zone.date(at: moment)
      for offset in 0...Self.searchedDays {
        let date = first.adding(days: offset)
        guard cron.contains(date), calendar.contains(date) else { continue }
        if let time = cron.everyHour ? running(cron, date, after: moment) : named(cron, date, after: moment) {
          return time
        }
      }
      return nil
    }
  }

  private func nextInterval(_ seconds: Int64, _ start: Timestamp, after moment: Timestamp) -> Timestamp? {
    var next = start
    if moment >= start {
      let step = seconds * 1_000_000_000
      let count = (moment.nanoseconds - start.nanoseconds) / step + 1
      next = start.adding(nanoseconds: count * step)
    }
    // Intervals of more than a day meet a trading day within a few steps, others within a few days.
    let end = moment.adding(seconds: Int64(Self.searchedDays) * 86_400)
    while !calendar.contains(zone.date(at: next)) {
      guard next < end else { return nil }
      next = next.adding(seconds: seconds)
    }
    return next
  }

  /// Times of the day by name: one each, whatever the clocks do.
  private func named(_ cron: CronRule, _ date: CivilDate, after moment: Timestamp) -> Timestamp? {
    var best: Timestamp?
    for hour in cron.hours {
      for minute in cron.minutes {
        let time = zone.timestamp(date, hour: hour, minute: minute)
        if time > moment, best.map({ time < $0 }) ?? true { best = time }
      }
    }
    return best
  }

  /// Minutes that really pass on a date, looked at one by one: 23 to 25 hours of them.
  private func running(_ cron: CronRule, _ date: CivilDate, after moment: Timestamp) -> Timestamp? {
    let begin = zone.timestamp(date, hour: 0, minute: 0)
    let end = zone.timestamp(date.adding(days: 1), hour: 0, minute: 0)
    var time = begin
    if moment >= begin {
      let minutes = (moment.nanoseconds - begin.nanoseconds) / 60_000_000_000 + 1
      time = begin.adding(seconds: 60 * minutes)
    }
    while time < end {
      let clock = zone.time(at: time)
      if cron.minutes.contains(clock.minute), cron.hours.contains(clock.hour) { return time }
      time = time.adding(seconds: 60)
    }
    return nil
  }
}
