/// The report of one detected change on one stream of a `DriftMonitor`.
public struct DriftAlarm: Hashable, Codable, Sendable, CustomStringConvertible {
  /// Which way the level of the stream moved.
  public enum Direction: String, Hashable, Codable, Sendable { case up, down }

  /// The name of the stream.
  public let stream: String
  /// The name of the detector, as `DriftMonitor.Detector.description`.
  public let detector: String
  /// 0-based number of the value, within its stream, at which the change was reported.
  public let index: Int
  /// Estimated number of the first value after the change; never after `index`.
  public let changePoint: Int
  /// The detector's statistic divided by its threshold: above 1.
  public let statistic: Double
  public let direction: Direction
  /// Mean of the trailing values before the estimated change, in the unit of the stream; nil when none is remembered.
  public let levelBefore: Double?
  /// Mean of the values from the estimated change on, in the unit of the stream.
  public let levelAfter: Double

  /// An alarm that another watch than the monitor's detectors raises.
  public init(
    stream: String, detector: String, index: Int, changePoint: Int, statistic: Double, direction: Direction,
    levelBefore: Double? = nil, levelAfter: Double
  ) {
    precondition(changePoint <= index, "the change at \(changePoint) is after its report at \(index)")
    (self.stream, self.detector, self.index, self.changePoint) = (stream, detector, index, changePoint)
    (self.statistic, self.direction) = (statistic, direction)
    (self.levelBefore, self.levelAfter) = (levelBefore, levelAfter)
  }

  public var description: String {
    "\(stream): \(direction == .up ? "rise" : "fall") since value \(changePoint), reported at \(index) by \(detector)"
  }
}
