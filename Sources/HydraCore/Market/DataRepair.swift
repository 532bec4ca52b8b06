import HydraNumerics

/// One place of the input that is read otherwise than it stands, by which rule.
public struct DataRepair: Hashable, Codable, Sendable {
  public var kind: DataFinding.Kind
  /// `drop` or `correct`.
  public var rule: RepairRules.Action
  public var file: String
  /// 1-based lines; `lastLine` where a repair spans several.
  public var line: Int?
  public var lastLine: Int?
  public var column: String?
  public var date: CivilDate?
  public var before: String?
  /// What is read instead; nil where the row or field was dropped.
  public var after: String?

  /// The repair that a finding reports; nil when it left the data as they are.
  public init?(_ finding: DataFinding) {
    switch finding.action {
    case .dropped: rule = .drop
    case .converted: rule = .correct
    case .kept, .noted: return nil
    }
    kind = finding.kind
    file = finding.file
    line = finding.line
    lastLine = finding.lastLine
    column = finding.column
    date = finding.date
    before = finding.value
    after = finding.action == .converted ? finding.after : nil
  }

  /// For a journal.
  public var json: JSONValue {
    [
      "kind": .string(kind.rawValue), "rule": .string(rule.rawValue), "file": .string(file),
      "line": line.map { JSONValue($0) } ?? .null, "last_line": lastLine.map { JSONValue($0) } ?? .null,
      "column": JSONValue(column), "date": JSONValue(date?.description), "before": JSONValue(before),
      "after": JSONValue(after),
    ]
  }
}

extension MarketHistory {
  /// What was dropped or corrected while the files were read, in the order of the findings.
  public var repairs: [DataRepair] { findings.compactMap(DataRepair.init) }
}
