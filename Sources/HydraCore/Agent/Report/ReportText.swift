import HydraNumerics

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

/// Numbers as people read them.
enum ReportNumber {
  /// A number with so many digits after the point, thousands marked, at most four digits; a dash where there is none.
  static func text(_ value: Double?, _ digits: Int) -> String {
    guard let value, value.isFinite else { return "–" }
    let scale = [1.0, 10, 100, 1000, 10_000][digits]
    let rounded = (value * scale).rounded() / scale
    if digits == 0 || abs(rounded) >= 1000 { return label(rounded) }
    var text = abs(rounded).description
    if text.contains("e") { text = "0.0" }
    let decimals = text.split(separator: ".").last?.count ?? 0
    if decimals < digits { text += String(repeating: "0", count: digits - decimals) }
    return rounded < 0 ? "−" + text : text
  }

  static func percent(_ value: Double?) -> String { value.map { text(100 * $0, 1) + " %" } ?? "–" }

  /// A number with thousands marked and no rounding noise.
  static func label(_ value: Double) -> String {
    if abs(value) >= 1e15 { return value.description }
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
}
