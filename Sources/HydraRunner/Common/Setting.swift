import HydraCore

/// A setting of the agent: its key, its values, its default, and why the default is what it is.
///
/// ``all`` is the one table that configuration files, `--set`, `hydra config` and DOCS.md are made of or held against.
struct Setting {
  /// What values a setting takes.
  enum Kind {
    case number(ClosedRange<Double>)
    case count(ClosedRange<Int>)
    case names
    case choice([String])
  }

  /// Dotted, without the section `agent` of a file, as in `healing.trials`.
  let key: String
  let kind: Kind
  /// `null` is a value too: it switches the setting off.
  let isOptional: Bool
  /// The option of `hydra run` that sets the same, without its dashes.
  let option: String?
  /// Why the default is what it is.
  let why: String
  private let read: (AgentSettings) -> JSONValue
  private let write: (inout AgentSettings, JSONValue) -> Void

  /// The value in given settings.
  func value(in settings: AgentSettings) -> JSONValue { read(settings) }

  /// The value that holds when nothing is said.
  var standard: JSONValue { read(AgentSettings()) }

  /// The values allowed, in words.
  var range: String {
    let words =
      switch kind {
      case .number(let range):
        "\(NumberText.text(range.lowerBound))…\(range.upperBound < 1e7 ? NumberText.text(range.upperBound) : "\(range.upperBound)")"
      case .count(let range): "\(range.lowerBound)…\(range.upperBound)"
      case .names: "names"
      case .choice(let words): words.joined(separator: ", ")
      }
    return isOptional ? "\(words), null" : words
  }

  /// Sets the value that `text` stands for; answers what is wrong with it instead when it stands for none.
  func set(_ text: String, in settings: inout AgentSettings) -> String? {
    if isOptional, ["null", "~", ""].contains(text) {
      write(&settings, .null)
      return nil
    }
    switch kind {
    case .number(let allowed):
      guard let value = Double(text) else { return "'\(text)' is not a number" }
      guard allowed.contains(value) else { return "\(text) is out of range; it must be in \(range)" }
      write(&settings, .number(value))
    case .count(let allowed):
      guard let value = Int(text) else { return "'\(text)' is not a whole number" }
      guard allowed.contains(value) else { return "\(text) is out of range; it must be in \(range)" }
      write(&settings, .integer(Int64(value)))
    case .names:
      let names = text.split(separator: ",").map { $0.filter { $0 != " " } }
      write(&settings, JSONValue(names))
    case .choice(let words):
      guard words.contains(text) else { return "'\(text)' is not one of \(range)" }
      write(&settings, .string(text))
    }
    return nil
  }
}

// MARK: - Making the table

extension Setting {
  /// A number inside a range.
  static func number(
    _ key: String, _ path: WritableKeyPath<AgentSettings, Double>, _ range: ClosedRange<Double>,
    option: String? = nil, _ why: String
  ) -> Setting {
    Setting(
      key: key, kind: .number(range), isOptional: false, option: option, why: why,
      read: { .number($0[keyPath: path]) }, write: { $0[keyPath: path] = $1.double ?? .nan })
  }

  /// A number inside a range, or nothing.
  static func number(
    _ key: String, _ path: WritableKeyPath<AgentSettings, Double?>, _ range: ClosedRange<Double>, _ why: String
  ) -> Setting {
    Setting(
      key: key, kind: .number(range), isOptional: true, option: nil, why: why,
      read: { JSONValue($0[keyPath: path]) }, write: { $0[keyPath: path] = $1.double })
  }

  /// A whole number inside a range.
  static func count(
    _ key: String, _ path: WritableKeyPath<AgentSettings, Int>, _ range: ClosedRange<Int>,
    option: String? = nil, _ why: String
  ) -> Setting {
    Setting(
      key: key, kind: .count(range), isOptional: false, option: option, why: why,
      read: { JSONValue($0[keyPath: path]) },
      write: { settings, value in if let count = value.int { settings[keyPath: path] = count } })
  }

  /// A whole number inside a range, or nothing.
  static func count(
    _ key: String, _ path: WritableKeyPath<AgentSettings, Int?>, _ range: ClosedRange<Int>, _ why: String
  ) -> Setting {
    Setting(
      key: key, kind: .count(range), isOptional: true, option: nil, why: why,
      read: { $0[keyPath: path].map { JSONValue($0) } ?? .null }, write: { $0[keyPath: path] = $1.int })
  }

  /// A list of names, separated by commas on the command line.
  static func names(_ key: String, _ path: WritableKeyPath<AgentSettings, [String]>, _ why: String) -> Setting {
    Setting(
      key: key, kind: .names, isOptional: false, option: nil, why: why, read: { JSONValue($0[keyPath: path]) },
      write: { $0[keyPath: path] = ($1.array ?? []).compactMap(\.string) })
  }

  /// The rule for a kind of finding.
  static func rule(_ kind: DataFinding.Kind, _ why: String) -> Setting {
    Setting(
      key: "repairs.\(kind.rawValue.map { $0 == "_" ? "-" : "\($0)" }.joined())",
      kind: .choice(RepairRules.choices(for: kind).map(\.rawValue)), isOptional: false, option: nil, why: why,
      read: { .string($0.repairs[kind].rawValue) },
      write: { settings, value in
        // Only words that are choices come here.
        if let action = value.string.flatMap(RepairRules.Action.init) { try? settings.repairs.set(kind, to: action) }
      })
  }

  /// One of some words.
  static func choice(
    _ key: String, _ words: [String], _ why: String, read: @escaping (AgentSettings) -> String,
    write: @escaping (inout AgentSettings, String) -> Void
  ) -> Setting {
    Setting(
      key: key, kind: .choice(words), isOptional: false, option: nil, why: why, read: { .string(read($0)) },
      write: { settings, value in if let word = value.string { write(&settings, word) } })
  }
}
