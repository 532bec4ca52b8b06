/// What a drift detector says after one value.
public enum DriftState: String, Hashable, Codable, Sendable, Comparable {
  case stable, warning, drift

  public static func < (a: DriftState, b: DriftState) -> Bool { a.rank < b.rank }
  private var rank: Int { self == .stable ? 0 : self == .warning ? 1 : 2 }
}

/// Watches a stream of numbers, one at a time, and reports when its distribution has changed.
///
/// A detector starts afresh by itself after a drift. A value that is not finite never changes its state:
/// it is counted in `notFinite`, so that a gap in the data cannot pass for a quiet stream.
///
///     var detector = CUSUM(target: 0, slack: 0.5, threshold: 5)
///     for value in values where detector.update(value) == .drift { print("the mean has moved") }
///
/// A detector of one's own needs `update` alone.
public protocol DriftDetector: Sendable {
  /// Takes the next value and says whether the stream has changed.
  mutating func update(_ value: Double) -> DriftState
  /// How many values so far were NaN or infinite.
  var notFinite: Int { get }
  /// What the detector keeps, after the latest value, by the names of the golden files.
  var internals: [(name: String, value: Double)] { get }
  /// The statistic after the latest value as a share of what raises drift: above 1 in the step that reports it.
  var score: Double { get }
  /// In the step that reports drift: how many of the latest values are estimated to come after the change; nil without
  /// an estimate.
  var changeAge: Int? { get }
}

extension DriftDetector {
  /// Zero: a detector that wants to be asked about gaps in its stream keeps a count of its own.
  public var notFinite: Int { 0 }
  /// Nothing to show.
  public var internals: [(name: String, value: Double)] { [] }
  /// Zero: a detector that keeps no statistic of the kind.
  public var score: Double { 0 }
  /// No estimate.
  public var changeAge: Int? { nil }

  /// Takes all the values in turn and returns the 0-based indices at which drift was reported.
  public mutating func detections(in values: [Double]) -> [Int] {
    values.indices.filter { update(values[$0]) == .drift }
  }
}
