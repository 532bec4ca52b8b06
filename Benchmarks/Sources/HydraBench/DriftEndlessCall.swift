import HydraLearning
import HydraNumerics

/// `hydra-bench drift-endless`: very many updates of each detector, and the memory that is held on the way.
///
/// Values are normal and never change; detectors for errors get zeros and ones. A detector that makes the
/// process take more than `most` megabytes from a tenth of the way on is a wrong result.
enum DriftEndlessCall {
  static let usage = "drift-endless [--updates N] [--detector NAME]…"
  private static let most = 2.0

  static func run(_ words: ArraySlice<String>) throws {
    let arguments = try Arguments(words, call: "drift-endless", positional: 0, options: ["updates", "detector"])
    let updates = try arguments.whole("updates", default: 100_000_000)
    let names = arguments.all("detector")
    let kinds = try names.isEmpty ? DriftDetectorKind.allCases : names.map { try DriftDetectorKind(name: $0) }
    for kind in kinds { try run(kind, updates) }
  }

  private static func run(_ kind: DriftDetectorKind, _ updates: Int) throws {
    let isBinary = [.ddm, .eddm, .fhddm, .hddmAverage, .hddmWeighted].contains(kind)
    var random = CounterRandom(seed: 42, stream: "endless")
    let values = (0..<1_000_003).map { _ in isBinary ? (random.uniform() < 0.1 ? 1.0 : 0) : random.normal() }
    let detector = try kind.detector()
    let result = feed(detector, values, updates)
    let ns = NumberText.text((result.seconds * 1e10 / Double(updates)).rounded() / 10)
    let growth = NumberText.text(result.late - result.early)
    print("\(kind.rawValue) updates \(updates) alarms \(result.alarms) ns_per_update \(ns) peak_mb_growth \(growth)")
    try check(result.late - result.early <= most, "\(kind.rawValue): the memory taken grew by \(growth) MB")
  }

  private struct Outcome {
    var alarms = 0
    var seconds = 0.0
    /// Most megabytes held so far, at a tenth of the way and at the end.
    var early = 0.0
    var late = 0.0
  }

  private static func feed<Detector: DriftDetector>(
    _ detector: Detector, _ values: [Double], _ updates: Int
  ) -> Outcome {
    var detector = detector
    var outcome = Outcome()
    let clock = ContinuousClock()
    let time = clock.measure {
      var place = 0
      for step in 0..<updates {
        if detector.update(values[place]) == .drift { outcome.alarms += 1 }
        place = place + 1 == values.count ? 0 : place + 1
        if step == updates / 10 { outcome.early = peakMegabytes() }
      }
    }
    outcome.late = peakMegabytes()
    outcome.seconds = Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
    return outcome
  }
}
