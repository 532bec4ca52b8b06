import HydraNumerics

/// Puts rows of a file in time order.
enum TimeOrder {
  /// Sorts `rows` by `time`, the earlier line first where times are equal, and keeps the first of each time.
  ///
  /// - Returns: a finding per run of lines that stood behind a later time, and one per line that was dropped because an
  ///   earlier line has its time.
  static func sort<Row, Time: Comparable & CustomStringConvertible>(
    _ rows: inout [Row], file: String, time: (Row) -> Time, line: (Row) -> Int
  ) -> [DataFinding] {
    var findings: [DataFinding] = []
    var latest: Time?
    var run: DataFinding?
    var isSorted = true
    for row in rows {
      if let newest = latest, time(row) < newest {
        isSorted = false
        if run == nil {
          run = DataFinding(
            .outOfOrder, file: file, line: line(row), value: "\(time(row))",
            message: "", action: .converted)
        }
        run?.message =
          "from this line to line \(line(row)): earlier than \(newest), which stands before; sorted by time"
      } else {
        latest = time(row)
        if let found = run { findings.append(found) }
        run = nil
      }
    }
    if let run { findings.append(run) }
    if !isSorted {
      rows = rows.enumerated().sorted { a, b in
        let (timeA, timeB) = (time(a.element), time(b.element))
        return timeA != timeB ? timeA < timeB : a.offset < b.offset
      }.map(\.element)
    }
    var kept: [Row] = []
    kept.reserveCapacity(rows.count)
    for row in rows {
      if let last = kept.last, time(last) == time(row) {
        findings.append(
          DataFinding(
            .duplicate, file: file, line: line(row), value: "\(time(row))",
            message: "line \(line(last)) has the same time and counts", action: .dropped))
      } else {
        kept.append(row)
      }
    }
    rows = kept
    return findings
  }
}
