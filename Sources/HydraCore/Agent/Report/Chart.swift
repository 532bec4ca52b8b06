import HydraNumerics

/// A line chart over trade dates without any script or outside resource.
///
/// The lines are an SVG that stretches to whatever room there is; labels and marks are HTML placed by percentages, so
/// that text keeps its size from a phone to a wide screen. Colours are CSS classes, so that the page's light and dark
/// styles apply. Long series are thinned, keeping each bucket's first, lowest, highest and last point, so that no peak
/// is lost.
struct Chart {
  /// One line.
  struct Line {
    var name: String
    /// CSS class of the stroke.
    var style: String
    /// NaN leaves a gap.
    var values: [Double]
    /// Draws steps instead of slopes, as for positions.
    var isStepped = false
    /// Joins the values there are across gaps, as for something that is measured now and then.
    var joinsGaps = false
  }

  /// The room between two series.
  struct Band {
    /// CSS class of the fill.
    var style: String
    var low: [Double]
    var high: [Double]
  }

  /// A marked day.
  struct Mark {
    var index: Int
    /// CSS class; also chooses the shape.
    var style: String
    var text: String
  }

  var title: String
  var unit: String
  var dates: [CivilDate]
  var lines: [Line]
  var band: Band?
  var marks: [Mark] = []
  /// A value that is drawn as a dashed line across.
  var threshold: Double?
  /// Pixels.
  var height = 260

  /// Buckets into which long series are thinned.
  private static let columns = 640
  /// Side of the SVG's own square of coordinates.
  private static let side = 1000.0

  /// The `<figure>`; empty without two dates and a value.
  var html: String {
    let all = lines.map(\.values) + [band?.low ?? [], band?.high ?? [], threshold.map { [$0] } ?? []]
    let finite = all.flatMap { $0.filter(\.isFinite) }
    guard dates.count >= 2, var low = finite.min(), var high = finite.max() else { return "" }
    // A line that never moves gets room enough for labels that differ.
    if high - low < 1e-9 * max(1, abs(high)) {
      let room = max(1, 0.02 * abs(high))
      (low, high) = (low - room, high + room)
    }
    let ticks = ReportNumber.ticks(low, high)
    low = min(low, ticks.first ?? low)
    high = max(high, ticks.last ?? high)
    func x(_ index: Int) -> Double { Self.side * Double(index) / Double(dates.count - 1) }
    func y(_ value: Double) -> Double { Self.side * (high - value) / (high - low) }

    var drawing = ""
    for tick in ticks { drawing += "<path class=\"grid\" d=\"M0 \(fixed(y(tick)))H1000\"/>" }
    if let band { drawing += area(band, x: x, y: y) }
    if let threshold { drawing += "<path class=\"threshold\" d=\"M0 \(fixed(y(threshold)))H1000\"/>" }
    for line in lines { drawing += path(line, x: x, y: y) }
    var labels = ""
    for tick in ticks {
      labels += "<span class=\"y\" style=\"top:\(fixed(y(tick) / 10))%\">\(ReportNumber.label(tick))</span>"
    }
    labels += Self.yearLabels(dates)
    for mark in marks where dates.indices.contains(mark.index) {
      let value = lines.last.map { $0.values.indices.contains(mark.index) ? $0.values[mark.index] : .nan } ?? .nan
      let top = value.isFinite ? y(value) / 10 : 50
      labels += """
        <i class="mark \(mark.style)" style="left:\(fixed(x(mark.index) / 10))%;top:\(fixed(top))%" \
        title="\(escaped("\(dates[mark.index]): \(mark.text)"))"></i>
        """
    }
    return """
      <figure class="chart"><figcaption>\(escaped(title))\(unit.isEmpty ? "" : " <small>\(escaped(unit))</small>")\
      </figcaption><div class="plot" style="height:\(height)px" role="img" aria-label="\(escaped(title))">\
      <svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">\(drawing)</svg>\(labels)</div></figure>

      """
  }

  private func path(_ line: Line, x: (Int) -> Double, y: (Double) -> Double) -> String {
    var points = ""
    var isOpen = false
    var previous = Double.nan
    for index in Self.thinned(line.values) {
      let value = line.values[index]
      guard value.isFinite else {
        if !line.joinsGaps { isOpen = false }
        continue
      }
      if line.isStepped, isOpen, value != previous { points += "L\(fixed(x(index))) \(fixed(y(previous)))" }
      points += "\(isOpen ? "L" : "M")\(fixed(x(index))) \(fixed(y(value)))"
      isOpen = true
      previous = value
    }
    return "<path class=\"line \(line.style)\" d=\"\(points)\"><title>\(escaped(line.name))</title></path>\n"
  }

  private func area(_ band: Band, x: (Int) -> Double, y: (Double) -> Double) -> String {
    let count = min(band.low.count, band.high.count)
    let step = max(1, count / Self.columns)
    let chosen = stride(from: 0, to: count, by: step).filter { band.low[$0].isFinite && band.high[$0].isFinite }
    guard let first = chosen.first else { return "" }
    var points = "M\(fixed(x(first))) \(fixed(y(band.high[first])))"
    for index in chosen.dropFirst() { points += "L\(fixed(x(index))) \(fixed(y(band.high[index])))" }
    for index in chosen.reversed() { points += "L\(fixed(x(index))) \(fixed(y(band.low[index])))" }
    return "<path class=\"band \(band.style)\" d=\"\(points)Z\"/>"
  }

  /// Indices to draw: all of a short series, at most four a bucket of a long one.
  static func thinned(_ values: [Double]) -> [Int] {
    guard values.count > 4 * columns else { return Array(values.indices) }
    var result: [Int] = []
    for column in 0..<columns {
      let range = (values.count * column / columns)..<(values.count * (column + 1) / columns)
      let finite = range.filter { values[$0].isFinite }
      guard let first = finite.first, let last = finite.last else {
        if let first = range.first { result.append(first) }
        continue
      }
      let lowest = finite.min { values[$0] < values[$1] } ?? first
      let highest = finite.max { values[$0] < values[$1] } ?? first
      for index in Set([first, lowest, highest, last]).sorted() { result.append(index) }
    }
    return result
  }

  /// First bars of years: those that a phone has room for, and more for wider charts.
  static func yearLabels(_ dates: [CivilDate]) -> String {
    var firsts: [(index: Int, year: Int)] = []
    for index in dates.indices where index > 0 && dates[index].year != dates[index - 1].year {
      firsts.append((index, dates[index].year))
    }
    /// Years between labels when so many fit; each step divides the next, so that a phone's labels are among the others.
    func step(_ room: Int) -> Int {
      [1, 5, 10, 50, 100].first { years in firsts.count { $0.year % years == 0 } <= room } ?? 100
    }
    let (phone, wide) = (step(6), step(20))
    return firsts.filter { $0.year % wide == 0 }.map { index, year in
      let place = 100 * Double(index) / Double(dates.count - 1)
      return "<span class=\"x\(year % phone == 0 ? "" : " wide")\" style=\"left:\(fixed(place))%\">\(year)</span>"
    }.joined()
  }
}

/// One decimal of a thousandth part is finer than a pixel.
func fixed(_ value: Double) -> String {
  let rounded = (value * 10).rounded() / 10
  return rounded == rounded.rounded() && abs(rounded) < 1e15 ? String(Int(rounded)) : rounded.description
}
