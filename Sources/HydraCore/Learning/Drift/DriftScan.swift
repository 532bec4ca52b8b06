import HydraNumerics

/// What one kind of detector says of rows of numbers, each row belonging to one of several streams.
///
///     let scan = try DriftScan(kind: .adwin, values: values)
///     scan.reports.map(\.index)   // where drift was reported
public struct DriftScan: Sendable {
  /// What was said of one value.
  public struct Report: Sendable {
    public let stream: String
    /// 0-based number of the value within its stream.
    public let index: Int
    public let state: DriftState
    /// Where there is an estimate: the number of the first value after the change, in a row that reports drift.
    public let changePoint: Int?
    /// The detector's internals after the value; empty unless every step was asked for.
    public let internals: [Double]
  }

  /// Warnings and drifts in the order of the rows, or all rows when `everyStep`.
  public let reports: [Report]
  /// Names of the internals, in the order of `Report.internals`.
  public let internalNames: [String]
  /// How many values could not be used.
  public let unusable: Int

  /// Runs one detector per stream; without `streams` all values are of one stream of the name `name`.
  public init(
    kind: DriftDetectorKind, parameters: [String: String] = [:], values: [Double], streams: [String]? = nil,
    name: String = "value", everyStep: Bool = false
  ) throws(DriftDetectorError) {
    precondition(streams.map { $0.count == values.count } ?? true, "values and streams differ in number")
    let fresh = try kind.detector(parameters: parameters)
    internalNames = fresh.internals.map(\.name)
    // Detectors are found by position, so that no dictionary's order can reach the output.
    var positions: [String: Int] = [:]
    var running: [(detector: any DriftDetector, count: Int)] = []
    var reports: [Report] = []
    for (row, value) in values.enumerated() {
      let stream = streams?[row] ?? name
      if positions[stream] == nil {
        positions[stream] = running.count
        running.append((fresh, 0))
      }
      let i = positions[stream] ?? 0
      let state = running[i].detector.update(value)
      if everyStep || state != .stable {
        let internals = everyStep ? running[i].detector.internals.map(\.value) : []
        let age = state == .drift ? running[i].detector.changeAge : nil
        reports.append(
          Report(
            stream: stream, index: running[i].count, state: state,
            changePoint: age.map { max(0, running[i].count + 1 - $0) }, internals: internals))
      }
      running[i].count += 1
    }
    self.reports = reports
    unusable = running.reduce(0) { $0 + $1.detector.notFinite }
  }
}
