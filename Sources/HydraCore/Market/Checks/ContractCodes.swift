import HydraNumerics

/// Finds codes of `contracts.csv` that name several contracts: exchanges write one digit of the year, which comes again
/// after ten years. Whoever joins on the code then mixes two contracts.
enum ContractCodes {
  /// - Parameter symbols: the markets to look at; nil for all.
  static func findings(_ table: MarketTable, symbols: Set<String>?) throws(MarketDataError) -> [DataFinding] {
    try table.require("code", "contract")
    var owners: [String: (contract: ContractMonth, row: Int)] = [:]
    var findings: [DataFinding] = []
    for row in 0..<table.rows {
      let (symbol, code) = (table.text(row, "symbol"), table.text(row, "code"))
      guard let contract = try table.contract(row, "contract"), !code.isEmpty else { continue }
      if let symbols, !symbols.contains(symbol) { continue }
      let key = "\(symbol) \(code)"
      if let owner = owners[key], owner.contract != contract {
        findings.append(
          table.finding(
            .reusedCode, row, "code", date: table.has("last_trade_day") ? try table.date(row, "last_trade_day") : nil,
            message: "names \(contract) here and \(owner.contract) in line \(table.line(owner.row))", action: .noted))
      }
      owners[key] = (contract, row)
    }
    return findings
  }
}
