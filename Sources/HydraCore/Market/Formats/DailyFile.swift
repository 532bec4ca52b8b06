import HydraNumerics

/// Reads `daily/<SYM>.csv`: `date,open,high,low,last,settle,volume,prev_open_interest`, the second-nearby contract.
///
/// A row whose open, high, low or settlement is missing, zero, negative or infinite is dropped. So is one whose
/// settlement is more than ``CarryFile/jumpFactor`` times away from the last good one (until a third row in a row
/// agrees). A row with high below low, or with open, last or settlement outside of them, is kept as it stands and
/// reported: which of the numbers is wrong cannot be told. Negative volumes and open interest become missing.
/// Everything dropped, changed or odd is a finding; nothing is repaired.
struct DailyFile {
  /// Days in a row without a trade that are worth a finding.
  static let zeroVolumeRun = 5

  private(set) var bars: [DailyBar] = []
  private(set) var findings: [DataFinding] = []

  private struct Row {
    var line: Int
    var bar: DailyBar
    var last: Double?
  }

  private let file: String
  private var rows: [Row] = []

  init(_ table: MarketTable, symbol: String, ingested: Timestamp) throws(MarketDataError) {
    file = table.file
    try table.require("date", "open", "high", "low", "settle")
    for index in 0..<table.rows { try read(table, index, symbol: symbol, ingested: ingested) }
    findings += TimeOrder.sort(&rows, file: file, time: \.bar.date, line: \.line)
    dropJumps()
    for row in rows { check(row) }
    reportRuns()
    bars = rows.map(\.bar)
    rows = []
  }

  private mutating func read(
    _ table: MarketTable, _ index: Int, symbol: String, ingested: Timestamp
  ) throws(MarketDataError) {
    let date = try table.date(index, "date")
    var prices: [Double] = []
    for column in ["open", "high", "low", "settle"] {
      guard let price = try table.price(index, column, date: date, findings: &findings) else {
        if table.text(index, column).isEmpty {
          findings.append(
            table.finding(.badValue, index, column, date: date, message: "price is missing", action: .dropped))
        }
        return
      }
      prices.append(price)
    }
    let volume = try size(table, index, "volume", date)
    let interest = try size(table, index, "prev_open_interest", date)
    let time = date.timestamp(hour: 23)
    let bar = DailyBar(
      symbol: symbol, date: date, open: prices[0], high: prices[1], low: prices[2], settle: prices[3], volume: volume,
      previousOpenInterest: interest,
      times: FactTimes(event: time, published: time, available: time, ingested: ingested))
    rows.append(Row(line: table.line(index), bar: bar, last: try table.number(index, "last")))
    if date.weekday >= 5 {
      findings.append(table.finding(.badValue, index, "date", date: date, message: "falls on a weekend", action: .kept))
    }
  }

  private mutating func size(
    _ table: MarketTable, _ index: Int, _ column: String, _ date: CivilDate
  ) throws(MarketDataError) -> Double? {
    guard let value = try table.number(index, column) else { return nil }
    guard value >= 0, value.isFinite else {
      findings.append(
        table.finding(.badValue, index, column, date: date, message: "taken as missing", action: .converted))
      return nil
    }
    return value
  }

  private mutating func dropJumps() {
    var kept: [Row] = []
    kept.reserveCapacity(rows.count)
    var refused: Double?
    var refusals = 0
    for row in rows {
      let settle = row.bar.settle
      if let last = kept.last?.bar.settle, !CarryFile.isNear(settle, last) {
        refusals = refused.map { CarryFile.isNear(settle, $0) } == true ? refusals + 1 : 1
        refused = settle
        let accepted = refusals >= 3
        findings.append(
          finding(
            accepted ? .unitChange : .badValue, row, "settle", settle,
            accepted
              ? "third settlement in a row at this level after \(last): taken as the new level"
              : "more than \(CarryFile.jumpFactor) times away from the last settlement, \(last)",
            accepted ? .noted : .dropped))
        guard accepted else { continue }
      }
      (refused, refusals) = (nil, 0)
      kept.append(row)
    }
    rows = kept
  }

  private mutating func check(_ row: Row) {
    let bar = row.bar
    if bar.high < bar.low {
      findings.append(finding(.highBelowLow, row, "high", bar.high, "below the low, \(bar.low)", .kept))
      return
    }
    for (column, value) in [("open", bar.open), ("settle", bar.settle), ("last", row.last ?? bar.settle)]
    where value < bar.low || value > bar.high {
      findings.append(finding(.outsideRange, row, column, value, "outside \(bar.low) to \(bar.high)", .kept))
      return
    }
  }

  private mutating func reportRuns() {
    var run: [Row] = []
    for (index, row) in rows.enumerated() {
      if index > 0 {
        let days = row.bar.date - rows[index - 1].bar.date
        if days > HeldBarAssembly.longestGap {
          findings.append(
            finding(.gap, row, "date", nil, "no bar for \(days) days after \(rows[index - 1].bar.date)", .noted))
        }
      }
      if row.bar.volume == 0 {
        run.append(row)
      } else {
        report(zeroVolume: run)
        run = []
      }
    }
    report(zeroVolume: run)
  }

  private mutating func report(zeroVolume run: [Row]) {
    guard run.count >= Self.zeroVolumeRun, let last = run.last else { return }
    findings.append(
      finding(
        .zeroVolumeRun, run[0], "volume", 0, "no trade on \(run.count) dates in a row, to \(last.bar.date)", .kept))
  }

  private func finding(
    _ kind: DataFinding.Kind, _ row: Row, _ column: String, _ value: Double?, _ message: String,
    _ action: DataFinding.Action
  ) -> DataFinding {
    DataFinding(
      kind, file: file, line: row.line, column: column, date: row.bar.date, value: value.map(NumberText.text),
      message: message, action: action)
  }
}
