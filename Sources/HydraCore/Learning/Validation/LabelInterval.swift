import HydraNumerics

/// The span of time from which the label of a sample is made: from when the sample is known to when its label is.
///
/// Both ends belong to it. The unit is free (rows, days, nanoseconds) but must be the same for all samples of a set.
public struct LabelInterval: Hashable, Codable, Sendable {
  public let start: Int64
  public let end: Int64

  public init(start: Int64, end: Int64) {
    precondition(start <= end, "a label ends before it starts: \(start)...\(end)")
    (self.start, self.end) = (start, end)
  }

  /// In days.
  public init(from start: CivilDate, through end: CivilDate) {
    self.init(start: Int64(start.dayNumber), end: Int64(end.dayNumber))
  }

  /// In nanoseconds.
  public init(from start: Timestamp, through end: Timestamp) {
    self.init(start: start.nanoseconds, end: end.nanoseconds)
  }

  /// Labels known at once: the interval of row i is i alone.
  public static func points(_ count: Int) -> [LabelInterval] {
    (0..<Int64(count)).map { LabelInterval(start: $0, end: $0) }
  }

  /// Labels that look `horizon` rows ahead: the interval of row i is i...i + horizon.
  public static func rows(_ count: Int, horizon: Int) -> [LabelInterval] {
    (0..<Int64(count)).map { LabelInterval(start: $0, end: $0 + Int64(horizon)) }
  }
}
