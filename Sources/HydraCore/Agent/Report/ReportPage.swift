import HydraNumerics

/// A run as one HTML page that needs nothing else: no script, no font, no picture from outside.
///
///     let page = ReportPage(try ReportModel(of: run, in: store)).html
public struct ReportPage: Sendable {
  private let model: ReportModel

  public init(_ model: ReportModel) { self.model = model }

  /// The whole page.
  public var html: String {
    let market = model.run["market"]?.string ?? "?"
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
      <title>Hydra: \(escaped(market))</title><link rel="icon" href="data:,"><style>
      \(ReportStyle.css)</style></head><body>
      \(heading(market))
      \(armsTable)
      \(equitySection)
      \(positionSection)
      \(driftSection)
      \(decisionsSection)
      \(settingsSection)
      </body></html>

      """
  }

  private func heading(_ market: String) -> String {
    let dates = model.series.first { $0.arm == .selfHealing }?.dates ?? []
    let span = dates.isEmpty ? "no bars yet" : "\(dates[0]) to \(dates[dates.count - 1]), \(dates.count) bars"
    let state = model.summary == nil ? "The run is not finished." : ""
    return """
      <h1>\(escaped(market))</h1>
      <p>\(span). \(state) Three arms trade the same data under the same costs and limits: <b>frozen</b> keeps its first \
      model, <b>periodic</b> is trained anew by the calendar, <b>self_healing</b> changes only when drift was noticed and \
      an experiment paid.</p>
      """
  }

  // MARK: - Numbers

  private var armsTable: String {
    guard let summary = model.summary else { return "" }
    var rows = ""
    for arm in Arm.allCases {
      guard let own = summary["arms"]?[arm.rawValue] else { continue }
      func number(_ key: String, _ digits: Int) -> String { own[key]?.double.map { text($0, digits) } ?? "–" }
      rows += """
        <tr><td>\(arm.rawValue)</td><td>\(number("net_profit", 0))</td><td>\(number("sharpe_net", 2))</td>\
        <td>\(number("sharpe_low", 2)) … \(number("sharpe_high", 2))</td><td>\(percent(own["volatility"]))</td>\
        <td>\(percent(own["max_drawdown"]))</td><td>\(number("information_coefficient", 3))</td>\
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
        <p>self_healing minus \(escaped(against)): Sharpe ratio \(text(difference["difference"]?.double ?? .nan, 2)), \
        90 % interval \(text(low, 2)) … \(text(high, 2)): \(word).</p>

        """
    }
    return """
      <h2>Result</h2><div class="scroll"><table><thead><tr><th>arm</th><th>net profit</th><th>Sharpe</th><th>90 % \
      interval</th><th>volatility</th><th>drawdown</th><th>IC</th><th>fills</th><th>slippage</th><th>fees</th>\
      <th>alarms</th><th>experiments</th><th>promotions</th><th>rollbacks</th></tr></thead><tbody>
      \(rows)</tbody></table></div>
      \(notes)<p class="faint">Net of spread, impact and fees; Sharpe ratios annualised with 252 trade dates, intervals by \
      stationary bootstrap; starting capital \(text(summary["capital"]?.double ?? .nan, 0)), volatility target \
      \(percent(summary["volatility_target"])); IC is the correlation of forecasts with what followed.</p>
      """
  }

  // MARK: - Charts

  private var equitySection: String {
    var lines: [Chart.Line] = []
    for arm in [Arm.frozen, .periodic, .selfHealing] {
      guard let series = model.series.first(where: { $0.arm == arm }) else { continue }
      lines.append(.init(name: arm.rawValue, style: arm.rawValue, values: series.equity))
    }
    let chart = Chart(
      title: "Equity of the three arms", unit: "currency", dates: dates, lines: lines, marks: marks, height: 340)
    return """
      <h2>Equity</h2>
      <div class="legend">\(legend("healing", "self_healing"))\(legend("periodic", "periodic"))\(legend("frozen", "frozen"))\
      \(legend("alarm", "alarm", isDot: true))\(legend("good", "promotion", isDot: true))\
      \(legend("bad", "rollback", isDot: true))</div>
      <div class="scroll">\(chart.svg)</div>
      """
  }

  private var positionSection: String {
    guard let series = model.series.first(where: { $0.arm == .selfHealing }) else { return "" }
    let chart = Chart(
      title: "Position of the self-healing arm", unit: "lots", dates: dates,
      lines: [
        .init(name: "lots", style: "self_healing", values: series.positions.map(Double.init), isStepped: true)
      ], height: 180)
    return "<h2>Position, lots</h2><div class=\"scroll\">\(chart.svg)</div>"
  }

  private var driftSection: String {
    guard let series = model.series.first(where: { $0.arm == .selfHealing }) else { return "" }
    let chart = Chart(
      title: "Drift score of the self-healing arm", unit: "", dates: dates,
      lines: [.init(name: "largest score", style: "self_healing", values: series.drift)], threshold: 1, height: 180)
    return """
      <h2>Drift score</h2><p class="faint">The largest score of all watched streams; 1 raises an alarm.</p>
      <div class="scroll">\(chart.svg)</div>
      """
  }

  private var dates: [CivilDate] { model.series.first { $0.arm == .selfHealing }?.dates ?? [] }

  private var marks: [Chart.Mark] {
    let dates = dates
    return model.marks.compactMap { mark in
      guard mark.arm == .selfHealing, mark.kind != .fit else { return nil }
      guard let index = dates.firstIndex(where: { $0 >= mark.date }) else { return nil }
      return Chart.Mark(index: index, style: mark.kind.rawValue, text: "\(mark.kind.rawValue) \(mark.text)")
    }
  }

  private func legend(_ colour: String, _ name: String, isDot: Bool = false) -> String {
    """
    <span style="color:var(--\(colour))"><i\(isDot ? " class=\"dot\"" : "")></i><b>\(name)</b></span>
    """
  }

  // MARK: - Decisions

  private var decisionsSection: String {
    guard !model.episodes.isEmpty else { return "<h2>Decisions</h2><p>No alarm was looked into.</p>" }
    return "<h2>Decisions</h2>\n" + model.episodes.map(episode).joined()
  }

  private func episode(_ episode: ReportModel.Episode) -> String {
    let diagnosis = episode.diagnosis
    let cause = diagnosis["cause"]?.string ?? "?"
    let outcome =
      episode.isBlocked
      ? "trading blocked"
      : episode.promotion.map { "promoted: \($0["change"]?.string ?? "")" }
        ?? (episode.experiments.isEmpty && episode.failures.isEmpty ? "nothing proposed" : "nothing promoted")
    var body = ""
    for finding in diagnosis["findings"]?.array ?? [] {
      body += """
        <p><b>\(escaped(finding["cause"]?.string ?? ""))</b> (\(text(finding["score"]?.double ?? .nan, 1))): \
        \(escaped(finding["evidence"]?.string ?? ""))</p>
        """
    }
    let attributions = (diagnosis["attributions"]?.array ?? []).prefix(3).map {
      "\($0["feature"]?.string ?? "") \(text($0["before"]?.double ?? .nan, 4)) → \(text($0["after"]?.double ?? .nan, 4))"
    }
    if !attributions.isEmpty {
      body += "<p class=\"faint\">mean |SHAP| before → after: \(escaped(attributions.joined(separator: ", ")))</p>"
    }
    if let before = diagnosis["skill_before"]?.double, let after = diagnosis["skill_after"]?.double {
      body += "<p class=\"faint\">correlation of forecast and outcome: \(text(before, 3)) → \(text(after, 3))</p>"
    }
    if !episode.experiments.isEmpty { body += experimentsTable(episode.experiments) }
    for failure in episode.failures {
      body += """
        <p class="failed">experiment \(escaped(failure["plan"]?["id"]?.string ?? "")) failed: \
        \(escaped(failure["reason"]?.string ?? ""))</p>
        """
    }
    for refused in episode.refused { body += "<p class=\"failed\">refused: \(escaped(refused))</p>" }
    return """
      <details\(episode.promotion == nil ? "" : " open")><summary><b>\(episode.date)</b> \
      \(escaped(diagnosis["alarm"]?.string ?? "")) — \(escaped(cause)) — \(escaped(outcome))</summary><div>\(body)</div></details>

      """
  }

  private func experimentsTable(_ experiments: [JSONValue]) -> String {
    var rows = ""
    for experiment in experiments {
      let hypothesis = experiment["plan"]?["hypothesis"]
      let result = experiment["result"]
      let primary = result?["primary"]
      let verdict = experiment["verdict"]
      let decision = verdict?["decision"]?.string ?? ""
      let change = "\(hypothesis?["param"]?.string ?? "") = \(hypothesis?["value"]?.description ?? "")"
      rows += """
        <tr><td class="text">\(escaped(change))<br><span class="faint">\(escaped(hypothesis?["reason"]?.string ?? ""))\
        </span></td><td>\(escaped(primary?["basis"]?.string ?? "–"))</td><td>\(text(primary?["p"]?.double ?? .nan, 3))</td>\
        <td>\(text(result?["champion"]?["sharpe"]?.double ?? .nan, 2)) → \
        \(text(result?["candidate"]?["sharpe"]?.double ?? .nan, 2))</td><td class="\(decision)">\(decision)</td>\
        <td class="text">\(escaped(verdict?["reason"]?.string ?? ""))</td></tr>

        """
    }
    return """
      <div class="scroll"><table><thead><tr><th class="text">change</th><th>test</th><th>p</th><th>Sharpe</th>\
      <th>verdict</th><th class="text">reason</th></tr></thead><tbody>
      \(rows)</tbody></table></div>
      """
  }

  private var settingsSection: String {
    """
    <h2>Run</h2><p class="faint">version \(escaped(model.run["version"]?.string ?? "")), \(model.entries) journal \
    entries, head <code>\(model.head)</code></p>
    <details><summary>Settings, data files with their SHA-256, findings in the data</summary><div>
    <p><code>\(escaped(model.run["settings"]?.description ?? ""))</code></p>
    <p><code>\(escaped(model.run["files"]?.description ?? ""))</code></p>
    <p><code>\(escaped(model.run["findings"]?.description ?? ""))</code></p></div></details>
    """
  }

  private func text(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite else { return "–" }
    let scale = [1.0, 10, 100, 1000, 10_000][digits]
    let rounded = (value * scale).rounded() / scale
    if digits == 0 || abs(rounded) >= 1000 { return Chart.label(rounded) }
    var text = rounded.description
    let decimals = text.split(separator: ".").last?.count ?? 0
    if text.contains("."), decimals < digits { text += String(repeating: "0", count: digits - decimals) }
    return text.hasPrefix("-") ? "−" + text.dropFirst() : text
  }

  private func percent(_ value: JSONValue?) -> String { value?.double.map { text(100 * $0, 1) + " %" } ?? "–" }
}
