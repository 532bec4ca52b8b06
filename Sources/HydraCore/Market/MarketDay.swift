import HydraNumerics

/// All that a history says about one trade date, side by side, as it was known when the date's bar arrived.
public struct MarketDay: Hashable, Sendable {
  public var bar: HeldBar
  /// Change of the held contract's price since the bar before; nil on the first bar and where it is unknown.
  public var change: Double?
  /// The roll out of this bar's contract, dated at its last bar.
  public var roll: Roll?
  /// The second-nearby bar of the same date.
  public var daily: DailyBar?
  /// The newest positions report that was out by then.
  public var report: PositionsReport?
}

extension MarketHistory {
  /// The trade dates between two dates, both included; nil leaves an end open.
  ///
  /// - Complexity: O(n) in all that the history holds.
  public func days(from: CivilDate? = nil, to: CivilDate? = nil) -> [MarketDay] {
    let changes = rollFreeChanges()
    var (day, report, roll) = (0, 0, 0)
    var newest: PositionsReport?
    var result: [MarketDay] = []
    for (index, bar) in bars.enumerated() {
      while day < daily.count, daily[day].date < bar.date { day += 1 }
      while report < reports.count, reports[report].times.available <= bar.times.available {
        if newest.map({ $0.asOf <= reports[report].asOf }) ?? true { newest = reports[report] }
        report += 1
      }
      while roll < rolls.count, rolls[roll].date < bar.date { roll += 1 }
      guard from.map({ bar.date >= $0 }) ?? true, to.map({ bar.date <= $0 }) ?? true else { continue }
      result.append(
        MarketDay(
          bar: bar, change: changes[index],
          roll: roll < rolls.count && rolls[roll].date == bar.date ? rolls[roll] : nil,
          daily: day < daily.count && daily[day].date == bar.date ? daily[day] : nil, report: newest))
    }
    return result
  }

  /// How much there is and of what, for a look at a market.
  public func summary(of days: [MarketDay]) -> JSONValue {
    var volatility = DailyVolatility()
    for change in days.compactMap(\.change) { volatility.update(change) }
    let volumes = days.compactMap { $0.daily?.volume }
    let kinds = DataFinding.Kind.allCases.compactMap { kind -> (key: String, value: JSONValue)? in
      let count = findings.count { $0.kind == kind }
      return count == 0 ? nil : (kind.rawValue, JSONValue(count))
    }
    return [
      "symbol": JSONValue(instrument.symbol), "name": JSONValue(instrument.name),
      "first": JSONValue(days.first.map { "\($0.bar.date)" }), "last": JSONValue(days.last.map { "\($0.bar.date)" }),
      "bars": JSONValue(days.count), "hourly_bars": JSONValue(days.count { $0.bar.source == .hourly }),
      "rolls": JSONValue(days.count { $0.roll != nil }), "changes_unknown": JSONValue(days.count { $0.change == nil }),
      "daily_bars": JSONValue(days.count { $0.daily != nil }),
      "reports": JSONValue(Set(days.compactMap { $0.report?.times.available }).count),
      "last_close": JSONValue(days.last?.bar.close), "daily_volatility": JSONValue(volatility.value),
      "mean_volume": JSONValue(volumes.isEmpty ? nil : volumes.reduce(0, +) / Double(volumes.count)),
      "findings": .object(kinds),
    ]
  }
}
