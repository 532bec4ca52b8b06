import HydraNumerics

/// Watches one stream for any change of its level, spread, skewness, tails or dependence, with one mean run between false
/// alarms for all of them that holds on persistent, heavy-tailed, seasonal and volatile streams too.
///
/// The stream is first turned into scores that are nearly independent and standard as long as it stays as it is
/// (`CalibratedScores`: forecast, scaled, ranked, decorrelated). For each aspect and each slack k two sums are kept,
/// ```
/// high = max(0, high + z - k)     low = max(0, low - z - k)
/// ```
/// and drift is reported when one exceeds the threshold at which independent normal scores would run
/// `meanRun` × aspects × slacks values between false alarms (`CUSUMRunLength`), stretched where the scores have tails
/// that are not normal. After an alarm the stream is learnt anew: `warmUp` values without alarms.
///
///     var bank = DriftBank()
///     for value in residuals where bank.update(value) == .drift { print("change of the", bank.aspect!) }
///
/// The mean run is not proven, but measured: figures stand in DOCS.md. The price is that a change is compared with what
/// the stream did before: a shift of one deviation hides in AR(0.9), whose own wandering is as large.
///
/// - Complexity: O(log `capacity`) comparisons and a move of at most `capacity` numbers a value, and amortised
///   O(aspects × 100) for calibration; memory for 3 × `capacity` numbers.
public struct DriftBank: DriftDetector, Hashable, Codable {
  /// What is watched, and how strictly.
  public struct Settings: Hashable, Codable, Sendable {
    /// Mean number of values between false alarms.
    public var meanRun = 20_000.0
    /// What of the stream is looked at; the mean run is shared.
    public var aspects = DriftAspect.allCases
    /// Half the shifts, in standard deviations of the scores, that are looked for.
    public var slacks = [0.25, 0.5]
    /// Values from which a stream is learnt before it is judged, at the start and after each alarm.
    public var warmUp = 400
    /// Most values that are remembered.
    public var capacity = 4096

    public init() {}

    /// The level alone.
    public static var level: Settings {
      var settings = Settings()
      settings.aspects = [.level]
      return settings
    }
  }

  /// Two one-sided sums and how long each has been above zero.
  private struct Sums: Hashable, Codable, Sendable {
    var high = 0.0
    var low = 0.0
    var highRun = 0
    var lowRun = 0

    mutating func update(_ z: Double, slack: Double) {
      high = max(0, high + z - slack)
      low = max(0, low - z - slack)
      highRun = high > 0 ? highRun + 1 : 0
      lowRun = low > 0 ? lowRun + 1 : 0
    }
  }

  public let settings: Settings
  public private(set) var notFinite = 0
  /// The aspect whose sum is nearest to its threshold; in the step that reports drift, what has changed most.
  public private(set) var aspect: DriftAspect?
  /// Whether what `aspect` names has risen; in the step that reports drift.
  public private(set) var isRise = false
  public private(set) var changeAge: Int?
  public private(set) var score = 0.0

  private var scores: CalibratedScores
  private let thresholds: [Double]
  private var sums: [Sums]

  /// A bank that has seen nothing.
  public init(settings: Settings = Settings()) {
    precondition(!settings.aspects.isEmpty && !settings.slacks.isEmpty, "no aspects or no slacks")
    precondition(settings.slacks.allSatisfy { $0 > 0 }, "a slack is not positive: \(settings.slacks)")
    self.settings = settings
    let count = settings.aspects.count * settings.slacks.count
    thresholds = settings.slacks.map {
      CUSUMRunLength.threshold(forARL: max(10, settings.meanRun * Double(count)), slack: $0)
    }
    scores = CalibratedScores(
      aspects: settings.aspects, slacks: settings.slacks, warmUp: settings.warmUp, capacity: settings.capacity)
    sums = Array(repeating: Sums(), count: count)
  }

  /// Whether the stream is still being learnt and cannot raise an alarm.
  public var isLearning: Bool { scores.isLearning }

  public var internals: [(name: String, value: Double)] {
    [("score", score), ("learning", isLearning ? 1 : 0), ("remembered", Double(scores.history.count))]
  }

  /// Takes the next value and says whether the stream has changed.
  public mutating func update(_ value: Double) -> DriftState {
    guard value.isFinite else {
      notFinite += 1
      return .stable
    }
    // Beyond 1e100 only the rank matters, and squares stay finite.
    let scored = scores.update(max(-1e100, min(1e100, value)))
    guard scored else { return .stable }
    judge()
    guard score > 1 else { return .stable }
    for i in sums.indices { sums[i] = Sums() }
    scores.restart(warmUp: settings.warmUp)
    return .drift
  }

  /// Learns the stream anew, as after an alarm, from `warmUp` values.
  mutating func restart(warmUp: Int) {
    for i in sums.indices { sums[i] = Sums() }
    (score, changeAge) = (0, nil)
    scores.restart(warmUp: warmUp)
  }

  private mutating func judge() {
    score = 0
    for a in settings.aspects.indices {
      for s in thresholds.indices {
        let i = a * thresholds.count + s
        sums[i].update(scores.latest[a], slack: settings.slacks[s])
        let stretch = scores.channels[a].stretch[s]
        let up = sums[i].high / (thresholds[s] * stretch[0])
        let down = sums[i].low / (thresholds[s] * stretch[1])
        guard max(up, down) > score else { continue }
        (score, aspect, isRise) = (max(up, down), settings.aspects[a], up > down)
        changeAge = up > down ? sums[i].highRun : sums[i].lowRun
      }
    }
  }
}
