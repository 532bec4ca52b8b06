/// A `DriftMonitor` of one stream as a detector.
struct MonitoredStream: DriftDetector, Hashable, Codable {
  private var monitor: DriftMonitor

  init(settings: DriftMonitor.Settings) { monitor = DriftMonitor(streams: [""], settings: settings) }

  var notFinite: Int { monitor.notFinite(in: "") }
  var internals: [(name: String, value: Double)] {
    [("score", monitor.score(of: "")), ("learning", monitor.isLearning("") ? 1 : 0)]
  }

  var score: Double { monitor.score(of: "") }
  private(set) var changeAge: Int?

  mutating func update(_ value: Double) -> DriftState {
    guard let alarm = monitor.update("", value) else { return .stable }
    changeAge = alarm.index - alarm.changePoint + 1
    return .drift
  }
}
