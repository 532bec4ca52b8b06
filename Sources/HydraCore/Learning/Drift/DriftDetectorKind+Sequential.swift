/// Detectors that are made for a known level, or that learn it.
extension DriftDetectorKind {
  func makeSequential(_ p: inout DriftParameters) throws(DriftDetectorError) -> any DriftDetector {
    switch self {
    case .ewma:
      let lambda = try p.number("lambda", 0.1) { $0 > 0 && $0 <= 1 }
      let run = try run(&p)
      return EWMAChart(
        target: try p.number("mu", 0), scale: try p.number("sigma", 1) { $0 > 0 }, lambda: lambda,
        limit: try p.number("limit", run.map { EWMARunLength.limit(forARL: $0, lambda: lambda) } ?? 2.703) { $0 > 0 })
    case .kswin:
      let window = try p.integer("window_size", 100) { $0 >= 2 }
      // river's seed for the sample it draws; nothing is drawn here.
      _ = try p.optionalNumber("seed")
      return KSWIN(
        alpha: try p.number("alpha", 0.005) { $0 > 0 && $0 < 1 }, windowSize: window,
        statSize: try p.integer("stat_size", min(30, window - 1)) { $0 >= 1 && $0 < window })
    case .focus:
      let run = try run(&p)
      return FOCuS(
        target: try p.number("mu", 0), scale: try p.number("sigma", 1) { $0 > 0 },
        threshold: try p.number("threshold", FOCuS.threshold(forARL: run ?? 1000)) { $0 > 0 })
    case .shiryaevRoberts:
      let run = try run(&p)
      return ShiryaevRoberts(
        target: try p.number("mu", 0), scale: try p.number("sigma", 1) { $0 > 0 },
        shift: try p.number("shift", 1) { $0 > 0 }, threshold: try p.number("threshold", run ?? 1000) { $0 > 1 })
    case .eDetector:
      let (low, high) = (try p.optionalNumber("low"), try p.optionalNumber("high"))
      let target = try p.number("mu", low.flatMap { low in high.map { (low + $0) / 2 } } ?? 0)
      let run = try run(&p)
      var family = EDetector.Family.subGaussian(scale: try p.number("sigma", 1) { $0 > 0 })
      if let low, let high {
        guard low < target, target < high else {
          throw .badParameter("mu", value: "\(target)", detector: "e_detector between \(low) and \(high)")
        }
        family = .bounded(low: low, high: high)
      } else if let one = low ?? high {
        throw .badParameter(low == nil ? "high" : "low", value: "\(one)", detector: "e_detector, one bound")
      }
      return EDetector(
        target: target, family: family, threshold: run ?? 1000, bets: try p.integer("bets", 6) { $0 >= 1 && $0 <= 100 })
    case .bocpd:
      let least = try p.integer("least", 3)
      let window = try p.integer("window", 50) { $0 > least }
      return BayesianChangePoint(
        target: try p.number("mu", 0), scale: try p.number("sigma", 1) { $0 > 0 },
        hazard: try p.number("hazard", 1000) { $0 > 1 }, threshold: try p.number("threshold", 0.9) { $0 > 0 && $0 < 1 },
        window: window, least: least, mostRuns: try p.integer("runs", max(200, 2 * window)) { $0 > window })
    default:
      return ConformalMartingale(
        threshold: try run(&p) ?? 10_000, jump: try p.number("jump", 0.01) { $0 >= 0 && $0 <= 1 },
        window: try p.integer("window", 2000) { $0 >= 2 },
        seed: UInt64(try p.integer("seed", 42) { $0 >= 0 }))
    }
  }

  /// A bank of all aspects, or of the level alone.
  func makeBank(_ p: inout DriftParameters) throws(DriftDetectorError) -> any DriftDetector {
    var settings = self == .bank ? DriftBank.Settings() : DriftBank.Settings.level
    settings.meanRun = try run(&p) ?? settings.meanRun
    settings.warmUp = try p.integer("warm_up", settings.warmUp) { $0 >= 40 }
    settings.capacity = try p.integer("capacity", max(settings.capacity, 2 * settings.warmUp)) {
      [warmUp = settings.warmUp] in $0 >= 2 * warmUp
    }
    if self == .bank, let names = try p.words("aspects") {
      settings.aspects = []
      for name in names {
        guard let aspect = DriftAspect(rawValue: name), !settings.aspects.contains(aspect) else {
          throw .badParameter("aspects", value: name, detector: rawValue)
        }
        settings.aspects.append(aspect)
      }
    }
    return DriftBank(settings: settings)
  }

  /// The mean run between false alarms that is asked for.
  func run(_ p: inout DriftParameters) throws(DriftDetectorError) -> Double? {
    try p.optionalNumber("arl") { $0 > 2 && $0 < 1e9 }
  }
}

/// A detector that also warns, from a share of what raises drift.
struct WarningDetector: DriftDetector {
  private var detector: any DriftDetector
  private let share: Double

  init(_ detector: any DriftDetector, share: Double) { (self.detector, self.share) = (detector, share) }

  var notFinite: Int { detector.notFinite }
  var internals: [(name: String, value: Double)] { detector.internals }
  var score: Double { detector.score }
  var changeAge: Int? { detector.changeAge }

  mutating func update(_ value: Double) -> DriftState {
    let state = detector.update(value)
    return state == .stable && value.isFinite && detector.score >= share ? .warning : state
  }
}
