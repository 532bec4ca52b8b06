import HydraNumerics

/// A line chart over trade dates, drawn as SVG text without any script or outside resource.
///
/// Colours are CSS classes, so that the page's light and dark styles apply. Long series are thinned to the width of the
/// drawing, keeping each bucket's first, lowest, highest and last point, so that no peak is lost.
struct Chart {
  /// One line.
  struct Line {
    var name: String
    /// CSS class of the stroke.
    var style: String
    var values: [Double]
    /// Draws steps instead of slopes, as for positions.
    var isStepped = false
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
  var marks: [Mark] = []
  /// A value that is drawn as a dashed line across.
  var threshold: Double?
  var height = 260.0

  private let width = 960.0
  private let left = 72.0
  private let right = 16.0
  private let top = 14.0
  private let bottom = 28.0

  /// The `<svg>` element; empty without two dates.
  var svg: String {
    let finite = lines.flatMap { $0.values.filter(\.isFinite) } + (threshold.map { [$0] } ?? [])
    guard dates.count >= 2, var low = finite.min(), var high = finite.max() else { return "" }
    if high - low < 1e-9 * max(1, abs(high)) { (low, high) = (low - 1, high + 1) }
    let ticks = Self.ticks(low, high)
    low = min(low, ticks.first ?? low)
    high = max(high, ticks.last ?? high)
    let (plotWidth, plotHeight) = (width - left - right, height - top - bottom)
    func x(_ index: Int) -> Double { left + plotWidth * Double(index) / Double(dates.count - 1) }
    func y(_ value: Double) -> Double { top + plotHeight * (high - value) / (high - low) }

    var text = """
      <svg viewBox="0 0 \(Int(width)) \(Int(height))" role="img" aria-label="\(escaped(title))">
      """
    for tick in ticks {
      text += """
        <line class="grid" x1="\(fixed(left))" x2="\(fixed(width - right))" y1="\(fixed(y(tick)))" y2="\(fixed(y(tick)))"/>\
        <text class="tick" x="\(fixed(left - 6))" y="\(fixed(y(tick) + 4))" text-anchor="end">\(Self.label(tick))</text>
        """
    }
    for (index, year) in yearTicks(plotWidth) {
      text += """
        <line class="grid" x1="\(fixed(x(index)))" x2="\(fixed(x(index)))" y1="\(fixed(top))" y2="\(fixed(height - bottom))"/>\
        <text class="tick" x="\(fixed(x(index)))" y="\(fixed(height - 8))" text-anchor="middle">\(year)</text>
        """
    }
    if let threshold {
      text += """
        <line class="threshold" x1="\(fixed(left))" x2="\(fixed(width - right))" y1="\(fixed(y(threshold)))" \
        y2="\(fixed(y(threshold)))"/>
        """
    }
    for line in lines { text += path(line, x: x, y: y) }
    for mark in marks where dates.indices.contains(mark.index) {
      let value = lines.last.map { $0.values.indices.contains(mark.index) ? $0.values[mark.index] : .nan } ?? .nan
      text += shape(mark, x: x(mark.index), y: value.isFinite ? y(value) : top + plotHeight / 2)
    }
    return text + "</svg>\n"
  }

  private func path(_ line: Line, x: (Int) -> Double, y: (Double) -> Double) -> String {
    var points = ""
    var isOpen = false
    var previous = Double.nan
    for index in thinned(line.values) {
      let value = line.values[index]
      guard value.isFinite else {
        isOpen = false
        continue
      }
      if line.isStepped, isOpen { points += "L\(fixed(x(index))) \(fixed(y(previous)))" }
      points += "\(isOpen ? "L" : "M")\(fixed(x(index))) \(fixed(y(value)))"
      isOpen = true
      previous = value
    }
    return "<path class=\"line \(line.style)\" d=\"\(points)\"><title>\(escaped(line.name))</title></path>\n"
  }

  /// Indices to draw: all of a short series, four a pixel column of a long one.
  private func thinned(_ values: [Double]) -> [Int] {
    let columns = Int(width - left - right)
    guard values.count > 4 * columns else { return Array(values.indices) }
    var result: [Int] = []
    for column in 0..<columns {
      let range = (values.count * column / columns)..<(values.count * (column + 1) / columns)
      guard let first = range.first, let last = range.last else { continue }
      let lowest = range.min { values[$0] < values[$1] } ?? first
      let highest = range.max { values[$0] < values[$1] } ?? first
      for index in Set([first, lowest, highest, last]).sorted() { result.append(index) }
    }
    return result
  }

  private func shape(_ mark: Mark, x: Double, y: Double) -> String {
    let title = "<title>\(escaped("\(dates[mark.index]): \(mark.text)"))</title>"
    switch mark.style {
    case "promotion":
      return """
        <path class="mark promotion" d="M\(fixed(x)) \(fixed(y - 16))l7 11h-14z">\(title)</path>
        """
    case "rollback":
      return """
        <path class="mark rollback" d="M\(fixed(x)) \(fixed(y + 16))l7 -11h-14z">\(title)</path>
        """
    default:
      return """
        <circle class="mark \(mark.style)" cx="\(fixed(x))" cy="\(fixed(y))" r="4">\(title)</circle>
        """
    }
  }

  /// First bars of years, as many as have room.
  private func yearTicks(_ plotWidth: Double) -> [(index: Int, year: Int)] {
    var firsts: [(index: Int, year: Int)] = []
    for index in dates.indices where index > 0 && dates[index].year != dates[index - 1].year {
      firsts.append((index, dates[index].year))
    }
    let step = max(1, Int((Double(firsts.count) * 52 / plotWidth).rounded(.up)))
    return firsts.filter { $0.year % step == 0 }
  }

  /// About five round numbers between two values.
  static func ticks(_ low: Double, _ high: Double) -> [Double] {
    let rough = (high - low) / 4
    var step = 1.0
    while step > rough { step /= 10 }
    while step * 10 <= rough { step *= 10 }
    if step * 5 <= rough { step *= 5 } else if step * 2 <= rough { step *= 2 }
    let first = (low / step).rounded(.down)
    var result: [Double] = []
    var index = first
    while index * step < high + step / 2, result.count < 20 {
      result.append(index * step)
      index += 1
    }
    return result
  }

  /// A number with thousands marked and no rounding noise.
  static func label(_ value: Double) -> String {
    if abs(value) >= 1000 {
      let digits = String(Int(abs(value).rounded()))
      var grouped = ""
      for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0 { grouped += "\u{202f}" }
        grouped.append(digit)
      }
      return (value < 0 ? "−" : "") + grouped
    }
    let rounded = (value * 1000).rounded() / 1000
    let text = rounded == rounded.rounded() ? String(Int(rounded)) : rounded.description
    return text.hasPrefix("-") ? "−" + text.dropFirst() : text
  }
}

/// Two decimals are finer than a pixel.
private func fixed(_ value: Double) -> String { ((value * 100).rounded() / 100).description }

/// Text for HTML and SVG.
func escaped(_ text: String) -> String {
  var result = ""
  for character in text {
    switch character {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    default: result.append(character)
    }
  }
  return result
}
