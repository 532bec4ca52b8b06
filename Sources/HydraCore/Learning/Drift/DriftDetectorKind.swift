import HydraNumerics

/// The detectors by name, made from parameters given as text: what `hydra drift detect` offers.
///
///     let detector = try DriftDetectorKind.adwin.detector(parameters: ["delta": "0.05", "clock": "1"])
///
/// Names and parameters are those of the golden files.
public enum DriftDetectorKind: String, CaseIterable, Sendable {
  case adwin, cusum, ewma, kswin, focus, bocpd, conformal
  case pageHinkley = "page_hinkley"
  case shiryaevRoberts = "shiryaev_roberts"
  case eDetector = "e_detector"
  case ddm, eddm, fhddm
  case hddmAverage = "hddm_a"
  case hddmWeighted = "hddm_w"
  /// A `DriftMonitor` of one stream.
  case monitor
  /// A `DriftBank` that looks at the level alone.
  case calibrated
  case bank

  /// The kind of that name, in capitals or not.
  public init(name: String) throws(DriftDetectorError) {
    guard let kind = Self(rawValue: name.lowercased()) else {
      throw .unknownDetector(name, known: Self.allCases.map(\.rawValue))
    }
    self = kind
  }

  /// A fresh detector; parameters that are not given keep their defaults (CUSUM: N(0, 1), k = 0.5, h = 5).
  ///
  /// Where the detector has a statistic, `warning` is the share of what raises drift from which it warns, in (0, 1);
  /// without it only the detectors for streams of zeros and ones warn.
  public func detector(parameters: [String: String] = [:]) throws(DriftDetectorError) -> any DriftDetector {
    var read = DriftParameters(detector: rawValue, given: parameters)
    let detector = try make(&read)
    let warning = hasScore ? try read.optionalNumber("warning", where: { $0 > 0 && $0 < 1 }) : nil
    try read.finish()
    return warning.map { WarningDetector(detector, share: $0) } ?? detector
  }

  /// What is promised about false alarms.
  public enum Guarantee: Hashable, Sendable {
    /// A mean run between false alarms that is asked for and proven, for the streams named.
    case proven(String)
    /// A mean run that is asked for and computed or simulated, for the streams named; others may have more alarms.
    case computed(String)
    /// A mean run that is asked for and was found kept on streams of many kinds; the figures stand in DOCS.md.
    case measured
    /// Nothing: parameters set the strictness of a step, not the frequency of alarms.
    case none
  }

  /// What this detector promises about false alarms.
  public var guarantee: Guarantee {
    switch self {
    case .cusum, .ewma, .focus: .computed("independent normal values of the given mean and deviation, with arl")
    case .shiryaevRoberts: .proven("independent normal values of the given mean and deviation")
    case .eDetector: .proven("values whose mean, given all before, is mu, bounded or sub-Gaussian as given")
    case .conformal: .proven("exchangeable values, such as independent ones of any distribution, within the window")
    case .monitor, .calibrated, .bank: .measured
    case .adwin, .kswin, .bocpd, .pageHinkley, .ddm, .eddm, .fhddm, .hddmAverage, .hddmWeighted: .none
    }
  }

  /// Whether `DriftDetector.score` means something.
  var hasScore: Bool {
    switch self {
    case .ddm, .eddm, .fhddm, .hddmAverage, .hddmWeighted: false
    default: true
    }
  }

  private func make(_ p: inout DriftParameters) throws(DriftDetectorError) -> any DriftDetector {
    switch self {
    case .adwin:
      return ADWIN(
        delta: try p.number("delta", 0.002) { $0 > 0 }, clock: try p.integer("clock", 32),
        maxBuckets: try p.integer("max_buckets", 5), minWindowLength: try p.integer("min_window_length", 5),
        gracePeriod: try p.integer("grace_period", 10))
    case .cusum:
      let slack = try p.number("k", 0.5) { $0 >= 0 }
      let run = try p.optionalNumber("arl") { $0 > 2 && $0 < 1e12 }
      let threshold = try p.number("h", run.map { CUSUMRunLength.threshold(forARL: $0, slack: slack) } ?? 5) { $0 > 0 }
      return CUSUM(
        target: try p.number("mu", 0), scale: try p.number("sigma", 1) { $0 > 0 }, slack: slack, threshold: threshold,
        headStart: try p.number("fir", 0) { $0 >= 0 })
    case .pageHinkley:
      return PageHinkley(
        minInstances: try p.integer("min_instances", 30), delta: try p.number("delta", 0.005),
        threshold: try p.number("threshold", 50) { $0 > 0 }, alpha: try p.number("alpha", 0.9999) { $0 > 0 && $0 <= 1 },
        mode: try p.choice("mode", PageHinkley.Mode.both))
    case .ewma, .kswin, .focus, .bocpd, .conformal, .shiryaevRoberts, .eDetector:
      return try makeSequential(&p)
    case .calibrated, .bank: return try makeBank(&p)
    case .ddm:
      return DDM(
        warmStart: try p.integer("warm_start", 30), warningThreshold: try p.number("warning_threshold", 2),
        driftThreshold: try p.number("drift_threshold", 3))
    case .eddm:
      let alpha = try p.number("alpha", 0.95)
      return EDDM(
        warmStart: try p.integer("warm_start", 30), alpha: alpha, beta: try p.number("beta", 0.9) { $0 <= alpha })
    case .fhddm:
      let window = try p.integer("sliding_window_size", 100)
      return FHDDM(
        window: window, confidence: try p.number("confidence_level", 1e-6) { $0 > 0 && $0 < 1 },
        shortWindow: try p.optionalNumber("short_window_size") { $0 >= 1 && $0 <= Double(window) && $0 == $0.rounded() }
          .map { Int($0) })
    case .hddmAverage:
      return HDDMAverage(
        driftConfidence: try p.number("drift_confidence", 0.001) { $0 > 0 && $0 < 1 },
        warningConfidence: try p.number("warning_confidence", 0.005) { $0 > 0 && $0 < 1 },
        isTwoSided: try p.flag("two_sided_test", false))
    case .hddmWeighted:
      return HDDMWeighted(
        driftConfidence: try p.number("drift_confidence", 0.001) { $0 > 0 && $0 < 1 },
        warningConfidence: try p.number("warning_confidence", 0.005) { $0 > 0 && $0 < 1 },
        lambda: try p.number("lambda_val", 0.05) { $0 > 0 && $0 <= 1 }, isTwoSided: try p.flag("two_sided_test", false))
    case .monitor:
      var settings = DriftMonitor.Settings()
      settings.falseAlarmsPerYear = try p.number("false_alarms_per_year", settings.falseAlarmsPerYear) { $0 > 0 }
      settings.valuesPerYear = try p.number("values_per_year", settings.valuesPerYear) { $0 > 0 }
      settings.warmUp = try p.integer("warm_up", settings.warmUp) { $0 >= 10 }
      settings.window = try p.integer("window", settings.window) { [warmUp = settings.warmUp] in $0 >= warmUp }
      return MonitoredStream(settings: settings)
    }
  }
}
