import Foundation
import HydraLearning
import HydraNumerics
import TestSupport
import Testing

/// Golden files of the streaming detectors (river 0.26.1).
enum DriftVectors {
  static func decode<T: Decodable>(_ type: T.Type, _ file: String) throws -> T {
    try JSONDecoder().decode(type, from: Data(contentsOf: TestSupport.vectors("drift/\(file).json")))
  }

  struct Streams: Decodable { let streams: [String: [Double]] }
  static let streams = try? decode(Streams.self, "streams").streams

  static func stream(_ name: String) throws -> [Double] { try #require(streams?[name]) }

  static func isLogged(_ i: Int, every: Int) -> Bool { i % every == every - 1 }

  static func close(_ a: Double, _ b: Double, relative: Double, absolute: Double = 0) -> Bool {
    abs(a - b) <= max(absolute, relative * max(abs(a), abs(b)))
  }
}

@Suite struct ADWINTests {
  struct File: Decodable { let cases: [Case] }
  struct Case: Decodable {
    struct Config: Decodable { let delta: Double, clock, max_buckets, min_window_length, grace_period: Int }
    struct Final: Decodable { let width: Int, mean, total, m2: Double }
    let stream: String, config: Config, detections: [Int], n_detections, log_every: Int
    let width: [Int], mean, m2: [Double], final: Final
  }

  @Test func everyStepOfTheNinetyGoldenCasesAgrees() throws {
    let cases = try DriftVectors.decode(File.self, "adwin").cases
    #expect(cases.count == 90)
    for c in cases {
      var detector = ADWIN(
        delta: c.config.delta, clock: c.config.clock, maxBuckets: c.config.max_buckets,
        minWindowLength: c.config.min_window_length, gracePeriod: c.config.grace_period)
      var (detections, width, mean, m2) = ([Int](), [Int](), [Double](), [Double]())
      for (i, x) in try DriftVectors.stream(c.stream).enumerated() {
        let drift = detector.update(x) == .drift
        if drift { detections.append(i) }
        guard drift || DriftVectors.isLogged(i, every: c.log_every) else { continue }
        width.append(detector.width)
        mean.append(detector.mean)
        m2.append(detector.m2)
      }
      #expect(detections == c.detections, "\(c.stream) \(c.config)")
      #expect(width == c.width, "\(c.stream) \(c.config)")
      #expect(detector.detectionsInWindow == c.n_detections)
      #expect(zip(mean, c.mean).allSatisfy { DriftVectors.close($0, $1, relative: 1e-12, absolute: 1e-12) })
      #expect(zip(m2, c.m2).allSatisfy { DriftVectors.close($0, $1, relative: 1e-9, absolute: 1e-9) })
      #expect(detector.width == c.final.width)
      #expect(DriftVectors.close(detector.total, c.final.total, relative: 1e-12, absolute: 1e-9))
    }
  }

  @Test func aMissingValueChangesNothingButItsCount() {
    var (plain, gapped) = (ADWIN(delta: 0.05, clock: 4), ADWIN(delta: 0.05, clock: 4))
    var random = CounterRandom(seed: 1, stream: "gaps")
    for i in 0..<2000 {
      let x = random.normal() + (i < 1000 ? 0 : 0.7)
      if i % 7 == 0 { #expect(gapped.update(.nan) == .stable) }
      #expect(plain.update(x) == gapped.update(x))
    }
    #expect(gapped.notFinite == 286 && plain.notFinite == 0)
    #expect(plain.width == gapped.width && plain.m2 == gapped.m2)
  }

  @Test func aDetectorContinuesFromItsCode() throws {
    var random = CounterRandom(seed: 2, stream: "code")
    var detector = ADWIN(clock: 1)
    for _ in 0..<300 { _ = detector.update(random.normal()) }
    var copy = try JSONDecoder().decode(ADWIN.self, from: JSONEncoder().encode(detector))
    #expect(copy == detector)
    for i in 0..<300 {
      let x = random.normal() + (i < 100 ? 0 : 2)
      #expect(copy.update(x) == detector.update(x))
    }
    #expect(copy == detector)
  }

  @Test func aJumpFromZeroToOneIsFoundAtTheNextTest() {
    var detector = ADWIN()
    #expect(detector.detections(in: Array(repeating: 0, count: 500) + Array(repeating: 1, count: 500)) == [511])
    #expect(detector.score >= 0)
  }
}

@Suite struct PageHinkleyTests {
  struct File: Decodable { let cases: [Case] }
  struct Case: Decodable {
    struct Config: Decodable { let min_instances: Int, delta, threshold, alpha: Double, mode: PageHinkley.Mode }
    let stream: String, config: Config, detections: [Int], log_every: Int, stat_up, stat_down: [Double]
  }

  @Test func everyStepOfTheGoldenCasesAgrees() throws {
    let cases = try DriftVectors.decode(File.self, "page_hinkley").cases
    #expect(cases.count == 45)
    for c in cases {
      var detector = PageHinkley(
        minInstances: c.config.min_instances, delta: c.config.delta, threshold: c.config.threshold,
        alpha: c.config.alpha, mode: c.config.mode)
      var (detections, up, down) = ([Int](), [Double](), [Double]())
      for (i, x) in try DriftVectors.stream(c.stream).enumerated() {
        if detector.update(x) == .drift { detections.append(i) }
        if DriftVectors.isLogged(i, every: c.log_every) {
          up.append(detector.rise)
          down.append(detector.fall)
        }
      }
      #expect(detections == c.detections)
      #expect(up.count == c.stat_up.count && down.count == c.stat_down.count)
      #expect(zip(up, c.stat_up).allSatisfy { DriftVectors.close($0, $1, relative: 1e-9, absolute: 1e-9) })
      #expect(zip(down, c.stat_down).allSatisfy { DriftVectors.close($0, $1, relative: 1e-9, absolute: 1e-9) })
    }
  }
}

@Suite struct CUSUMTests {
  struct File: Decodable {
    struct Published: Decodable {
      struct RunLength: Decodable { let shift, h4, h5: Double }
      struct Threshold: Decodable { let k, h: Double }
      let table_9_3: [RunLength], table_9_4_arl0_370: [Threshold]
    }
    struct RunLength: Decodable {
      let k, h, shift, arl_one_sided_upper, arl_two_sided, siegmund_one_sided: Double
    }
    let published: Published, arl: [RunLength], cases: [Case]
  }
  struct Case: Decodable {
    let stream: String, mu, sigma, k, h, fir: Double, detections: [Int], log_every: Int, s_plus, s_minus: [Double]
  }
  static let file = try? DriftVectors.decode(File.self, "cusum")

  @Test func everyStepOfTheGoldenCasesAgrees() throws {
    let cases = try #require(Self.file).cases
    #expect(cases.count == 25)
    for c in cases {
      var detector = CUSUM(target: c.mu, scale: c.sigma, slack: c.k, threshold: c.h, headStart: c.fir)
      var (detections, high, low) = ([Int](), [Double](), [Double]())
      for (i, x) in try DriftVectors.stream(c.stream).enumerated() {
        if detector.update(x) == .drift { detections.append(i) }
        if DriftVectors.isLogged(i, every: c.log_every) {
          high.append(detector.high)
          low.append(detector.low)
        }
      }
      #expect(detections == c.detections)
      #expect(high.count == c.s_plus.count && low.count == c.s_minus.count)
      #expect(zip(high, c.s_plus).allSatisfy { DriftVectors.close($0, $1, relative: 1e-9, absolute: 1e-9) })
      #expect(zip(low, c.s_minus).allSatisfy { DriftVectors.close($0, $1, relative: 1e-9, absolute: 1e-9) })
    }
  }

  @Test func runLengthsAgreeWithTheGoldenTable() throws {
    for row in try #require(Self.file).arl {
      let one = CUSUMRunLength.oneSided(slack: row.k, threshold: row.h, shift: row.shift)
      let two = CUSUMRunLength.twoSided(slack: row.k, threshold: row.h, shift: row.shift)
      let rough = CUSUMRunLength.siegmund(slack: row.k, threshold: row.h, shift: row.shift)
      #expect(DriftVectors.close(one, row.arl_one_sided_upper, relative: 1e-4), "\(row): \(one)")
      #expect(DriftVectors.close(two, row.arl_two_sided, relative: 1e-4), "\(row): \(two)")
      #expect(DriftVectors.close(rough, row.siegmund_one_sided, relative: 1e-9), "\(row): \(rough)")
    }
  }

  /// Montgomery, "Introduction to Statistical Quality Control", tables 9.3 and 9.4, to the printed digits.
  @Test func runLengthsAgreeWithThePublishedTables() throws {
    let published = try #require(Self.file).published
    for row in published.table_9_3 {
      let digit = { (value: Double) in value >= 100 ? 0.51 : value >= 10 ? 0.051 : 0.0051 }
      let four = CUSUMRunLength.twoSided(slack: 0.5, threshold: 4, shift: row.shift)
      let five = CUSUMRunLength.twoSided(slack: 0.5, threshold: 5, shift: row.shift)
      #expect(abs(four - row.h4) < digit(row.h4), "\(row): \(four)")
      #expect(abs(five - row.h5) < digit(row.h5), "\(row): \(five)")
    }
    for row in published.table_9_4_arl0_370 {
      let threshold = CUSUMRunLength.threshold(forARL: 370, slack: row.k)
      #expect(abs(threshold - row.h) < 0.012, "\(row): \(threshold)")
    }
  }

  @Test(arguments: [20.0, 370, 5000, 200_000], [0.25, 0.5, 1])
  func theThresholdGivesTheRunLengthAskedFor(values: Double, slack: Double) {
    let threshold = CUSUMRunLength.threshold(forARL: values, slack: slack)
    let back = CUSUMRunLength.twoSided(slack: slack, threshold: threshold)
    #expect(DriftVectors.close(back, values, relative: 1e-8))
  }

  @Test func aMissingValueDoesNotRestartTheSums() {
    var detector = CUSUM(target: 0, slack: 0.5, threshold: 5)
    for _ in 0..<4 { _ = detector.update(1.5) }
    let before = detector.high
    #expect(detector.update(.nan) == .stable && detector.update(.infinity) == .stable)
    #expect(detector.high == before && detector.notFinite == 2)
  }

  @Test func aShiftOfOneIsFoundAfterElevenValuesEachTime() {
    var detector = CUSUM(target: 0, slack: 0.5, threshold: 5)
    let found = detector.detections(in: Array(repeating: 0, count: 50) + Array(repeating: 1, count: 50))
    #expect(found == [60, 71, 82, 93])
    #expect(detector.highRun == 6)
  }
}
