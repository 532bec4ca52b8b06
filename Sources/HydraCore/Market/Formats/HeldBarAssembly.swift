import HydraNumerics

/// Makes one bar per trade date out of the rows of a `carry` file.
///
/// The close is the settlement row's price or the last intraday price, as ``ClosingPriceRule`` decides with nothing
/// later than the trade date itself; what is appended to a file can therefore not change the bars before it.
/// A bar is known at 23:00 UTC of its date. Left out, and reported:
///
/// - settlement rows on weekends (one finding per file), and those of dates with hourly prices (one per run);
/// - dates on which the chosen source has no price;
/// - dates with nothing but night hours (22:00 to 12:00 UTC) and no settlement row: the exchange was closed by day, as
///   on a holiday whose night session had begun.
///
/// In an hourly bar the neighbours' closes are their last recorded prices of the date, not always of the same hour.
struct HeldBarAssembly {
  /// Longest distance of two bars, in days, that weekends and holidays explain.
  static let longestGap = 5

  private(set) var bars: [HeldBar] = []
  /// Index into the rows of the one that gave each bar its close.
  private(set) var closingRows: [Int] = []
  private(set) var findings: [DataFinding] = []

  private let rows: [CarryRow]
  private let symbol: String
  private let file: String
  private let ingested: Timestamp
  private var rule = ClosingPriceRule()
  private var staleRun: StaleRun?
  private var weekendRows: [Int] = []

  private struct StaleRun {
    var first: CarryRow
    var last: CarryRow
    var count = 0
    var votesBefore: Int
    var staleVotesBefore: Int
  }

  init(rows: [CarryRow], symbol: String, file: String, ingested: Timestamp) {
    self.rows = rows
    self.symbol = symbol
    self.file = file
    self.ingested = ingested
    for (date, day) in tradeDays() { append(date, day) }
    closeStaleRun()
    reportWeekends()
    reportGaps()
  }

  /// Indices of rows by trade date, in time order.
  private func tradeDays() -> [(date: CivilDate, rows: [Int])] {
    let dated = rows.indices.map { (date: rows[$0].tradeDate, row: $0) }
      .sorted { a, b in a.date != b.date ? a.date < b.date : a.row < b.row }
    var days: [(date: CivilDate, rows: [Int])] = []
    for (date, row) in dated {
      if days.last?.date == date {
        days[days.count - 1].rows.append(row)
      } else {
        days.append((date, [row]))
      }
    }
    return days
  }

  private mutating func append(_ date: CivilDate, _ day: [Int]) {
    let settlementRow = day.first { rows[$0].isSettlement }
    guard date.weekday < 5 else {
      // Intraday rows never fall here: their trade date moves on to Monday.
      if let settlementRow { weekendRows.append(settlementRow) }
      return
    }
    let intraday = day.filter { !rows[$0].isSettlement && rows[$0].price != nil }
    let settlement = settlementRow.flatMap { rows[$0].price == nil ? nil : $0 }
    let choice = rule.choose(
      stampsOnTheHour: intraday.map { rows[$0].isOnTheHour }, last: intraday.last.flatMap(price),
      settlement: settlement.flatMap(price))
    switch choice {
    case .settlement:
      closeStaleRun()
      if let settlement {
        appendBar(date, closing: settlement, among: [settlement], source: .settlement)
      } else if let row = settlementRow ?? intraday.last, !rows[row].isRefused {
        report(.gap, rows[row], date, "no settlement price on this date: no bar", .dropped)
      }
    case .intraday:
      if let settlement { extendStaleRun(rows[settlement]) }
      guard let closing = intraday.last else {
        if let row = settlementRow, !rows[row].isRefused {
          report(.gap, rows[row], date, "no hourly price on this date: no bar", .dropped)
        }
        return
      }
      let isNightOnly = intraday.allSatisfy { isNight(rows[$0], date) }
      if isNightOnly, settlementRow == nil {
        let message = "\(intraday.count) night hour(s) and nothing by day: taken as a holiday, no bar"
        report(.gap, rows[closing], date, message, .dropped)
        return
      }
      if isNightOnly {
        report(.gap, rows[closing], date, "only night hours are recorded; the last of them is the close", .kept)
      }
      appendBar(date, closing: closing, among: day.filter { !rows[$0].isSettlement }, source: .hourly)
    }
  }

  private func price(_ row: Int) -> ClosingPriceRule.Price? {
    rows[row].price.map { .init(value: $0, contract: rows[row].contract) }
  }

  private func isNight(_ row: CarryRow, _ tradeDate: CivilDate) -> Bool {
    row.time < tradeDate.timestamp(hour: 12)
  }

  private mutating func appendBar(_ date: CivilDate, closing: Int, among day: [Int], source: HeldBar.Source) {
    let row = rows[closing]
    guard let close = row.price else { return }
    let same = day.filter { rows[$0].contract == row.contract }
    let carry = same.last { rows[$0].carry != nil && rows[$0].carryContract == row.carryContract }
    let next = same.last { rows[$0].forward != nil && rows[$0].forwardContract == row.forwardContract }
    let time = date.timestamp(hour: 23)
    bars.append(
      HeldBar(
        symbol: symbol, date: date, contract: row.contract, close: close, carryContract: row.carryContract,
        carryClose: row.carryContract == nil ? nil : carry.flatMap { rows[$0].carry },
        nextContract: row.forwardContract,
        nextClose: row.forwardContract == nil ? nil : next.flatMap { rows[$0].forward },
        source: source, times: FactTimes(event: time, published: time, available: time, ingested: ingested)))
    closingRows.append(closing)
  }

  private mutating func extendStaleRun(_ row: CarryRow) {
    if staleRun == nil {
      staleRun = StaleRun(first: row, last: row, votesBefore: rule.votes, staleVotesBefore: rule.staleVotes)
    }
    staleRun?.last = row
    staleRun?.count += 1
  }

  private mutating func closeStaleRun() {
    guard let run = staleRun else { return }
    staleRun = nil
    let (votes, stale) = (rule.votes - run.votesBefore, rule.staleVotes - run.staleVotesBefore)
    findings.append(
      DataFinding(
        .staleSettlement, file: file, line: run.first.line, lastLine: run.last.line, column: "price",
        date: run.first.tradeDate,
        value: "\(run.count)",
        message: "\(run.count) settlement rows to \(run.last.tradeDate) (line \(run.last.line)) give way to the last "
          + "intraday price; \(stale) of \(votes) comparable ones are nearer to the price of the trade date before",
        action: .dropped))
  }

  private mutating func reportWeekends() {
    guard let first = weekendRows.first, let last = weekendRows.last else { return }
    findings.append(
      DataFinding(
        .staleSettlement, file: file, line: rows[first].line, lastLine: rows[last].line, column: "datetime",
        date: rows[first].tradeDate,
        value: "\(weekendRows.count)",
        message:
          "\(weekendRows.count) settlement rows on weekends to \(rows[last].tradeDate) (line \(rows[last].line)): "
          + "no trade dates",
        action: .dropped))
  }

  private mutating func reportGaps() {
    for (index, (earlier, later)) in zip(bars, bars.dropFirst()).enumerated()
    where later.date - earlier.date > Self.longestGap {
      findings.append(
        DataFinding(
          .gap, file: file, line: rows[closingRows[index + 1]].line, column: "datetime", date: later.date,
          value: "\(later.date - earlier.date)",
          message: "no bar for \(later.date - earlier.date) days after \(earlier.date)", action: .noted))
    }
  }

  private mutating func report(
    _ kind: DataFinding.Kind, _ row: CarryRow, _ date: CivilDate, _ message: String, _ action: DataFinding.Action
  ) {
    findings.append(
      DataFinding(
        kind, file: file, line: row.line, column: "price", date: date, value: row.price.map(NumberText.text),
        message: message, action: action))
  }
}
