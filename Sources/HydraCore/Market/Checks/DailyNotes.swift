import HydraNumerics

/// What a second-nearby file says when it is seen as a whole.
///
/// - whole rows that repeat the date before, volume and all;
/// - a file that ends while the market goes on;
/// - years in which high equals low on more than ``flatShare`` of the dates, as where pit and electronic sessions mix;
/// - a column `last` that repeats the settlement on every row of a year's worth or more;
/// - volume 0 on more than ``zeroShare`` of all dates, or on more than ``zeroShareOfAYear`` of a year's.
enum DailyNotes {
  static let flatShare = 0.08
  static let zeroShare = 0.005
  static let zeroShareOfAYear = 0.02
  /// Lots a day that are few.
  static let thinVolume = 50.0
  static let minimumRows = 100

  static func findings(
    _ table: MarketTable, bars: [DailyBar], last: CivilDate?
  ) throws(MarketDataError) -> [DataFinding] {
    var lines: [CivilDate: Int] = [:]
    for row in 0..<table.rows {
      let date = try table.date(row, "date")
      lines[date] = lines[date] ?? table.line(row)
    }
    var findings = repeats(bars, table.file, lines)
    if let end = bars.last, let last, last - end.date > HeldBarAssembly.longestGap - 1 {
      findings.append(
        DataFinding(
          .gap, file: table.file, line: lines[end.date], column: "date", date: end.date, value: "\(end.date)",
          message: "the file ends here; the held contract has bars to \(last)", action: .noted))
    }
    let years = Dictionary(grouping: bars, by: \.date.year).sorted { $0.key < $1.key }
    for (year, rows) in years where rows.count >= minimumRows {
      let flat = rows.filter { $0.high == $0.low }
      guard Double(flat.count) > flatShare * Double(rows.count) else { continue }
      findings.append(
        DataFinding(
          .flatRange, file: table.file, line: lines[flat[0].date], lastLine: lines[flat[flat.count - 1].date],
          column: "high", date: flat[0].date, value: percent(flat.count, rows.count),
          message: "high equals low on \(flat.count) of \(rows.count) dates of \(year)", action: .noted))
    }
    if let found = try copiedLast(table) { findings.append(found) }
    if let found = thinVolume(bars, years.map(\.value), table.file, lines) { findings.append(found) }
    return findings
  }

  private static func repeats(_ bars: [DailyBar], _ file: String, _ lines: [CivilDate: Int]) -> [DataFinding] {
    zip(bars, bars.dropFirst()).compactMap { before, bar in
      guard let volume = bar.volume, volume > 0, volume == before.volume, bar.high > bar.low,
        [bar.open, bar.high, bar.low, bar.settle] == [before.open, before.high, before.low, before.settle]
      else { return nil }
      return DataFinding(
        .staleSettlement, file: file, line: lines[bar.date], column: "settle", date: bar.date,
        value: NumberText.text(bar.settle), message: "all prices and the volume repeat \(before.date)", action: .noted)
    }
  }

  private static func copiedLast(_ table: MarketTable) throws(MarketDataError) -> DataFinding? {
    guard table.has("last"), table.rows >= minimumRows else { return nil }
    for row in 0..<table.rows where table.text(row, "last") != table.text(row, "settle") { return nil }
    return DataFinding(
      .copiedColumn, file: table.file, line: 2, lastLine: table.line(table.rows - 1), column: "last",
      message: "equals settle on all \(table.rows) rows: it is no last price", action: .noted)
  }

  private static func thinVolume(
    _ bars: [DailyBar], _ years: [[DailyBar]], _ file: String, _ lines: [CivilDate: Int]
  ) -> DataFinding? {
    let traded = bars.filter { $0.volume != nil }
    let zero = traded.filter { $0.volume == 0 }
    guard let first = zero.first, traded.count >= minimumRows else { return nil }
    var worst: (year: Int, count: Int, of: Int)?
    for rows in years where rows.count >= minimumRows {
      let count = rows.count { $0.volume == 0 }
      // Compared as fractions.
      if worst.map({ count * $0.of > $0.count * rows.count }) ?? true { worst = (rows[0].date.year, count, rows.count) }
    }
    let isOften = Double(zero.count) > zeroShare * Double(traded.count)
    let isOftenOnce = worst.map { Double($0.count) > zeroShareOfAYear * Double($0.of) } ?? false
    guard isOften || isOftenOnce else { return nil }
    let few = traded.count { $0.volume! < thinVolume }
    return DataFinding(
      .thinVolume, file: file, line: lines[first.date], lastLine: lines[zero[zero.count - 1].date], column: "volume",
      date: first.date, value: percent(zero.count, traded.count),
      message: "volume 0 on \(zero.count) of \(traded.count) dates"
        + (worst.map { ", \($0.count) of them in \($0.year)" } ?? "")
        + "; under \(Int(thinVolume)) contracts on \(percent(few, traded.count))", action: .noted)
  }

  static func percent(_ count: Int, _ total: Int) -> String {
    "\(NumberText.text((1000 * Double(count) / Double(total)).rounded() / 10)) %"
  }
}
