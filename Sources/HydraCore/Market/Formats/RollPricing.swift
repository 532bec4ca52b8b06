import HydraNumerics

/// Finds the prices at which the held contract changed from one bar to the next.
///
/// Both prices have to come from one row, so that their difference is that of one moment. Tried in this order:
///
/// 1. `forward` of the last row of the old contract, also where that is a settlement row that gives no bar;
/// 2. the newest earlier row of the old contract, on the last bar's date, that has both prices;
/// 3. `carry` of the first row of the new contract that has the old one's price beside its own.
///
/// Only the difference is used: the roll is dated at the last bar of the old contract, leaves at that bar's close and
/// enters at the close plus the difference. (In case 1 with settlement rows these are the two recorded prices.) The
/// change over the first bar of the new contract, `close - toPrice`, is then right whatever the hour of the row was.
///
/// That the contract has changed is known with the first row of the new one: a roll is available with the later of that
/// row and its own, but a nanosecond before the first bar of the new contract at the latest, so that whoever holds the
/// old contract has left it when that bar arrives. A file that ends at the last bar of the old contract holds no roll.
///
/// Without such a row there is no roll but a finding, and the change over these two bars is unknown.
struct RollPricing {
  private(set) var rolls: [Roll] = []
  private(set) var findings: [DataFinding] = []

  private let rows: [CarryRow]
  private let file: String

  /// - Parameter closingRows: for each bar the index of the row that gave it its close.
  init(bars: [HeldBar], closingRows: [Int], rows: [CarryRow], file: String) {
    self.rows = rows
    self.file = file
    for index in bars.indices.dropFirst() where bars[index].contract != bars[index - 1].contract {
      append(from: bars[index - 1], closingRows[index - 1], to: bars[index], closingRows[index])
    }
  }

  /// Usually one change of contract; more where a contract in between has no bar.
  private mutating func append(from last: HeldBar, _ lastRow: Int, to first: HeldBar, _ firstRow: Int) {
    var found: [Roll] = []
    var price = last.close
    var known = last.times.available
    // The rows can be out of step with the bars only where a trade date's rows overlap: then there is no path.
    for row in lastRow..<max(lastRow, firstRow) where rows[row].contract != rows[row + 1].contract {
      let (old, new) = (rows[row].contract, rows[row + 1].contract)
      guard let pair = pair(old, new, lastOld: row, lastBarRow: lastRow, firstNew: row + 1, firstBarRow: firstRow)
      else {
        report(old, new, at: rows[row + 1], first)
        return
      }
      let latest = first.times.available.adding(nanoseconds: -1)
      known = min(max(known, rows[pair.row].known, rows[row + 1].known), latest)
      let isRecorded = price == pair.from
      let toPrice = isRecorded ? pair.to : price + (pair.to - pair.from)
      let times = FactTimes(
        event: rows[pair.row].time, published: known, available: known, ingested: last.times.ingested)
      found.append(
        Roll(
          symbol: last.symbol, date: last.date, from: old, to: new, fromPrice: price, toPrice: toPrice, times: times))
      price = toPrice
    }
    guard let newest = found.last, newest.to == first.contract, found[0].from == last.contract else {
      report(last.contract, first.contract, at: rows[firstRow], first)
      return
    }
    rolls += found
  }

  private func pair(
    _ old: ContractMonth, _ new: ContractMonth, lastOld: Int, lastBarRow: Int, firstNew: Int, firstBarRow: Int
  ) -> (row: Int, from: Double, to: Double)? {
    var row = lastOld
    while row >= 0, rows[row].contract == old, row == lastOld || rows[row].tradeDate >= rows[lastBarRow].tradeDate {
      if rows[row].forwardContract == new, let from = rows[row].price, let to = rows[row].forward {
        return (row, from, to)
      }
      row -= 1
    }
    row = firstNew
    while row <= firstBarRow, rows[row].contract == new {
      if rows[row].carryContract == old, let to = rows[row].price, let from = rows[row].carry {
        return (row, from, to)
      }
      row += 1
    }
    return nil
  }

  private mutating func report(_ old: ContractMonth, _ new: ContractMonth, at row: CarryRow, _ first: HeldBar) {
    findings.append(
      DataFinding(
        .rollWithoutPrice, file: file, line: row.line, column: "forward", date: first.date,
        value: "\(old) to \(new)",
        message: "no row has the prices of both contracts: the change over this bar is unknown", action: .noted))
  }
}
