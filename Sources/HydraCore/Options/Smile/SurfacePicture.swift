import HydraNumerics

/// A drawing of a surface as one SVG file without scripts or outside resources: volatilities with the quotes on the
/// left, total variances, whose lines must not cross, on the right.
public struct SurfacePicture: Sendable {
  /// One quote: a bar from bid to ask, or a dot.
  public struct Mark: Hashable, Sendable {
    /// Which expiry of the surface it belongs to.
    public var expiry: Int
    public var strike: Double
    /// The least and the greatest volatility; equal for a dot.
    public var low, high: Double

    public init(expiry: Int, strike: Double, low: Double, high: Double) {
      (self.expiry, self.strike, self.low, self.high) = (expiry, strike, low, high)
    }
  }

  public var surface: VolatilitySurface
  public var marks: [Mark]
  public var title: String

  public init(_ surface: VolatilitySurface, marks: [Mark] = [], title: String = "Implied volatility surface") {
    (self.surface, self.marks, self.title) = (surface, marks, title)
  }

  private static let size = (width: 1040.0, height: 470.0)

  /// The text of the file.
  public var svg: String {
    let reach = max(1.15 * marks.reduce(0.1) { max($0, abs(place($1))) }, 0.12)
    let places = (0...120).map { reach * (Double($0) / 60 - 1) }
    let variances = surface.slices.map { slice in
      places.map { max(slice.totalVariance(atLogMoneyness: $0).value, 0) }
    }
    let volatilities = zip(surface.slices, variances).map { slice, row in
      row.map { ($0 / slice.years).squareRoot() }
    }
    var left = Panel(left: 64, width: 420, title: "Volatility", label: { Self.percent($0) })
    left.bounds(reach, volatilities.flatMap { $0 } + marks.flatMap { [$0.low, $0.high] })
    var right = Panel(left: 574, width: 370, title: "Total variance σ²T", label: { Self.short($0) })
    right.bounds(reach, variances.flatMap { $0 } + [0])
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(Self.size.width)) \(Int(Self.size.height))" \
      font-family="system-ui,sans-serif" font-size="12" fill="#333" role="img" aria-label="\(Self.escaped(title))">
      <rect width="100%" height="100%" fill="#fff"/>
      <text x="64" y="26" font-size="16" font-weight="600">\(Self.escaped(title))</text>

      """
    text += left.frame + right.frame
    for (index, slice) in surface.slices.enumerated() {
      let colour = Self.colour(index, of: surface.slices.count)
      for mark in marks where mark.expiry == index { text += bar(mark, left, colour) }
      text += left.line(places, volatilities[index], colour) + right.line(places, variances[index], colour)
      let y = 78 + 18 * Double(index)
      text += """
        <path d="M958 \(Self.fixed(y - 4))h18" stroke="\(colour)" stroke-width="2.5"/>\
        <text x="982" y="\(Self.fixed(y))">\(Self.days(slice.years))</text>

        """
    }
    return text + "</svg>\n"
  }

  private func place(_ mark: Mark) -> Double {
    surface.slices.indices.contains(mark.expiry)
      ? Portable.log(mark.strike / surface.slices[mark.expiry].forward) : 0
  }

  private func bar(_ mark: Mark, _ panel: Panel, _ colour: String) -> String {
    let x = panel.x(place(mark))
    let (top, bottom) = (panel.y(mark.high), panel.y(mark.low))
    let note = "<title>\(Self.short(mark.strike)): \(Self.percent(mark.low)) to \(Self.percent(mark.high))</title>"
    guard bottom - top > 2 else {
      let y = Self.fixed((top + bottom) / 2)
      return
        "<circle cx=\"\(Self.fixed(x))\" cy=\"\(y)\" r=\"2.5\" fill=\"\(colour)\" fill-opacity=\".6\">\(note)</circle>\n"
    }
    let path = "M\(Self.fixed(x)) \(Self.fixed(top))V\(Self.fixed(bottom))"
    return "<path d=\"\(path)\" stroke=\"\(colour)\" stroke-width=\"4\" stroke-opacity=\".35\">\(note)</path>\n"
  }

  // MARK: - Text

  static func fixed(_ value: Double) -> String {
    let rounded = (value * 10).rounded() / 10
    return rounded == rounded.rounded() && abs(rounded) < 1e15 ? String(Int(rounded)) : rounded.description
  }

  /// Four significant digits at most.
  static func short(_ value: Double) -> String {
    let rounded = (value * 1e4).rounded() / 1e4
    return rounded == rounded.rounded() && abs(rounded) < 1e15 ? String(Int(rounded)) : rounded.description
  }

  private static func percent(_ value: Double) -> String { "\(fixed(100 * value)) %" }

  private static func days(_ years: Double) -> String { "\(fixed(365 * years)) d" }

  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, letter in
      switch letter {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(letter)
      }
    }
  }

  /// From orange (near) over violet to blue (far).
  private static func colour(_ index: Int, of count: Int) -> String {
    let share = count > 1 ? Double(index) / Double(count - 1) : 0
    let (near, far) = ((215.0, 95.0, 20.0), (30.0, 70.0, 200.0))
    func mix(_ a: Double, _ b: Double) -> Int { Int((a + (b - a) * share).rounded()) }
    return "rgb(\(mix(near.0, far.0)),\(mix(near.1, far.1)),\(mix(near.2, far.2)))"
  }
}

/// One coordinate system of the picture.
private struct Panel {
  let left, width: Double
  let title: String
  let label: @Sendable (Double) -> String
  private let top = 64.0
  private let height = 350.0
  private var reach = 1.0
  private var low = 0.0
  private var high = 1.0

  init(left: Double, width: Double, title: String, label: @escaping @Sendable (Double) -> String) {
    (self.left, self.width, self.title, self.label) = (left, width, title, label)
  }

  mutating func bounds(_ reach: Double, _ values: [Double]) {
    self.reach = reach
    let finite = values.filter(\.isFinite)
    let (least, greatest) = (finite.min() ?? 0, finite.max() ?? 1)
    let room = max(0.05 * (greatest - least), 1e-6 * max(abs(greatest), 1e-3))
    (low, high) = (least == 0 ? 0 : least - room, greatest + room)
  }

  func x(_ k: Double) -> Double { left + width * (k + reach) / (2 * reach) }
  func y(_ value: Double) -> Double { top + height * (high - value) / (high - low) }

  /// A round step that gives about so many ticks.
  private func step(_ range: Double, _ count: Double) -> Double {
    let raw = range / count
    let power = Portable.pow(10, (Portable.log10(raw)).rounded(.down))
    return [1, 2, 5, 10].map { $0 * power }.first { $0 >= raw } ?? 10 * power
  }

  private func ticks(_ from: Double, _ to: Double, _ count: Double) -> [Double] {
    let step = step(to - from, count)
    let first = (from / step).rounded(.up)
    return (0...40).map { (first + Double($0)) * step }.filter { $0 <= to }
  }

  var frame: String {
    func fixed(_ v: Double) -> String { SurfacePicture.fixed(v) }
    var text = "<text x=\"\(fixed(left))\" y=\"52\" font-weight=\"600\">\(title)</text>\n"
    for tick in ticks(low, high, 6) {
      text += """
        <path d="M\(fixed(left)) \(fixed(y(tick)))h\(fixed(width))" stroke="#e4e4e4"/>\
        <text x="\(fixed(left - 8))" y="\(fixed(y(tick) + 4))" text-anchor="end">\(label(tick))</text>

        """
    }
    for tick in ticks(-reach, reach, 6) {
      text += """
        <path d="M\(fixed(x(tick))) \(fixed(top))v\(fixed(height))" stroke="\(abs(tick) < 1e-12 ? "#aaa" : "#f0f0f0")"/>\
        <text x="\(fixed(x(tick)))" y="\(fixed(top + height + 18))" text-anchor="middle">\(SurfacePicture.short(tick))</text>

        """
    }
    let middle = fixed(left + width / 2)
    return text + "<text x=\"\(middle)\" y=\"\(fixed(top + height + 40))\" text-anchor=\"middle\">ln(K/F)</text>\n"
  }

  func line(_ places: [Double], _ values: [Double], _ colour: String) -> String {
    var path = ""
    for (k, value) in zip(places, values) where value.isFinite {
      path += "\(path.isEmpty ? "M" : "L")\(SurfacePicture.fixed(x(k))) \(SurfacePicture.fixed(y(value)))"
    }
    return "<path d=\"\(path)\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"1.8\"/>\n"
  }
}
