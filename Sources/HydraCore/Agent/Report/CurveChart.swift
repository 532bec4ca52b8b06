/// Lines over a few evenly spaced values, without dates; text is HTML as in ``Chart``.
struct CurveChart {
  var title: String
  var unit: String
  /// What stands below each value.
  var labels: [String]
  /// CSS class of the stroke and values; NaN leaves a gap.
  var lines: [(style: String, values: [Double])] = []
  /// Drawn in the colour of the self-healing arm.
  var band: (low: [Double], high: [Double])?
  /// Pixels.
  var height = 240

  /// The `<figure>`; empty without two values.
  var html: String {
    let finite = (lines.map(\.values) + [band?.low ?? [], band?.high ?? []]).flatMap { $0.filter(\.isFinite) }
    guard labels.count >= 2, var low = finite.min(), var high = finite.max() else { return "" }
    if high - low < 1e-9 { (low, high) = (low - 1, high + 1) }
    let ticks = ReportNumber.ticks(low, high)
    (low, high) = (min(low, ticks.first ?? low), max(high, ticks.last ?? high))
    func x(_ index: Int) -> Double { 1000 * Double(index) / Double(labels.count - 1) }
    func y(_ value: Double) -> Double { 1000 * (high - value) / (high - low) }
    func path(_ points: [(Int, Double)]) -> String {
      points.enumerated().map { "\($0 == 0 ? "M" : "L")\(fixed(x($1.0))) \(fixed(y($1.1)))" }.joined()
    }
    var drawing = ticks.map { "<path class=\"grid\" d=\"M0 \(fixed(y($0)))H1000\"/>" }.joined()
    if let band {
      let whole = labels.indices.filter { band.low[$0].isFinite && band.high[$0].isFinite }
      let around = whole.map { ($0, band.high[$0]) } + whole.reversed().map { ($0, band.low[$0]) }
      if whole.count > 1 { drawing += "<path class=\"band self_healing\" d=\"\(path(around))Z\"/>" }
    }
    for line in lines {
      let points = labels.indices.filter { line.values[$0].isFinite }.map { ($0, line.values[$0]) }
      drawing += "<path class=\"line \(line.style)\" d=\"\(path(points))\"/>\n"
    }
    var texts = ticks.map {
      "<span class=\"y\" style=\"top:\(fixed(y($0) / 10))%\">\(ReportNumber.label($0))</span>"
    }.joined()
    for (index, label) in labels.enumerated() {
      texts += "<span class=\"x\" style=\"left:\(fixed(x(index) / 10))%\">\(escaped(label))</span>"
    }
    return """
      <figure class="chart"><figcaption>\(escaped(title)) <small>\(escaped(unit))</small></figcaption>\
      <div class="plot" style="height:\(height)px" role="img" aria-label="\(escaped(title))">\
      <svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">\(drawing)</svg>\(texts)</div></figure>

      """
  }
}
