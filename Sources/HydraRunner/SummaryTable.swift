import HydraCore

extension OutputOptions {
  /// Prints a run: a table of the arms on a terminal, else one JSON object.
  func write(report: RunReport) throws {
    let summary = report.summary
    let isTable = format == .table || (format == nil && out == nil && isTerminal)
    guard isTable else { return try write(summary: summary.json) }
    var table = RowTable(rows: Arm.allCases.count)
    let arms = Arm.allCases.compactMap { summary.arms[$0] }
    func rounded(_ value: Double?, _ digits: Int) -> String? {
      value.map { value in
        let scale = [1.0, 10, 100, 1000][digits]
        return ((value * scale).rounded() / scale).description
      }
    }
    table.add(column: "arm", Arm.allCases.map(\.rawValue))
    table.add(column: "net_profit", arms.map { $0.netProfit.rounded() })
    table.add(column: "sharpe_net", arms.map { rounded($0.sharpe, 2) })
    table.add(
      column: "90 % interval", arms.map { "\(rounded($0.sharpeLow, 2) ?? "")…\(rounded($0.sharpeHigh, 2) ?? "")" })
    table.add(column: "volatility", arms.map { rounded($0.volatility, 3) })
    table.add(column: "max_drawdown", arms.map { rounded($0.maximumDrawdown, 3) })
    table.add(column: "fills", arms.map(\.fills))
    table.add(column: "alarms", arms.map(\.driftAlarms))
    table.add(column: "experiments", arms.map(\.experiments))
    table.add(column: "promotions", arms.map(\.promotions))
    table.add(column: "rollbacks", arms.map(\.rollbacks))
    var text = """
      \(summary.market) \(summary.from) to \(summary.to), capital \(summary.capital), volatility target \
      \(summary.volatilityTarget), Sharpe ratios annualised with 252

      \(table.text(.table))

      """
    for difference in summary.differences {
      text += """
        self_healing − \(difference.against.rawValue): Sharpe \(rounded(difference.sharpe, 2)!) \
        (90 % interval \(rounded(difference.low, 2)!)…\(rounded(difference.high, 2)!))

        """
    }
    text += "journal \(summary.journalHash)\n"
    try emit(text)
  }
}
