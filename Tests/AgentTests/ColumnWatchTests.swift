import HydraNumerics
import Testing

@testable import HydraAgent

/// Faults of a column that no stream of the monitor shows, found by the weekly look alone.
@Suite struct ColumnWatchTests {
  static let names = ["level", "other", "season_sin", "season_cos", "season_sin_2", "season_cos_2"]

  /// A wandering column far from zero, a wild one, and a calendar.
  static func history(seed: UInt64) -> FeatureHistory {
    var random = CounterRandom(seed: seed, stream: "column watch")
    var history = FeatureHistory(names: names, horizon: 5)
    var level = 0.0
    for bar in 0..<700 {
      level = 0.98 * level + 0.2 * random.normal()
      let date = CivilDate(dayNumber: Int32(14_000 + bar))
      let phase = 2 * Double.pi * Double(date.dayOfYear - 1) / 365.25
      history.append(
        [
          12 + level, random.normal(), Portable.sin(phase), Portable.cos(phase), Portable.sin(2 * phase),
          Portable.cos(2 * phase),
        ], date: date, known: date.timestamp(hour: 20), change: random.normal(), volatility: 1, completing: nil)
    }
    return history
  }

  /// The diagnosis that the first alarm of the watch leads to, with the bars since the fault.
  static func found(_ fault: ColumnFault?, seed: UInt64) -> (delay: Int, evidence: String)? {
    let sound = history(seed: seed)
    var (watch, seen) = (ColumnWatch(), FeatureHistory(names: names, horizon: 5))
    for row in 0..<sound.count {
      seen.append(
        fault?.values(sound, row: row) ?? Array(sound.row(row)), date: sound.dates[row], known: sound.known[row],
        change: sound.changes[row], volatility: sound.volatilities[row], completing: nil)
      guard let alarm = watch.update(seen) else { continue }
      let forecasts = [Double](repeating: .nan, count: seen.count)
      let diagnosis = Diagnostician().diagnose(alarm, .init(history: seen, forecasts: forecasts, policy: nil))
      guard diagnosis.cause == .dataFault else { return nil }
      return (row - (fault?.row ?? 0), diagnosis.findings[0].evidence)
    }
    return nil
  }

  @Test(arguments: [ColumnFault.Kind.stuck, .scaled, .delayed, .swappedSign])
  func aFaultOfAColumnIsNamedWithinTwoMonths(kind: ColumnFault.Kind) {
    let right = (UInt64(1)...10).count { seed in
      guard let found = Self.found(.init(kind: kind, column: 0, row: 500), seed: seed) else { return false }
      return (0...40).contains(found.delay) && found.evidence.hasPrefix("level ")
    }
    #expect(right >= 9, "\(kind): \(right) of 10")
  }

  @Test func aMovedCalendarIsNamedWithItsDays() {
    let found = Self.found(.init(kind: .movedSeason, column: 2, row: 500), seed: 1)
    #expect(found?.evidence.hasSuffix("the season has moved by 91 days") == true, "\(found as Any)")
  }

  @Test func nothingIsNamedWithoutAFault() {
    for seed in UInt64(1)...10 { #expect(Self.found(nil, seed: seed) == nil) }
  }
}
