import HydraNumerics

/// Writes faults of the kinds that real files have into rows, and leaves a note on each such row.
enum FaultPlanter {
  /// Held-contract rows: a run of stale settlements and a duplicate in the primary market, a bad tick in the
  /// volatility index.
  static func plant(carry rows: inout [SyntheticCarryRow], isPrimary: Bool, symbol: String, seed: UInt64) {
    var random = CounterRandom(seed: seed, stream: "faults carry \(symbol)")
    if isPrimary {
      plantStaleRun(&rows, random: &random)
      let index = rows.count / 5 + random.below(rows.count / 5)
      var second = rows[index]
      second.faults.append(RowFault(kind: .duplicate))
      rows.insert(second, at: index + 1)
    } else if symbol == MarketModel.volatilityIndex.symbol {
      let index = rows.count / 3 + random.below(rows.count / 3)
      rows[index].faults.append(
        RowFault(kind: .badTick, column: "price", trueValue: fixed(rows[index].price)))
      rows[index].price *= 10
    }
  }

  /// Each of ten rows shows the settlement of the trade date before; the run lies within one contract.
  private static func plantStaleRun(_ rows: inout [SyntheticCarryRow], random: inout CounterRandom) {
    let length = 10
    var start = rows.count / 2 + random.below(rows.count / 4)
    while start + length < rows.count, rows[start - 1].priceContract != rows[start + length].priceContract {
      start += 1
    }
    guard start + length < rows.count else { return }
    let original = rows
    for index in start..<start + length {
      rows[index].price = original[index - 1].price
      if original[index].carry != nil, let before = original[index - 1].carry { rows[index].carry = before }
      // A market that stood still says the same a day late: nothing is wrong with such a row.
      if rows[index].price != original[index].price {
        rows[index].faults.append(
          RowFault(kind: .staleSettlement, column: "price", trueValue: fixed(original[index].price)))
      } else if let carry = original[index].carry, rows[index].carry != carry {
        rows[index].faults.append(RowFault(kind: .staleSettlement, column: "carry", trueValue: fixed(carry)))
      }
    }
  }

  /// Second-nearby rows: exchanged highs and lows, tenfold prices, rows that stand twice, a hole of ten days,
  /// settlements outside the range, a run of dates without volume.
  static func plant(daily rows: inout [SyntheticDailyRow], seed: UInt64) {
    var random = CounterRandom(seed: seed, stream: "faults daily")
    let years = max(1, rows.count / 252)
    for _ in 0..<max(2, years / 3) {
      let index = random.below(rows.count)
      guard rows[index].high > rows[index].low else { continue }
      (rows[index].high, rows[index].low) = (rows[index].low, rows[index].high)
      rows[index].faults.append(
        RowFault(
          kind: .highBelowLow, column: "high,low", trueValue: "\(fixed(rows[index].low)),\(fixed(rows[index].high))"))
    }
    for _ in 0..<max(1, years / 4) {
      let index = random.below(rows.count)
      // The first row has none before it from which its price could be judged.
      guard index > 0, rows[index].faults.isEmpty else { continue }
      rows[index].faults.append(RowFault(kind: .badTick, column: "settle", trueValue: fixed(rows[index].settle)))
      rows[index].settle *= 10
    }
    for _ in 0..<max(1, years / 4) {
      let index = random.below(rows.count)
      guard rows[index].faults.isEmpty else { continue }
      var second = rows[index]
      second.faults.append(RowFault(kind: .duplicate))
      rows.insert(second, at: index + 1)
    }
    plantHole(&rows, random: &random)
    for _ in 0..<max(1, years / 4) {
      let index = random.below(rows.count)
      guard rows[index].faults.isEmpty else { continue }
      rows[index].faults.append(RowFault(kind: .outsideRange, column: "settle", trueValue: fixed(rows[index].settle)))
      rows[index].settle = rows[index].high + 50
    }
    plantQuietRun(&rows, random: &random)
  }

  private static func plantHole(_ rows: inout [SyntheticDailyRow], random: inout CounterRandom) {
    let hole = 10
    let start = rows.count / 4 + random.below(rows.count / 4)
    guard start + hole < rows.count, rows[start..<start + hole + 1].allSatisfy(\.faults.isEmpty) else { return }
    let first = rows[start].date
    rows.removeSubrange(start..<start + hole)
    rows[start].faults.append(RowFault(kind: .gap, trueValue: "\(hole) trade dates from \(first)"))
  }

  /// Six dates without volume between dates that have some.
  private static func plantQuietRun(_ rows: inout [SyntheticDailyRow], random: inout CounterRandom) {
    let length = 6
    let first = rows.count / 2 + random.below(rows.count / 4)
    let place = (first..<max(first, rows.count - length)).first { start in
      rows[start - 1].volume > 0 && rows[start + length].volume > 0
        && rows[start - 1...start + length].allSatisfy(\.faults.isEmpty)
    }
    guard let start = place else { return }
    let volumes = rows[start..<start + length].map { "\($0.volume)" }.joined(separator: " ")
    for index in start..<start + length { rows[index].volume = 0 }
    rows[start].faults.append(RowFault(kind: .zeroVolumeRun, column: "volume", trueValue: volumes))
  }

  static func fixed(_ hundredths: Int) -> String {
    var text = FixedText()
    text.append(scaled: hundredths, decimals: 2)
    return String(decoding: text.bytes, as: UTF8.self)
  }
}

extension SyntheticFolder {
  /// The positions reports; the first fifth in thousand bushels when faults are planted.
  func positions(path: String, faults: inout [PlantedFault]) -> [UInt8] {
    let reports = commitments.reports
    var text = FixedText(reserving: reports.count * 56)
    text.append("as_of_date,commercial_long,commercial_short,release_time,revision\n")
    let oldUnits = settings.faults ? reports.count / 5 : 0
    var missing = commitments.withheld[...]
    let misdated = settings.faults ? releasesAfterClockChanges() : [:]
    for (index, report) in reports.enumerated() {
      let line = index + 2
      let factor = index < oldUnits ? 5 : 1
      text.append(report.asOf)
      text.comma()
      text.append(report.long * factor)
      text.comma()
      text.append(report.short * factor)
      text.comma()
      text.append(misdated[index] ?? report.release)
      text.append(report.isRevision ? ",1\n" : ",0\n")
      func note(_ kind: PlantedFault.Kind, _ date: CivilDate) {
        faults.append(PlantedFault(kind: kind, file: path, line: line, lastLine: line, date: date))
      }
      while let date = missing.first, date < report.asOf {
        // Before the first report nobody can miss one.
        if index > 0 { note(.withheldReport, date) }
        missing = missing.dropFirst()
      }
      if report.isRevision { note(.restatedReport, report.asOf) }
      if report.isDelayed { note(.delayedReport, report.asOf) }
      if misdated[index] != nil {
        faults.append(
          PlantedFault(
            kind: .clockChange, file: path, line: line, lastLine: line, date: report.asOf, column: "release_time",
            trueValue: "\(report.release)"))
      }
    }
    if oldUnits > 0 {
      faults.append(
        PlantedFault(
          kind: .unitChange, file: path, line: 2, lastLine: oldUnits + 1, date: reports[oldUnits].asOf,
          column: "commercial_long,commercial_short", trueValue: "a fifth of the figures"))
    }
    return text.bytes
  }

  /// An eighth of the releases that follow a change of the clocks within a week, one at least, with the times that they
  /// would have by the offset from before.
  private func releasesAfterClockChanges() -> [Int: Timestamp] {
    var random = CounterRandom(seed: settings.seed, stream: "faults releases")
    let zone = ExchangeZone.newYork
    var candidates: [(index: Int, release: Timestamp)] = []
    for (index, report) in commitments.reports.enumerated() where !report.isDelayed && !report.isRevision {
      let change =
        zone.offsetSeconds(at: report.release) - zone.offsetSeconds(at: report.release.adding(seconds: -7 * 86_400))
      if change != 0 { candidates.append((index, report.release.adding(seconds: change))) }
    }
    var chosen: [Int: Timestamp] = [:]
    let count = candidates.isEmpty ? 0 : max(1, candidates.count / 8)
    while chosen.count < count {
      let candidate = candidates[random.below(candidates.count)]
      chosen[candidate.index] = candidate.release
    }
    return chosen
  }
}
