import HydraNumerics

/// Something odd in the input, where it stands, and what was done about it.
public struct DataFinding: Hashable, Codable, Sendable {
  /// What is wrong.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// A settlement repeats that of the trade date before.
    case staleSettlement = "stale_settlement"
    /// A price is off by a power of ten: a misplaced decimal point.
    case badTick = "bad_tick"
    /// A number is missing or cannot be what its column says.
    case badValue = "bad_value"
    /// A row stands twice, or two rows have the same time.
    case duplicate
    case highBelowLow = "high_below_low"
    /// Open, last or settlement lies outside of high and low.
    case outsideRange = "outside_range"
    /// Trade dates are missing.
    case gap
    /// From here on the numbers are in another unit.
    case unitChange = "unit_change"
    /// A contract's code was in use for another contract before.
    case reusedCode = "reused_code"
    case missingReport = "missing_report"
    case lateReport = "late_report"
    /// A report that was published before, with other figures.
    case restatedReport = "restated_report"
    /// The file has no release times: the schedule is taken.
    case scheduledRelease = "scheduled_release"
    case rollWithoutPrice = "roll_without_price"
    /// Trade dates in a row without a trade.
    case zeroVolumeRun = "zero_volume_run"
    /// Dates without a trade, or with few lots, are common.
    case thinVolume = "thin_volume"
    /// High equals low on many dates of a year.
    case flatRange = "flat_range"
    /// A column repeats another one all along.
    case copiedColumn = "copied_column"
    /// A column is empty in many rows.
    case missingValues = "missing_values"
    /// Hours of the day that never occur between hours that do.
    case missingHours = "missing_hours"
    /// Times that are an hour off, or hours that did not move, after the clocks were changed.
    case clockChange = "clock_change"
    case outOfOrder = "out_of_order"
    /// Two files of different names, usually of two days, have the same content.
    case identicalFile = "identical_file"
    /// Two files disagree about one and the same price.
    case sourcesDiffer = "sources_differ"
    /// A bid above its ask.
    case crossedQuote = "crossed_quote"
    /// An option settles above a neighbour that is worth at least as much.
    case settleAboveNeighbour = "settle_above_neighbour"
  }

  /// What the importer did with the row.
  public enum Action: String, Codable, Sendable {
    case dropped
    case converted
    case kept
    /// There is nothing to keep or to drop.
    case noted
  }

  public var kind: Kind
  public var file: String
  /// 1-based line of the file; the header is line 1.
  public var line: Int?
  /// The last line where a finding is about several.
  public var lastLine: Int?
  public var column: String?
  public var date: CivilDate?
  /// What the field says.
  public var value: String?
  /// What is read instead, where it was converted.
  public var after: String?
  public var message: String
  public var action: Action

  public init(
    _ kind: Kind, file: String, line: Int? = nil, lastLine: Int? = nil, column: String? = nil, date: CivilDate? = nil,
    value: String? = nil, after: String? = nil, message: String, action: Action
  ) {
    self.kind = kind
    self.file = file
    self.line = line
    self.lastLine = lastLine
    self.column = column
    self.date = date
    self.value = value
    self.after = after
    self.message = message
    self.action = action
  }
}
