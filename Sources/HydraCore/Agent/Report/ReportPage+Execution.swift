import HydraMarket
import HydraNumerics

/// What executing cost against the prices of the decisions, and how much money the strategy could carry.
extension ReportPage {
  var executionSection: String {
    let (shortfall, capacity) = (shortfallTable, capacityChart)
    guard !shortfall.isEmpty || !capacity.isEmpty else { return "" }
    return "<div class=\"columns\">\n\(shortfall)\(capacity)</div>"
  }

  // MARK: - Implementation shortfall

  private struct Shortfall {
    var orders = 0
    var lots = 0
    var filled = 0
    var parts = [0.0, 0, 0, 0]

    mutating func add(_ payload: JSONValue) {
      orders += 1
      lots += payload["lots"]?.int ?? 0
      filled += payload["filled"]?.int ?? 0
      for (place, key) in ["delay", "trading", "opportunity", "fees"].enumerated() {
        parts[place] += payload[key]?.double ?? 0
      }
    }
  }

  /// What the fills of orders rest on, as people say it.
  private static func name(of payload: JSONValue) -> String {
    guard let evidence = payload["evidence"]?.string else { return "not filled" }
    guard payload["session"] != nil else { return "at the close" }
    return evidence == Fill.Evidence.orders.rawValue ? "in the book" : "on minute bars"
  }

  private var shortfallTable: String {
    var rows = ""
    for arm in Arm.allCases {
      var kinds: [(name: String, sum: Shortfall)] = []
      for execution in model.executions where execution.arm == arm {
        let name = Self.name(of: execution.payload)
        let place = kinds.firstIndex { $0.name == name } ?? kinds.count
        if place == kinds.count { kinds.append((name, Shortfall())) }
        kinds[place].sum.add(execution.payload)
      }
      for (name, sum) in kinds {
        rows += "<tr><td>\(arm.rawValue)</td><td>\(name)</td><td>\(sum.orders)</td>"
        rows += "<td>\(sum.filled) of \(sum.lots)</td>"
        for part in sum.parts + [sum.parts.reduce(0, +)] { rows += "<td>\(ReportNumber.text(part, 0))</td>" }
        rows += "</tr>\n"
      }
    }
    guard !rows.isEmpty else { return "" }
    return """
      <section><h2>Implementation shortfall</h2>\(Self.table(
        ["arm", "executed", "orders", "lots filled", "delay", "trading", "opportunity", "fees", "all"], rows))
      <p class="faint">Currency, against the price that each decision saw: how the market moved until the order was there \
      (delay), what its fills cost beyond that (trading), what the lots missed that were not filled (opportunity). Orders \
      whose day was recorded from inside are worked there; the others are filled at the close by the cost function. Changes \
      of contract are left out.</p></section>

      """
  }

  // MARK: - Capacity

  /// Multiples of the run's size.
  static let sizes = [1.0, 2, 4, 8, 16, 32]

  /// An arm's Sharpe ratio at a multiple of its size, at a percentile of the cost; nil when nothing tells.
  ///
  /// The same trades, all larger: what is earned and the spread grow with the size s, impact per lot with √s.
  /// ```
  /// net(s) = s · (net(1) − (m − 1) · cost) − m · (s^1.5 − s) · impact        m: the percentile's multiple of the run's cost
  /// ```
  func sharpe(of arm: Arm, atSize size: Double, costPercentile percentile: Double) -> Double? {
    guard let series = model.series(of: arm), let capital = model.run["settings"]?["capital"]?.double,
      let multiplier = model.run["settings"]?["costMultiplier"]?.double, multiplier > 0
    else { return nil }
    let factor = CostModel.percentileMultiplier(percentile) / multiplier
    let extra = factor * (size * size.squareRoot() - size)
    let equity = series.equity.indices.map { index in
      capital + size * (series.equity[index] - capital - (factor - 1) * series.costs[index])
        - extra * series.impacts[index]
    }
    let returns = RunReport.dailyReturns(equity, capital: capital)
    let deviation = returns.count > 1 ? Statistics.standardDeviation(returns) : 0
    return deviation > 0 ? Statistics.mean(returns) / deviation * 252.0.squareRoot() : nil
  }

  private var capacityChart: String {
    func values(_ arm: Arm, _ percentile: Double) -> [Double] {
      Self.sizes.map { sharpe(of: arm, atSize: $0, costPercentile: percentile) ?? .nan }
    }
    var chart = CurveChart(
      title: "Net Sharpe ratio against size", unit: "multiples of the run's size",
      labels: Self.sizes.map { "\(Int($0))×" })
    var legends = ""
    for (arm, colour) in [(Arm.frozen, "frozen"), (.periodic, "periodic"), (.selfHealing, "healing")]
    where model.series(of: arm)?.impacts.last ?? 0 > 0 {
      chart.lines.append((arm.rawValue, values(arm, 0.5)))
      legends = legend(colour, arm.rawValue) + legends
    }
    guard !chart.lines.isEmpty else { return "" }
    chart.band = (values(.selfHealing, 0.95), values(.selfHealing, 0.05))
    return """
      <section><h2>Capacity</h2>
      <div class="legend">\(legends)\(legend("healing", "self_healing at 5 … 95 % cost", "area"))</div>
      \(chart.html)
      <p class="faint">The same trades, all larger: gains and spread grow with the size, impact a lot with its square root, at \
      the cost model's median. At what size the limits on participation would refuse is not part of it.</p></section>

      """
  }
}
