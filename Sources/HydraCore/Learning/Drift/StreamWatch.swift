import HydraNumerics

/// One stream of a `DriftMonitor`: its normaliser and its detectors.
struct StreamWatch: Hashable, Codable, Sendable {
  /// Exactly one of the two; updated in place, so that ADWIN's window is not copied with every value.
  private struct Running: Hashable, Codable, Sendable {
    var cusum: CUSUM?
    var adwin: ADWIN?
  }

  private let detectors: [DriftMonitor.Detector]
  private let fresh: [Running]
  private var running: [Running]
  private var normaliser: StreamNormaliser
  private var values: RecentValues
  private var index = -1
  private(set) var notFinite = 0

  init(settings: DriftMonitor.Settings, run: Double) {
    detectors = settings.detectors
    fresh = settings.detectors.map { detector in
      switch detector {
      case .cusum(let slack):
        Running(cusum: CUSUM(target: 0, slack: slack, threshold: CUSUMRunLength.threshold(forARL: run, slack: slack)))
      case .adwin:
        Running(adwin: ADWIN(forARL: run))
      }
    }
    running = fresh
    normaliser = StreamNormaliser(warmUp: settings.warmUp, window: settings.window)
    values = RecentValues(capacity: settings.window)
  }

  var isLearning: Bool { normaliser.isLearning }

  var score: Double {
    running.reduce(0) { max($0, $1.cusum?.score ?? $1.adwin?.score ?? 0) }
  }

  mutating func update(_ value: Double, stream: String) -> DriftAlarm? {
    index += 1
    values.append(value)
    if !value.isFinite { notFinite += 1 }
    guard let score = normaliser.score(value) else { return nil }
    var first: DriftAlarm?
    for i in running.indices {
      guard let finding = step(i, score), first == nil else { continue }
      let changePoint = max(0, index - finding.age + 1)
      let (before, after) = values.means(splitting: finding.age)
      first = DriftAlarm(
        stream: stream, detector: detectors[i].description, index: index, changePoint: changePoint,
        statistic: finding.statistic, direction: finding.direction, levelBefore: before, levelAfter: after ?? value)
    }
    if first != nil { restart() }
    return first
  }

  mutating func restart() {
    running = fresh
    normaliser.restart()
  }

  private struct Finding {
    let age: Int
    let statistic: Double
    let direction: DriftAlarm.Direction
  }

  private mutating func step(_ i: Int, _ score: StreamNormaliser.Score) -> Finding? {
    if running[i].cusum?.update(score.standardised) == .drift, let cusum = running[i].cusum {
      return cusum.high > cusum.low
        ? Finding(age: cusum.highRun, statistic: cusum.score, direction: .up)
        : Finding(age: cusum.lowRun, statistic: cusum.score, direction: .down)
    }
    // ADWIN measures the spread of its window itself, so that rescaling the scores would tell it nothing.
    running[i].adwin?.dependence = max(1, score.dependence)
    let before = running[i].adwin?.mean ?? 0
    if running[i].adwin?.update(score.value) == .drift, let adwin = running[i].adwin {
      return Finding(age: adwin.width, statistic: adwin.score, direction: adwin.mean > before ? .up : .down)
    }
    return nil
  }

}

/// The latest raw values of a stream, to report levels before and after a change.
struct RecentValues: Hashable, Codable, Sendable {
  private let capacity: Int
  private var ring: [Double?] = []
  private var next = 0

  init(capacity: Int) { self.capacity = capacity }

  mutating func append(_ value: Double) {
    let kept = value.isFinite ? value : nil
    if ring.count < capacity {
      ring.append(kept)
    } else {
      ring[next] = kept
      next = next + 1 == capacity ? 0 : next + 1
    }
  }

  /// The means of the values older than the latest `age` and of those, nil where there is none.
  func means(splitting age: Int) -> (before: Double?, after: Double?) {
    let ordered = ring[next...] + ring[..<next]
    return (Self.mean(ordered.dropLast(age)), Self.mean(ordered.suffix(age)))
  }

  private static func mean(_ values: some Sequence<Double?>) -> Double? {
    var (sum, n) = (0.0, 0)
    for case let value? in values {
      sum += value
      n += 1
    }
    return n == 0 ? nil : sum / Double(n)
  }
}
