import HydraNumerics

/// Reads `daily/<SYM>.csv`: `date,open,high,low,last,settle,volume,prev_open_interest`, the second-nearby contract.
///
/// A row whose open, high, low or settlement is missing, zero, negative or infinite is dropped. So is one whose
/// settlement is more than ``DecimalSlip/jumpFactor`` times away from the last good one (until a third row in a row
/// agrees), or whose open, high, low or last is as far from its settlement. A row with high below low, or with open, last
/// or settlement outside of them, is kept as it stands and reported: which of the numbers is wrong cannot be told.
/// Negative volumes and open interest become missing. Everything dropped, changed or odd is a finding; other
/// ``RepairRules`` drop more, or correct what has one plain correction.
struct DailyFile {
  /// Days in a row without a trade that are worth a finding.
  static let zeroVolumeRun = 5

  private(set) var bars: [DailyBar] = []
  private(set) var findings: [DataFinding] = []

  private struct Row {
    var line: Int
    var bar: DailyBar
    /// The settlement where the file has no last price.
    var last: Double
    /// Whether a price that contradicts the others was kept by a rule.
    var isJudged = false
  }

  private let file: String
  private let rules: RepairRules
  private var rows: [Row] = []

  init(
    _ table: MarketTable, symbol: String, ingested: Timestamp, rules: RepairRules = RepairRules()
  ) throws(MarketDataError) {
    file = table.file
    self.rules = rules
    try table.require("date", "open", "high", "low", "settle")
    for index in 0..<table.rows { try read(table, index, symbol: symbol, ingested: ingested) }
    findings += TimeOrder.sort(
      &rows, file: file, column: "date", rules: rules, time: \.bar.date, date: \.bar.date, line: \.line)
    judgeJumps()
    rows = rows.compactMap { checked($0) }
    reportGaps()
    reportQuietRuns()
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
    rows.append(Row(line: table.line(index), bar: bar, last: try table.number(index, "last") ?? prices[3]))
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

  private mutating func judgeJumps() {
    var kept: [Row] = []
    kept.reserveCapacity(rows.count)
    var good: Double?
    var refused: Double?
    var refusals = 0
    for var row in rows {
      let settle = row.bar.settle
      var isGood = true
      if let last = good,
        let verdict = DecimalSlip.judge(settle, reference: last, referenceName: "the last settlement", rules: rules)
      {
        refusals = refused.map { DecimalSlip.isNear(settle, $0) } == true ? refusals + 1 : 1
        refused = settle
        if refusals >= 3 {
          findings.append(
            finding(
              .unitChange, row, "settle", settle,
              "third settlement in a row at this level after \(last): taken as the new level", .noted))
        } else {
          findings.append(
            finding(
              verdict.kind, row, "settle", settle, verdict.message, rules.action(verdict.kind), after: verdict.after))
          guard let price = verdict.price else { continue }
          row.bar.settle = price
          isGood = false
          if verdict.after == nil {
            // Kept as it stands: its range cannot fit, which is reported already.
            row.isJudged = true
            kept.append(row)
            continue
          }
        }
      }
      if isGood { (good, refused, refusals) = (settle, nil, 0) }
      if judgeRange(&row) { kept.append(row) }
    }
    rows = kept
  }

  /// Compares open, high, low and last with the row's settlement; false when the row is dropped.
  private mutating func judgeRange(_ row: inout Row) -> Bool {
    let fields: [(String, WritableKeyPath<Row, Double>)] = [
      ("open", \.bar.open), ("high", \.bar.high), ("low", \.bar.low), ("last", \.last),
    ]
    for (column, field) in fields {
      let value = row[keyPath: field]
      guard value > 0,
        let verdict = DecimalSlip.judge(
          value, reference: row.bar.settle, referenceName: "the settlement", rules: rules)
      else { continue }
      findings.append(
        finding(verdict.kind, row, column, value, verdict.message, rules.action(verdict.kind), after: verdict.after))
      guard let price = verdict.price else { return false }
      row[keyPath: field] = price
      if verdict.after == nil { row.isJudged = true }
    }
    return true
  }

  /// The row by the rules for impossible ranges; nil when it is dropped.
  private mutating func checked(_ row: Row) -> Row? {
    var row = row
    let bar = row.bar
    guard !row.isJudged else { return row }
    if bar.high < bar.low {
      let isSwapped = rules[.highBelowLow] == .correct
      findings.append(
        finding(
          .highBelowLow, row, "high", bar.high, "below the low, \(bar.low)", rules.action(.highBelowLow),
          after: isSwapped ? NumberText.text(bar.low) : nil))
      if isSwapped { (row.bar.high, row.bar.low) = (bar.low, bar.high) }
      return rules[.highBelowLow] == .drop ? nil : row
    }
    for (column, value) in [("open", bar.open), ("settle", bar.settle), ("last", row.last)]
    where value < bar.low || value > bar.high {
      let isWidened = rules[.outsideRange] == .correct
      if isWidened {
        row.bar.low = min(bar.low, bar.open, bar.settle, row.last)
        row.bar.high = max(bar.high, bar.open, bar.settle, row.last)
      }
      findings.append(
        finding(
          .outsideRange, row, column, value, "outside \(bar.low) to \(bar.high)", rules.action(.outsideRange),
          after: isWidened ? "a range of \(row.bar.low) to \(row.bar.high)" : nil))
      return rules[.outsideRange] == .drop ? nil : row
    }
    return row
  }

  private mutating func reportGaps() {
    for (earlier, later) in zip(rows, rows.dropFirst()) {
      let days = later.bar.date - earlier.bar.date
      guard days > HeldBarAssembly.longestGap else { continue }
      findings.append(finding(.gap, later, "date", nil, "no bar for \(days) days after \(earlier.bar.date)", .noted))
    }
  }

  /// Reports runs of dates without a trade; the rule to drop drops a run's dates from the one on that makes it a run.
  private mutating func reportQuietRuns() {
    var run: [Row] = []
    var kept: [Row] = []
    for row in rows {
      if row.bar.volume == 0 {
        run.append(row)
      } else {
        report(zeroVolume: run)
        run = []
      }
      if run.count < Self.zeroVolumeRun || rules[.zeroVolumeRun] == .keep { kept.append(row) }
    }
    report(zeroVolume: run)
    rows = kept
  }

  private mutating func report(zeroVolume run: [Row]) {
    guard run.count >= Self.zeroVolumeRun, let last = run.last else { return }
    var found = finding(
      .zeroVolumeRun, run[0], "volume", 0, "no trade on \(run.count) dates in a row, to \(last.bar.date)",
      rules.action(.zeroVolumeRun))
    found.lastLine = last.line
    findings.append(found)
  }

  private func finding(
    _ kind: DataFinding.Kind, _ row: Row, _ column: String, _ value: Double?, _ message: String,
    _ action: DataFinding.Action, after: String? = nil
  ) -> DataFinding {
    DataFinding(
      kind, file: file, line: row.line, column: column, date: row.bar.date, value: value.map(NumberText.text),
      after: after, message: message, action: action)
  }
}
