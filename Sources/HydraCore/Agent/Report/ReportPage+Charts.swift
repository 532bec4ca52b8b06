import HydraNumerics

/// Equity, position, drift and attributions over time.
extension ReportPage {
  var equitySection: String {
    var lines: [Chart.Line] = []
    for arm in [Arm.frozen, .periodic, .selfHealing] {
      guard let series = model.series(of: arm) else { continue }
      lines.append(.init(name: arm.rawValue, style: arm.rawValue, values: series.equity))
    }
    var band: Chart.Band?
    if let low = equity(of: .selfHealing, atCostPercentile: 0.95),
      let high = equity(of: .selfHealing, atCostPercentile: 0.05)
    {
      band = .init(style: "self_healing", low: low, high: high)
    }
    let chart = Chart(
      title: "Equity of the three arms", unit: "currency", dates: dates, lines: lines, band: band, marks: marks,
      height: 340)
    return """
      <h2>Equity</h2>
      <div class="legend">\(legend("healing", "self_healing"))\(legend("periodic", "periodic"))\(legend("frozen", "frozen"))\
      \(legend("alarm", "alarm", "dot"))\(legend("good", "promotion", "dot up"))\(legend("bad", "rollback", "dot down"))\
      \(legend("text", "trading blocked", "dot"))\
      \(band == nil ? "" : legend("healing", "self_healing at 5 … 95 % cost", "area"))</div>
      \(chart.html)
      """
  }

  var positionSection: String {
    guard let series = model.series(of: .selfHealing) else { return "" }
    let chart = Chart(
      title: "Position of the self-healing arm", unit: "lots", dates: dates,
      lines: [
        .init(name: "lots", style: "self_healing", values: series.positions.map(Double.init), isStepped: true)
      ], height: 180)
    return "<section><h2>Position</h2>\(chart.html)</section>"
  }

  var driftSection: String {
    guard let series = model.series(of: .selfHealing) else { return "" }
    let chart = Chart(
      title: "Largest drift score of all streams", unit: "1 raises an alarm", dates: dates,
      lines: [.init(name: "largest score", style: "self_healing", values: series.drift)], threshold: 1, height: 180)
    return "<section><h2>Drift</h2>\(chart.html)</section>"
  }

  /// Each stream's score in a strip of its own: overlaid, seven lines would hide each other.
  var streamsSection: String {
    let count = dates.count
    guard count >= 2, !model.streams.isEmpty else { return "" }
    var rows = ""
    for stream in model.streams {
      let peak = stream.scores.filter(\.isFinite).max() ?? 0
      // Scores beyond 1.25 are cut: an alarm is an alarm.
      let top = 1.25
      var points = "M0 100"
      let buckets = min(count, 500)
      for bucket in 0..<buckets {
        let range = (count * bucket / buckets)..<(count * (bucket + 1) / buckets)
        let high = stream.scores[range.clamped(to: stream.scores.indices)].filter(\.isFinite).max() ?? 0
        let x = 1000 * Double(range.lowerBound) / Double(count - 1)
        points += "L\(fixed(x)) \(fixed(100 * (1 - min(high, top) / top)))"
      }
      rows += """
        <span class="name">\(escaped(stream.name))</span><div class="strip" role="img" \
        aria-label="drift score of \(escaped(stream.name))"><svg viewBox="0 0 1000 100" preserveAspectRatio="none" \
        aria-hidden="true"><path class="area" d="\(points)L1000 100Z"/><path class="threshold" d="M0 20H1000"/></svg></div>\
        <span class="peak">\(ReportNumber.text(peak, 2))</span>

        """
    }
    return """
      <section><h2>Drift by stream</h2><p class="faint">Score of each stream that the self-healing arm watches, its largest \
      on the right; the dashed line is 1.</p><div class="streams">
      \(rows)<div class="years">\(Chart.yearLabels(dates))</div></div></section>
      """
  }

  /// Features in the chart; more lines than these cannot be told apart.
  private static let shownFeatures = 6

  var attributionSection: String {
    let dates = dates
    guard dates.count >= 2, model.attributions.contains(where: { !$0.features.isEmpty }) else { return "" }
    var totals: [(name: String, sum: Double)] = []
    for (name, value) in model.attributions.flatMap(\.features) where value.isFinite {
      if let index = totals.firstIndex(where: { $0.name == name }) {
        totals[index].sum += value
      } else {
        totals.append((name, value))
      }
    }
    let names = totals.sorted { ($0.sum, $1.name) > ($1.sum, $0.name) }.prefix(Self.shownFeatures).map(\.name)
    var lines = names.enumerated().map { place, name in
      Chart.Line(
        name: name, style: "f\(place)", values: [Double](repeating: .nan, count: dates.count), joinsGaps: true)
    }
    var row = 0
    for attribution in model.attributions {
      while row < dates.count - 1, dates[row] < attribution.date { row += 1 }
      for (place, name) in names.enumerated() {
        // A feature that is not among the strongest of a quarter weighs next to nothing in it.
        lines[place].values[row] = attribution.features.first { $0.name == name }?.value ?? 0
      }
    }
    let chart = Chart(
      title: "Mean |SHAP value| over a quarter", unit: "deviations of the horizon's move", dates: dates, lines: lines,
      height: 220)
    let legends = names.enumerated().map { legend("f\($0)", $1) }.joined()
    return """
      <section><h2>What forecasts rest on</h2><div class="legend">\(legends)</div>
      \(chart.html)</section>
      """
  }

  private var marks: [Chart.Mark] {
    let dates = dates
    return model.marks.compactMap { mark in
      guard mark.arm == .selfHealing, mark.kind != .fit else { return nil }
      guard let index = dates.firstIndex(where: { $0 >= mark.date }) else { return nil }
      return Chart.Mark(index: index, style: mark.kind.rawValue, text: "\(mark.kind.rawValue) \(mark.text)")
    }
  }

  func legend(_ colour: String, _ name: String, _ shape: String = "") -> String {
    """
    <span style="color:var(--\(colour))"><i\(shape.isEmpty ? "" : " class=\"\(shape)\"")></i><b>\(escaped(name))</b></span>
    """
  }
}
