import HydraNumerics

/// Reads `cot/<SYM>_commercials.csv`: `as_of_date,commercial_long,commercial_short` and optionally `release_time`.
///
/// A report is available at its release time where the file has it (a moment, or a date that means 15:30 New York),
/// else at the scheduled one, and never before the end of its as-of date. Two different reports for one as-of date are
/// an original and its revision, by release time; without a release time nobody can say from when the second one was
/// known, and it is dropped. Numbers in the unit of the old reports are converted, see ``PositionUnits``.
struct PositionsFile {
  /// A report is missing where two as-of dates lie further apart than this many times the usual distance, the median of
  /// the ``usualGaps`` distances before: 15 days in semi-monthly years, 7 in weekly ones.
  static let gapFactor = 1.3
  static let usualGaps = 8
  /// Taken as the usual distance while fewer than ``minimumGaps`` are known.
  static let longestUsualGap = 15
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

  init(
    _ table: MarketTable, symbol: String, oldUnitsPerContract: Double?, ingested: Timestamp
  ) throws(MarketDataError) {
    file = table.file
    try table.require("as_of_date", "commercial_long", "commercial_short")
    var rows: [Row] = []
    for index in 0..<table.rows {
      if let row = try read(table, index, symbol: symbol, ingested: ingested) { rows.append(row) }
    }
    order(&rows)
    if let oldUnitsPerContract { convert(&rows, oldUnitsPerContract) }
    reportGaps(rows)
    reportReleases(rows)
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
    var release = try releaseTime(table, index)
    if let early = release, early < event {
      findings.append(
        table.finding(
          .badValue, index, "release_time", date: asOf,
          message: "before the end of the as-of date; the scheduled release counts", action: .converted))
      release = nil
    }
    let available = release ?? ReportRelease.scheduled(asOf: asOf)
    let times = FactTimes(event: event, published: available, available: available, ingested: ingested)
    return Row(
      line: table.line(index),
      report: PositionsReport(
        symbol: symbol, asOf: asOf, commercialLong: sides[0], commercialShort: sides[1], times: times),
      hasRelease: release != nil)
  }

  private func releaseTime(_ table: MarketTable, _ index: Int) throws(MarketDataError) -> Timestamp? {
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
      findings.append(
        finding(.outOfOrder, later, "as_of_date", "stands behind \(earlier.report.asOf); sorted by date", .converted))
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
    for index in 0..<old {
      rows[index].report.commercialLong /= oldUnitsPerContract
      rows[index].report.commercialShort /= oldUnitsPerContract
    }
    let end = old < rows.count ? rows[old] : rows[old - 1]
    findings.append(
      finding(
        .unitChange, end, "commercial_long",
        "\(old) reports to \(rows[old - 1].report.asOf) (line \(rows[old - 1].line)) are in old units, "
          + "divided by \(oldUnitsPerContract) to contracts", .converted))
  }

  private mutating func reportGaps(_ rows: [Row]) {
    var gaps: [Int] = []
    for (earlier, later) in zip(rows, rows.dropFirst()) where later.report.asOf > earlier.report.asOf {
      let days = later.report.asOf - earlier.report.asOf
      let usual = gaps.suffix(Self.usualGaps).sorted()
      let median = usual.count < Self.minimumGaps ? Self.longestUsualGap : usual[usual.count / 2]
      if Double(days) > Self.gapFactor * Double(median) {
        findings.append(
          finding(
            .missingReport, later, "as_of_date", "no report for \(days) days after \(earlier.report.asOf)", .noted))
      }
      gaps.append(days)
    }
  }

  private mutating func reportReleases(_ rows: [Row]) {
    for row in rows {
      let report = row.report
      let days = report.times.available.date - ReportRelease.scheduled(asOf: report.asOf).date
      if report.isRevision {
        findings.append(
          finding(.restatedReport, row, "commercial_long", "other figures, known \(report.times.available)", .kept))
      } else if days >= Self.lateDays {
        findings.append(
          finding(
            .lateReport, row, "release_time", "known \(report.times.available), \(days) days behind schedule", .kept))
      }
    }
  }

  private func finding(
    _ kind: DataFinding.Kind, _ row: Row, _ column: String, _ message: String, _ action: DataFinding.Action
  ) -> DataFinding {
    DataFinding(
      kind, file: file, line: row.line, column: column, date: row.report.asOf, value: "\(row.report.asOf)",
      message: message, action: action)
  }
}
