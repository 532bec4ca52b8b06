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
  private let base: Int
  private var warmUp: Int
  private var bank: DriftBank?
  private var index = -1
  private var lastAlarm: Int?
  private(set) var notFinite = 0

  init(settings: DriftMonitor.Settings, run: Double) {
    detectors = settings.detectors.filter { $0 != .calibrated }
    if settings.detectors.contains(.calibrated) {
      var level = DriftBank.Settings.level
      level.meanRun = run
      level.warmUp = max(40, settings.warmUp)
      level.capacity = max(settings.window, 8 * level.warmUp)
      bank = DriftBank(settings: level)
    }
    (base, warmUp) = (settings.warmUp, settings.warmUp)
    fresh = detectors.map { detector in
      switch detector {
      case .calibrated: Running()
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

  var isLearning: Bool { bank.map(\.isLearning) ?? normaliser.isLearning }

  var score: Double {
    running.reduce(bank?.score ?? 0) { max($0, $1.cusum?.score ?? $1.adwin?.score ?? 0) }
  }

  mutating func update(_ value: Double, stream: String) -> DriftAlarm? {
    index += 1
    values.append(value)
    if !value.isFinite { notFinite += 1 }
    var first: DriftAlarm?
    if bank?.update(value) == .drift, let bank {
      let finding = Finding(age: bank.changeAge ?? 1, statistic: bank.score, direction: bank.isRise ? .up : .down)
      first = alarm(finding, by: .calibrated, stream: stream, value: value)
    }
    if !running.isEmpty, let score = normaliser.score(value) {
      for i in running.indices {
        guard let finding = step(i, score), first == nil else { continue }
        first = alarm(finding, by: detectors[i], stream: stream, value: value)
      }
    }
    if first != nil {
      // A stream that alarms again soon after it was learnt was learnt too briefly, as one with long seasons is.
      let isSoon = index - (lastAlarm ?? 0) < 4 * warmUp
      warmUp = isSoon ? min(8 * base, 2 * warmUp) : base
      lastAlarm = index
      restart()
    }
    return first
  }

  private func alarm(
    _ finding: Finding, by detector: DriftMonitor.Detector, stream: String, value: Double
  ) -> DriftAlarm {
    let (before, after) = values.means(splitting: finding.age)
    return DriftAlarm(
      stream: stream, detector: detector.description, index: index, changePoint: max(0, index - finding.age + 1),
      statistic: finding.statistic, direction: finding.direction, levelBefore: before, levelAfter: after ?? value)
  }

  mutating func restart() {
    running = fresh
    normaliser.restart()
    bank?.restart(warmUp: max(40, warmUp))
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
