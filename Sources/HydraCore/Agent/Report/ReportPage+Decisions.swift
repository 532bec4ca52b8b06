import HydraNumerics

/// What was looked into and what was moved, with the evidence.
extension ReportPage {
  var decisionsSection: String {
    guard !model.decisions.isEmpty else { return "<h2>Decisions</h2><p>No alarm was looked into.</p>" }
    let items = model.decisions.map { decision in
      switch decision {
      case .episode(let episode): html(of: episode)
      case .move(let move): html(of: move)
      }
    }
    return "<h2>Decisions</h2>\n" + items.joined()
  }

  // MARK: - Alarms and check-ups

  private func html(of episode: ReportDecision.Episode) -> String {
    var body = episode.diagnosis.map(findings) ?? ""
    if let source = episode.hypotheses?["source"]?.string {
      let accepted = episode.hypotheses?["accepted"]?.array?.count ?? 0
      body += "<p class=\"faint\">\(escaped(source)) proposed \(accepted) change\(accepted == 1 ? "" : "s").</p>"
    }
    if let used = episode.evidenceUsed {
      body += """
        <p class="faint">Nothing was tried: \(number(used["bars"] ?? .null)) days have come since the newest promotion, \
        \(number(used["needed"] ?? .null)) are needed.</p>
        """
    }
    if !episode.experiments.isEmpty { body += experimentsTable(episode.experiments) }
    for failure in episode.failures {
      body += """
        <p class="failed">experiment \(escaped(failure["plan"]?["id"]?.string ?? "")) failed: \
        \(escaped(failure["reason"]?.string ?? ""))</p>
        """
    }
    for refused in episode.hypotheses?["refused"]?.array ?? [] {
      body += "<p class=\"failed\">refused: \(escaped(refused.string ?? ""))</p>"
    }
    let title = episode.diagnosis.map { "\($0["alarm"]?.string ?? "") — \($0["cause"]?.string ?? "?")" }
    return """
      <details\(episode.promotion == nil ? "" : " open")><summary><b>\(episode.date)</b> \
      \(escaped(title ?? "held hypotheses tried on new days")) — \
      <span class="\(episode.promotion == nil ? "" : "promote")">\(escaped(outcome(of: episode)))</span></summary>\
      <div>\(body)</div></details>

      """
  }

  private func outcome(of episode: ReportDecision.Episode) -> String {
    if episode.isBlocked { return "trading blocked" }
    if let promotion = episode.promotion { return "promoted: \(promotion["change"]?.string ?? "")" }
    let tried = episode.experiments.isEmpty && episode.failures.isEmpty ? "nothing tried" : "nothing promoted"
    return episode.fit == nil ? tried : "fitted to newer data, \(tried)"
  }

  /// Causes in the order of their evidence, and what was measured.
  private func findings(of diagnosis: JSONValue) -> String {
    let items = (diagnosis["findings"]?.array ?? []).map { finding in
      """
      <li><b>\(escaped(finding["cause"]?.string ?? ""))</b> (\(ReportNumber.text(finding["score"]?.double, 1))): \
      \(escaped(finding["evidence"]?.string ?? ""))</li>
      """
    }
    return "<ol>\(items.joined())</ol>" + measures(of: diagnosis)
  }

  /// What a diagnosis measured before and after the change.
  private func measures(of diagnosis: JSONValue) -> String {
    var parts: [String] = []
    func change(_ name: String, _ before: JSONValue?, _ after: JSONValue?, _ digits: Int) {
      guard let before = before?.double, let after = after?.double else { return }
      parts.append("\(name) \(ReportNumber.text(before, digits)) → \(ReportNumber.text(after, digits))")
    }
    for attribution in (diagnosis["attributions"]?.array ?? []).prefix(3) {
      change("|SHAP| of \(attribution["feature"]?.string ?? "")", attribution["before"], attribution["after"], 4)
    }
    change("correlation of forecast and outcome", diagnosis["skill_before"], diagnosis["skill_after"], 3)
    change("squared error", diagnosis["error_before"], diagnosis["error_after"], 3)
    if let ratio = diagnosis["volatility_ratio"]?.double {
      parts.append("size of moves × \(ReportNumber.text(ratio, 2))")
    }
    if let date = diagnosis["change_date"]?.string { parts.insert("change put at \(date)", at: 0) }
    return parts.isEmpty ? "" : "<p class=\"faint\">\(escaped(parts.joined(separator: "; ")))</p>"
  }

  private func experimentsTable(_ experiments: [JSONValue]) -> String {
    let headings = ["!change", "test", "p", "Sharpe", "verdict", "!reason"]
    var rows = ""
    for experiment in experiments {
      let hypothesis = experiment["plan"]?["hypothesis"]
      let result = experiment["result"]
      let primary = result?["primary"]
      let verdict = experiment["verdict"]
      let decision = verdict?["decision"]?.string ?? ""
      let chips = checks(of: verdict) + checks(of: result)
      // What follows the colon says in words which checks failed; the checks themselves stand below.
      let words = verdict?["reason"]?.string ?? ""
      let reason = chips.isEmpty ? words : words.firstRange(of: ": ").map { String(words[..<$0.lowerBound]) } ?? words
      let change = "\(hypothesis?["param"]?.string ?? "") = \(hypothesis?["value"]?.description ?? "")"
      rows += """
        <tr><td class="text">\(escaped(change))<br><span class="faint">\(escaped(hypothesis?["reason"]?.string ?? ""))\
        </span></td><td>\(escaped(primary?["basis"]?.string ?? "–"))</td>\
        <td>\(ReportNumber.text(primary?["p"]?.double, 3))</td>\
        <td>\(ReportNumber.text(result?["champion"]?["sharpe"]?.double, 2)) → \
        \(ReportNumber.text(result?["candidate"]?["sharpe"]?.double, 2))</td>\
        <td class="\(escaped(decision))">\(escaped(decision))</td>\
        <td class="text">\(escaped(reason))</td></tr>

        """
      if !chips.isEmpty { rows += "<tr class=\"checks\"><td colspan=\"\(headings.count)\">\(chips)</td></tr>\n" }
    }
    return Self.table(headings, rows)
  }

  /// The named checks of a verdict or a result, whatever they are: each with its value, its bound and whether it passed.
  private func checks(of evidence: JSONValue?) -> String {
    var chips = ""
    for check in evidence?["checks"]?.array ?? [] {
      guard let name = check["name"]?.string else { continue }
      let words = name.split(separator: "_").joined(separator: " ")
      let side = ["least": "≥", "most": "≤"][check["at"]?.string ?? ""] ?? "bound"
      let bound = check["bound"].map { $0.isNull ? "" : " (\(side) \(number($0)))" } ?? ""
      let mark = check["passed"]?.bool.map { $0 ? (" class=\"chip good\"", " ✓") : (" class=\"chip bad\"", " ✗") }
      let (style, sign) = mark ?? (" class=\"chip\"", "")
      chips += "<span\(style)>\(escaped(words)) \(number(check["value"] ?? .null))\(bound)\(sign)</span> "
    }
    return chips
  }

  private func number(_ value: JSONValue) -> String {
    switch value {
    case .integer(let count): ReportNumber.label(Double(count))
    case .null: "–"
    default:
      value.double.map { ReportNumber.text($0, abs($0) < 1 ? 4 : 2) } ?? escaped(value.string ?? value.description)
    }
  }

  // MARK: - Champions

  private func html(of move: ReportDecision.Move) -> String {
    let payload = move.payload
    let version = payload["version"]?.int.map { "version \($0)" } ?? "a version"
    let isRollback = move.kind == "rollback"
    let what =
      isRollback
      ? "\(version) rolled back to \(payload["to"]?.int.map(String.init) ?? "?")" : "\(version) passed its probation"
    let p = payload["comparison"]?["p"]?.double.map {
      "p = \(ReportNumber.text($0, 3)) for the previous champion being better"
    }
    let why = payload["reason"]?.string ?? p
    return """
      <p class="move"><b>\(move.date)</b> <span class="\(isRollback ? "reject" : "promote")">\(escaped(what))</span>\
      \(why.map { " — " + escaped($0) } ?? "") \(checks(of: payload))</p>

      """
  }
}
