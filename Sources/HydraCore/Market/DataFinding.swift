import HydraNumerics

/// Something odd in the input, where it stands, and what was done about it.
public struct DataFinding: Hashable, Codable, Sendable {
  /// What is wrong.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    case staleSettlement = "stale_settlement"
    case badValue = "bad_value"
    case duplicate
    case highBelowLow = "high_below_low"
    case outsideRange = "outside_range"
    case gap
    case unitChange = "unit_change"
    case missingReport = "missing_report"
    case lateReport = "late_report"
    case restatedReport = "restated_report"
    case rollWithoutPrice = "roll_without_price"
    case zeroVolumeRun = "zero_volume_run"
    case outOfOrder = "out_of_order"
  }

  /// What the importer did with the row.
  public enum Action: String, Codable, Sendable {
    case dropped
    case converted
    case kept
    case noted
  }

  public var kind: Kind
  public var file: String
  /// 1-based line of the file; the header is line 1.
  public var line: Int?
  public var column: String?
  public var date: CivilDate?
  public var value: String?
  public var message: String
  public var action: Action

  public init(
    _ kind: Kind, file: String, line: Int? = nil, column: String? = nil, date: CivilDate? = nil, value: String? = nil,
    message: String, action: Action
  ) {
    self.kind = kind
    self.file = file
    self.line = line
    self.column = column
    self.date = date
    self.value = value
    self.message = message
    self.action = action
  }
}
