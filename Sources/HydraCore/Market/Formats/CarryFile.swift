import HydraNumerics

/// One row of a `carry` file: a moment, with prices of up to three contracts.
struct CarryRow {
  var line: Int
  var time: Timestamp
  var contract: ContractMonth
  /// Price of `contract`; nil where empty or not usable.
  var price: Double?
  var carryContract: ContractMonth?
  var carry: Double?
  var forwardContract: ContractMonth?
  var forward: Double?
  /// Whether the row had a price that was dropped: its absence is reported already.
  var isRefused = false

  /// A row of 23:00:00 UTC marks the day's settlement; all others are intraday prices.
  var isSettlement: Bool { time.nanosecondsOfDay == 23 * 3_600_000_000_000 }

  /// Stamped on the full hour, as the rows of an hourly feed are.
  var isOnTheHour: Bool { time.nanosecondsOfDay % 3_600_000_000_000 == 0 }

  /// When the row could be known: hourly rows are labelled with the start of their hour.
  var known: Timestamp { Self.known(time) }

  static func known(_ time: Timestamp) -> Timestamp {
    let hour: Int64 = 3_600_000_000_000
    let isHourly = time.nanosecondsOfDay % hour == 0 && time.nanosecondsOfDay != 23 * hour
    return isHourly ? time.adding(seconds: 3600) : time
  }

  /// The exchange's trade date: from 22:00 UTC on the next day's, and Monday for what falls on a weekend.
  ///
  /// Settlement rows carry the date itself.
  var tradeDate: CivilDate {
    let date = time.date
    if isSettlement { return date }
    let next = time.nanosecondsOfDay >= 22 * 3_600_000_000_000 ? date.adding(days: 1) : date
    return next.weekday >= 5 ? next.adding(days: 7 - next.weekday) : next
  }
}

/// Reads `carry/<CODE>.csv`: `datetime,carry,carry_contract,price,price_contract,forward,forward_contract`.
///
/// Times are UTC. What is not a time, a number or a contract makes the file malformed. Prices that are numbers but not
/// prices are reported and taken as missing:
///
/// - zero, negative and infinite ones;
/// - a price of the held contract more than ``DecimalSlip/jumpFactor`` times above or below the last good one, unless the
///   two rows before it were refused for agreeing with it: then the new level is accepted and reported;
/// - a neighbour's price as far from the held contract's in the same row.
///
/// Rows that come late are put in their place and reported; of rows with the same time the first one counts. Other
/// ``RepairRules`` put a misplaced decimal point right, keep what jumps, or let the last row of a time count.
struct CarryFile {
  private(set) var rows: [CarryRow] = []
  private(set) var findings: [DataFinding] = []

  init(_ table: MarketTable, rules: RepairRules = RepairRules()) throws(MarketDataError) {
    try table.require("datetime", "price", "price_contract")
    if table.rows == 0 {
      findings.append(
        DataFinding(.missingValues, file: table.file, line: 1, message: "has a header and no rows", action: .noted))
    }
    rows.reserveCapacity(table.rows)
    for index in 0..<table.rows {
      let time = try table.time(index, "datetime")
      var numbers: [Double?] = []
      for column in ["price", "carry", "forward"] {
        numbers.append(try table.price(index, column, date: time.date, findings: &findings))
      }
      guard let contract = try table.contract(index, "price_contract") else {
        findings.append(
          table.finding(
            .badValue, index, "price_contract", date: time.date, message: "no contract is named", action: .dropped))
        continue
      }
      rows.append(
        CarryRow(
          line: table.line(index), time: time, contract: contract, price: numbers[0],
          carryContract: try table.contract(index, "carry_contract"), carry: numbers[1],
          forwardContract: try table.contract(index, "forward_contract"), forward: numbers[2]))
    }
    findings += TimeOrder.sort(
      &rows, file: table.file, column: "datetime", rules: rules, time: \.time, date: \.tradeDate, line: \.line)
    judgeJumps(file: table.file, rules)
  }

  private mutating func judgeJumps(file: String, _ rules: RepairRules) {
    var good: Double?
    var refused: Double?
    var refusals = 0
    for index in rows.indices {
      guard let price = rows[index].price else { continue }
      var reference = price
      if let last = good,
        let verdict = DecimalSlip.judge(price, reference: last, referenceName: "the last price", rules: rules)
      {
        refusals = refused.map { DecimalSlip.isNear(price, $0) } == true ? refusals + 1 : 1
        refused = price
        if refusals >= 3 {
          findings.append(
            finding(
              .unitChange, file, rows[index], "price", price,
              "third price in a row at this level after \(last): taken as the new level", .noted))
        } else {
          findings.append(
            finding(
              verdict.kind, file, rows[index], "price", price, verdict.message, rules.action(verdict.kind),
              after: verdict.after))
          rows[index].price = verdict.price
          rows[index].isRefused = verdict.price == nil
          reference = last
        }
      }
      if reference == price { (good, refused, refusals) = (price, nil, 0) }
      for (column, field) in [("carry", \CarryRow.carry), ("forward", \CarryRow.forward)] {
        guard let neighbour = rows[index][keyPath: field],
          let verdict = DecimalSlip.judge(
            neighbour, reference: reference, referenceName: "the held contract's price", rules: rules)
        else { continue }
        findings.append(
          finding(
            verdict.kind, file, rows[index], column, neighbour, verdict.message, rules.action(verdict.kind),
            after: verdict.after))
        rows[index][keyPath: field] = verdict.price
      }
    }
  }

  private func finding(
    _ kind: DataFinding.Kind, _ file: String, _ row: CarryRow, _ column: String, _ value: Double, _ message: String,
    _ action: DataFinding.Action, after: String? = nil
  ) -> DataFinding {
    DataFinding(
      kind, file: file, line: row.line, column: column, date: row.tradeDate, value: NumberText.text(value),
      after: after, message: message, action: action)
  }
}
