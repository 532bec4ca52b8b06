import HydraNumerics

/// Puts rows of a file in time order.
enum TimeOrder {
  /// Sorts `rows` by `time`, the earlier line first where times are equal, and keeps one of each time: by the rules the
  /// first or the last; rows that come late may be dropped instead.
  ///
  /// - Returns: a finding per run of lines that stood behind a later time, and one per line whose time another line has.
  static func sort<Row, Time: Comparable & CustomStringConvertible>(
    _ rows: inout [Row], file: String, column: String, rules: RepairRules, time: (Row) -> Time,
    date: (Row) -> CivilDate, line: (Row) -> Int
  ) -> [DataFinding] {
    var findings: [DataFinding] = []
    let dropsLate = rules[.outOfOrder] == .drop
    var inOrder: [Row] = []
    var latest: Time?
    var run: DataFinding?
    var isSorted = true
    for row in rows {
      if let newest = latest, time(row) < newest {
        isSorted = false
        if run == nil {
          run = DataFinding(
            .outOfOrder, file: file, line: line(row), column: column, date: date(row), value: "\(time(row))",
            message: "", action: rules.action(.outOfOrder))
        }
        run?.lastLine = line(row)
        run?.after = dropsLate ? nil : "sorted by time"
        run?.message =
          "from this line to line \(line(row)): earlier than \(newest), which stands before; "
          + (dropsLate ? "left out" : "sorted by time")
      } else {
        if dropsLate { inOrder.append(row) }
        latest = time(row)
        if let found = run { findings.append(found) }
        run = nil
      }
    }
    if let run { findings.append(run) }
    if !isSorted, dropsLate {
      rows = inOrder
    } else if !isSorted {
      rows = rows.enumerated().sorted { a, b in
        let (timeA, timeB) = (time(a.element), time(b.element))
        return timeA != timeB ? timeA < timeB : a.offset < b.offset
      }.map(\.element)
    }
    var kept: [Row] = []
    kept.reserveCapacity(rows.count)
    for row in rows {
      if let last = kept.last, time(last) == time(row) {
        let isCorrection = rules[.duplicate] == .correct
        findings.append(
          DataFinding(
            .duplicate, file: file, line: line(row), column: column, date: date(row), value: "\(time(row))",
            after: isCorrection ? "in place of line \(line(last))" : nil,
            message: isCorrection
              ? "has the time of line \(line(last)) and counts in its place"
              : "line \(line(last)) has the same time and counts", action: rules.action(.duplicate)))
        if isCorrection { kept[kept.count - 1] = row }
      } else {
        kept.append(row)
      }
    }
    rows = kept
    return findings
  }
}
