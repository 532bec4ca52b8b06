import HydraNumerics

/// The rule book of repairs: for each kind of finding, whether the data are kept, dropped or corrected.
///
/// Nothing is repaired silently: whatever a rule drops or corrects is a finding that says so, and a ``DataRepair`` that a
/// run journals. A rule never reads what became known after the row that it repairs.
///
///     var rules = RepairRules()
///     try rules.set(.badTick, to: .correct)
///     let history = try folder.history(symbol: "ZO", ingested: now, repairs: rules)
///     history.repairs            // file, line, column, before, after, rule
///
/// As JSON: `{"bad_tick": "correct", "high_below_low": "drop"}`; kinds that are left out have their standard rule.
public struct RepairRules: Hashable, Sendable {
  /// What is done with a row or field that a finding is about.
  public enum Action: String, Codable, Sendable, CaseIterable {
    case keep
    case drop
    case correct
  }

  private var chosen: [DataFinding.Kind: Action] = [:]

  /// The standard rules.
  public init() {}

  /// The rule for a kind.
  public subscript(kind: DataFinding.Kind) -> Action { chosen[kind] ?? Self.standard(kind) }

  /// The kinds for which there is a choice, in the order of their names.
  public static let kinds = DataFinding.Kind.allCases.filter { choices(for: $0).count > 1 }
    .sorted { $0.rawValue < $1.rawValue }

  /// What may be done about a kind; the first one is the standard.
  ///
  /// The standard keeps whatever could be true, and drops or converts only where the numbers contradict themselves or
  /// where a time series could not hold them: one time has one price, a price is positive, rows are in time order, and
  /// positions before 1998 have a documented unit of their own.
  public static func choices(for kind: DataFinding.Kind) -> [Action] {
    switch kind {
    // A market can stand still; only contract bars beside the file prove a settlement late.
    case .staleSettlement, .sourcesDiffer: [.keep, .drop, .correct]
    case .badTick: [.drop, .correct, .keep]
    case .badValue: [.drop, .keep]
    // Of two rows of one time the first counts, or the second.
    case .duplicate: [.drop, .correct]
    // Which of the numbers is wrong cannot be told.
    case .highBelowLow, .outsideRange: [.keep, .drop, .correct]
    case .unitChange: [.correct, .keep, .drop]
    case .lateReport, .restatedReport, .zeroVolumeRun: [.keep, .drop]
    case .clockChange: [.keep, .drop, .correct]
    case .outOfOrder: [.correct, .drop]
    case .crossedQuote: [.drop, .keep]
    default: [.keep]
    }
  }

  /// The rule where none was chosen.
  public static func standard(_ kind: DataFinding.Kind) -> Action { choices(for: kind)[0] }

  /// Chooses a rule.
  ///
  /// - Throws: ``RepairRuleError`` when there is no such choice for this kind.
  public mutating func set(_ kind: DataFinding.Kind, to action: Action) throws(RepairRuleError) {
    let choices = Self.choices(for: kind)
    guard choices.contains(action) else {
      throw .notAChoice(kind: kind, action: action.rawValue, choices: choices)
    }
    chosen[kind] = action == choices[0] ? nil : action
  }

  /// Chooses a rule written as `bad_tick=correct`.
  public mutating func set(_ text: String) throws(RepairRuleError) {
    let parts = text.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2 else { throw .malformed(text) }
    try set(String(parts[0]), to: String(parts[1]))
  }

  private mutating func set(_ name: String, to action: String) throws(RepairRuleError) {
    guard let kind = DataFinding.Kind(rawValue: name) else { throw .unknownKind(name) }
    guard let rule = Action(rawValue: action) else {
      throw .notAChoice(kind: kind, action: action, choices: Self.choices(for: kind))
    }
    try set(kind, to: rule)
  }

  /// What a finding says about its row under this rule.
  func action(_ kind: DataFinding.Kind) -> DataFinding.Action {
    switch self[kind] {
    case .keep: Self.choices(for: kind).count > 1 ? .kept : .noted
    case .drop: .dropped
    case .correct: .converted
    }
  }
}

extension RepairRules: Codable {
  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: Key.self)
    for key in keys.allKeys {
      do {
        try set(key.stringValue, to: try keys.decode(String.self, forKey: key))
      } catch let error as RepairRuleError {
        throw DecodingError.dataCorruptedError(forKey: key, in: keys, debugDescription: error.description)
      }
    }
  }

  /// All rules for which there is a choice, standard ones included: a record says what was in force.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: Key.self)
    for kind in Self.kinds { try keys.encode(self[kind], forKey: Key(stringValue: kind.rawValue)) }
  }
}

/// Why a rule could not be chosen.
public enum RepairRuleError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The text is not of the form `KIND=ACTION`.
  case malformed(String)
  case unknownKind(String)
  case notAChoice(kind: DataFinding.Kind, action: String, choices: [RepairRules.Action])

  public var description: String {
    switch self {
    case .malformed(let text): "'\(text)' is not of the form KIND=ACTION, as in bad_tick=correct"
    case .unknownKind(let name):
      "'\(name)' is no kind of finding with a rule; these are "
        + RepairRules.kinds.map(\.rawValue).joined(separator: ", ")
    case .notAChoice(let kind, let action, let choices):
      "'\(action)' is no rule for \(kind.rawValue); it can be "
        + choices.map(\.rawValue).joined(separator: ", ")
    }
  }
}
