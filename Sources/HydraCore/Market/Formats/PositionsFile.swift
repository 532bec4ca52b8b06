import HydraNumerics

/// Reads `cot/<SYM>_commercials.csv`: `as_of_date,commercial_long,commercial_short` and optionally `release_time`.
///
/// A report is available at its release time where the file has it (a moment, or a date that means 15:30 New York),
/// else at the scheduled one, and never before the end of its as-of date. Two different reports for one as-of date are
/// an original and its revision, by release time; without a release time nobody can say from when the second one was
/// known, and it is dropped. Numbers in the unit of the old reports are converted, see ``PositionUnits``.
struct PositionsFile {
  /// A report is missing where two as-of dates lie further apart than this many times the usual distance: the lower
  /// quartile of the ``usualGaps`` distances before, or after while fewer than ``minimumGaps`` are before. In weekly
  /// years it is 6 or 7 days, in semi-monthly ones 13 to 15; many missing weeks in a row do not raise it.
  static let gapFactor = 1.5
  static let usualGaps = 16
  static let minimumGaps = 3
  /// Days behind the schedule from which a release is late: a holiday explains less.
  static let lateDays = 4

  /// In the order in which they became available.
  private(set) var reports: [PositionsReport] = []
  private(set) var findings: [DataFinding] = []

  private struct Row {
    var line: Int
    var report: PositionsReport
    var hasRelease: Bool
  }

  private let file: String
  private let rules: RepairRules

  init(
    _ table: MarketTable, symbol: String, oldUnitsPerContract: Double?, ingested: Timestamp,
    rules: RepairRules = RepairRules()
  ) throws(MarketDataError) {
    file = table.file
    self.rules = rules
    try table.require("as_of_date", "commercial_long", "commercial_short")
    var rows: [Row] = []
    for index in 0..<table.rows {
      if let row = try read(table, index, symbol: symbol, ingested: ingested) { rows.append(row) }
    }
    order(&rows)
    if let oldUnitsPerContract { convert(&rows, oldUnitsPerContract) }
    reportGaps(rows)
    rows = rows.filter { judgeRelease($0) }
    reports = rows.map(\.report).enumerated().sorted { a, b in
      let (timeA, timeB) = (a.element.times.available, b.element.times.available)
      return timeA != timeB ? timeA < timeB : a.offset < b.offset
    }.map(\.element)
  }

  private mutating func read(
    _ table: MarketTable, _ index: Int, symbol: String, ingested: Timestamp
  ) throws(MarketDataError) -> Row? {
    let asOf = try table.date(index, "as_of_date")
    var sides: [Double] = []
    for column in ["commercial_long", "commercial_short"] {
      guard let value = try table.number(index, column), value >= 0, value.isFinite else {
        findings.append(
          table.finding(
            .badValue, index, column, date: asOf, message: "is no number of contracts; report left out",
            action: .dropped))
        return nil
      }
      sides.append(value)
    }
    let event = asOf.timestamp(hour: 23)
    var release = try Self.releaseTime(table, index)
    if let early = release, early < event {
      findings.append(
        table.finding(
          .badValue, index, "release_time", date: asOf,
          message: "before the end of the as-of date; the scheduled release counts", action: .converted))
      release = nil
    }
    if let given = release, let meant = ReportRelease.withClockChange(given) {
      var found = table.finding(
        .clockChange, index, "release_time", date: asOf,
        message: "an hour from 15:30 New York in a week in which the clocks were changed",
        action: rules.action(.clockChange))
      switch rules[.clockChange] {
      case .keep: break
      case .drop:
        findings.append(found)
        return nil
      case .correct:
        found.after = meant.description
        release = meant
      }
      findings.append(found)
    }
    let available = release ?? ReportRelease.scheduled(asOf: asOf)
    let times = FactTimes(event: event, published: available, available: available, ingested: ingested)
    return Row(
      line: table.line(index),
      report: PositionsReport(
        symbol: symbol, asOf: asOf, commercialLong: sides[0], commercialShort: sides[1], times: times),
      hasRelease: release != nil)
  }

  /// When a row could be known, before rules and order have their say.
  static func known(_ table: MarketTable, _ row: Int) throws(MarketDataError) -> Timestamp {
    let asOf = try table.date(row, "as_of_date")
    guard let release = try releaseTime(table, row), release >= asOf.timestamp(hour: 23) else {
      return ReportRelease.scheduled(asOf: asOf)
    }
    return release
  }

  private static func releaseTime(_ table: MarketTable, _ index: Int) throws(MarketDataError) -> Timestamp? {
    for column in ["release_time", "release_date"] {
      let text = table.text(index, column)
      if text.isEmpty { continue }
      if text.utf8.count == 10 {
        return ExchangeZone.newYork.timestamp(try table.date(index, column), hour: 15, minute: 30)
      }
      return try table.time(index, column)
    }
    return nil
  }

  /// Sorts by as-of date and release, marks revisions, drops repetitions.
  private mutating func order(_ rows: inout [Row]) {
    for (earlier, later) in zip(rows, rows.dropFirst()) where later.report.asOf < earlier.report.asOf {
      let isDropped = rules[.outOfOrder] == .drop
      findings.append(
        finding(
          .outOfOrder, later, "as_of_date",
          "stands behind \(earlier.report.asOf); " + (isDropped ? "left out" : "sorted by date"),
          rules.action(.outOfOrder), after: isDropped ? nil : "sorted by date"))
    }
    if rules[.outOfOrder] == .drop {
      var newest: CivilDate?
      rows = rows.filter { row in
        guard row.report.asOf >= newest ?? row.report.asOf else { return false }
        newest = row.report.asOf
        return true
      }
    }
    rows = rows.enumerated().sorted { a, b in
      let (x, y) = (a.element.report, b.element.report)
      if x.asOf != y.asOf { return x.asOf < y.asOf }
      if x.times.available != y.times.available { return x.times.available < y.times.available }
      return a.offset < b.offset
    }.map(\.element)
    var kept: [Row] = []
    for var row in rows {
      if let last = kept.last, last.report.asOf == row.report.asOf {
        let isSame =
          last.report.commercialLong == row.report.commercialLong
          && last.report.commercialShort == row.report.commercialShort
        if isSame || !row.hasRelease || row.report.times.available == last.report.times.available {
          let reason = isSame ? "same figures" : "other figures, but no release time of its own"
          findings.append(
            finding(.duplicate, row, "as_of_date", "\(reason) as line \(last.line) of the same date", .dropped))
          continue
        }
        row.report.isRevision = true
      }
      kept.append(row)
    }
    rows = kept
  }

  private mutating func convert(_ rows: inout [Row], _ oldUnitsPerContract: Double) {
    let sides = rows.map { ($0.report.commercialLong, $0.report.commercialShort) }
    let old = PositionUnits.oldUnitRows(sides, oldUnitsPerContract: oldUnitsPerContract)
    guard old > 0 else { return }
    let end = old < rows.count ? rows[old] : rows[old - 1]
    let lines = rows[..<old].map(\.line)
    let isConverted = rules[.unitChange] == .correct
    var found = finding(
      .unitChange, end, "commercial_long",
      "\(old) reports to \(rows[old - 1].report.asOf) (line \(rows[old - 1].line)) are in old units, "
        + "\(NumberText.text(oldUnitsPerContract)) to a contract", rules.action(.unitChange))
    found.after = isConverted ? "lines \(lines.min()!) to \(lines.max()!) divided by it" : nil
    findings.append(found)
    switch rules[.unitChange] {
    case .keep: break
    case .drop: rows.removeFirst(old)
    case .correct:
      for index in 0..<old {
        rows[index].report.commercialLong /= oldUnitsPerContract
        rows[index].report.commercialShort /= oldUnitsPerContract
      }
    }
  }

  private mutating func reportGaps(_ rows: [Row]) {
    let pairs = zip(rows, rows.dropFirst()).filter { $1.report.asOf > $0.report.asOf }
    let gaps = pairs.map { $1.report.asOf - $0.report.asOf }
    for (index, (earlier, later)) in pairs.enumerated() {
      let usual =
        index < Self.minimumGaps
        ? gaps[(index + 1)...].prefix(Self.usualGaps) : gaps[..<index].suffix(Self.usualGaps)
      guard usual.count >= Self.minimumGaps else { continue }
      let days = gaps[index]
      if Double(days) > Self.gapFactor * Double(usual.sorted()[usual.count / 4]) {
        findings.append(
          finding(
            .missingReport, later, "as_of_date", "no report for \(days) days after \(earlier.report.asOf)", .noted))
      }
    }
  }

  /// Reports restated and late releases; false when the rules drop the report.
  private mutating func judgeRelease(_ row: Row) -> Bool {
    let report = row.report
    let days = report.times.available.date - ReportRelease.scheduled(asOf: report.asOf).date
    if report.isRevision {
      findings.append(
        finding(
          .restatedReport, row, "commercial_long", "other figures, known \(report.times.available)",
          rules.action(.restatedReport)))
      return rules[.restatedReport] == .keep
    }
    guard days >= Self.lateDays else { return true }
    findings.append(
      finding(
        .lateReport, row, "release_time", "known \(report.times.available), \(days) days behind schedule",
        rules.action(.lateReport)))
    return rules[.lateReport] == .keep
  }

  private func finding(
    _ kind: DataFinding.Kind, _ row: Row, _ column: String, _ message: String, _ action: DataFinding.Action,
    after: String? = nil
  ) -> DataFinding {
    DataFinding(
      kind, file: file, line: row.line, column: column, date: row.report.asOf, value: "\(row.report.asOf)",
      after: after, message: message, action: action)
  }
}
