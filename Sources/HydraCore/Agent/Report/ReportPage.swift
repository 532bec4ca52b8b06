import HydraNumerics

/// A run as one HTML page that needs nothing else: no script, no font, no picture from outside.
///
///     let page = ReportPage(try ReportModel(of: run, in: store)).html
public struct ReportPage: Sendable {
  let model: ReportModel

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
      \(costsSection)
      \(equitySection)
      \(executionSection)
      <div class="columns">
      \(positionSection)
      \(driftSection)
      \(streamsSection)
      \(attributionSection)
      </div>
      \(sessionsSection)
      \(decisionsSection)
      \(refusalsSection)
      \(settingsSection)
      </body></html>

      """
  }

  private func heading(_ market: String) -> String {
    let dates = dates
    let span = dates.isEmpty ? "no bars yet" : "\(dates[0]) to \(dates[dates.count - 1]), \(dates.count) bars"
    let state = model.summary == nil ? "The run is not finished." : ""
    let stops = Arm.allCases.compactMap { arm in
      model.stopped[arm].map { date in
        "<p class=\"failed\">The total loss stop closed the positions of \(arm.rawValue) for good on \(date).</p>\n"
      }
    }
    return """
      <h1>\(escaped(market))</h1>
      <p>\(span). \(state) Three arms trade the same data under the same costs and limits: <b>frozen</b> keeps its first \
      model, <b>periodic</b> is fitted to newer data by the calendar, <b>self_healing</b> too, and changes how its model is \
      made or sized only when an experiment passes the gate.</p>
      \(stops.joined())
      """
  }

  /// Dates of the self-healing arm's bars.
  var dates: [CivilDate] { model.series(of: .selfHealing)?.dates ?? [] }

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
}
