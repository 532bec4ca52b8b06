import HydraNumerics

/// A picture of a detection as SVG text: the stream, where drift was reported (lines through), where the change is dated
/// (dashed), and below the statistic as a share of what raises drift.
///
///     let picture = try DriftPicture(kind: .calibrated, values: residuals)
///     picture.svg
///
/// Of more than `columns` values the least and the greatest of each column are drawn, so that no spike is lost. The text is
/// the same for the same values; it needs nothing from elsewhere.
public struct DriftPicture: Sendable {
  /// Indices at which drift was reported.
  public let alarms: [Int]
  /// Estimated indices of the first values after the changes, as far as there are estimates.
  public let changePoints: [Int]
  private let values: [Double]
  private let scores: [Double]
  private let title: String
  private let columns = 900

  /// Runs a detector over the values.
  public init(
    kind: DriftDetectorKind, parameters: [String: String] = [:], values: [Double], title: String? = nil
  ) throws(DriftDetectorError) {
    var detector = try kind.detector(parameters: parameters)
    var (alarms, changes, scores): ([Int], [Int], [Double]) = ([], [], [])
    for (i, value) in values.enumerated() {
      let state = detector.update(value)
      scores.append(detector.score)
      guard state == .drift else { continue }
      alarms.append(i)
      if let age = detector.changeAge { changes.append(max(0, i + 1 - age)) }
    }
    (self.alarms, changePoints, self.values, self.scores) = (alarms, changes, values, scores)
    self.title = title ?? "\(kind.rawValue): \(alarms.count) alarm\(alarms.count == 1 ? "" : "s")"
  }

  /// The picture, 960 × 360.
  public var svg: String {
    var parts = [
      #"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 360" font-family="sans-serif" font-size="12">"#,
      #"<rect width="960" height="360" fill="white"/>"#,
      #"<text x="40" y="20" font-size="14">\#(Self.escaped(title))</text>"#,
    ]
    parts += panel(values, top: 30, height: 190, colour: "#2b5c8a", levels: nil)
    parts += panel(scores.map { min($0, 1.5) }, top: 240, height: 90, colour: "#777777", levels: (0, 1.5))
    let limit = 240 + 90 * (1 - 1 / 1.5)
    parts.append(line(40, limit, 940, limit, #"stroke="\#(Self.alarm)" stroke-width="0.7""#))
    parts.append(#"<text x="44" y="\#(Self.text(limit - 4))" fill="\#(Self.alarm)">statistic / threshold = 1</text>"#)
    for i in changePoints {
      parts.append(line(x(i), 30, x(i), 220, #"stroke="darkorange" stroke-dasharray="4 3""#))
    }
    for i in alarms {
      parts.append(line(x(i), 30, x(i), 330, #"stroke="\#(Self.alarm)""#))
      parts.append(#"<text x="\#(Self.text(x(i) + 3))" y="42" fill="\#(Self.alarm)">\#(i)</text>"#)
    }
    parts.append(#"<text x="40" y="350">0</text>"#)
    parts.append(#"<text x="940" y="350" text-anchor="end">\#(max(0, values.count - 1))</text>"#)
    return parts.joined(separator: "\n") + "\n</svg>\n"
  }

  private static let alarm = "#b3261e"

  private func x(_ index: Int) -> Double { 40 + 900 * Double(index) / Double(max(1, values.count - 1)) }

  /// A line of values, with the least and the greatest written beside it.
  private func panel(
    _ values: [Double], top: Double, height: Double, colour: String, levels: (Double, Double)?
  ) -> [String] {
    let finite = values.filter(\.isFinite)
    guard let least = finite.min(), let most = finite.max() else { return [] }
    let (low, high) = levels ?? (least, most)
    let span = high > low ? high - low : 1
    var points: [String] = []
    let step = max(1, (values.count + columns - 1) / columns)
    for start in stride(from: 0, to: values.count, by: step) {
      let part = values[start..<min(values.count, start + step)].filter(\.isFinite)
      guard let a = part.min(), let b = part.max() else { continue }
      for value in step == 1 ? [a] : [a, b] {
        points.append("\(Self.text(x(start))),\(Self.text(top + height * (1 - (value - low) / span)))")
      }
    }
    let path = points.joined(separator: " ")
    return [
      #"<polyline fill="none" stroke="\#(colour)" stroke-width="0.8" points="\#(path)"/>"#,
      #"<text x="36" y="\#(Self.text(top + 8))" text-anchor="end">\#(Self.label(high))</text>"#,
      #"<text x="36" y="\#(Self.text(top + height))" text-anchor="end">\#(Self.label(low))</text>"#,
    ]
  }

  private func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) -> String {
    let ends = [("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2)].map { #"\#($0)="\#(Self.text($1))""# }
    return "<line \(ends.joined(separator: " ")) \(style)/>"
  }

  /// A tenth of a point is finer than any screen.
  private static func text(_ value: Double) -> String { NumberText.text((value * 10).rounded() / 10) }

  private static func label(_ value: Double) -> String {
    abs(value) < 1e5 ? NumberText.text((value * 100).rounded() / 100) : NumberText.text(value)
  }

  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { $0 += $1 == "<" ? "&lt;" : $1 == "&" ? "&amp;" : String($1) }
  }
}
