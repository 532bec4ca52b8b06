import HydraNumerics

/// Weekly reports of commercial traders' positions, with the ways in which real ones fail to come.
struct CommitmentsSimulation: Sendable {
  struct Report: Hashable, Sendable {
    var asOf: CivilDate
    var long: Int
    var short: Int
    var release: Timestamp
    var isRevision: Bool
    /// The net share in standard deviations: the feature that carries the planted effect.
    var feature: Double
    var traders: Int
    var isDelayed: Bool
  }

  /// Mean and standard deviation of the commercials' (long - short) / (long + short).
  static let meanNetShare = -0.15
  static let netShareSpread = 0.11
  /// Week-to-week autocorrelation of the net share: nine weeks' half-life.
  static let weeklyPersistence = 0.926
  /// Commercials sell into rises: correlation of the week's innovation with the week's price shocks.
  static let priceResponse = -0.35
  /// A report appears only with so many traders.
  static let reportingThreshold = 20

  /// Published reports, by as-of date and then by release.
  private(set) var reports: [Report] = []
  /// As-of dates of reports that did not appear.
  private(set) var withheld: [CivilDate] = []

  /// - Parameters:
  ///   - shocks: the day's price shocks, variance one.
  ///   - openInterest: contracts of all months by day.
  ///   - isThin: days of a liquidity drought, when large traders are fewer.
  init(days: [CivilDate], shocks: [Double], openInterest: [Int], isThin: [Bool], faults: Bool, seed: UInt64) {
    var random = CounterRandom(seed: seed, stream: "commitments")
    let persistence = Self.weeklyPersistence
    let step = (1 - persistence * persistence).squareRoot()
    let own = (1 - Self.priceResponse * Self.priceResponse).squareRoot()
    var feature = random.normal()
    var crowd = random.normal()
    var (shockSum, shockCount) = (0.0, 0)
    var all: [Report] = []
    for (day, date) in days.enumerated() {
      shockSum += shocks[day]
      shockCount += 1
      // As of Tuesday, or of the day before when Tuesday is a holiday.
      let isLastToTuesday =
        date.weekday <= 1 && (day + 1 == days.count || days[day + 1].weekday != 1 || date.weekday == 1)
      guard isLastToTuesday else { continue }
      let weekShock = shockSum / Double(shockCount).squareRoot()
      (shockSum, shockCount) = (0, 0)
      feature = persistence * feature + step * (Self.priceResponse * weekShock + own * random.normal())
      crowd = 0.9 * crowd + 0.19.squareRoot() * random.normal()
      let traders = Int((26.8 + 4.2 * crowd - (isThin[day] ? 3 : 0)).rounded())
      let share = min(max(Self.meanNetShare + Self.netShareSpread * feature, -0.95), 0.95)
      let gross = Double(openInterest[day]) * 0.85 * (1 + 0.05 * random.normal())
      all.append(
        Report(
          asOf: date, long: Int((gross * (1 + share) / 2).rounded()), short: Int((gross * (1 - share) / 2).rounded()),
          release: Self.usualRelease(asOf: date), isRevision: false, feature: feature, traders: traders,
          isDelayed: false))
    }
    withheld = all.filter { $0.traders < Self.reportingThreshold }.map(\.asOf)
    reports = all.filter { $0.traders >= Self.reportingThreshold }
    guard faults, reports.count >= 40 else { return }
    delayBlock(random: &random)
    restate(random: &random)
  }

  /// Friday after at 15:30 in New York; Monday when that Friday is a holiday.
  static func usualRelease(asOf: CivilDate) -> Timestamp {
    var friday = asOf.adding(days: 3)
    while friday.weekday != 4 { friday = friday.adding(days: 1) }
    return ExchangeZone.newYork.timestamp(ExchangeCalendar.tradingDay(atOrAfter: friday), hour: 15, minute: 30)
  }

  /// One run of reports begins six weeks late and catches up with two releases a week, Tuesdays and Fridays.
  private mutating func delayBlock(random: inout CounterRandom) {
    let start = reports.count / 4 + random.below(reports.count / 4)
    var slot = reports[start].release.date.adding(days: 42)
    for index in start..<reports.count {
      while slot.weekday != 1 && slot.weekday != 4 { slot = slot.adding(days: 1) }
      let release = ExchangeZone.newYork.timestamp(ExchangeCalendar.tradingDay(atOrAfter: slot), hour: 15, minute: 30)
      guard release > reports[index].release else { return }
      reports[index].release = release
      reports[index].isDelayed = true
      slot = slot.adding(days: 1)
    }
  }

  /// About one report in two years is published again a week later with other figures.
  private mutating func restate(random: inout CounterRandom) {
    var revised: [Report] = []
    for report in reports {
      revised.append(report)
      let (place, size) = (random.uniform(), random.normal())
      guard place < 0.01, !report.isDelayed else { continue }
      var second = report
      second.isRevision = true
      second.release = Self.usualRelease(asOf: report.asOf.adding(days: 7))
      second.long = max(0, report.long + Int((Double(report.long) * 0.02 * size).rounded()) + 1)
      // The same figures again would restate nothing.
      if second.long == report.long { second.long += 1 }
      revised.append(second)
    }
    reports = revised
  }

  /// For each day the feature of the newest report that had been released by 23:00 UTC; NaN before the first.
  func knownFeature(days: [CivilDate]) -> [Double] {
    let byRelease = reports.filter { !$0.isRevision }.sorted { ($0.release, $0.asOf) < ($1.release, $1.asOf) }
    var next = 0
    var newest: Report?
    return days.map { day in
      let now = day.timestamp(hour: 23)
      while next < byRelease.count, byRelease[next].release <= now {
        if newest.map({ $0.asOf < byRelease[next].asOf }) ?? true { newest = byRelease[next] }
        next += 1
      }
      return newest?.feature ?? .nan
    }
  }
}
