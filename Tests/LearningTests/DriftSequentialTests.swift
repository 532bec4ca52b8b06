import HydraLearning
import HydraNumerics
import Testing

/// The detectors for a known level: what they promise, and plain versions of their arithmetic.
@Suite struct DriftSequentialTests {
  static func normals(_ n: Int, seed: UInt64 = 1) -> [Double] {
    var random = CounterRandom(seed: seed, stream: "sequential")
    return (0..<n).map { _ in random.normal() }
  }

  /// Mean number of values between alarms over `n` values.
  static func meanRun(_ detector: some DriftDetector, _ values: [Double]) -> Double {
    var detector = detector
    return Double(values.count) / Double(max(1, detector.detections(in: values).count))
  }

  /// Lucas, Saccucci, Technometrics 32 (1990) 1–12, table 3: mean runs of 500 values.
  @Test(arguments: [(0.1, 2.814), (0.25, 2.998), (0.4, 3.054), (0.5, 3.071), (0.75, 3.087), (1, 3.090)])
  func ewmaRunLengthsAgreeWithThePublishedTable(lambda: Double, limit: Double) {
    #expect(abs(EWMARunLength.mean(lambda: lambda, limit: limit) - 500) < 2)
    #expect(abs(EWMARunLength.limit(forARL: 500, lambda: lambda) - limit) < 0.002)
  }

  /// The same table: mean runs to a shift.
  @Test func ewmaFindsAShiftAsSoonAsPublished() {
    #expect(abs(EWMARunLength.mean(lambda: 0.1, limit: 2.814, shift: 1) - 10.3) < 0.06)
    #expect(abs(EWMARunLength.mean(lambda: 0.25, limit: 2.998, shift: 0.5) - 48.2) < 0.3)
    #expect(abs(EWMARunLength.mean(lambda: 0.4, limit: 3.054, shift: 1) - 14.3) < 0.06)
  }

  @Test func shiryaevRobertsKeepsItsMeanRunAndItsPlainSum() {
    let run = Self.meanRun(ShiryaevRoberts(threshold: 200), Self.normals(60_000))
    // At least 200, and by the overshoot no more than e^0.583 times it, for both directions together.
    #expect(run > 180 && run < 420, "\(run)")
    var detector = ShiryaevRoberts(target: 1, scale: 2, shift: 0.5, threshold: 1e6)
    let values = Self.normals(60).map { 1 + 2 * $0 }
    for value in values { _ = detector.update(value) }
    // Σ over change points of the product of ratios since.
    var plain = 0.0
    for start in values.indices {
      plain += Portable.exp(values[start...].reduce(0) { $0 + 0.5 * ($1 - 1) / 2 - 0.125 })
    }
    #expect(abs(detector.high - plain) < 1e-9 * plain)
  }

  @Test func focusIsTheLargestRatioOfAllChangePoints() {
    for seed in 0..<5 {
      var detector = FOCuS(threshold: 1e9)
      let shift: Double = seed % 2 == 0 ? 1 : -1
      let values = Self.normals(300, seed: UInt64(seed)).enumerated().map { $1 + ($0 < 200 ? 0 : shift) }
      for (n, value) in values.enumerated() {
        _ = detector.update(value)
        guard n % 7 == 0 else { continue }
        var most = 0.0
        for start in 0...n {
          let sum = values[start...n].reduce(0, +)
          most = max(most, sum * sum / (2 * Double(n - start + 1)))
        }
        #expect(abs(detector.statistic - most) < 1e-9 * max(1, most), "\(seed) \(n)")
      }
    }
  }

  @Test func focusKeepsTheMeanRunItIsAskedFor() {
    let run = Self.meanRun(FOCuS(threshold: FOCuS.threshold(forARL: 300)), Self.normals(120_000))
    #expect(run > 250 && run < 360, "\(run)")
  }

  /// The guarantee is for every distribution of the class: here values in 0...1 that are anything but normal, and whose
  /// spread depends on the past.
  @Test func eDetectorsKeepTheirMeanRunForAnyBoundedValues() {
    var random = CounterRandom(seed: 3, stream: "bounded")
    var isWild = false
    let values = (0..<60_000).map { _ -> Double in
      let u = random.uniform()
      let value = isWild ? (u < 0.1 ? 1 : 0) : (u < 0.5 ? 0.05 : 0.15)
      isWild = value > 0.1
      return value
    }
    let run = Self.meanRun(EDetector(target: 0.1, family: .bounded(low: 0, high: 1), threshold: 300), values)
    #expect(run > 300, "\(run)")
    var detector = EDetector(target: 0.1, family: .bounded(low: 0, high: 1), threshold: 300)
    let found = detector.detections(in: values[..<500] + values[500..<1000].map { min(1, $0 + 0.3) })
    #expect(found.contains { $0 >= 500 && $0 < 560 }, "\(found)")
    #expect(detector.update(1.5) == .stable && detector.notFinite == 1)
  }

  @Test func conformalMartingalesKeepTheirMeanRunForAnyDistribution() {
    var random = CounterRandom(seed: 4, stream: "heavy")
    let heavy = (0..<20_000).map { _ in random.studentT(1) }
    #expect(Self.meanRun(ConformalMartingale(threshold: 500), heavy) > 500)
    var detector = ConformalMartingale(threshold: 5_000)
    let found = detector.detections(in: heavy[..<500] + heavy[500..<800].map { $0 + 6 })
    #expect(found.first.map { (500..<700).contains($0) } == true, "\(found)")
  }

  /// The distribution of the run length by the definition, without dropping any run.
  @Test func bayesianRunsAreThoseOfTheDefinition() throws {
    let values = Self.normals(80, seed: 8).enumerated().map { $1 + ($0 < 60 ? 0 : 1.5) }
    var detector = BayesianChangePoint(hazard: 50, threshold: 1 - 1e-12, window: 20, least: 1, mostRuns: 1000)
    // ln of the joint probability of each run length and the data; the marginal likelihood of a run from its values.
    var joint = [0.0]
    for (n, value) in values.enumerated() {
      _ = detector.update(value)
      let predictive = (0...n).map { length in Self.predictive(Array(values[(n - length)..<n]), value) }
      let grown = joint.indices.map { joint[$0] + predictive[$0] + Portable.log(1 - 1.0 / 50) }
      let changed = joint.indices.map { joint[$0] + predictive[$0] + Portable.log(1.0 / 50) }
      let top = changed.max() ?? 0
      joint = [top + Portable.log(changed.reduce(0) { $0 + Portable.exp($1 - top) })] + grown
    }
    let top = try #require(joint.max())
    let masses = joint.map { Portable.exp($0 - top) }
    let recent = masses[1..<20].reduce(0, +) / masses.reduce(0, +)
    #expect(abs(detector.recent - recent) < 1e-9, "\(detector.recent) \(recent)")
    #expect(detector.changeAge == masses.indices.max { masses[$0] < masses[$1] })
  }

  /// ln of Student's predictive density after some values, prior (0, 0.2, 2, 2), from sums rather than step by step.
  private static func predictive(_ seen: [Double], _ x: Double) -> Double {
    let n = Double(seen.count)
    let mean = seen.isEmpty ? 0 : seen.reduce(0, +) / n
    let squares = seen.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let (confidence, shape) = (0.2 + n, 2 + n / 2)
    let spread = 2 + squares / 2 + 0.2 * n * mean * mean / (2 * (0.2 + n))
    let centre = n * mean / confidence
    let width = 2 * spread * (confidence + 1) / confidence
    return Portable.logGamma(shape + 0.5) - Portable.logGamma(shape) - 0.5 * Portable.log(Double.pi * width)
      - (shape + 0.5) * Portable.log(1 + (x - centre) * (x - centre) / width)
  }

  @Test func kswinComparesWithTheExactTest() {
    let values = Self.normals(400, seed: 5).enumerated().map { (($1 + ($0 < 250 ? 0 : 1.5)) * 4).rounded() / 4 }
    var detector = KSWIN(alpha: 0.01, windowSize: 60, statSize: 20)
    var window: [Double] = []
    for value in values {
      window.append(value)
      if window.count > 60 { window.removeFirst() }
      let state = detector.update(value)
      guard window.count == 60 else { continue }
      let test = KolmogorovSmirnov(Array(window[..<40]), Array(window[40...]), method: .exact)
      #expect(detector.statistic == test.statistic)
      #expect((state == .drift) == (test.pValue <= 0.01))
      if state == .drift { window.removeFirst(40) }
    }
  }
}

@Suite struct DriftOrderTests {
  /// Samples long enough for the counting sort give what short ones and the definition give.
  @Test func largeSamplesOfAllSizesAndSignsAreOrdered() {
    var random = CounterRandom(seed: 11, stream: "order")
    for scale in [1, 1e300, 1e-300] {
      let a = (0..<150).map { _ in (random.normal() * 4).rounded() * scale }
      let b = (0..<131).map { _ in (random.normal() * 4).rounded() * scale }
      let test = KolmogorovSmirnov(a, b, method: .asymptotic)
      let gaps = (a + b).map { x in
        abs(Double(a.count { $0 <= x }) / Double(a.count) - Double(b.count { $0 <= x }) / Double(b.count))
      }
      #expect(abs(test.statistic - (gaps.max() ?? 0)) < 1e-12)
    }
  }
}
