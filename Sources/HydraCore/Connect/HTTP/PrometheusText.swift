/// Figures of a running program in the text format that Prometheus reads.
///
///     var page = PrometheusText()
///     page.counter("hydra_bars_total", "Trade dates seen.", 250)
///     page.gauge("hydra_position_lots", "Lots held.", -3, ["market": "ZO"])
///     page.text
///
/// Names of metrics and labels are checked, counters end in `_total`, and no name with its labels is printed twice: a
/// second value of the same sample is a mistake of the program, not of the reader.
///
/// Source: Prometheus documentation, "Exposition formats", version 0.0.4.
public struct PrometheusText: Sendable {
  /// The type of the page.
  public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private struct Family: Sendable {
    var name: String
    var help: String
    var kind: String
    var samples: [(labels: String, value: Double)] = []
  }

  private var families: [Family] = []

  public init() {}

  /// Adds a figure that only grows; the name ends in `_total`.
  public mutating func counter(_ name: String, _ help: String, _ value: Double, _ labels: [String: String] = [:]) {
    precondition(name.hasSuffix("_total"), "the counter '\(name)' does not end in _total")
    add(name, help, "counter", value, labels)
  }

  /// Adds a figure that goes up and down.
  public mutating func gauge(_ name: String, _ help: String, _ value: Double, _ labels: [String: String] = [:]) {
    precondition(!name.hasSuffix("_total"), "the gauge '\(name)' ends in _total")
    add(name, help, "gauge", value, labels)
  }

  private mutating func add(
    _ name: String, _ help: String, _ kind: String, _ value: Double, _ labels: [String: String]
  ) {
    precondition(Self.isName(name, colons: true), "'\(name)' is no name of a metric")
    let text = labels.sorted { $0.key < $1.key }.map { label in
      precondition(Self.isName(label.key, colons: false), "'\(label.key)' is no name of a label")
      return "\(label.key)=\"\(Self.escaped(label.value, quotes: true))\""
    }.joined(separator: ",")
    let index =
      families.firstIndex { $0.name == name }
      ?? {
        families.append(Family(name: name, help: help, kind: kind))
        return families.count - 1
      }()
    precondition(families[index].kind == kind, "'\(name)' is a \(families[index].kind) and a \(kind)")
    precondition(
      !families[index].samples.contains { $0.labels == text }, "the sample '\(name){\(text)}' is given twice")
    families[index].samples.append((text, value))
  }

  /// The page: families in the order in which they were added, each with its help and its type.
  public var text: String {
    var result = ""
    for family in families {
      result += "# HELP \(family.name) \(Self.escaped(family.help, quotes: false))\n"
      result += "# TYPE \(family.name) \(family.kind)\n"
      for sample in family.samples {
        let labels = sample.labels.isEmpty ? "" : "{\(sample.labels)}"
        result += "\(family.name)\(labels) \(Self.number(sample.value))\n"
      }
    }
    return result
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    return value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
  }

  private static func isName(_ name: String, colons: Bool) -> Bool {
    guard let first = name.utf8.first, !(48...57).contains(first) else { return false }
    return name.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
        || (colons && byte == 58)
    }
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var result = ""
    for character in text {
      switch character {
      case "\\": result += "\\\\"
      case "\n", "\r\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.append(character)
      }
    }
    return result
  }
}
