import HydraNumerics

/// Reads `bars/<SYM>.csv`: `date,contract,…,settle,…`, the settlements of every listed contract, as a second source
/// beside the file of held contracts.
struct ContractBarsFile {
  private struct Series {
    var dates: [CivilDate] = []
    var settles: [Double] = []

    /// Index of the newest settlement at or before a date.
    func index(at date: CivilDate) -> Int? {
      var (low, high) = (0, dates.count)
      while low < high {
        let middle = (low + high) / 2
        if dates[middle] <= date { low = middle + 1 } else { high = middle }
      }
      return low == 0 ? nil : low - 1
    }

    func settle(on date: CivilDate) -> Double? {
      index(at: date).flatMap { dates[$0] == date ? settles[$0] : nil }
    }

    func settle(before date: CivilDate) -> Double? { index(at: date.adding(days: -1)).map { settles[$0] } }
  }

  private var series: [ContractMonth: Series] = [:]

  init(_ table: MarketTable) throws(MarketDataError) {
    try table.require("date", "contract", "settle")
    for row in 0..<table.rows {
      let date = try table.date(row, "date")
      guard let contract = try table.contract(row, "contract"), let settle = try table.number(row, "settle"),
        settle > 0, settle.isFinite
      else { continue }
      // Out of order or twice: the first settlement of a date counts, as everywhere.
      if let newest = series[contract]?.dates.last, newest >= date { continue }
      series[contract, default: Series()].dates.append(date)
      series[contract]?.settles.append(settle)
    }
  }

  /// The settlement bars whose close, or whose neighbour's close, is another one than in this file.
  ///
  /// A close that is this file's of the trade date before is late; any other difference means that the sources differ.
  /// Nothing later than the bar's own date is read.
  ///
  /// - Complexity: O(n log n) in the number of bars.
  func differences(
    _ bars: [HeldBar], lines: [Int], file: String, rules: RepairRules
  ) -> [LateSettlement] {
    bars.indices.compactMap { index in
      let bar = bars[index]
      guard bar.source == .settlement else { return nil }
      let close = difference(bar.close, bar.contract, on: bar.date)
      let carry = bar.carryClose.flatMap { value in
        bar.carryContract.flatMap { difference(value, $0, on: bar.date) }
      }
      guard
        let (column, value, found) = close.map({ ("price", bar.close, $0) })
          ?? carry.map({ ("carry", bar.carryClose ?? 0, $0) })
      else { return nil }
      let kind: DataFinding.Kind = found.isLate ? .staleSettlement : .sourcesDiffer
      var corrected = bar
      if let close { corrected.close = close.right }
      if let carry { corrected.carryClose = carry.right }
      let right = NumberText.text(found.right)
      return LateSettlement(
        bar: index,
        finding: DataFinding(
          kind, file: file, line: lines[index], column: column, date: bar.date, value: NumberText.text(value),
          after: rules[kind] == .correct ? right : nil,
          message: found.isLate
            ? "the contract's settlement of the trade date before; its bars have \(right) for this date"
            : "the contract's bars have \(right) for this date", action: rules.action(kind)),
        corrected: corrected)
    }
  }

  private func difference(
    _ value: Double, _ contract: ContractMonth, on date: CivilDate
  ) -> (right: Double, isLate: Bool)? {
    guard let series = series[contract], let right = series.settle(on: date), !Self.isSame(value, right) else {
      return nil
    }
    return (right, series.settle(before: date).map { Self.isSame(value, $0) } ?? false)
  }

  /// Equal but for the rounding of a conversion.
  private static func isSame(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * abs(b) }
}
