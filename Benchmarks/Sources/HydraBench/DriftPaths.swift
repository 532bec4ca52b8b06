import HydraLearning
import HydraNumerics

/// Drift detectors over independent normal values, and tests of two samples of these.
enum DriftPaths {
  static func measure(_ load: Load) throws {
    let count = 1_000_000
    var random = CounterRandom(seed: load.seed, stream: "drift")
    let quiet = (0..<count).map { _ in random.normal() }
    try measureADWIN(load, quiet)

    let cusum = CUSUM(target: 0, slack: 0.5, threshold: 5)
    let ramp = Array(repeating: 0.0, count: 50) + Array(repeating: 1.0, count: 50)
    try check(DriftCall.indices(cusum, ramp) == [60, 71, 82, 93], "CUSUM misses the step of its example")
    // The run length of slack 0.5 and threshold 5 is 465 values; about 2,150 runs, so four standard errors are 9 %.
    let run = Double(count) / Double(DriftCall.indices(cusum, quiet).count)
    try check(abs(run - 465) < 0.1 * 465, "CUSUM reports every \(run) values, not every 465")
    load.measure("cusum update", count: count, unit: "value", threads: 1) { DriftCall.indices(cusum, quiet) }

    let part = Array(quiet[..<100_000])
    load.measure("kswin update", count: part.count, unit: "value", threads: 1) { DriftCall.indices(KSWIN(), part) }
    let bank = DriftBank()
    let mistakes = DriftCall.indices(bank, part).count
    try check(mistakes <= 20, "the bank reports \(mistakes) drifts in \(part.count) values without any")
    load.measure("bank update", count: part.count, unit: "value", threads: 1) { DriftCall.indices(bank, part) }
    try measureSamples(load, quiet)
  }

  private static func measureADWIN(_ load: Load, _ quiet: [Double]) throws {
    let shifted = quiet[..<20_000].enumerated().map { $0.offset < 10_000 ? $0.element : $0.element + 1 }
    let adwin = ADWIN()
    let steps = Array(repeating: 0.0, count: 500) + Array(repeating: 1.0, count: 500)
    try check(DriftCall.indices(adwin, steps) == [511], "ADWIN misses the step of its example")
    let found = DriftCall.indices(adwin, shifted).first { $0 >= 10_000 } ?? .max
    try check(found < 10_500, "ADWIN reports a shift at 10,000 only at \(found)")
    let mistakes = DriftCall.indices(adwin, quiet).count
    try check(mistakes <= quiet.count / 10_000, "ADWIN reports \(mistakes) drifts in \(quiet.count) values without any")
    load.measure("adwin update", count: quiet.count, unit: "value", threads: 1) { DriftCall.indices(adwin, quiet) }
    let eager = ADWIN(clock: 1)
    load.measure("adwin clock 1", count: quiet.count, unit: "value", threads: 1) { DriftCall.indices(eager, quiet) }
  }

  private static func measureSamples(_ load: Load, _ quiet: [Double]) throws {
    let (a, b) = (Array(quiet[..<1000]), quiet[1000..<2000].map { $0 + 0.05 })
    let test = KolmogorovSmirnov(a, b)
    try check(test.pValue > 0.001 && test.pValue < 1, "Kolmogorov–Smirnov finds \(test)")
    load.measure("ks 1000 × 1000", count: 1, unit: "test", threads: 1) { KolmogorovSmirnov(a, b) }
    let rows = (0..<2).map { Matrix(rows: 500, columns: 10, values: Array(quiet[($0 * 5000)..<($0 * 5000 + 5000)])) }
    let first = MaximumMeanDiscrepancy(rows[0], rows[1], permutations: 100, seed: load.seed)
    try check((first.pValue ?? 0) >= 1.0 / 101, "a p-value of \(first.pValue ?? 0)")
    load.measure("mmd 500 × 500 × 10", count: 1, unit: "test of 100 permutations", threads: 1) {
      MaximumMeanDiscrepancy(rows[0], rows[1], permutations: 100, seed: load.seed)
    }
  }
}
