import HydraNumerics

/// What the intraday rows of a held-contract file say when they are seen as a whole.
enum HourlyNotes {
  /// Share of empty fields from which a column is worth a note.
  static let emptyShare = 0.25
  static let minimumRows = 100
  /// Trade dates on either side of a clock change whose usual last hour is compared, and how many must agree on it.
  static let dates = 5
  static let minimumAgreement = 4

  static func findings(_ rows: [CarryRow], file: String) -> [DataFinding] {
    let intraday = rows.filter { !$0.isSettlement }
    let priced = intraday.filter { $0.price != nil }
    var findings = secondPrices(priced, file)
    findings += emptyFields(rows, intraday, priced, file)
    if let found = missingHours(priced, file) { findings.append(found) }
    findings += clockChanges(priced, file)
    return findings
  }

  private static func hour(_ row: CarryRow) -> Int { Int(row.time.nanosecondsOfDay / 3_600_000_000_000) }

  /// Prices within the hour of the price before, in a feed that has one an hour.
  private static func secondPrices(_ priced: [CarryRow], _ file: String) -> [DataFinding] {
    zip(priced, priced.dropFirst()).compactMap { before, row in
      guard row.time.date == before.time.date, hour(row) == hour(before) else { return nil }
      return DataFinding(
        .duplicate, file: file, line: row.line, column: "datetime", date: row.tradeDate, value: "\(row.time)",
        message: "second price within the hour of line \(before.line)", action: .noted)
    }
  }

  private static func emptyFields(
    _ rows: [CarryRow], _ intraday: [CarryRow], _ priced: [CarryRow], _ file: String
  ) -> [DataFinding] {
    var findings: [DataFinding] = []
    func note(_ column: String, _ empty: [CarryRow], of count: Int, _ what: String) {
      guard let first = empty.first, let last = empty.last else { return }
      findings.append(
        DataFinding(
          .missingValues, file: file, line: first.line, lastLine: last.line, column: column, date: first.tradeDate,
          value: DailyNotes.percent(empty.count, count),
          message: "\(column) is empty in \(empty.count) of \(count) \(what)", action: .noted))
    }
    let bare = rows.filter { $0.carry == nil }
    if rows.count >= minimumRows, Double(bare.count) > emptyShare * Double(rows.count) {
      note("carry", bare, of: rows.count, "rows")
    }
    if priced.count < intraday.count {
      note("price", intraday.filter { $0.price == nil && !$0.isRefused }, of: intraday.count, "intraday rows")
    }
    return findings
  }

  private static func missingHours(_ priced: [CarryRow], _ file: String) -> DataFinding? {
    let hourly = priced.filter(\.isOnTheHour)
    guard hourly.count >= minimumRows, let first = hourly.first, let last = hourly.last else { return nil }
    let seen = Set(hourly.map(hour))
    // 23:00 is the settlement's own.
    let missing = (0..<23).filter { !seen.contains($0) }
    guard !missing.isEmpty else { return nil }
    let text = missing.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: " ")
    return DataFinding(
      .missingHours, file: file, line: first.line, lastLine: last.line, column: "datetime", date: first.tradeDate,
      value: text, message: "these UTC hours never occur among \(hourly.count) hourly prices from \(first.time)",
      action: .noted)
  }

  /// Changes of the clocks after which the day session's last hour stays where it was in UTC: such stamps are not UTC.
  private static func clockChanges(_ priced: [CarryRow], _ file: String) -> [DataFinding] {
    let hourly = priced.filter { $0.isOnTheHour && hour($0) < 22 && $0.time.date.weekday < 5 }
    var sessions: [(date: CivilDate, last: Int, line: Int)] = []
    for row in hourly {
      if sessions.last?.date == row.time.date {
        sessions[sessions.count - 1].last = hour(row)
      } else {
        sessions.append((row.time.date, hour(row), row.line))
      }
    }
    let zone = ExchangeZone.chicago
    var findings: [DataFinding] = []
    for index in sessions.indices.dropFirst() {
      let (before, after) = (sessions[index - 1], sessions[index])
      let change =
        zone.offsetSeconds(at: after.date.timestamp(hour: 15)) - zone.offsetSeconds(at: before.date.timestamp(hour: 15))
      guard change != 0, after.date - before.date < 7,
        let old = usual(sessions[max(0, index - dates)..<index].map(\.last)),
        let new = usual(sessions[index..<min(sessions.count, index + dates)].map(\.last)), new == old,
        // From 22:00 on an hour belongs to the next trade date: a later end of the session would not show.
        new < 21
      else { continue }
      findings.append(
        DataFinding(
          .clockChange, file: file, line: after.line, column: "datetime", date: after.date, value: "\(new):00",
          message: "the clocks were changed after \(before.date), but the last hour of the session stays: is this UTC?",
          action: .noted))
    }
    return findings
  }

  /// The hour that nearly all sessions end with; nil when they do not agree.
  private static func usual(_ hours: [Int]) -> Int? {
    let counts = Dictionary(hours.map { ($0, 1) }, uniquingKeysWith: +)
    return counts.first { $0.value >= minimumAgreement }?.key
  }
}
