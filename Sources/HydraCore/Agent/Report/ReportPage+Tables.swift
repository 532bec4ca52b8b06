import HydraMarket
import HydraNumerics

/// The arms in numbers, what they would have earned at other costs, what the limits refused.
extension ReportPage {
  var armsTable: String {
    guard let summary = model.summary else { return "" }
    var rows = ""
    for arm in Arm.allCases {
      guard let own = summary["arms"]?[arm.rawValue] else { continue }
      func number(_ key: String, _ digits: Int) -> String { ReportNumber.text(own[key]?.double, digits) }
      rows += """
        <tr><td>\(arm.rawValue)</td><td>\(number("net_profit", 0))</td><td>\(number("sharpe_net", 2))</td>\
        <td>\(number("sharpe_low", 2)) … \(number("sharpe_high", 2))</td>\
        <td>\(ReportNumber.percent(own["volatility"]?.double))</td>\
        <td>\(ReportNumber.percent(own["max_drawdown"]?.double))</td><td>\(number("information_coefficient", 3))</td>\
        <td>\(number("fills", 0))</td><td>\(number("slippage", 0))</td><td>\(number("fees", 0))</td>\
        <td>\(number("drift_alarms", 0))</td><td>\(number("experiments", 0))</td><td>\(number("promotions", 0))</td>\
        <td>\(number("rollbacks", 0))</td></tr>

        """
    }
    var notes = ""
    for difference in summary["sharpe_differences"]?.array ?? [] {
      let against = difference["against"]?.string ?? ""
      let (low, high) = (difference["low"]?.double ?? .nan, difference["high"]?.double ?? .nan)
      let word = low > 0 ? "better" : high < 0 ? "worse" : "not distinguishable"
      notes += """
        <p>self_healing minus \(escaped(against)): Sharpe ratio \
        \(ReportNumber.text(difference["difference"]?.double, 2)), 90 % interval \(ReportNumber.text(low, 2)) … \
        \(ReportNumber.text(high, 2)): \(word).</p>

        """
    }
    return """
      <h2>Result</h2>\(Self.table(
        ["arm", "net profit", "Sharpe", "90 % interval", "volatility", "drawdown", "IC", "fills", "slippage", "fees",
          "alarms", "experiments", "promotions", "rollbacks"], rows))
      \(notes)<p class="faint">Net of spread, impact and fees; Sharpe ratios annualised with 252 trade dates, intervals by \
      stationary bootstrap; starting capital \(ReportNumber.text(summary["capital"]?.double, 0)), volatility target \
      \(ReportNumber.percent(summary["volatility_target"]?.double)); IC is the correlation of forecasts with what followed.</p>
      """
  }

  // MARK: - Costs

  /// Percentiles of the cost at which results are shown.
  static let percentiles = [0.05, 0.5, 0.95]

  /// An arm's equity, had every fill cost what the cost model gives for a percentile; nil when nothing tells.
  func equity(of arm: Arm, atCostPercentile percentile: Double) -> [Double]? {
    guard let series = model.series(of: arm), let multiplier = model.run["settings"]?["costMultiplier"]?.double,
      multiplier > 0
    else { return nil }
    let factor = CostModel.percentileMultiplier(percentile) / multiplier - 1
    return zip(series.equity, series.costs).map { $0 - factor * $1 }
  }

  var costsSection: String {
    guard let capital = model.run["settings"]?["capital"]?.double else { return "" }
    var rows = ""
    for arm in Arm.allCases {
      let paths = Self.percentiles.compactMap { equity(of: arm, atCostPercentile: $0) }
      guard paths.count == Self.percentiles.count, let paid = model.series(of: arm)?.costs.last else { continue }
      rows += "<tr><td>\(arm.rawValue)</td><td>\(ReportNumber.text(paid, 0))</td>"
      for path in paths {
        let returns = RunReport.dailyReturns(path, capital: capital)
        let deviation = returns.count > 1 ? Statistics.standardDeviation(returns) : 0
        let sharpe = deviation > 0 ? Statistics.mean(returns) / deviation * 252.0.squareRoot() : nil
        rows +=
          "<td>\(ReportNumber.text((path.last ?? capital) - capital, 0))</td><td>\(ReportNumber.text(sharpe, 2))</td>"
      }
      rows += "</tr>\n"
    }
    guard !rows.isEmpty else {
      return "<h2>At other costs</h2><p>The run's cost multiplier is 0: its fills do not tell what they would cost.</p>"
    }
    let multipliers = Self.percentiles.map { ReportNumber.text(CostModel.percentileMultiplier($0), 2) }
    return """
      <h2>At other costs</h2>\(Self.table(
        ["arm", "spread and impact paid", "net at 5 % cost", "Sharpe", "at 50 %", "Sharpe", "at 95 %", "Sharpe"], rows))
      <p class="faint">Nobody knows the cost of an unquoted market exactly: the same fills, had each cost the cost model's \
      5 %, 50 % or 95 % percentile (\(multipliers.joined(separator: ", ")) of the expected cost). Fees stay as they are; \
      what would have been decided at those costs is another run (<code>--cost-multiplier</code>).</p>
      """
  }

  // MARK: - Refusals

  var refusalsSection: String {
    guard !model.refusals.isEmpty else { return "<h2>Refused orders</h2><p>The risk limits refused nothing.</p>" }
    var rows = ""
    for refusal in model.refusals.sorted(by: { ($0.total, $1.code) > ($1.total, $0.code) }) {
      rows += "<tr><td><code>\(escaped(refusal.code))</code></td>"
      for arm in Arm.allCases { rows += "<td>\(refusal.counts[arm] ?? 0)</td>" }
      let newest = refusal.newest.reversed().map { "\($0.date): \(escaped($0.reason))" }
      rows += "<td class=\"text\">\(newest.isEmpty ? "–" : newest.joined(separator: "<br>"))</td></tr>\n"
    }
    return """
      <h2>Refused orders</h2>\(Self.table(["limit"] + Arm.allCases.map(\.rawValue) + ["!newest of self_healing"], rows))
      """
  }

  /// A table in a box that scrolls by itself; a heading that begins with `!` stands over text.
  static func table(_ headings: [String], _ rows: String) -> String {
    let head = headings.map { name in
      name.hasPrefix("!") ? "<th class=\"text\">\(escaped(String(name.dropFirst())))</th>" : "<th>\(escaped(name))</th>"
    }
    return """
      <div class="scroll"><table><thead><tr>\(head.joined())</tr></thead><tbody>
      \(rows)</tbody></table></div>
      """
  }
}

extension ReportModel.Refusal {
  fileprivate var total: Int { counts.values.reduce(0, +) }
}
