import HydraLearning
import HydraNumerics

/// Drift detectors over independent normal values.
enum DriftPaths {
  static func measure(_ load: Load) throws {
    let count = 1_000_000
    var random = CounterRandom(seed: load.seed, stream: "drift")
    let quiet = (0..<count).map { _ in random.normal() }
    let shifted = quiet[..<20_000].enumerated().map { $0.offset < 10_000 ? $0.element : $0.element + 1 }

    let adwin = ADWIN()
    let steps = Array(repeating: 0.0, count: 500) + Array(repeating: 1.0, count: 500)
    try check(DriftCall.indices(adwin, steps) == [511], "ADWIN misses the step of its example")
    let found = DriftCall.indices(adwin, shifted).first { $0 >= 10_000 } ?? .max
    try check(found < 10_500, "ADWIN reports a shift at 10,000 only at \(found)")
    let mistakes = DriftCall.indices(adwin, quiet).count
    try check(mistakes <= count / 10_000, "ADWIN reports \(mistakes) drifts in \(count) values without any")
    load.measure("adwin update", count: count, unit: "value", threads: 1) { DriftCall.indices(adwin, quiet) }

    let cusum = CUSUM(target: 0, slack: 0.5, threshold: 5)
    let ramp = Array(repeating: 0.0, count: 50) + Array(repeating: 1.0, count: 50)
    try check(DriftCall.indices(cusum, ramp) == [60, 71, 82, 93], "CUSUM misses the step of its example")
    // The run length of slack 0.5 and threshold 5 is 465 values; about 2,150 runs, so four standard errors are 9 %.
    let run = Double(count) / Double(DriftCall.indices(cusum, quiet).count)
    try check(abs(run - 465) < 0.1 * 465, "CUSUM reports every \(run) values, not every 465")
    load.measure("cusum update", count: count, unit: "value", threads: 1) { DriftCall.indices(cusum, quiet) }
  }
}
